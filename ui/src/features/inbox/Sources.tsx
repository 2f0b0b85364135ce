import { FileText, Package, X } from "lucide-react";
import { Popover } from "radix-ui";
import { useTranslation } from "react-i18next";
import type { SourceView } from "@/contract/contract";
import { Icon } from "@/shared/Icon";
import { langOf } from "./words";

export function SourceChip({ source, number, passages }: { source: SourceView; number: number; passages?: string[] }) {
  const { t } = useTranslation();
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <button
          type="button"
          className="source"
          data-testid={`source-chip-${String(number)}`}
          aria-label={t("draft.source", { n: number, title: `${source.title}, ${source.detail}` })}
        >
          <b>{number}</b>
          <Icon of={source.kind === "product" ? Package : FileText} size={14} />
          <bdi className="clip">{source.title}</bdi>
          <small className="clip">{source.detail}</small>
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover source-popover" data-testid="source-popover" side="bottom" align="start" sideOffset={6} collisionPadding={12} aria-label={source.title}>
          <header>
            <Icon of={source.kind === "product" ? Package : FileText} size={14} />
            <b className="clip">{source.title}</b>
            <span className="muted clip grow">{source.detail}</span>
            <Popover.Close asChild>
              <button type="button" className="btn-icon btn-icon-small" aria-label={t("source.close")}>
                <Icon of={X} size={14} />
              </button>
            </Popover.Close>
          </header>
          <div className="source-text" lang={langOf(source.language)} dir="auto" tabIndex={0}>
            <Marked text={source.text} words={passages ?? []} />
          </div>
          <footer>
            <span>{t(`source.${source.kind}`)}</span>
            <span>{t("source.used")}</span>
          </footer>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** Marks the sentence that holds the cited words, when they stand there literally. */
function Marked({ text, words }: { text: string; words: string[] }) {
  for (const word of words) {
    const needle = word.trim().toLowerCase();
    const at = needle.length > 2 ? text.toLowerCase().indexOf(needle) : -1;
    if (at < 0) continue;
    return (
      <>
        {text.slice(0, at)}
        <mark>{text.slice(at, at + needle.length)}</mark>
        {text.slice(at + needle.length)}
      </>
    );
  }
  return <>{text}</>;
}
