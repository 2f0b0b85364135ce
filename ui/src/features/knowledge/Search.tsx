import { keepPreviousData } from "@tanstack/react-query";
import { CalendarCheck, Check, FileText, Languages, Package, PackageCheck, Search as SearchIcon, type LucideIcon } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { KnowledgeHit, SearchKnowledge } from "@/contract/contract";
import { Failed } from "@/backend/Failed";
import { useCommand } from "@/backend/queries";
import { Icon } from "@/shared/Icon";
import { useSettled } from "@/shared/useSettled";
import { languageName } from "./words";

const PAUSE_MS = 150;

/** Products and passages, found as a draft would find them. */
export function Search({ languages }: { languages: string[] }) {
  const { t, i18n } = useTranslation();
  const [text, setText] = useState("");
  const [settled, now] = useSettled(text.trim(), PAUSE_MS);
  const [filter, setFilter] = useState<Omit<SearchKnowledge, "text">>({ in_stock: false, valid_today: false, language: null });
  const found = useCommand("search_knowledge", { text: settled, ...filter }, { enabled: settled !== "", placeholderData: keepPreviousData });
  const field = useRef<HTMLInputElement>(null);
  const hits = settled === "" ? [] : (found.data?.hits ?? []);
  const also = settled === "" ? [] : (found.data?.also ?? []);
  const narrowed = filter.in_stock || filter.valid_today || filter.language !== null;
  const told = () => {
    if (settled === "" || found.error) return "";
    if (!found.data) return t("knowledge.searching");
    return hits.length === 0 ? t(narrowed ? "knowledge.nothing_narrowed" : "knowledge.nothing") : t("knowledge.found", { count: hits.length });
  };
  return (
    <>
      <div role="search" className="knowledge-search">
        <label className="field">
          <Icon of={SearchIcon} size={14} />
          <input
            ref={field}
            type="search"
            value={text}
            data-testid="knowledge-search"
            placeholder={t("knowledge.search_hint")}
            aria-label={t("knowledge.search")}
            onChange={(event) => {
              setText(event.target.value);
            }}
            onKeyDown={(event) => {
              if (event.key === "Enter") now();
              if (event.key === "Escape" && text !== "") {
                event.stopPropagation();
                setText("");
              }
            }}
          />
        </label>
        <div className="filters" role="group" aria-label={t("knowledge.filters")}>
          <Filter
            icon={PackageCheck}
            words={t("knowledge.in_stock")}
            on={filter.in_stock}
            onChange={(on) => {
              setFilter({ ...filter, in_stock: on });
            }}
          />
          <Filter
            icon={CalendarCheck}
            words={t("knowledge.valid_today")}
            on={filter.valid_today}
            onChange={(on) => {
              setFilter({ ...filter, valid_today: on });
            }}
          />
          {languages.map((code) => (
            <Filter
              key={code}
              icon={Languages}
              words={languageName(code, i18n.language)}
              on={filter.language === code}
              onChange={(on) => {
                setFilter({ ...filter, language: on ? code : null });
              }}
            />
          ))}
        </div>
      </div>
      <div className="screen-body">
        <p className="muted knowledge-told" role="status">
          {told()}
          {also.length > 0 ? ` ${t("knowledge.also", { words: also.join(", ") })}` : null}
        </p>
        {found.error ? <Failed error={found.error} onRetry={() => void found.refetch()} /> : null}
        {settled === "" ? (
          <div className="knowledge-empty">
            <p>{t("knowledge.start")}</p>
            <p className="muted">{t("knowledge.start_more")}</p>
          </div>
        ) : null}
        <ul className="hits" aria-label={t("knowledge.results")} data-stale={found.isPlaceholderData || undefined}>
          {hits.map((hit) => (
            <Hit key={`${hit.kind} ${String(hit.id)}`} hit={hit} />
          ))}
        </ul>
      </div>
    </>
  );
}

function Filter({ icon, words, on, onChange }: { icon: LucideIcon; words: string; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <button
      type="button"
      className="filter"
      aria-pressed={on}
      onClick={() => {
        onChange(!on);
      }}
    >
      <Icon of={on ? Check : icon} size={12} />
      {words}
    </button>
  );
}

function Hit({ hit }: { hit: KnowledgeHit }) {
  const { t, i18n } = useTranslation();
  const speaks = hit.language === "und" ? "" : hit.language;
  const by = hit.by_words && hit.by_meaning ? "by_both" : hit.by_words ? "by_words" : "by_meaning";
  return (
    <li>
      <details>
        <summary>
          <Icon of={hit.kind === "product" ? Package : FileText} size={14} />
          <bdi className="clip">
            <b>{hit.title}</b>
          </bdi>
          <bdi className="clip muted">{hit.detail}</bdi>
          <span className="grow" />
          {hit.in_stock === false ? <span className="mark mark-warn">{t("knowledge.not_in_stock")}</span> : null}
          {hit.valid_today ? null : <span className="mark mark-warn">{t("knowledge.not_valid")}</span>}
          {speaks ? <span className="mark">{languageName(speaks, i18n.language)}</span> : null}
          <span className="mark">{t(`knowledge.${by}`)}</span>
        </summary>
        <p className="hit-text" lang={speaks} dir="auto">
          {hit.text}
        </p>
      </details>
    </li>
  );
}
