import type { AccountCard, AccountView, ActionView, Commands, CommandError, ConnectAccount, ConnectResult, ErrorCode, HealthView, RelayView, UnknownView } from "@/contract/contract";
import { cardOf, countsOf, permissionsOf, platformOf, severalAccounts, TAKEN_OFF } from "./accounts";
import type { FakeComment } from "./comments";
import { healthOf, traceOf } from "./health";
import { instagramSignIn, pagesOf } from "./signIn";

type Handlers<N extends keyof Commands> = { [K in N]: (request: Commands[K]["request"]) => Commands[K]["answer"] | Promise<Commands[K]["answer"]> };

/** What these handlers need of the engine. */
export interface Host {
  now: () => number;
  /** The accounts that each stand differently. */
  several: boolean;
  accounts: () => AccountView[];
  actions: () => ActionView[];
  comments: () => FakeComment[];
  version: () => string;
  sending: () => boolean;
  keepsSecrets: () => boolean;
  /** Opens the workspace of one's own accounts, when it is not open; it has none yet. */
  openOwn: () => Promise<void>;
  /** Building the index anew has come so far. */
  indexed: (done: number, total: number) => void;
  /** The list of accounts changed. */
  keep: (accounts: AccountView[]) => void;
  confirm: (action: ActionView) => void;
  cancel: (action: ActionView) => void;
  sendAgain: (action: ActionView) => void;
  changedOutbox: () => void;
}

const MINUTE = 60_000;
/** That the index finds. */
const ENTRIES = 18_402;
/** A request that left can arrive no longer after this. */
const ARRIVES_WITHIN_MS = 2 * MINUTE;
const BETWEEN_LOOKS_MS = 20_000;

const ASK_A_PERSON = "nobody heard whether the private reply was sent, and it cannot be read back: look at the messages on the platform";

function refuse(code: ErrorCode, message: string): CommandError {
  return { code, message };
}

type Names =
  | "list_accounts" | "begin_instagram_sign_in" | "connect_account" | "cancel_connect" | "check_account" | "set_account_mode" | "pause_account" | "set_drafts_from"
  | "pause_import" | "resume_import" | "set_quota_budget" | "count_account" | "disconnect_account" | "get_health" | "rebuild_index" | "forget_corrections" | "export_diagnostics"
  | "get_trace" | "get_unknown" | "settle_unknown" | "set_relay";

export interface Operations {
  handlers: Handlers<Names>;
  /** The person finished in the browser that a sign-in waits for. */
  finishSignIn: () => void;
  /** A part of an account's card changes by itself. */
  change: (id: number, part: Partial<AccountCard>) => void;
  card: (id: number) => AccountCard | undefined;
}

/** What lets in; by its length and its first letters the platform's answer is told. */
function secretOf(request: ConnectAccount): string {
  switch (request.way) {
    case "youtube":
      return request.client_secret;
    case "telegram":
      return request.bot_token;
    case "instagram_code":
      return URL.canParse(request.address) ? (new URL(request.address).searchParams.get("code") ?? "") : "";
    default:
      return request.token;
  }
}

