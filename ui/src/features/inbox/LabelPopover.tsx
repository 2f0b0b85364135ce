import { Check, ChevronDown } from "lucide-react";
import { Popover } from "radix-ui";
import type { RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { CommentDetail, Label } from "@/contract/contract";
import { Icon } from "@/shared/Icon";
import { keyOf } from "@/shared/keys";
import { Said } from "@/shared/Said";
import { confidencePercent } from "@/shared/time";
import { LabelChip } from "./Chips";
import { LABELS } from "./words";

export function LabelPopover({ detail, disabled, under, onCorrect }: { detail: CommentDetail; disabled: boolean; /** The words it is about, which it never covers. */ under: RefObject<HTMLElement | null>; onCorrect: (label: Label) => void }) {
  const { t, i18n } = useTranslation();
  const [first, ...rest] = detail.row.labels;
  const chips = (
    <>
      {first ? <LabelChip label={first} place="primary" /> : <span className="chip" data-kind="low">{t("label.none")}</span>}
      {rest.slice(0, 2).map((label) => (
        <LabelChip key={label.label} label={label} place="second" />
      ))}
    </>
  );
  if (disabled) return <span className="label-chips">{chips}</span>;
  return (
    <Popover.Root>
      <Popover.Anchor virtualRef={under as RefObject<HTMLElement>} />
      <Popover.Trigger asChild>
        <button type="button" className="label-chips" aria-label={`${t("label.correct")}: ${first ? t(`label.${first.label}`) : t("label.none")}`}>
          {chips}
          <Icon of={ChevronDown} size={12} />
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="popover label-popover"
          side="bottom"
          align="end"
          sideOffset={6}
          collisionPadding={12}
          aria-label={t("label.correct")}
          onKeyDown={(event) => {
            const label = LABELS[Number(keyOf(event.nativeEvent)) - 1];
            if (!label) return;
            event.preventDefault();
            onCorrect(label);
          }}
        >
          <header>
            <b>{t("label.title")}</b>
            {detail.label_reason && i18n.language === "en" ? <span className="muted clip">{t("label.why", { reason: detail.label_reason })}</span> : null}
          </header>
          <ul>
            {LABELS.map((label, at) => {
              const known = detail.row.labels.find((each) => each.label === label);
              const percent = known ? confidencePercent(known.confidence) : 0;
              return (
                <li key={label}>
                  <Popover.Close asChild>
                    <button
                      type="button"
                      className={`menu-item label-item label-${label}`}
                      data-selected={first?.label === label}
                      onClick={() => {
                        onCorrect(label);
                      }}
                    >
                      <kbd>{at + 1}</kbd>
                      <i className="label-dot" />
                      <span className="grow">{t(`label.${label}`)}</span>
                      <span className="meter" aria-hidden="true">
                        <i style={{ width: `${String(percent)}%` }} />
                      </span>
                      <span className="label-percent">{known?.by_person ? t("label.by_person") : percent}</span>
                      <span className="label-check">{first?.label === label ? <Icon of={Check} size={14} /> : null}</span>
                    </button>
                  </Popover.Close>
                </li>
              );
            })}
          </ul>
          {detail.label_reason && i18n.language !== "en" ? (
            <div className="label-said">
              <Said words={detail.label_reason} />
            </div>
          ) : null}
          <footer>{t("label.foot")}</footer>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
