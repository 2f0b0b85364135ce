import type { AccountCard, ActionView, HealthView, RelayView, TraceEntry, TroubleView } from "@/contract/contract";
import type { FakeComment } from "./comments";

const MINUTE = 60_000;
const ENDED = ["confirmed", "failed", "cancelled"];

interface Seen {
  now: number;
  version: string;
  sending: boolean;
  actions: ActionView[];
  comments: FakeComment[];
  accounts: AccountCard[];
  index: HealthView["index"];
  relay: RelayView;
  taught: number;
}

/** An engine at work, with one destination that rests. */
export function healthOf({ now, version, sending, actions, comments, accounts, index, relay, taught }: Seen): HealthView {
  const post = actions.filter((each) => !ENDED.includes(each.state)).length;
  const review = comments.filter((each) => each.stage === "to_review");
  const oldest = review.reduce((first, each) => Math.min(first, each.row.received_at), now);
  const quiet = { last_error: null };
  return {
    now,
    version,
    stages: [
      { stage: "arrive", waiting: 0, oldest_waiting_ms: null, per_minute: 12 },
      { stage: "understand", waiting: 4, oldest_waiting_ms: 1_100, per_minute: 12 },
      { stage: "find", waiting: 0, oldest_waiting_ms: null, per_minute: 11 },
      { stage: "draft", waiting: 17, oldest_waiting_ms: 48_000, per_minute: 6 },
      { stage: "guard", waiting: 0, oldest_waiting_ms: null, per_minute: 6 },
      { stage: "review", waiting: review.length, oldest_waiting_ms: review.length > 0 ? now - oldest : null, per_minute: 3 },
      { stage: "post", waiting: post, oldest_waiting_ms: post > 0 ? 11_000 : null, per_minute: 2 },
    ],
    workers: [
      {
        worker: "sync",
        state: "working",
        last_error: { at: now - 52 * MINUTE, message: "Instagram withdrew the access of oakmere.outlet", reference: "M-4171", times: 1, over: false },
      },
      { worker: "import", state: accounts.some((each) => each.import.state === "running") ? "working" : "idle", ...quiet },
      { worker: "classify", state: "working", ...quiet },
      { worker: "draft", state: "backing_off", last_error: { at: now - 4 * MINUTE, message: "the endpoint gave no answer", reference: "M-4203", times: 8, over: false } },
      { worker: "outbox", state: sending ? "idle" : "stopped", last_error: { at: now - 190 * MINUTE, message: "the platform said: not now (code 2)", reference: "M-4166", times: 2, over: true } },
      { worker: "snooze", state: "idle", ...quiet },
      { worker: "backup", state: "idle", ...quiet },
      ...(relay.enabled ? [{ worker: "relay", state: "idle" as const, ...quiet }] : []),
    ],
    destinations: [
      { host: "graph.instagram.com", breaker: { state: "closed" }, calls_per_minute: 24, p95_ms: 212, errors: 0 },
      { host: "www.googleapis.com", breaker: { state: "half_open" }, calls_per_minute: 1, p95_ms: 1_480, errors: 5 },
      { host: "graph.facebook.com", breaker: { state: "closed" }, calls_per_minute: 31, p95_ms: 240, errors: 1 },
      { host: "ai.oakmere.example", breaker: { state: "open", until: now + 42_000 }, calls_per_minute: 0, p95_ms: 3_010, errors: 8 },
    ],
    limits: accounts.filter((each) => !each.disconnected).map(({ id, platform, username, usage, quota }) => ({
      account_id: id,
      platform,
      username,
      used_percent: quota ? Math.round((100 * (quota.daily_units - quota.units_left)) / quota.daily_units) : (usage?.percent ?? null),
      calls_again_at: usage?.calls_again_at ?? null,
    })),
    disk: { database_bytes: 1_200_000_000, index_bytes: 240_000_000, logs_bytes: 18_000_000, backups_bytes: 1_400_000_000, free_bytes: 84_000_000_000 },
    index,
    quarantined: 1,
    taught,
    last_backup_at: now - 3 * 60 * MINUTE,
    troubles: troublesOf(comments, actions),
    relay,
  };
}

/** What went wrong with single comments, newest first. */
function troublesOf(comments: FakeComment[], actions: ActionView[]): TroubleView[] {
  const trace = (id: number) => ({ comment_id: id, trace_id: `c-${String(id).padStart(6, "0")}` });
  const sends = actions
    .filter(({ state }) => state === "failed" || state === "unknown")
    .map((action) => ({ at: action.due_at, what: action.state, message: action.note ?? "", ...trace(action.comment_id) }));
  const stuck = comments.filter((each) => each.stage === "stuck").map(({ row }) => ({ at: row.received_at + 9 * MINUTE, what: "stuck", message: "the model ran out of time three times", ...trace(row.id) }));
  return [...sends, ...stuck].sort((a, b) => b.at - a.at).slice(0, 20);
}

/** As far as this comment has come. */
export function traceOf(comment: FakeComment, actions: ActionView[]): TraceEntry[] {
  const start = comment.row.received_at;
  const entries: TraceEntry[] = [];
  const add = (after: number, stage: TraceEntry["stage"], what: string, detail = "") => {
    entries.push({ at: (entries.at(-1)?.at ?? start) + after, stage, what, detail });
  };
  add(40, "arrive", "arrived");
  if (comment.stage === "to_classify") return entries;
  const label = comment.row.labels[0];
  add(112, "understand", "classified", label ? `label: ${label.label} · confidence: ${String(label.confidence)}` : "");
  if (comment.draft) {
    add(3_000, "draft", "draft_fell_back", "reason: the endpoint gave no answer");
    add(1_800, "draft", "drafted", `model: ${comment.draft.origin} · sources: ${String(comment.draft.sources.length)}`);
  } else if (comment.declined) add(640, "draft", "declined", `reason: ${comment.declined}`);
  if (comment.stage === "stuck") add(9_000, "review", "stuck", "note: the model ran out of time three times");
  const at = (time: number, stage: TraceEntry["stage"], what: string, detail = "") => {
    entries.push({ at: Math.max(time, entries.at(-1)?.at ?? start), stage, what, detail });
  };
  for (const action of actions) {
    at(action.created_at, "post", "action_queued", `person · kind: ${action.kind}`);
    if (action.attempts > 0) at(action.due_at, "post", "sent", `${action.kind} · ${String(action.attempts)}`);
    if (action.state === "unknown") at(action.due_at + 15_000, "post", "unknown", action.note ?? "");
    if (action.state === "failed") at(action.due_at + 300, "post", "refused", action.note ?? "");
    if (action.state === "cancelled") at(action.due_at, "post", "cancelled");
    if (action.confirmed_at !== null) at(action.confirmed_at, "post", "confirmed");
  }
  if (comment.stage === "done" && actions.length === 0) at(start + 9 * MINUTE, "review", "dismissed", "person");
  return entries;
}