/** Accounts, health and the settling of what nobody knows, in memory. */
export function operations(host: Host): Operations {
  const cards = new Map<number, AccountCard>(host.several ? severalAccounts(host.now()).map((card) => [card.id, card]) : []);
  const looks = new Map<number, { count: number; at: number }>();
  let relay: RelayView = { enabled: false, listening_on: null, error: null, port: 8_765, has_verify_token: false, app_secrets: 0, last_delivery_at: null, deliveries: 0, refused: 0, waiting: 0, given_up: 0, last_note: null };
  const index: HealthView["index"] = { state: "ready", entries: ENTRIES };
  let browser: ((result: ConnectResult) => void) | null = null;

  const all = () =>
    host.accounts().map((account) => {
      const { mode, connection, connection_note } = account;
      const card = { ...(cards.get(account.id) ?? cardOf(account, host.now())), mode, connection, connection_note };
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
    const { mode, connection, connection_note, last_synced_at } = card;
    host.keep(host.accounts().map((each) => (each.id === id ? { ...each, mode, connection, connection_note, last_synced_at } : each)));
    return card;
  };
  const view = () => ({ accounts: all(), now: host.now() });
  const instagram = instagramSignIn(host.now);
  const askedOf = (request: ConnectAccount) => (request.way === "instagram_page" ? request.way : platformOf(request.way));
  const connected = async (request: ConnectAccount): Promise<ConnectResult> => {
    await host.openOwn();
    const platform = platformOf(request.way);
    const permissions = permissionsOf(askedOf(request));
    // The key of a Page does not end.
    const lasts = request.way === "instagram_page" ? { token_expires_at: null, renews_itself: false } : {};
    const again = host.accounts().find((each) => each.platform === platform && (each.connection === "signed_out" || cards.get(each.id)?.disconnected));
    if (again) {
      change(again.id, { connection: "syncing", connection_note: null, permissions, disconnected: false, ...lasts });
      return { result: "connected", account_id: again.id, permissions };
    }
    const id = Math.max(0, ...host.accounts().map((each) => each.id)) + 1;
    const account: AccountView = { id, platform, username: `oakmere.${platform}`, mode: "draft", connection: "waiting", connection_note: null, last_synced_at: null, simulated: false };
    cards.set(id, { ...cardOf(account, host.now()), import: { state: "running", posts_done: 0, posts_total: null, comments: 0, oldest_at: null }, permissions, ...lasts });
    host.keep([...host.accounts(), account]);
    return { result: "connected", account_id: id, permissions };
  };
  const connect = (request: ConnectAccount): ConnectResult | Promise<ConnectResult> => {
    if (!host.keepsSecrets()) throw refuse("secrets_unavailable", "No keychain answers on this computer.");
    const asked = askedOf(request);
    const secret = secretOf(request);
    if (request.way === "instagram_code") instagram.check(request);
    else if (secret.length < 20) throw refuse("sign_in_refused", "the platform does not know this token; it may have been cut while copying");
    if (secret.startsWith("LIMITED")) {
      const missing = permissionsOf(asked).filter((each) => each.vital).at(-1);
      return { result: "missing_permission", permissions: permissionsOf(asked, missing ? [missing.name] : []) };
    }
    if (request.way === "facebook_token" || request.way === "instagram_page") {
      const pages = pagesOf(request);
      if (pages) return { result: "choose_page", pages };
    }
    if (request.way === "youtube")
      return new Promise((done) => {
        browser = (result) => {
          browser = null;
          done(result.result === "connected" ? connected(request) : result);
        };
      });
    return connected(request);
  };

  const unknown = (id: number) => {
    const action = host.actions().find((each) => each.id === id);
    if (!action) throw refuse("not_found", "This action is not in the outbox.");
    if (action.state !== "unknown") throw refuse("moved_on", "Its outcome is known by now.");
    return action;
  };
  const known = (action: ActionView): UnknownView => {
    const now = host.now();
    const sent_at = action.created_at + 10_000;
    const look = looks.get(action.id) ?? { count: 1, at: now - BETWEEN_LOOKS_MS / 2 };
    looks.set(action.id, look);
    return {
      action_id: action.id,
      sent_at,
      looks: look.count,
      note: action.note,
      next_look_at: action.kind === "private_reply" ? null : Math.max(now, look.at + BETWEEN_LOOKS_MS),
      settled_at: Math.max(now, sent_at + ARRIVES_WITHIN_MS),
      permalink: "https://www.instagram.com/p/oakmere1/c/17900001/",
      now,
    };
  };

  const taught = () => host.comments().filter(({ row }) => row.labels.some((label) => label.by_person)).length;
  let forgotten = 0;

  const handlers: Handlers<Names> = {
    list_accounts: view,
    begin_instagram_sign_in: (request) => {
      if (!host.keepsSecrets()) throw refuse("secrets_unavailable", "No keychain answers on this computer.");
      return instagram.begin(request);
    },
    connect_account: connect,
    cancel_connect: () => {
      browser?.({ result: "cancelled" });
      return null;
    },
    check_account: ({ account_id }) => change(account_id, { last_synced_at: host.now() }),
    set_account_mode: ({ account_id, mode }) => change(account_id, { mode }),
    pause_account: ({ account_id, paused }) => change(account_id, { paused_by_user: paused }),
    set_drafts_from: ({ account_id, since }) => change(account_id, { drafts_from: since }),
    pause_import: ({ account_id }) => change(account_id, { import: { ...at(account_id).import, state: "paused" } }),
    resume_import: ({ account_id }) => change(account_id, { import: { ...at(account_id).import, state: "running" } }),
    set_quota_budget: ({ account_id, daily_units, reserve_units }) => {
      const { quota } = at(account_id);
      if (!quota || reserve_units > daily_units / 2) throw refuse("invalid", "reserve_units must be 0 to half of daily_units.");
      const units_left = Math.max(0, quota.units_left + daily_units - quota.daily_units);
      change(account_id, { quota: { ...quota, daily_units, reserve_units, units_left, replies_possible: Math.floor(units_left / 51) } });
      return view();
    },
    count_account: ({ account_id }) => {
      at(account_id);
      return countsOf(account_id);
    },
    disconnect_account: ({ account_id, delete_data }) => {
      if (at(account_id).simulated) throw refuse("invalid", "the sample's account stays; connect an account of your own to leave the sample");
      if (!delete_data) {
        change(account_id, TAKEN_OFF);
        return view();
      }
      cards.delete(account_id);
      host.keep(host.accounts().filter((each) => each.id !== account_id));
      return view();
    },
    get_health: () => healthOf({ now: host.now(), version: host.version(), sending: host.sending(), actions: host.actions(), comments: host.comments(), accounts: all(), index, relay, taught: taught() - forgotten }),
    forget_corrections: () => {
      const count = taught() - forgotten;
      forgotten += count;
      return { count };
    },
    rebuild_index: () => {
      host.indexed(11_409, ENTRIES);
      return null;
    },
    export_diagnostics: () => ({ path: "/home/oakmere/Moderato/diagnostics-2026-11-26T14-02-11Z.json" }),
    get_trace: ({ comment_id }) => {
      const comment = host.comments().find((each) => each.row.id === comment_id);
      if (!comment) throw refuse("not_found", "The comment was deleted on Instagram.");
      const actions = host.actions().filter((each) => each.comment_id === comment_id);
      return { comment_id, trace_id: `c-${String(comment_id).padStart(6, "0")}`, entries: traceOf(comment, actions), now: host.now() };
    },
    get_unknown: ({ action_id }) => known(unknown(action_id)),
    settle_unknown: ({ action_id, outcome }) => {
      const action = unknown(action_id);
      const { settled_at, now } = known(action);
      const arrives = settled_at > now;
      if ((outcome === "send_again" || outcome === "give_up") && arrives) throw refuse("invalid", `the request may still arrive; ask again in ${String(Math.ceil((settled_at - now) / 1_000))} s`);
      if (outcome === "look_now") {
        if (action.kind === "private_reply") throw refuse("invalid", ASK_A_PERSON);
        looks.set(action_id, { count: known(action).looks + 1, at: now });
        action.note = "not on the platform yet; the request may still arrive";
        // A look that does not find what can arrive no longer has found out.
        if (arrives) host.changedOutbox();
        else host.sendAgain(action);
      }
      if (outcome === "send_again") host.sendAgain(action);
      if (outcome === "posted") host.confirm(action);
      if (outcome === "give_up") host.cancel(action);
      return action;
    },
    set_relay: ({ enabled, port, verify_token, app_secrets }) => {
      const has_verify_token = verify_token !== null || relay.has_verify_token;
      const secrets = app_secrets?.length ?? relay.app_secrets;
      if (enabled && (!has_verify_token || secrets === 0)) throw refuse("invalid", "verify_token, app_secrets: both are needed before anything can be received");
      relay = { ...relay, enabled, port, has_verify_token, app_secrets: secrets, listening_on: enabled ? `http://127.0.0.1:${String(port)}/webhook` : null };
      return relay;
    },
  };
  return {
    handlers,
    finishSignIn: () => {
      browser?.({ result: "connected", account_id: 0, permissions: [] });
    },
    change: (id, part) => {
      change(id, part);
    },
    card: (id) => all().find((each) => each.id === id),
  };
}
