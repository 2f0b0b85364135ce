import type { TFunction } from "i18next";
import type { CommentRow, GuardFinding, Label, QueueName } from "@/contract/contract";
import { ageOf, shortDate } from "@/shared/time";

export const QUEUES: QueueName[] = ["needs_review", "outbox", "escalated", "snoozed", "stuck", "done", "hidden", "all"];
export const LABELS: Label[] = ["praise", "criticism", "complaint", "question", "partnership", "abuse", "spam"];

/** The guard's rules, gathered under the words a person would look for. */
export const CHECKS = {
  length: ["too_long", "empty"],
  language: ["language"],
  links: ["link"],
  claims: ["unsourced_number", "unsourced_date", "promise"],
  contacts: ["contact"],
  handles: ["handle"],
  instructions: ["instructions"],
  personal_data: ["personal_data"],
  repetition: ["repeated"],
} as const;

export const RULES: ReadonlySet<string> = new Set(Object.values(CHECKS).flat());

export function findingWords(t: TFunction, finding: GuardFinding): string {
  return t(`guard.rule.${RULES.has(finding.rule) ? finding.rule : "other"}`, { found: finding.found || t("guard.whole") });
}

export function labelWords(t: TFunction, row: CommentRow): string {
  const label = row.labels[0]?.label;
  return label ? t(`label.${label}`) : t("label.none");
}

/** How many wait that say the same; 0 where there is nothing to act on at once. */
export function alikeWaiting(row: CommentRow): number {
  return row.stage === "to_review" && row.campaign && row.campaign.waiting > 1 ? row.campaign.waiting : 0;
}

export function nameOf(row: Pick<CommentRow, "author_name" | "author_username">): string {
  return row.author_name || row.author_username;
}

export function ageWords(t: TFunction, at: number, language: string, now: number): string {
  const age = ageOf(at, now);
  return age.unit === "date" ? shortDate(at, language, now) : t(`list.age_${age.unit}`, { count: age.count });
}

/** `lang` for text of an undetermined language is left empty, so that no voice guesses. */
export function langOf(code: string): string {
  return code === "und" ? "" : code;
}
