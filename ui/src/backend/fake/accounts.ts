import type { AccountCard, AccountCounts, AccountView, CapabilitiesView, ConnectAccount, PermissionView } from "@/contract/contract";

/** The cards of the accounts screen: what the platforms can do, and accounts that each stand differently. */

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const REPLIES_ONLY: CapabilitiesView = {
  can_hide: null,
  can_delete_others: { by: "none" },
  can_ban: false,
  can_edit_own_reply: false,
  can_private_reply: false,
  can_comment_on_post: false,
  can_switch_comments: false,
  reply_max_chars: 2_200,
  replies_to: "top_level_only",
  moderation_batch: 1,
  lists_whole_account: false,
  holds_for_review: false,
  arrival: "listed",
  can_look_again: true,
  notices_deletions: true,
};

const CAN: Record<AccountCard["platform"], CapabilitiesView> = {
  instagram: { ...REPLIES_ONLY, can_hide: { undoable: true }, can_delete_others: { by: "delete" }, can_private_reply: true, can_comment_on_post: true, can_switch_comments: true },
  facebook: { ...REPLIES_ONLY, can_hide: { undoable: true }, can_delete_others: { by: "delete" }, can_edit_own_reply: true, can_private_reply: true, can_comment_on_post: true, reply_max_chars: 8_000 },
  youtube: {
    ...REPLIES_ONLY,
    can_hide: { undoable: true },
    can_delete_others: { by: "reject", irreversible: true },
    can_ban: true,
    can_edit_own_reply: true,
    can_comment_on_post: true,
    reply_max_chars: 10_000,
    moderation_batch: 50,
    lists_whole_account: true,
    holds_for_review: true,
  },
  telegram: {
    ...REPLIES_ONLY,
    can_delete_others: { by: "delete" },
    can_ban: true,
    can_edit_own_reply: true,
    can_comment_on_post: true,
    reply_max_chars: 4_096,
    replies_to: "any",
    arrival: "told",
    can_look_again: false,
    notices_deletions: false,
  },
};

type Needs = [name: string, needed_for: string, vital: boolean, granted: PermissionView["granted"]][];

/** An Instagram account through its Page is asked for other permissions. */
type Asked = AccountCard["platform"] | "instagram_page";

const NEEDS: Record<Asked, Needs> = {
  instagram: [
    ["instagram_business_basic", "posts", true, "yes"],
    ["instagram_business_manage_comments", "comments", true, "yes"],
    ["instagram_business_manage_messages", "private_reply", false, "unknown"],
  ],
  instagram_page: [
    ["instagram_basic", "posts", true, "yes"],
    ["instagram_manage_comments", "comments", true, "yes"],
    ["instagram_manage_messages", "private_reply", false, "unknown"],
  ],
  facebook: [
    ["pages_show_list", "profile", true, "yes"],
    ["pages_read_engagement", "posts", true, "yes"],
    ["pages_read_user_content", "comments", true, "yes"],
    ["pages_manage_engagement", "moderate", false, "yes"],
    ["pages_messaging", "private_reply", false, "unknown"],
  ],
  youtube: [
    ["https://www.googleapis.com/auth/youtube.force-ssl", "comments", true, "yes"],
    ["https://www.googleapis.com/auth/youtube.force-ssl", "moderate", true, "yes"],
  ],
  telegram: [
    ["member", "profile", true, "yes"],
    ["can_send_messages", "moderate", false, "yes"],
    ["can_delete_messages", "moderate", false, "yes"],
    ["can_restrict_members", "moderate", false, "yes"],
    ["can_read_all_group_messages", "comments", true, "yes"],
  ],
};

/** With the named permissions refused. */
export function permissionsOf(asked: Asked, refused: string[] = []): PermissionView[] {
  return NEEDS[asked].map(([name, needed_for, vital, granted]) => ({ name, needed_for, vital, granted: refused.includes(name) ? "no" : granted }));
}

export function platformOf(way: ConnectAccount["way"]): AccountCard["platform"] {
  switch (way) {
    case "instagram_token":
    case "instagram_code":
    case "instagram_page":
      return "instagram";
    case "facebook_token":
      return "facebook";
    case "youtube":
    case "telegram":
      return way;
  }
}

