import { diffWordsWithSpace } from "diff";

export interface DiffPart {
  kind: "same" | "added" | "removed";
  text: string;
}

export interface WordDiff {
  parts: DiffPart[];
  /** Runs of changes. */
  places: number;
  /** Share of the words of the longer text that changed, 0..=1. */
  share: number;
}

const words = (text: string) => text.split(/\s+/u).filter(Boolean).length;

export function diffWords(before: string, after: string): WordDiff {
  const parts = diffWordsWithSpace(before, after).map(
    (part): DiffPart => ({ kind: part.added ? "added" : part.removed ? "removed" : "same", text: part.value }),
  );
  let places = 0;
  let removed = 0;
  let added = 0;
  let inChange = false;
  for (const part of parts) {
    if (part.kind === "same") {
      inChange = inChange && part.text.trim() === "";
      continue;
    }
    if (!inChange) places += 1;
    inChange = true;
    if (part.kind === "added") added += words(part.text);
    else removed += words(part.text);
  }
  const total = Math.max(words(before), words(after), 1);
  return { parts, places, share: Math.min(1, Math.max(added, removed) / total) };
}

export interface Span {
  start: number;
  end: number;
}

/** Where a span of `before` stands in `after`, or `null` when any of it changed. Offsets in UTF-16 code units. */
export function carrySpan(span: Span, parts: DiffPart[]): Span | null {
  let oldAt = 0;
  let newAt = 0;
  for (const part of parts) {
    const length = part.text.length;
    if (part.kind === "same") {
      if (span.start >= oldAt && span.end <= oldAt + length) {
        return { start: span.start - oldAt + newAt, end: span.end - oldAt + newAt };
      }
      oldAt += length;
      newAt += length;
    } else if (part.kind === "removed") {
      oldAt += length;
    } else {
      newAt += length;
    }
  }
  return null;
}
