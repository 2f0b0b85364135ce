import type { AccountCard, AccountView, ActionView, Commands, CommandError, ErrorCode, HealthView, PermissionView, RelayView } from "@/contract/contract";

type Handlers<N extends keyof Commands> = { [K in N]: (request: Commands[K]["request"]) => Commands[K]["answer"] | Promise<Commands[K]["answer"]> };

/** What these handlers need of the engine. */
export interface Host {
  now: () => number;
  accounts: () => AccountView[];
  actions: () => ActionView[];
  version: () => string;
  /** The list of accounts changed. */
  keep: (accounts: AccountView[]) => void;
  confirm: (action: ActionView) => void;
  cancel: (action: ActionView) => void;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

function refuse(code: ErrorCode, message: string): CommandError {
  return { code, message };
}

function permissions(granted: PermissionView["granted"] = "yes"): PermissionView[] {
  return [
    { name: "instagram_business_basic", granted: "yes", needed_for: "posts", vital: true },
    { name: "instagram_business_manage_comments", granted, needed_for: "comments", vital: true },
    { name: "instagram_business_manage_messages", granted: "no", needed_for: "private_reply", vital: false },
  ];
}

function cardOf(account: AccountView, now: number): AccountCard {
  return {
    ...account,
    platform: account.platform as AccountCard["platform"],
    name: account.username,
    paused_by_user: false,
    token_expires_at: now + 50 * DAY,
    renews_itself: true,
    import: { state: "done", posts_done: 84, posts_total: 84, comments: 6_118, oldest_at: now - 600 * DAY },
    drafts_from: null,
    quota: null,
    usage: { percent: 38, calls_again_at: null },
    capabilities: {
      can_hide: { undoable: true },
      can_delete_others: { by: "delete" },
      can_ban: false,
      can_edit_own_reply: false,
      can_private_reply: true,
      can_comment_on_post: true,
      can_switch_comments: true,
      reply_max_chars: 2_200,
      replies_to: "top_level_only",
      moderation_batch: 1,
      lists_whole_account: false,
      holds_for_review: false,
    },
    permissions: permissions(),
    counts: { posts: 84, comments: 6_118, authors: 1_204, drafts: 2_310, actions: 2_038, waiting_actions: 2 },
  };
}

type Names =
  | "list_accounts" | "connect_account" | "cancel_connect" | "check_account" | "set_account_mode" | "pause_account" | "set_drafts_from"
  | "pause_import" | "resume_import" | "set_quota_budget" | "disconnect_account" | "get_health" | "rebuild_index" | "export_diagnostics"
  | "get_trace" | "get_unknown" | "settle_unknown" | "get_relay" | "set_relay";

/** Accounts, health and the settling of what nobody knows, in memory. */
export function operations(host: Host): Handlers<Names> {
  const cards = new Map<number, AccountCard>();
  let relay: RelayView = { enabled: false, listening_on: null, error: null, port: 8_722, has_verify_token: false, app_secrets: 0, last_delivery_at: null, deliveries: 0, refused: 0 };
  let index: HealthView["index"] = { state: "ready", entries: 18_402, built_at: host.now() - 3 * DAY };
  const all = () =>
    host.accounts().map((account) => {
      const card = { ...(cards.get(account.id) ?? cardOf(account, host.now())), ...account } as AccountCard;
      cards.set(account.id, card);
      return card;
    });
  const at = (id: number) => {
    const card = all().find((each) => each.id === id);
    if (!card) throw refuse("not_found", "This account is not connected any more.");
    return card;
  };
  const change = (id: number, part: Partial<AccountCard>) => {
    const card = { ...at(id), ...part };
    cards.set(id, card);
    host.keep(host.accounts().map((each) => (each.id === id ? { ...each, mode: card.mode, connection: card.connection, connection_note: card.connection_note } : each)));
    return card;
  };
  const view = () => ({ accounts: all(), now: host.now() });
  const unknown = (id: number) => {
    const action = host.actions().find((each) => each.id === id);
    if (!action) throw refuse("not_found", "This action is not in the outbox.");
    if (action.state !== "unknown") throw refuse("moved_on", "Its outcome is known by now.");
    return action;
  };
  return {
    list_accounts: view,
    connect_account: (request) => {
      const secret = request.way === "instagram_token" || request.way === "facebook_token" ? request.token : request.way === "telegram" ? request.bot_token : request.way === "youtube" ? request.client_secret : request.code;
      if (secret.includes("refused")) throw refuse("sign_in_refused", "the platform does not accept this access");
      if (secret.includes("limited")) return { result: "missing_permission", permissions: permissions("no") };
      if (request.way === "facebook_token" && request.page_id === null)
        return { result: "choose_page", pages: [{ id: "101", name: "Oakmere Kitchen", can_moderate: true }, { id: "102", name: "Oakmere Outlet", can_moderate: false }] };
      const platform = request.way.startsWith("instagram") ? "instagram" : request.way.startsWith("facebook") ? "facebook" : request.way;
      const id = Math.max(0, ...host.accounts().map((each) => each.id)) + 1;
      host.keep([...host.accounts(), { id, platform, username: `oakmere.${platform}`, mode: "draft", connection: "waiting", connection_note: null, last_synced_at: null, simulated: false }]);
      return { result: "connected", account_id: id, permissions: permissions() };
    },
    cancel_connect: () => null,
    check_account: ({ account_id }) => at(account_id),
    set_account_mode: ({ account_id, mode }) => change(account_id, { mode }),
    pause_account: ({ account_id, paused }) => change(account_id, { paused_by_user: paused }),
    set_drafts_from: ({ account_id, since }) => change(account_id, { drafts_from: since }),
    pause_import: ({ account_id }) => change(account_id, { import: { ...at(account_id).import, state: "paused" } }),
    resume_import: ({ account_id }) => change(account_id, { import: { ...at(account_id).import, state: "running" } }),
    set_quota_budget: ({ account_id, daily_units, reserve_units }) => {
      const { quota } = at(account_id);
      if (!quota || reserve_units > daily_units / 2) throw refuse("invalid", "reserve_units must be 0 to half of daily_units.");
      change(account_id, { quota: { ...quota, daily_units, reserve_units } });
      return view();
    },
    disconnect_account: ({ account_id }) => {
      at(account_id);
      cards.delete(account_id);
      host.keep(host.accounts().filter((each) => each.id !== account_id));
      return view();
    },
    get_health: () => {
      const now = host.now();
      const post = host.actions().filter((each) => !["confirmed", "failed", "cancelled"].includes(each.state)).length;
      return {
        now,
        version: host.version(),
        stages: (["arrive", "understand", "find", "draft", "guard", "review", "post"] as const).map((stage) => ({
          stage,
          waiting: stage === "post" ? post : stage === "draft" ? 17 : 0,
          oldest_waiting_ms: stage === "draft" ? 48_000 : stage === "post" && post > 0 ? 11_000 : null,
          per_minute: stage === "draft" ? 6 : 12,
        })),
        workers: [
          { worker: "intake", state: "idle", last_error: null },
          { worker: "draft", state: "backing_off", last_error: { at: now - 4 * MINUTE, message: "the endpoint gave no answer", reference: "M-4203", times: 8, over: false } },
        ],
        destinations: [
          { host: "graph.instagram.com", breaker: { state: "closed" }, calls_per_minute: 24, p95_ms: 212, errors: 0 },
          { host: "ai.oakmere.example", breaker: { state: "open", until: now + 42_000 }, calls_per_minute: 0, p95_ms: 3_010, errors: 8 },
        ],
        limits: host.accounts().map(({ id, platform, username }) => ({ account_id: id, platform, username, used_percent: 38, calls_again_at: null })),
        disk: { database_bytes: 1_200_000_000, index_bytes: 240_000_000, logs_bytes: 18_000_000, backups_bytes: 1_400_000_000, free_bytes: 84_000_000_000 },
        index,
        quarantined: 1,
        last_backup_at: now - 3 * 60 * MINUTE,
        relay,
      };
    },
    rebuild_index: () => {
      index = { state: "rebuilding", done: 11_409, total: 18_402 };
      return null;
    },
    export_diagnostics: () => ({ path: "/home/oakmere/Moderato/diagnostics-2026-11-26.zip" }),
    get_trace: ({ comment_id }) => ({
      comment_id,
      trace_id: `c-${String(comment_id)}`,
      entries: [
        { at: host.now() - 6 * MINUTE, stage: "arrive", what: "stored", detail: "" },
        { at: host.now() - 6 * MINUTE + 112, stage: "understand", what: "classified", detail: "question 94" },
      ],
      now: host.now(),
    }),
    get_unknown: ({ action_id }) => {
      const action = unknown(action_id);
      return { action_id, sent_at: action.created_at, lost_at: action.created_at + 15_000, looks: 2, last_look_at: host.now() - 20_000, last_look_complete: false, next_look_at: action.due_at, may_send_again: false, permalink: null, now: host.now() };
    },
    settle_unknown: ({ action_id, outcome }) => {
      const action = unknown(action_id);
      if (outcome === "send_again") throw refuse("too_late", "No complete read has shown yet that the reply is not there.");
      if (outcome === "posted") host.confirm(action);
      if (outcome === "give_up") host.cancel(action);
      return action;
    },
    get_relay: () => relay,
    set_relay: ({ enabled, port, verify_token, app_secrets }) => {
      const has_verify_token = verify_token !== null || relay.has_verify_token;
      const secrets = app_secrets?.length ?? relay.app_secrets;
      if (enabled && (!has_verify_token || secrets === 0)) throw refuse("invalid", "A verify token and an app secret are needed.");
      relay = { ...relay, enabled, port, has_verify_token, app_secrets: secrets, listening_on: enabled ? `127.0.0.1:${String(port)}` : null };
      return relay;
    },
  };
}
