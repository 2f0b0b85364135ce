import type {
  AccountCard,
  AccountView,
  ActionKind,
  ActionView,
  AppEvent,
  AppState,
  CampaignMark,
  ChangeBatch,
  CommandError,
  CommandName,
  Commands,
  CommentDetail,
  CommentRow,
  DraftView,
  ErrorCode,
  Label,
  ListComments,
  Overview,
  PostView,
  QueueName,
  Settings,
  SourceView,
  Stage,
} from "@/contract/contract";
import type { Backend } from "../backend";
import { checkDraft } from "./guard";
import { severalAccounts } from "./accounts";
import { knowledge } from "./knowledge";
import { operations, type Operations } from "./operations";
import { picture, POSTS, SOURCES } from "./material";
import { makeComments, type FakeComment } from "./comments";
import { moreActs, type More } from "./more";
import { posts, type Fate, type Posts } from "./posts";

export type FakeState = "ready" | "empty" | "loading" | "error" | "busy" | "several" | "first" | "opening" | "nokeychain" | "failed" | "trouble" | "badsettings";

export interface FakeOptions {
  state?: FakeState;
  settings?: Partial<Settings["appearance"]>;
  holdSeconds?: number;
  count?: number;
  /** Elements that could not be read. */
  quarantined?: number;
  /** Added to every answer. */
  latencyMs?: number;
  now?: () => number;
}

/** As the engine keeps it: an act on a comment that changed since is passed over, one that may have left is not. */
interface Undo {
  what: string;
  comment: number;
  /** Of the comment after the act. */
  version: number;
  action: ActionView | null;
  back: () => void;
}

type Handlers = { [N in CommandName]: (request: Commands[N]["request"]) => Commands[N]["answer"] | Promise<Commands[N]["answer"]> };

const LIMIT = 2_200;
const SECOND = 1_000;
const LIVE = ["held", "ready", "sending", "retry_wait", "unknown"];
const DISK_FULL = "the disk is full: nothing is fetched, understood or sent until there is room";
const BAD_SETTINGS = "settings: outbox.hold_seconds = 9000: 0 to 600";
const ENDED = ["confirmed", "failed", "cancelled"];

function refuse(code: ErrorCode, message: string, details?: unknown): CommandError {
  return details === undefined ? { code, message } : { code, message, details };
}

function originOf(address: string): string {
  return URL.canParse(address) ? new URL(address).origin : address;
}

/**
 * The engine without the engine: keeps everything in memory and behaves like the real one as far as the window can
 * tell. It serves tests, screenshots and design work. Nothing here is ever part of an answer to a real person.
 */
export class FakeEngine implements Backend {
  readonly options: Required<Omit<FakeOptions, "settings" | "state">> & { state: FakeState };
  readonly comments = new Map<number, FakeComment>();
  readonly actions: ActionView[] = [];
  private listeners = new Set<(event: AppEvent) => void>();
  private state: AppState;
  private sending = true;
  private accounts: AccountView[];
  private undos: Undo[] = [];
  private failures = new Map<CommandName, CommandError>();
  private nextAction = 8_100;
  private late: FakeComment[] = [];
  /** The window said that nothing is left to save. */
  closed = false;
  private handlers: Handlers;
  private operations: Operations;
  private more: More;
  private posts: Posts;

  constructor(options: FakeOptions = {}) {
    const { state = "ready", settings, holdSeconds = 10, count = 320, quarantined = state === "busy" ? 3 : 0, latencyMs = 0, now = Date.now } = options;
    this.options = { state, holdSeconds, count, quarantined, latencyMs, now };
    this.state = {
      phase:
        state === "first" || state === "nokeychain"
          ? { phase: "first_start" }
          : state === "opening"
            ? { phase: "opening", step: "knowledge" }
            : state === "failed"
              ? {
                  phase: "failed",
                  message: "The database was written by a newer version of Moderato.",
                  advice: "Install the newest version, or restore the backup of this version. Nothing was changed.",
                }
              : { phase: "ready", workspace: "Oakmere", kind: state === "several" || state === "error" ? "own" : "sample" },
      models: { state: "ready", model: "multilingual-small" },
      secrets: state === "nokeychain" ? "unavailable" : "keychain",
      secrets_note: state === "nokeychain" ? "No keychain service answers on the session bus." : null,
      settings: {
        appearance: { theme: "system", language: "system", density: "comfortable", shortcuts: true, ...settings },
        hold_seconds: holdSeconds,
        sync_interval_seconds: 60,
        fall_back_to_local: true,
        provider: null,
      },
      version: "0.1.0",
      settings_error: state === "badsettings" ? BAD_SETTINGS : null,
      trouble: state === "trouble" ? DISK_FULL : null,
    };
    this.accounts = this.makeAccounts(state, now());
    this.fill();
    this.operations = this.makeOperations();
    this.more = this.makeMore();
    this.posts = this.makePosts();
    this.handlers = this.makeHandlers();
  }