/** An account of which nothing else is said: all is well with it. */
export function cardOf(account: AccountView, now: number): AccountCard {
  const platform = account.platform as AccountCard["platform"];
  return {
    ...account,
    platform,
    name: account.username,
    paused_by_user: false,
    token_expires_at: platform === "instagram" ? now + 50 * DAY : null,
    renews_itself: platform === "instagram" || platform === "youtube",
    import: { state: "done", posts_done: 84, posts_total: 84, comments: 6_118, oldest_at: now - 600 * DAY },
    drafts_from: null,
    quota: null,
    usage: platform === "youtube" ? null : { percent: 38, calls_again_at: null },
    capabilities: CAN[platform],
    permissions: permissionsOf(platform),
    disconnected: false,
  };
}

/** What is left to be read of an account that was disconnected. */
export const TAKEN_OFF = { connection: "waiting", connection_note: null, token_expires_at: null, usage: null, quota: null, capabilities: null, permissions: [], disconnected: true } as const satisfies Partial<AccountCard>;

/** One account that is well, four that each need or do something else, and one that was disconnected. */
export function severalAccounts(now: number): AccountCard[] {
  const of = (id: number, platform: AccountCard["platform"], username: string, part: Partial<AccountCard>): AccountCard => ({
    ...cardOf({ id, platform, username, mode: "draft", connection: "connected", connection_note: null, last_synced_at: now - 20_000, simulated: false }, now),
    ...part,
  });
  return [
    of(1, "instagram", "oakmere", { name: "Oakmere Kitchen" }),
    of(2, "youtube", "oakmeretv", {
      name: "Oakmere TV",
      mode: "simulate",
      last_synced_at: now - 4 * MINUTE,
      import: { state: "done", posts_done: 61, posts_total: 61, comments: 18_402, oldest_at: now - 900 * DAY },
      quota: {
        spent_by_kind: [
          { kind: "list_threads", units: 6_840 },
          { kind: "reply", units: 1_600 },
          { kind: "list_held", units: 820 },
          { kind: "check", units: 240 },
          { kind: "list_videos", units: 60 },
        ],
        units_left: 440,
        daily_units: 10_000,
        reserve_units: 1_000,
        resets_at: now + 5 * 60 * MINUTE,
        replies_possible: 8,
      },
    }),
    of(3, "facebook", "oakmerekitchen", {
      name: "Oakmere auf Deutsch",
      connection: "syncing",
      drafts_from: now - 30 * DAY,
      import: { state: "running", posts_done: 37, posts_total: 214, comments: 1_204, oldest_at: now - 210 * DAY },
      usage: { percent: 61, calls_again_at: null },
      permissions: permissionsOf("facebook", ["pages_manage_engagement"]),
    }),
    of(4, "instagram", "oakmere.outlet", {
      name: "Oakmere Outlet",
      mode: "off",
      connection: "signed_out",
      connection_note: "the sign-in is no longer valid: Instagram withdrew the access at 13:40",
      last_synced_at: now - 52 * MINUTE,
      token_expires_at: null,
      usage: null,
      // As after a start at which it could not be signed in.
      capabilities: null,
    }),
    of(5, "instagram", "oakmere.lisboa", {
      name: "Oakmere Lisboa",
      mode: "auto",
      connection: "waiting",
      paused_by_user: true,
      last_synced_at: now - 26 * 60 * MINUTE,
      token_expires_at: now + 5 * DAY + 60 * MINUTE,
      renews_itself: false,
      import: { state: "paused", posts_done: 12, posts_total: null, comments: 318, oldest_at: now - 40 * DAY },
      usage: { percent: 100, calls_again_at: now + 22 * MINUTE },
      permissions: permissionsOf("instagram", ["instagram_business_manage_messages"]),
    }),
    of(6, "facebook", "oakmere.outdoor", { name: "Oakmere Outdoor", ...TAKEN_OFF, last_synced_at: now - 41 * DAY }),
  ];
}

const COUNTS: Record<number, AccountCounts> = {
  2: { posts: 61, comments: 18_402, authors: 7_340, drafts: 5_120, actions: 38, waiting_actions: 0 },
  3: { posts: 37, comments: 1_204, authors: 611, drafts: 96, actions: 12, waiting_actions: 0 },
  5: { posts: 12, comments: 318, authors: 190, drafts: 44, actions: 9, waiting_actions: 1 },
  6: { posts: 20, comments: 812, authors: 340, drafts: 190, actions: 71, waiting_actions: 0 },
};

export function countsOf(account: number): AccountCounts {
  return COUNTS[account] ?? { posts: 84, comments: 6_118, authors: 1_204, drafts: 2_310, actions: 2_038, waiting_actions: 2 };
}
