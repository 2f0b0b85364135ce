import type { GuardFinding } from "@/contract/contract";

/** A source's words are taken over only where they are short enough to stand in a sentence. */
const SHORT = 32;
/** What is left hanging before a full stop when the words after it go. */
const HANGING = /[\s,;:–—-]+(?:(?:and|or|but|so|и|или|а|но|да)[\s,;:–—-]*)?$/iu;

export function replacementOf(finding: GuardFinding): string {
  return finding.source_says !== null && finding.source_says.length <= SHORT ? finding.source_says : "";
}

export function isPlaced(finding: GuardFinding): boolean {
  return finding.end > finding.start;
}

/** Takes the source's words where it gives some, and the marked words out where it gives none. */
export function fixOne(text: string, finding: GuardFinding): string {
  const words = replacementOf(finding);
  const before = text.slice(0, finding.start);
  const after = text.slice(finding.end);
  if (words !== "") return before + words + after;
  const kept = /^\s*(?:[.!?…,;]|$)/u.test(after) ? before.replace(HANGING, "") : before.replace(/[\s,]+$/u, "");
  return `${kept}${after}`.trimStart();
}

/** All at once; `null` when one of them concerns the whole reply, or when nothing would be left of it. */
export function fixAll(text: string, findings: readonly GuardFinding[]): string | null {
  if (findings.length === 0 || !findings.every(isPlaced)) return null;
  const spans: GuardFinding[] = [];
  for (const finding of findings.toSorted((a, b) => a.start - b.start)) {
    const last = spans.at(-1);
    // Words that two findings share go as one.
    if (last && finding.start < last.end) spans[spans.length - 1] = { ...last, end: Math.max(last.end, finding.end), source_says: null };
    else spans.push(finding);
  }
  const fixed = spans.reduceRight(fixOne, text);
  return fixed.trim() === "" ? null : fixed;
}
