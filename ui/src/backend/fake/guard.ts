import type { GuardFinding, GuardReport, SourceView } from "@/contract/contract";

/** A small guard with the real one's shape: enough of its rules to show every state of the card. */
export function checkDraft(text: string, sources: SourceView[], limit: number): GuardReport {
  const findings: GuardFinding[] = [];
  const known = sources.map((source) => `${source.title} ${source.detail} ${source.text}`).join("\n");
  const add = (rule: string, match: RegExpMatchArray, source_says: string | null = null) => {
    const start = match.index ?? 0;
    findings.push({ rule, start, end: start + match[0].length, found: match[0], source_says });
  };
  for (const match of text.matchAll(/€\d+(?:[.,]\d+)?/gu)) {
    if (!known.includes(match[0])) add("unsourced_number", match, /€\d+(?:[.,]\d+)?/u.exec(known)?.[0] ?? null);
  }
  for (const match of text.matchAll(/\b(?:we promise|guarantee)[^.!?]*?(?:by \w+|$)/giu)) add("promise", match);
  for (const match of text.matchAll(/@\w[\w.]*/gu)) add("handle", match);
  for (const match of text.matchAll(/https?:\/\/\S+/gu)) if (!match[0].includes("oakmere.example")) add("link", match);
  const whole = (rule: string) => findings.push({ rule, start: 0, end: 0, found: "", source_says: null });
  const length = Array.from(text).length;
  if (text.trim() === "") whole("empty");
  if (length > limit) whole("too_long");
  findings.sort((a, b) => a.start - b.start);
  return { findings, checks: 12, claims_sourced: sources.length, length, limit };
}
