import { Copy } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/shared/Icon";
import { useMinute } from "@/shared/useNow";
import type { Alike } from "./useAlike";
import { ageWords, langOf, nameOf } from "./words";

const SHOWN = 5;

export interface CampaignCardProps {
  /** The comment that is open. */
  current: number;
  alike: Alike;
  onSelect: (id: number) => void;
}

/** Everybody who says the same as the open comment; one stroke acts on all of it that waits. */
export function CampaignCard({ current, alike: { view, offers, busy }, onSelect }: CampaignCardProps) {
  const { t, i18n } = useTranslation();
  const now = useMinute();
  const [all, setAll] = useState(false);
  const rest = view.comments - view.waiting;
  const title = t("alike.title", { count: view.comments });
  const said = [t("alike.authors", { count: view.authors }), rest > 0 ? t("alike.rest", { count: rest }) : ""].filter(Boolean).join(", ");
  const rows = all ? view.rows : view.rows.slice(0, SHOWN);
  return (
    <section className="campaign" data-testid="campaign" aria-label={title}>
      <header>
        <Icon of={Copy} size={14} />
        <b>{title}</b>
        <span className="muted clip">{said}</span>
      </header>
      {view.rows.length > 1 ? (
        <ul>
          {rows.map((row) => (
            <li key={row.id}>
              <button
                type="button"
                className="campaign-row"
                data-testid="campaign-row"
                aria-current={row.id === current || undefined}
                onClick={() => {
                  onSelect(row.id);
                }}
              >
                <b className="clip">
                  <bdi>{nameOf(row)}</bdi>
                </b>
                <span className="clip grow" lang={langOf(row.language)} dir="auto">
                  {row.text}
                </span>
                <span className="muted nowrap">{ageWords(t, row.published_at, i18n.language, now)}</span>
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      <div className="campaign-do">
        {offers.map(({ kind, count, run }) => (
          <button key={kind} type="button" className="btn btn-small" data-testid={`alike-${kind}`} disabled={busy} onClick={run}>
            {t(`alike.${kind}`, { count })}
          </button>
        ))}
        {view.rows.length > SHOWN && !all ? (
          <button
            type="button"
            className="btn btn-quiet btn-small"
            onClick={() => {
              setAll(true);
            }}
          >
            {t("alike.all", { count: view.rows.length })}
          </button>
        ) : null}
      </div>
    </section>
  );
}
