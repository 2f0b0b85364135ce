import type { AccountCard, ActionKind, ActionView, CommandError, CommentRef, Commands, ErrorCode, SourceView, WriteToComment } from "@/contract/contract";
import type { FakeComment } from "./comments";
import { checkDraft } from "./guard";

type Names = "get_options" | "delete_comment" | "ban_author" | "reply_privately" | "replace_reply" | "take_back";

type Handlers = { [N in Names]: (request: Commands[N]["request"]) => Promise<Commands[N]["answer"]> };

/** What these handlers need of the engine. */
export interface MoreHost {
  now: () => number;
  /** Characters of a reply. */
  limit: number;
  accounts: () => Promise<AccountCard[]>;
  actions: () => ActionView[];
  comment: (id: number) => FakeComment | undefined;
  at: (ref: CommentRef) => FakeComment;
  sourcesOf: (comment: FakeComment) => SourceView[];
  queue: (comment: FakeComment, kind: ActionKind, text: string | null) => ActionView;
  cancel: (action: number) => Promise<ActionView>;
}

export interface More {
  handlers: Handlers;
  /** The platform did it. */
  confirmed: (action: ActionView) => void;
}

const PRIVATE_WITHIN_MS = 7 * 24 * 60 * 60_000;
const OVER = ["failed", "cancelled"];

const FOR_GOOD: Partial<Record<ActionKind, string>> = {
  ban: "a ban can be lifted only on the platform itself",
  private_reply: "a private message cannot be taken back",
};

function refuse(code: ErrorCode, message: string, details?: unknown): CommandError {
  return details === undefined ? { code, message } : { code, message, details };
}

/** What a person does on the platform besides answering and hiding, as far as the account's platform has it. */
export function moreActs(host: MoreHost): More {
  /** Which reply an action changes or takes away, by the action's id. */
  const about = new Map<number, ActionView>();
  /** Replies that stand on the platform no longer. */
  const withdrawn = new Set<number>();

  const standing = (comment: number) =>
    host.actions().findLast((action) => action.comment_id === comment && action.kind === "reply" && action.state === "confirmed" && !withdrawn.has(action.id));
  /** `null` while the account cannot be reached. */
  const can = async (comment: FakeComment) => {
    const card = (await host.accounts()).find((each) => each.id === comment.row.account_id);
    return card && card.connection !== "signed_out" && !card.disconnected ? card.capabilities : null;
  };
  const free = (ref: CommentRef) => {
    const comment = host.at(ref);
    if (!["to_review", "snoozed", "escalated", "stuck", "done"].includes(comment.stage)) throw refuse("moved_on", `a comment that is ${comment.stage} takes no action`);
    return comment;
  };
  const guard = (comment: FakeComment, text: string) => {
    const report = checkDraft(text, host.sourcesOf(comment), host.limit);
    if (report.findings.length > 0) throw refuse("guard_failed", "The reply holds something that no source says.", report);
  };

  const replyPrivately = async ({ text, ...ref }: WriteToComment) => {
    const comment = free(ref);
    if (!(await can(comment))?.can_private_reply) throw refuse("invalid", "this platform offers no way to answer in private");
    if (host.now() - comment.row.published_at >= PRIVATE_WITHIN_MS) throw refuse("invalid", "a private reply is possible within seven days of the comment");
    const before = host.actions().some((action) => action.comment_id === ref.comment_id && action.kind === "private_reply" && !OVER.includes(action.state));
    if (before) throw refuse("moved_on", "this comment was answered already");
    guard(comment, text);
    return host.queue(comment, "private_reply", text.trim());
  };
  const replaceReply = async ({ text, ...ref }: WriteToComment) => {
    const comment = free(ref);
    const reply = standing(ref.comment_id);
    if (!reply) throw refuse("invalid", "no reply of ours stands under this comment");
    guard(comment, text);
    const action = host.queue(comment, (await can(comment))?.can_edit_own_reply ? "edit_reply" : "reply", text.trim());
    about.set(action.id, reply);
    return action;
  };
  const takeBack = async (action_id: number) => {
    const action = host.actions().find((each) => each.id === action_id);
    const comment = action && host.comment(action.comment_id);
    if (!action || !comment) throw refuse("not_found", "This action is not in the outbox.");
    if (action.state === "held") return host.cancel(action_id);
    if (action.state !== "confirmed") throw refuse("too_late", `too late to take it back: it is ${action.state}`);
    if (withdrawn.has(action_id)) throw refuse("invalid", "this reply was taken back already");
    if (action.kind === "hide" || action.kind === "unhide") return host.queue(comment, action.kind === "hide" ? "unhide" : "hide", null);
    if (action.kind !== "reply") throw refuse("invalid", FOR_GOOD[action.kind] ?? "what was deleted on the platform cannot be brought back");
    const back = host.queue(comment, "delete_reply", null);
    about.set(back.id, action);
    return back;
  };

  return {
    handlers: {
      get_options: async ({ comment_id }) => {
        const comment = host.comment(comment_id);
        if (!comment) throw refuse("not_found", "The comment was deleted on Instagram.");
        const platform = await can(comment);
        if (!platform) return { comment_id, removal: { by: "none" }, can_ban: false, private_reply_until: null, standing_reply: null };
        const until = comment.row.published_at + PRIVATE_WITHIN_MS;
        const reply = standing(comment_id);
        return {
          comment_id,
          removal: platform.can_delete_others,
          can_ban: platform.can_ban,
          private_reply_until: platform.can_private_reply && host.now() < until ? until : null,
          standing_reply: reply ? { action_id: reply.id, text: reply.text ?? "", edits_in_place: platform.can_edit_own_reply } : null,
        };
      },
      delete_comment: async (ref) => {
        const comment = free(ref);
        if (((await can(comment))?.can_delete_others.by ?? "none") === "none") throw refuse("invalid", "this platform offers no way to delete the comments of others");
        return host.queue(comment, "delete", null);
      },
      ban_author: async (ref) => {
        const comment = free(ref);
        if (!(await can(comment))?.can_ban) throw refuse("invalid", "this platform offers no way to ban an author");
        return host.queue(comment, "ban", null);
      },
      reply_privately: replyPrivately,
      replace_reply: replaceReply,
      take_back: ({ action_id }) => takeBack(action_id),
    },
    confirmed: (action) => {
      const reply = about.get(action.id);
      if (!reply) return;
      if (action.kind === "edit_reply") reply.text = action.text;
      else withdrawn.add(reply.id);
    },
  };
}
