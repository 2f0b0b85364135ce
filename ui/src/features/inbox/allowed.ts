import type { CommentDetail, CommentRow, Stage } from "@/contract/contract";
import type { DraftState } from "./DraftCard";

export interface CardActs {
  approve: () => void;
  edit: () => void;
  regenerate: () => void;
  hide: () => void;
  unhide: () => void;
  dismiss: () => void;
  escalate: () => void;
  reopen: () => void;
  returnToReview: () => void;
  retryStuck: () => void;
  takeBack: () => void;
  snooze: (until: number) => void;
}

export type CardAct = keyof CardActs;

/** Stages in which a comment waits for a person. */
export const OPEN: readonly Stage[] = ["to_review", "snoozed", "escalated"];

/** What can be done with a comment where it stands. The bar, the keys and the palette all ask here. */
export function allowed(detail: CommentDetail, state: DraftState): ReadonlySet<CardAct> {
  const { row } = detail;
  const can = new Set<CardAct>();
  const open = OPEN.includes(row.stage);
  if (open || row.stage === "stuck") {
    can.add("edit").add("dismiss").add(row.hidden ? "unhide" : "hide");
    if (row.stage !== "escalated") can.add("escalate");
    if (state.canApprove) can.add("approve");
  }
  if (open) can.add("regenerate").add("snooze");
  if (row.stage === "snoozed" || row.stage === "escalated") can.add("returnToReview");
  if (row.stage === "stuck") can.add("retryStuck");
  if (row.stage === "done") can.add("reopen").add(row.hidden ? "unhide" : "hide");
  if (row.stage === "in_outbox" && detail.actions[0]?.state === "held") can.add("takeBack");
  return can;
}

/** The same for a row of which only the list is known. */
export function rowAllows(row: CommentRow, act: "hide" | "dismiss"): boolean {
  const waits = OPEN.includes(row.stage) || row.stage === "stuck";
  return act === "dismiss" ? waits : !row.hidden && (waits || row.stage === "done");
}
