import type { AccountCard, ActionState, CommandError, Commands, ErrorCode, OwnCommentView, PostDetail, PostRefusal, PostView } from "@/contract/contract";

type Names = "get_post" | "set_post_comments" | "comment_on_post" | "cancel_own_comment" | "settle_own_comment";

type Handlers = { [N in Names]: (request: Commands[N]["request"]) => Commands[N]["answer"] | Promise<Commands[N]["answer"]> };

/** How the platform takes a comment that it does not simply post. */
export type Fate = "failed" | "unknown" | "retry_wait";

/** What these handlers need of the engine. */
export interface PostsHost {
  now: () => number;
  holdMs: () => number;
  /** Between asking the platform and its answer. */
  platformMs: number;
  sending: () => boolean;
  /** The settings file is broken, so that nothing is sent. */
  shut: () => boolean;
  /** Of the account that the post belongs to. */
  cardOf: (post: number) => AccountCard | undefined;
  post: (id: number) => PostView | undefined;
  changed: () => void;
}

export interface Posts {
  handlers: Handlers;
  /** Lets time act. */
  tick: () => void;
  /** The next comment that is sent ends so. */
  next: (fate: Fate) => void;
  /** Puts a comment under a post, as it stands now. */
  put: (post: number, part: Partial<OwnCommentView> & Pick<OwnCommentView, "text" | "state">) => OwnCommentView;
}

interface Own {
  post: number;
  view: OwnCommentView;
}

const SECOND = 1_000;
const MOST_SHOWN = 20;
const UNDOABLE: readonly ActionState[] = ["held", "ready", "retry_wait"];
const ENDED: readonly ActionState[] = ["confirmed", "failed", "cancelled"];
const NOTES: Record<Fate, string> = {
  failed: "refused by the platform (code 190): comments on this post are limited",
  unknown: "no answer to a write: the connection was closed",
  retry_wait: "the platform limits this account; it gives no calls for another 90 s",
};
const SHOWN_TO_NO_APP = "nobody heard whether it was posted, and this platform shows it to no app: look at the post there";
const REFUSALS: Record<PostRefusal, string> = {
  not_connected: "the account is not connected",
  sends_nothing: "the account's mode sends nothing",
  account_paused: "the account is paused",
  sending_stopped: "sending is stopped",
};

function refuse(code: ErrorCode, message: string): CommandError {
  return { code, message };
}

/** What a person does to a post itself, in memory. */
export function posts(host: PostsHost): Posts {
  const own: Own[] = [];
  const fates: Fate[] = [];
  // Of the third the platform has not said.
  const enabled = new Map<number, boolean>([1, 2, 4, 5].map((post) => [post, true]));
  let nextId = 600;

  /** `null` while the account cannot be reached. */
  const can = (post: number) => {
    const card = host.cardOf(post);
    return card && card.connection !== "signed_out" && !card.disconnected ? card.capabilities : null;
  };
  const refusal = (post: number): PostRefusal | null => {
    const card = host.cardOf(post);
    if (!card || !can(post)) return "not_connected";
    if (host.shut() || card.mode === "off" || card.mode === "simulate") return "sends_nothing";
    if (card.paused_by_user) return "account_paused";
    return host.sending() ? null : "sending_stopped";
  };
  const detail = (post_id: number): PostDetail => {
    const post = host.post(post_id);
    if (!post) throw refuse("not_found", "The post was deleted on the platform.");
    const platform = can(post_id);
    const ended = ({ view }: Own) => Number(ENDED.includes(view.state));
    return {
      post,
      account_username: host.cardOf(post_id)?.username ?? "oakmere",
      comments_enabled: enabled.get(post_id) ?? null,
      can_switch_comments: platform?.can_switch_comments ?? false,
      can_comment: platform?.can_comment_on_post ?? false,
      max_chars: platform?.reply_max_chars ?? 0,
      refused: refusal(post_id),
      own_comments: own
        .filter((each) => each.post === post_id)
        .sort((a, b) => ended(a) - ended(b) || b.view.id - a.view.id)
        .slice(0, MOST_SHOWN)
        .map(({ view }) => view),
      now: host.now(),
    };
  };
  const mayNow = (post: number) => {
    const why = refusal(post);
    if (why) throw refuse("invalid", REFUSALS[why]);
  };
  const at = (id: number) => {
    const found = own.find(({ view }) => view.id === id);
    if (!found) throw refuse("not_found", "This comment is not in the outbox.");
    return found;
  };
  const put: Posts["put"] = (post, part) => {
    const now = host.now();
    const view: OwnCommentView = { id: nextId++, created_at: now, due_at: now, note: null, confirmed_at: null, ...part };
    own.push({ post, view });
    return view;
  };
  const step = (view: OwnCommentView, part: Partial<OwnCommentView>) => {
    Object.assign(view, { note: null }, part);
    host.changed();
  };
  const answer = ({ post, view }: Own) => {
    const now = host.now();
    const fate = fates.shift();
    if (!fate) step(view, { state: "confirmed", confirmed_at: now });
    else step(view, { state: fate, note: fate === "unknown" && !can(post)?.can_look_again ? SHOWN_TO_NO_APP : NOTES[fate], due_at: now + (fate === "retry_wait" ? 90 : 5) * SECOND });
  };

  return {
    handlers: {
      get_post: ({ post_id }) => detail(post_id),
      set_post_comments: async ({ post_id, enabled: on }) => {
        mayNow(post_id);
        if (!can(post_id)?.can_switch_comments) throw refuse("invalid", "this platform offers no way to switch the comments of a post");
        if (host.platformMs > 0) await new Promise((done) => setTimeout(done, host.platformMs));
        enabled.set(post_id, on);
        host.changed();
        return detail(post_id);
      },
      comment_on_post: ({ post_id, text: typed }) => {
        mayNow(post_id);
        const platform = can(post_id);
        if (!platform?.can_comment_on_post) throw refuse("invalid", "this platform offers no way to comment on a post");
        const text = typed.trim();
        if (text === "") throw refuse("invalid", 'text = "": write something');
        const length = Array.from(text).length;
        if (length > platform.reply_max_chars) throw refuse("invalid", `text = ${String(length)} characters: this platform takes ${String(platform.reply_max_chars)}`);
        if (own.some(({ post, view }) => post === post_id && view.text === text && !ENDED.includes(view.state))) throw refuse("invalid", "the same words are on their way to this post already");
        put(post_id, { text, state: "held", due_at: host.now() + host.holdMs() });
        host.changed();
        return detail(post_id);
      },
      cancel_own_comment: ({ own_comment_id }) => {
        const { post, view } = at(own_comment_id);
        if (!UNDOABLE.includes(view.state)) throw refuse("moved_on", `it is ${view.state} already`);
        step(view, { state: "cancelled", note: "taken back" });
        return detail(post);
      },
      settle_own_comment: ({ own_comment_id, posted }) => {
        const { post, view } = at(own_comment_id);
        if (view.state !== "unknown") throw refuse("moved_on", "its outcome is known by now");
        if (posted) step(view, { state: "confirmed", confirmed_at: host.now(), note: "a person found it on the platform" });
        else step(view, { state: "failed", note: "a person gave it up without knowing its outcome" });
        return detail(post);
      },
    },
    tick: () => {
      const now = host.now();
      for (const each of own) {
        const { post, view } = each;
        if (UNDOABLE.includes(view.state) && view.due_at <= now && !refusal(post)) step(view, { state: "sending", due_at: now });
        else if (view.state === "sending" && view.due_at + SECOND <= now) answer(each);
      }
    },
    next: (fate) => {
      fates.push(fate);
    },
    put,
  };
}
