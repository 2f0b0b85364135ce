import { Ban, Mail, PencilLine, Trash2, Undo2, type LucideIcon } from "lucide-react";
import type { ActionView, CommentDetail, CommentOptions, CommentRow, Stage } from "@/contract/contract";
import { OPEN } from "./allowed";

/** What is done to a comment on its platform besides answering and hiding it; each asks or is written first. */
export type MoreAct = "private" | "change" | "retract" | "delete" | "ban";

export const MORE_ICONS: Record<MoreAct, LucideIcon> = { private: Mail, change: PencilLine, retract: Undo2, delete: Trash2, ban: Ban };

/** Stages from which something can be put into the outbox. */
const FREE: readonly Stage[] = [...OPEN, "stuck", "done"];

const OVER: readonly ActionView["state"][] = ["failed", "cancelled"];

/** There may be something to offer; whether there is, the engine says. */
export function mayOffer(row: CommentRow): boolean {
  return FREE.includes(row.stage) && !row.badges.includes("deleted_by_author");
}

/** The one private reply that a comment can have: sent, or on its way. */
export function privateReplyOf(detail: CommentDetail): ActionView | undefined {
  return detail.actions.find((action) => action.kind === "private_reply" && !OVER.includes(action.state));
}

/** In the order of the menu. */
export function moreActs(detail: CommentDetail, options: CommentOptions, now: number): MoreAct[] {
  if (!mayOffer(detail.row)) return [];
  // What was removed there by us is not removed twice.
  const gone = detail.actions.some((action) => (action.kind === "delete" || action.kind === "ban") && action.state === "confirmed");
  const { removal, can_ban, private_reply_until: until, standing_reply: reply } = options;
  const offered: [MoreAct, boolean][] = [
    ["private", until !== null && now < until && !privateReplyOf(detail)],
    ["change", reply !== null && !gone],
    ["retract", reply !== null && !gone],
    ["delete", removal.by !== "none" && !gone],
    ["ban", can_ban && !gone],
  ];
  return offered.filter(([, may]) => may).map(([act]) => act);
}

/** "delete" is the engine's name for both: some platforms keep what they show to nobody. */
export function wordOf(act: MoreAct, options: CommentOptions): string {
  return act === "delete" && options.removal.by === "reject" ? "reject" : act;
}
