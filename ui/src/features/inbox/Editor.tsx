import { useId, useLayoutEffect, useRef, type Ref } from "react";
import { useTranslation } from "react-i18next";
import type { CitationView, GuardFinding } from "@/contract/contract";
import { isApproveFromEditor } from "@/shared/keys";
import { langOf } from "./words";

interface Mark {
  start: number;
  end: number;
  kind: "cited" | "finding";
  number: number;
}

/** Cuts the text where marks begin and end; a finding wins over a citation it overlaps. */
function pieces(text: string, marks: Mark[]): { text: string; mark: Mark | null }[] {
  const sorted = [...marks].sort((a, b) => a.start - b.start || (a.kind === "finding" ? -1 : 1));
  const out: { text: string; mark: Mark | null }[] = [];
  let at = 0;
  for (const mark of sorted) {
    const start = Math.max(mark.start, at);
    const end = Math.min(mark.end, text.length);
    if (end <= start) continue;
    if (start > at) out.push({ text: text.slice(at, start), mark: null });
    out.push({ text: text.slice(start, end), mark });
    at = end;
  }
  if (at < text.length) out.push({ text: text.slice(at), mark: null });
  return out;
}

/**
 * A plain text area over a drawing of the same text: the area takes the typing, the drawing underneath carries the
 * underlined claims and their numbers. The numbers take no room, so both break lines alike.
 */
export function Editor({
  name,
  text,
  language,
  citations,
  sourceNumbers,
  findings,
  editorRef,
  onChange,
  onBlur,
  onFocus,
  onApprove,
  onLeave,
}: {
  name: string;
  text: string;
  language: string;
  citations: CitationView[];
  sourceNumbers: ReadonlyMap<number, number>;
  findings: GuardFinding[];
  editorRef: Ref<HTMLTextAreaElement>;
  onChange: (text: string) => void;
  onBlur: () => void;
  onFocus: () => void;
  onApprove: () => void;
  onLeave: () => void;
}) {
  const { t } = useTranslation();
  const described = useId();
  const composing = useRef(false);
  const area = useRef<HTMLTextAreaElement | null>(null);
  const marks: Mark[] = [
    ...findings.map((finding, at): Mark => ({ start: finding.start, end: finding.end, kind: "finding", number: at + 1 })),
    ...citations.map((citation): Mark => ({ start: citation.start, end: citation.end, kind: "cited", number: sourceNumbers.get(citation.source_id) ?? 0 })),
  ];

  useLayoutEffect(() => {
    // Typing scrolls the area by itself; the drawing gives the height, so nothing may stay scrolled.
    if (area.current) area.current.scrollTop = 0;
  }, [text]);

  return (
    <div className="editor">
      <div className="editor-drawing" aria-hidden="true" lang={langOf(language)} dir="auto">
        {pieces(text, marks).map((piece, at) =>
          piece.mark ? (
            <span key={at} className={piece.mark.kind === "finding" ? "flagged" : "cited"}>
              {piece.text}
              {piece.mark.number > 0 ? <sup>{piece.mark.number}</sup> : null}
            </span>
          ) : (
            <span key={at}>{piece.text}</span>
          ),
        )}
        {/* A last line break has height only when something follows it. */}
        {"\u200b"}
      </div>
      <textarea
        ref={(node) => {
          area.current = node;
          if (typeof editorRef === "function") editorRef(node);
          else if (editorRef) editorRef.current = node;
        }}
        data-testid="draft-editor"
        aria-label={t("draft.editor", { name })}
        aria-describedby={described}
        placeholder={t("draft.placeholder")}
        value={text}
        lang={langOf(language)}
        dir="auto"
        spellCheck
        onCompositionStart={() => {
          composing.current = true;
        }}
        onCompositionEnd={() => {
          composing.current = false;
        }}
        onChange={(event) => {
          onChange(event.target.value);
        }}
        onBlur={onBlur}
        onFocus={onFocus}
        onKeyDown={(event) => {
          if (composing.current) return;
          if (isApproveFromEditor(event)) {
            event.preventDefault();
            event.stopPropagation();
            if (!event.repeat) onApprove();
          } else if (event.key === "Escape") {
            event.preventDefault();
            event.stopPropagation();
            onLeave();
          }
        }}
      />
      <span id={described} className="unseen">
        {t("sheet.approve_editor")}: Ctrl+Enter. {t("sheet.leave")}: Escape.
      </span>
    </div>
  );
}