  /** The next call of `name` is refused. */
  failNext(name: CommandName, code: ErrorCode = "internal", message = "The engine did not answer (reference M-4171)."): void {
    this.failures.set(name, refuse(code, message));
  }

  async call<N extends CommandName>(name: N, request: Commands[N]["request"]): Promise<Commands[N]["answer"]> {
    if (this.options.latencyMs > 0) await new Promise((done) => setTimeout(done, this.options.latencyMs));
    const failure = this.failures.get(name);
    if (failure) {
      this.failures.delete(name);
      throw failure;
    }
    const handler = this.handlers[name] as (request: Commands[N]["request"]) => Commands[N]["answer"] | Promise<Commands[N]["answer"]>;
    // The wire copies, so a screen can never hold the engine's own objects.
    return structuredClone(await handler(request));
  }

  on(listener: (event: AppEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Lets time act: holds run out, replies go out, snoozes end. The page calls it every quarter of a second. */
  tick(): void {
    const now = this.options.now();
    for (const action of this.actions) {
      if (action.state === "held" && this.sending && action.due_at <= now) {
        action.state = "sending";
        this.changed({ outbox: true, comments: [action.comment_id] });
      } else if (action.state === "sending" && action.due_at + SECOND <= now && this.options.state !== "busy") {
        this.confirm(action, now);
      }
    }
    this.posts.tick();
    for (const comment of this.comments.values()) {
      if (comment.stage === "snoozed" && comment.row.snoozed_until !== null && comment.row.snoozed_until <= now) {
        comment.row.snoozed_until = null;
        this.move(comment, "to_review");
      } else if (comment.stage === "to_draft" && comment.readyAt !== null && comment.readyAt <= now) {
        comment.readyAt = null;
        comment.row.draft = comment.draft ? "draft" : "no_draft";
        this.move(comment, "to_review");
      }
    }
  }

  /** New comments come in, as after a look at the platform. */
  arrive(count: number): void {
    const now = this.options.now();
    const batch = this.late.splice(0, count);
    for (const comment of batch) {
      comment.row.published_at = now - 20 * SECOND;
      comment.row.received_at = now;
      comment.row.unread = true;
      this.comments.set(comment.row.id, comment);
    }
    this.changed({ comments: batch.map((comment) => comment.row.id), arrived: batch.length });
  }

  /** All work stands still, or goes on again. */
  trouble(why: string | null): void {
    this.state = { ...this.state, trouble: why };
    this.tell({ event: "trouble", data: why });
  }

  /** The window reads the outbox again, as after a look that found nothing. */
  nudge(): void {
    this.changed({ outbox: true, comments: this.actions.filter((each) => each.state === "unknown").map((each) => each.comment_id) });
  }

  /** The person finished in the browser that a sign-in waits for. */
  finishSignIn(): void {
    this.operations.finishSignIn();
  }

  /** A part of an account's card is as said from now on. */
  changeAccount(id: number, part: Partial<AccountCard>): void {
    this.operations.change(id, part);
  }

  /** The next comment of the brand under a post ends so. */
  postNext(fate: Fate): void {
    this.posts.next(fate);
  }

  /** As the shell does when the person closes the window. */
  close(): void {
    this.tell({ event: "closing" });
  }

  private tell(event: AppEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  private makeAccounts(state: FakeState, now: number): AccountView[] {
    const base: AccountView = {
      id: 1,
      platform: "instagram",
      username: "oakmere",
      mode: "draft",
      connection: "connected",
      connection_note: null,
      last_synced_at: now - 20 * SECOND,
      simulated: true,
    };
    if (state === "several")
      return severalAccounts(now).map(({ id, platform, username, mode, connection, connection_note, last_synced_at, simulated }) => ({ id, platform, username, mode, connection, connection_note, last_synced_at, simulated }));
    if (state === "busy") return [{ ...base, connection: "syncing" }, { ...base, id: 2, username: "oakmere.ru", connection: "troubled", connection_note: "the platform limits this account; it gives no calls for another 900 s" }];
    if (state === "error")
      return [{ ...base, connection: "signed_out", simulated: false, connection_note: "the sign-in is no longer valid: Instagram withdrew the access at 13:40" }];
    return [base];
  }

  private fill(): void {
    if (this.state.phase.phase !== "ready") return;
    const { now, count, state } = this.options;
    const made = makeComments(count, now());
    const keep = Math.max(0, made.length - 24);
    for (const comment of made.slice(0, keep)) this.comments.set(comment.row.id, comment);
    this.late = made.slice(keep);
    for (const comment of this.comments.values()) {
      if (comment.stage === "done" && comment.repliedWith) this.past(comment, comment.repliedWith);
    }
    if (state === "empty") {
      for (const comment of this.comments.values()) if (comment.stage === "to_review") comment.stage = comment.row.stage = "done";
    }
    const waiting = [...this.comments.values()].filter((comment) => comment.stage === "to_review" && comment.draft && comment.draft.guard.findings.length === 0);
    const held = state === "empty" ? [...this.comments.values()].slice(0, 3) : waiting.slice(-1);
    if (state === "busy" || state === "empty") {
      for (const [at, comment] of held.entries()) {
        this.queue(comment, "reply", comment.draft?.text ?? "Thank you!").due_at = now() + (40 + at * 15) * SECOND;
      }
    }
    if (state === "busy") {
      const [first, second, third] = waiting;
      if (first?.draft) {
        const action = this.queue(first, "reply", first.draft.text);
        Object.assign(action, { state: "unknown", attempts: 1, created_at: now() - 75 * SECOND, due_at: now() + 8 * SECOND, note: "no answer to a write: the connection was closed" });
        first.row.badges = ["outcome_unknown"];
      }
      if (second?.draft) Object.assign(this.queue(second, "reply", second.draft.text), { state: "sending", attempts: 1 });
      if (third?.draft) this.refuseReply(this.queue(third, "reply", third.draft.text), "refused by the platform (code 10): the comment may not be replied to");
      this.undos = [];
    }
  }

  private past(comment: FakeComment, text: string): void {
    const at = comment.row.received_at + 4 * 60 * SECOND;
    this.actions.push({
      id: this.nextAction++,
      comment_id: comment.row.id,
      kind: "reply",
      state: "confirmed",
      text,
      author_name: comment.row.author_name,
      account_username: "oakmere",
      created_at: at - 11 * SECOND,
      due_at: at - SECOND,
      attempts: 1,
      note: null,
      confirmed_at: at,
      platform_id: `1789${String(comment.row.id).padStart(12, "0")}`,
    });
  }

  private confirm(action: ActionView, now: number): void {
    action.state = "confirmed";
    action.attempts = 1;
    action.confirmed_at = now;
    action.platform_id = `1789${String(action.id).padStart(12, "0")}`;
    const comment = this.comments.get(action.comment_id);
    if (!comment) return;
    if (action.kind === "hide") comment.row.hidden = true;
    if (action.kind === "unhide") comment.row.hidden = false;
    this.more.confirmed(action);
    this.move(comment, "done");
    this.changed({ outbox: true });
  }

  private changed(part: Partial<ChangeBatch>): void {
    const data: ChangeBatch = { comments: [], all_comments: false, arrived: 0, outbox: false, accounts: false, settings: false, ...part };
    this.tell({ event: "changed", data });
  }

  private move(comment: FakeComment, stage: Stage): void {
    comment.stage = stage;
    comment.row.stage = stage;
    comment.row.version += 1;
    this.changed({ comments: [comment.row.id] });
  }

  private queue(comment: FakeComment, kind: ActionKind, text: string | null): ActionView {
    const now = this.options.now();
    const action: ActionView = {
      id: this.nextAction++,
      comment_id: comment.row.id,
      kind,
      state: "held",
      text,
      author_name: comment.row.author_name,
      account_username: this.accounts[0]?.username ?? "oakmere",
      created_at: now,
      due_at: now + this.state.settings.hold_seconds * SECOND,
      attempts: 0,
      note: null,
      confirmed_at: null,
      platform_id: null,
    };
    const from = comment.stage;
    comment.row.badges = comment.row.badges.filter((badge) => badge !== "send_failed");
    this.actions.push(action);
    this.move(comment, "in_outbox");
    this.undos.push({
      what: kind,
      comment: comment.row.id,
      version: comment.row.version,
      action,
      back: () => {
        action.state = "cancelled";
        action.note = "taken back by a person";
        this.move(comment, from === "done" ? "done" : "to_review");
        this.changed({ outbox: true });
      },
    });
    this.changed({ outbox: true });
    return action;
  }

  /** The platform refuses a reply for good: the comment is back in review and says so. */
  refuseReply(action: ActionView, note: string): void {
    action.state = "failed";
    action.attempts = 1;
    action.note = note;
    const comment = this.comments.get(action.comment_id);
    if (comment) {
      comment.row.badges = ["send_failed", ...comment.row.badges.filter((badge) => badge !== "send_failed")];
      this.move(comment, "to_review");
    }
    this.changed({ outbox: true });
  }

  private at(ref: { comment_id: number; version: number }): FakeComment {
    const comment = this.comments.get(ref.comment_id);
    if (!comment) throw refuse("not_found", "The comment was deleted on Instagram.");
    if (ref.version !== comment.row.version) throw refuse("moved_on", "The comment changed since the card was drawn.");
    return comment;
  }

  private liveAction(comment: FakeComment): ActionView | null {
    return this.actions.findLast((action) => action.comment_id === comment.row.id) ?? null;
  }

  private inQueue(comment: FakeComment, queue: QueueName): boolean {
    const queues: Record<QueueName, boolean> = {
      needs_review: comment.stage === "to_review",
      outbox: comment.stage === "in_outbox",
      escalated: comment.stage === "escalated",
      snoozed: comment.stage === "snoozed",
      stuck: comment.stage === "stuck",
      done: comment.stage === "done",
      hidden: comment.row.hidden,
      all: true,
    };
    return queues[queue];
  }

  private row(comment: FakeComment): CommentRow {
    return { ...comment.row, campaign: this.markOf(comment), action: comment.stage === "in_outbox" || comment.stage === "done" ? this.liveAction(comment) : null };
  }

  private alike(campaign: number): FakeComment[] {
    return [...this.comments.values()].filter((each) => each.campaign === campaign);
  }

  private markOf({ campaign }: FakeComment): CampaignMark | null {
    if (campaign === null) return null;
    const alike = this.alike(campaign);
    return alike.length < 2 ? null : { id: campaign, comments: alike.length, waiting: alike.filter((each) => each.stage === "to_review").length };
  }

  private list(request: ListComments): Commands["list_comments"]["answer"] {
    const words = request.search?.trim().toLowerCase() ?? "";
    const urgency = (comment: FakeComment) => {
      const label = comment.row.labels[0]?.label;
      const minutes = label === "complaint" ? 4 : label === "question" ? 2 : 0;
      return comment.row.received_at + minutes * 60 * SECOND;
    };
    const due = (comment: FakeComment) => this.liveAction(comment)?.due_at ?? 0;
    const key = (comment: FakeComment) =>
      request.queue === "outbox" ? due(comment) :
      request.sort === "most_urgent" ? -urgency(comment) : request.sort === "newest" ? -comment.row.received_at : comment.row.received_at;
    const folds = request.fold && request.queue === "needs_review" && !request.label && !words;
    const standsForAll = (comment: FakeComment) => comment.campaign === null || this.alike(comment.campaign).find((each) => each.stage === "to_review") === comment;
    const all = [...this.comments.values()]
      .filter((comment) => this.inQueue(comment, request.queue))
      .filter((comment) => !folds || standsForAll(comment))
      .filter((comment) => request.account_id === null || comment.row.account_id === request.account_id)
      .filter((comment) => !request.label || comment.row.labels[0]?.label === request.label)
      .filter((comment) => {
        const { text, author_name, author_username } = comment.row;
        return !words || `${text} ${author_name} ${author_username}`.toLowerCase().includes(words);
      })
      .sort((a, b) => key(a) - key(b) || a.row.id - b.row.id);
    const [afterKey, afterId] = (request.after ?? "").split(":").map(Number);
    const from = request.after
      ? all.filter((comment) => key(comment) > (afterKey ?? 0) || (key(comment) === afterKey && comment.row.id > (afterId ?? 0)))
      : all;
    const rows = from.slice(0, request.limit);
    const last = rows.at(-1);
    return {
      rows: rows.map((comment) => this.row(comment)),
      next: last && from.length > rows.length ? `${String(key(last))}:${String(last.row.id)}` : null,
    };
  }

  private overview(): Overview {
    const count = (queue: QueueName) => [...this.comments.values()].filter((comment) => this.inQueue(comment, queue)).length;
    const of = (...states: string[]) => this.actions.filter((action) => states.includes(action.state)).length;
    return {
      counts: {
        needs_review: count("needs_review"),
        outbox: count("outbox"),
        escalated: count("escalated"),
        snoozed: count("snoozed"),
        stuck: count("stuck"),
        done: count("done"),
        hidden: count("hidden"),
        all: count("all"),
        in_work: [...this.comments.values()].filter((c) => c.stage === "to_classify" || c.stage === "to_draft").length,
        quarantined: this.options.quarantined,
      },
      accounts: this.accounts,
      sending: this.sending,
      held: of("held", "ready"),
      in_flight: of("sending"),
      unknown: of("unknown"),
      failed: [...this.comments.values()].filter((comment) => comment.row.badges.includes("send_failed") && comment.stage !== "done" && comment.stage !== "in_outbox").length,
    };
  }

  private post(id: number): PostView | undefined {
    const post = POSTS.find((each) => each.id === id);
    return (
      post && {
        id,
        caption: post.caption,
        kind: post.kind,
        permalink: `https://www.instagram.com/p/oakmere${String(id)}/`,
        published_at: this.options.now() - post.daysAgo * 86_400 * SECOND,
        comments_count: post.comments,
        like_count: post.likes,
      }
    );
  }

  private detail(comment: FakeComment): CommentDetail {
    const post = this.post(comment.row.post_id) ?? this.post(1);
    if (!post) throw refuse("not_found", "The post is gone.");
    const turn = (each: FakeComment, current: boolean) => ({
      comment_id: each.row.id,
      author_name: each.row.author_name || each.row.author_username,
      by_us: false,
      text: each.row.text,
      language: each.row.language,
      published_at: each.row.published_at,
      current,
    });
    return {
      row: this.row(comment),
      post,
      thread: [
        ...comment.before.map((said, at) => ({ comment_id: -comment.row.id * 10 - at, published_at: comment.row.published_at - (3 - at) * 3_600 * SECOND, current: false, ...said })),
        turn(comment, true),
      ],
      author: comment.author,
      draft: comment.stage === "to_draft" ? null : comment.draft,
      declined: comment.draft ? null : comment.declined,
      declined_detail: comment.draft ? null : comment.missing,
      found: comment.draft ? [] : comment.found,
      label_reason: comment.why,
      stuck_reason: comment.stage === "stuck" ? "The model inside the app ran out of time three times." : null,
      max_reply_chars: LIMIT,
      actions: this.actions.filter((action) => action.comment_id === comment.row.id).reverse(),
      trace_id: `c-${String(comment.row.id).padStart(6, "0")}`,
    };
  }

  /** `what` names the act that undo takes back; `null` for those it does not. */
  private settle(comment: FakeComment, stage: Stage, what: string | null, extra: () => void = () => undefined): null {
    const from = comment.stage;
    const until = comment.row.snoozed_until;
    extra();
    this.move(comment, stage);
    if (what === null) return null;
    this.undos.push({
      what,
      comment: comment.row.id,
      version: comment.row.version,
      action: null,
      back: () => {
        comment.row.snoozed_until = until;
        this.move(comment, from);
      },
    });
    return null;
  }

  private sourcesOf(comment: FakeComment): SourceView[] {
    return comment.draft?.sources ?? comment.found;
  }

  private ready(): AppState {
    this.state = { ...this.state, phase: { phase: "ready", workspace: "Oakmere", kind: "sample" } };
    this.options.state = "ready";
    if (this.comments.size === 0) this.fill();
    this.tell({ event: "state", data: this.state });
    return this.state;
  }

  private makeHandlers(): Handlers {
    const forever = () => new Promise<never>(() => undefined);
    return {
      open_app: () => this.state,
      reopen_workspace: () => {
        this.state = { ...this.state, trouble: null };
        return this.ready();
      },
      start_sample: () => {
        if (this.state.secrets === "unavailable") throw refuse("secrets_unavailable", "No keychain answers on this computer.");
        return this.ready();
      },
      choose_secret_backend: ({ backend, passphrase }) => {
        if (backend === "encrypted_file" && (passphrase?.length ?? 0) < 8) throw refuse("invalid", "The passphrase needs at least 8 characters.");
        this.state = { ...this.state, secrets: backend === "encrypted_file" ? "encrypted_file" : "session_only", secrets_note: null };
        return this.state;
      },
      get_overview: () => this.overview(),
      list_comments: (request) => {
        if (this.options.state === "loading") return forever();
        if (this.options.state === "error") throw refuse("storage_failed", "The list of comments could not be read: the disk reports an error (reference M-4171).");
        return this.list(request);
      },
      get_comment: ({ comment_id }) => {
        const comment = this.comments.get(comment_id);
        if (!comment) throw refuse("not_found", "The comment was deleted on Instagram.");
        return this.detail(comment);
      },
      get_campaign: ({ campaign_id }) => {
        const alike = this.alike(campaign_id);
        if (alike.length === 0) throw refuse("not_found", "Nothing says the same any longer.");
        const waiting = alike.filter((each) => each.stage === "to_review");
        return {
          id: campaign_id,
          comments: alike.length,
          waiting: waiting.length,
          authors: new Set(alike.map(({ row }) => row.author_username)).size,
          rows: waiting.map((each) => this.row(each)),
        };
      },
      mark_read: ({ comment_id }) => {
        const comment = this.comments.get(comment_id);
        if (comment?.row.unread) {
          comment.row.unread = false;
          this.changed({ comments: [comment_id] });
        }
        return null;
      },
      get_source: ({ source_id }) => {
        const source = SOURCES.find((each) => each.id === source_id);
        if (!source) throw refuse("not_found", "The source was taken out of the workspace.");
        return source;
      },
      get_picture: ({ post_id }) => {
        const post = POSTS.find((each) => each.id === post_id);
        return { data_url: post ? picture(post) : null };
      },
      check_draft: ({ comment_id, text }) => {
        const comment = this.comments.get(comment_id);
        return checkDraft(text, comment ? this.sourcesOf(comment) : [], LIMIT);
      },
      save_draft: ({ comment_id, text }) => {
        const comment = this.comments.get(comment_id);
        if (!comment) throw refuse("not_found", "The comment was deleted on Instagram.");
        if (comment.stage === "in_outbox") throw refuse("moved_on", "The reply is in the outbox already.");
        comment.draft = this.edited(comment, text);
        comment.row.draft = comment.draft.original_text === null && comment.draft.origin !== "person" ? "draft" : "edited";
        this.changed({ comments: [comment_id] });
        return comment.draft;
      },
      discard_draft_edit: (ref) => {
        const comment = this.at(ref);
        if (comment.draft?.original_text != null) {
          comment.draft = { ...comment.draft, text: comment.draft.original_text, original_text: null, guard: checkDraft(comment.draft.original_text, comment.draft.sources, LIMIT) };
          comment.row.draft = "draft";
        } else if (comment.draft?.origin === "person") {
          comment.draft = null;
          comment.row.draft = "no_draft";
        }
        this.changed({ comments: [comment.row.id] });
        return comment.draft;
      },
      approve_draft: ({ text, ...ref }) => {
        const comment = this.at(ref);
        const report = checkDraft(text, this.sourcesOf(comment), LIMIT);
        if (report.findings.length > 0) throw refuse("guard_failed", "The reply holds something that no source says.", report);
        if (text !== comment.draft?.text) comment.draft = this.edited(comment, text);
        return this.queue(comment, "reply", text);
      },
      regenerate_draft: (ref) => {
        const comment = this.at(ref);
        comment.row.draft = "drafting";
        comment.readyAt = this.options.now() + 2 * SECOND;
        if (comment.draft?.original_text != null) comment.draft = { ...comment.draft, text: comment.draft.original_text, original_text: null };
        this.move(comment, "to_draft");
        return null;
      },
      hide_comment: (ref) => this.queue(this.at(ref), "hide", null),
      unhide_comment: (ref) => this.queue(this.at(ref), "unhide", null),
      dismiss_comment: (ref) => this.settle(this.at(ref), "done", "dismiss"),
      reopen_comment: (ref) => this.settle(this.at(ref), "to_review", null),
      snooze_comment: ({ until, ...ref }) => {
        if (until <= this.options.now()) throw refuse("invalid", "The time lies in the past.");
        const comment = this.at(ref);
        return this.settle(comment, "snoozed", "snooze", () => {
          comment.row.snoozed_until = until;
        });
      },
      escalate_comment: (ref) => this.settle(this.at(ref), "escalated", "escalate"),
      return_to_review: (ref) => {
        const comment = this.at(ref);
        return this.settle(comment, "to_review", null, () => {
          comment.row.snoozed_until = null;
        });
      },
      retry_stuck: (ref) => {
        const comment = this.at(ref);
        comment.readyAt = this.options.now() + SECOND;
        comment.row.badges = [];
        this.move(comment, "to_draft");
        return null;
      },
      correct_label: ({ label, ...ref }) => {
        const comment = this.at(ref);
        const before = comment.row.labels;
        const set = label as Label;
        comment.row.labels = [{ label: set, confidence: 1, sure: true, by_person: true }, ...before.filter((each) => each.label !== set)];
        this.move(comment, comment.stage);
        this.undos.push({
          what: "label",
          comment: comment.row.id,
          version: comment.row.version,
          action: null,
          back: () => {
            comment.row.labels = before;
            this.move(comment, comment.stage);
          },
        });
        return null;
      },
      undo_last: () => {
        for (;;) {
          const last = this.undos.at(-1);
          if (!last) return { comment_id: null, what: null };
          const { action } = last;
          if (action && action.state !== "held") {
            // What is on its way blocks until it is known; what has ended is told of once.
            if (ENDED.includes(action.state)) this.undos.pop();
            if (action.state === "failed" || action.state === "cancelled") continue;
            throw refuse("too_late", `too late to take it back: it is ${action.state}`);
          }
          this.undos.pop();
          if (!action && this.comments.get(last.comment)?.row.version !== last.version) continue;
          last.back();
          return { comment_id: last.comment, what: last.what };
        }
      },
      cancel_action: ({ action_id }) => {
        const action = this.actions.find((each) => each.id === action_id);
        if (!action) throw refuse("not_found", "This action is not in the outbox.");
        if (action.state !== "held") throw refuse("too_late", "The reply had already left for the platform.");
        const undo = this.undos.findLast((each) => each.action === action);
        if (undo) {
          undo.back();
          this.undos = this.undos.filter((each) => each !== undo);
        } else {
          action.state = "cancelled";
          const comment = this.comments.get(action.comment_id);
          if (comment) this.move(comment, "to_review");
        }
        return action;
      },
      list_outbox: () => ({
        live: this.actions.filter((action) => LIVE.includes(action.state)).sort((a, b) => a.due_at - b.due_at),
        now: this.options.now(),
      }),
      set_sending: ({ on }) => {
        this.sending = on;
        const now = this.options.now();
        // Resuming is no blast: what waited starts a fresh hold.
        if (on) for (const action of this.actions) if (action.state === "held" && action.due_at < now) action.due_at = now + this.state.settings.hold_seconds * SECOND;
        this.changed({ outbox: true, accounts: true });
        return this.overview();
      },
      sync_now: () => {
        this.arrive(3);
        return null;
      },
      get_settings: () => this.state.settings,
      update_settings: (settings) => {
        if (settings.hold_seconds < 0 || settings.hold_seconds > 600) throw refuse("invalid", "hold_seconds must be 0 to 600.");
        this.state = { ...this.state, settings: { ...settings, provider: this.state.settings.provider } };
        this.changed({ settings: true });
        return this.state.settings;
      },
      set_provider: ({ base_url, model, key }) => {
        const before = this.state.settings.provider;
        // A key belongs to the address that it was given for.
        const kept = before !== null && base_url !== null && before.has_key && originOf(before.base_url) === originOf(base_url);
        const provider = base_url === null ? null : { base_url, model: model ?? "", has_key: key !== null || kept };
        this.state = { ...this.state, settings: { ...this.state.settings, provider } };
        this.changed({ settings: true });
        return this.state.settings;
      },
      test_provider: () => {
        const provider = this.state.settings.provider;
        if (!provider) throw refuse("invalid", "No endpoint is set.");
        const ok = provider.base_url.startsWith("https://");
        return { ok, message: ok ? provider.model : "Connection refused", milliseconds: 412 };
      },
      ready_to_close: () => {
        this.closed = true;
        return null;
      },
      ...this.operations.handlers,
      ...this.more.handlers,
      ...this.posts.handlers,
      ...knowledge(this.options.state === "empty"),
    };
  }

  /** Passes through `opening`, as the window sees it when the first account of one's own is connected. */
  private async openOwn(): Promise<void> {
    const { phase } = this.state;
    if (phase.phase === "ready" && phase.kind === "own") return;
    this.state = { ...this.state, phase: { phase: "opening", step: "database" } };
    this.tell({ event: "state", data: this.state });
    await new Promise((done) => setTimeout(done, this.options.latencyMs * 20));
    this.accounts = [];
    this.comments.clear();
    this.actions.length = 0;
    this.late = [];
    this.undos = [];
    this.state = { ...this.state, phase: { phase: "ready", workspace: "My accounts", kind: "own" } };
    this.tell({ event: "state", data: this.state });
  }

  private makeOperations(): Operations {
    return operations({
      now: this.options.now,
      several: this.options.state === "several",
      accounts: () => this.accounts,
      actions: () => this.actions,
      comments: () => [...this.comments.values()],
      version: () => this.state.version,
      sending: () => this.sending,
      keepsSecrets: () => this.state.secrets !== "unavailable",
      openOwn: () => this.openOwn(),
      indexed: (done, total) => {
        this.tell({ event: "progress", data: { work: "index", done, total } });
      },
      keep: (accounts) => {
        this.accounts = accounts;
        this.changed({ accounts: true });
      },
      confirm: (action) => {
        this.confirm(action, this.options.now());
      },
      cancel: (action) => {
        action.state = "cancelled";
        const comment = this.comments.get(action.comment_id);
        if (comment) this.move(comment, "to_review");
        this.changed({ outbox: true });
      },
      sendAgain: (action) => {
        Object.assign(action, { state: "sending", attempts: action.attempts + 1, due_at: this.options.now() });
        this.changed({ outbox: true, comments: [action.comment_id] });
      },
      changedOutbox: () => {
        this.changed({ outbox: true });
      },
    });
  }

  private makeMore(): More {
    return moreActs({
      now: this.options.now,
      limit: LIMIT,
      accounts: async () => (await this.operations.handlers.list_accounts(null)).accounts,
      actions: () => this.actions,
      comment: (id) => this.comments.get(id),
      at: (ref) => this.at(ref),
      sourcesOf: (comment) => this.sourcesOf(comment),
      queue: (comment, kind, text) => this.queue(comment, kind, text),
      cancel: (action_id) => this.call("cancel_action", { action_id }),
    });
  }

  private makePosts(): Posts {
    const { now, latencyMs, state } = this.options;
    const made = posts({
      now,
      holdMs: () => this.state.settings.hold_seconds * SECOND,
      platformMs: latencyMs * 40,
      sending: () => this.sending,
      shut: () => this.state.settings_error !== null,
      cardOf: (post) => {
        const comment = [...this.comments.values()].find((each) => each.row.post_id === post);
        return this.operations.card(comment?.row.account_id ?? 1);
      },
      post: (id) => this.post(id),
      changed: () => {
        this.changed({ outbox: true });
      },
    });
    if (this.state.phase.phase !== "ready") return made;
    const ago = (minutes: number) => now() - minutes * 60 * SECOND;
    made.put(1, { text: "The winners of the skillet draw are in our story. Thank you all for the leeks!", state: "confirmed", created_at: ago(191), due_at: ago(190), confirmed_at: ago(190) });
    if (state === "busy") {
      made.put(1, { text: "The 26 cm skillet is back in the shop.", state: "failed", created_at: ago(42), due_at: ago(41), note: "refused by the platform (code 190): comments on this post are limited" });
      made.put(1, { text: "Recipes for all five dinners are on our page.", state: "retry_wait", created_at: ago(3), due_at: ago(-12), note: "the platform limits this account; it gives no calls for another 900 s" });
      made.put(1, { text: "One more day for the draw.", state: "unknown", created_at: ago(2), due_at: ago(-1), note: "no answer to a write: the connection was closed" });
    }
    return made;
  }

  private edited(comment: FakeComment, text: string): DraftView {
    const sources = this.sourcesOf(comment);
    const guard = checkDraft(text, sources, LIMIT);
    const before = comment.draft;
    if (!before) {
      return {
        id: 90_000 + comment.row.id,
        text,
        original_text: null,
        language: comment.row.language,
        confidence: 1,
        origin: "person",
        created_at: this.options.now(),
        sources: [],
        citations: [],
        guard,
      };
    }
    const original = before.original_text ?? before.text;
    return { ...before, text, guard, original_text: before.origin === "person" || original === text ? null : original };
  }
}
