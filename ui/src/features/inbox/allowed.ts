import type { CommentDetail, CommentRow, HidingView, Stage } from "@/contract/contract";
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
  /** Reads the thread on the platform now. */
  lookNow: () => void;
  /** The person has seen the reply on the platform. */
  posted: () => void;
  /** Once more, where it is known that the reply is not there. */
  sendAgain: () => void;
  /** It is not sent again, whatever became of it. */
  giveUp: () => void;
}

export type CardAct = keyof CardActs;

/** Stages in which a comment waits for a person. */
export const OPEN: readonly Stage[] = ["to_review", "snoozed", "escalated"];

/** Hiding, or taking that back, as far as the platform has it. */
function coverAct(row: CommentRow, hiding: HidingView | null): CardAct[] {
  if (hiding === null) return [];
  if (!row.hidden) return ["hide"];
  return hiding.undoable ? ["unhide"] : [];
}

/** What can be done with a comment where it stands. The bar, the keys and the palette all ask here. */
export function allowed(detail: CommentDetail, state: DraftState, hiding: HidingView | null): ReadonlySet<CardAct> {
  const { row } = detail;
  const can = new Set<CardAct>();
  const open = OPEN.includes(row.stage);
  if (open || row.stage === "stuck") {
    can.add("edit").add("dismiss");
    for (const act of coverAct(row, hiding)) can.add(act);
    if (row.stage !== "escalated") can.add("escalate");
    if (state.canApprove) can.add("approve");
  }
  if (open) can.add("regenerate").add("snooze");
  if (row.stage === "snoozed" || row.stage === "escalated") can.add("returnToReview");
  if (row.stage === "stuck") can.add("retryStuck");
  if (row.stage === "done") {
    can.add("reopen");
    for (const act of coverAct(row, hiding)) can.add(act);
  }
  if (row.stage === "in_outbox" && detail.actions[0]?.state === "held") can.add("takeBack");
  // When that may be is for the engine to say: not while the request can still arrive.
  if (row.stage === "in_outbox" && detail.actions[0]?.state === "unknown") {
    can.add("posted").add("giveUp").add("sendAgain");
    // A private reply can be read back nowhere.
    if (detail.actions[0].kind !== "private_reply") can.add("lookNow");
  }
  return can;
}

/** The same for a row of which only the list is known. */
export function rowAllows(row: CommentRow, act: "hide" | "dismiss" | "spam", hiding: HidingView | null): boolean {
  const waits = OPEN.includes(row.stage) || row.stage === "stuck";
  if (act === "spam") return waits && !(row.labels[0]?.label === "spam" && row.labels[0].by_person);
  return act === "dismiss" ? waits : hiding !== null && !row.hidden && (waits || row.stage === "done");
}
