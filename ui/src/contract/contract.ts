// Generated from the `contract` crate by `cargo xtask contract`. Do not edit.

export type Label = "praise" | "criticism" | "complaint" | "question" | "partnership" | "abuse" | "spam";

export type Stage = "to_classify" | "to_draft" | "to_review" | "snoozed" | "escalated" | "in_outbox" | "stuck" | "done";

export type ActionKind = "reply" | "hide" | "unhide" | "delete" | "ban" | "private_reply" | "edit_reply" | "delete_reply";

export type ActionState = "held" | "ready" | "sending" | "retry_wait" | "unknown" | "confirmed" | "failed" | "cancelled";

export type DeclineReason = "no_source" | "sources_disagree" | "other_language_only" | "ambiguous" | "never_automatic" | "no_reply_due" | "guard_failed";

export type SecretBackend = "keychain" | "encrypted_file" | "session_only" | "unavailable";

export type ErrorCode = "moved_on" | "not_found" | "invalid" | "guard_failed" | "too_late" | "secrets_unavailable" | "sign_in_refused" | "platform_unreachable" | "storage_failed" | "internal";

export type CommandError = { code: ErrorCode, 
/**
 * For people: what happened and what it means.
 */
message: string, details?: unknown, };

export type WorkspaceKind = "sample" | "own";

/**
 * Where the app stands: nothing chosen yet, getting ready, or at work.
 */
export type Phase = { "phase": "first_start" } | { "phase": "opening", step: string, } | { "phase": "ready", workspace: string, kind: WorkspaceKind, } | { "phase": "failed", message: string, advice: string, };

export type ModelState = { "state": "loading" } | { "state": "ready", model: string, } | { "state": "fallback", model: string, why: string, };

export type AppState = { phase: Phase, models: ModelState, secrets: SecretBackend, 
/**
 * Why a keychain is not in use, in words, when it is not.
 */
secrets_note: string | null, settings: Settings, version: string, 
/**
 * What is wrong with the settings file, in words, when something is: those sections stand at their defaults,
 * nothing is sent when they are the outbox's, and no change is kept until the file is mended.
 */
settings_error: string | null, 
/**
 * Why nothing in the workspace goes on, in words: the disk is full, or the database is damaged.
 */
trouble: string | null, };

export type Appearance = { theme: ThemeChoice, 
/**
 * `system`, `en` or `ru`.
 */
language: string, density: Density, 
/**
 * Single-letter keys act.
 */
shortcuts: boolean, };

export type ThemeChoice = "system" | "light" | "dark";

export type Density = "comfortable" | "compact";

export type Settings = { appearance: Appearance, 
/**
 * Seconds between approving and sending, 0..=600.
 */
hold_seconds: number, 
/**
 * Seconds between looks at the platform, 15..=3600.
 */
sync_interval_seconds: number, 
/**
 * Drafts fall back to the models inside the app when the endpoint fails.
 */
fall_back_to_local: boolean, provider: ProviderSettings | null, };

/**
 * The part of an endpoint that is no secret.
 */
export type ProviderSettings = { base_url: string, model: string, 
/**
 * A key is kept for it.
 */
has_key: boolean, };

export type ConnectionState = "waiting" | "syncing" | "connected" | "troubled" | "signed_out";

export type Mode = "off" | "simulate" | "draft" | "auto";

export type AccountView = { id: number, 
/**
 * `instagram`.
 */
platform: string, username: string, mode: Mode, connection: ConnectionState, 
/**
 * What is wrong, in words.
 */
connection_note: string | null, last_synced_at: number | null, 
/**
 * Served by the simulator inside the app.
 */
simulated: boolean, };

export type QueueName = "needs_review" | "outbox" | "escalated" | "snoozed" | "stuck" | "done" | "hidden" | "all";

export type QueueCounts = { needs_review: number, outbox: number, escalated: number, snoozed: number, stuck: number, done: number, hidden: number, all: number, 
/**
 * Stored and not yet understood or drafted.
 */
in_work: number, 
/**
 * Elements set aside because they could not be read.
 */
quarantined: number, };

/**
 * Side bar and foot.
 */
export type Overview = { counts: QueueCounts, accounts: Array<AccountView>, 
/**
 * False while the kill switch is on.
 */
sending: boolean, held: number, in_flight: number, unknown: number, failed: number, };

export type LabelView = { label: Label, confidence: number, 
/**
 * Reached its threshold; below it the chip is an outline.
 */
sure: boolean, 
/**
 * A person set it.
 */
by_person: boolean, };

/**
 * Why a comment waits. The window has the words.
 */
export type ReasonBadge = "no_source" | "sources_disagree" | "other_language_only" | "ambiguous" | "never_automatic" | "guard_failed" | "unsure" | "second_complaint" | "edited_by_author" | "deleted_by_author" | "send_failed" | "outcome_unknown" | "stuck";

export type DraftMarker = "none" | "drafting" | "draft" | "edited" | "no_draft";

/**
 * Others say nearly the same or link to the same page.
 */
export type CampaignMark = { id: number, 
/**
 * All that say it, this one too.
 */
comments: number, 
/**
 * Of these, in `needs_review`.
 */
waiting: number, };

export type CommentRow = { id: number, version: number, stage: Stage, platform: string, account_id: number, author_name: string, author_username: string, text: string, 
/**
 * ISO 639-1 or `und`.
 */
language: string, published_at: number, received_at: number, labels: Array<LabelView>, badges: Array<ReasonBadge>, draft: DraftMarker, post_id: number, 
/**
 * `image`, `carousel`, `reel` or `video`.
 */
post_kind: string, is_reply: boolean, hidden: boolean, unread: boolean, snoozed_until: number | null, campaign: CampaignMark | null, 
/**
 * The live or last action, in the outbox, done and hidden queues.
 */
action: ActionView | null, };

export type CommentPage = { rows: Array<CommentRow>, 
/**
 * Pass as `after` for the next page; `null` on the last.
 */
next: string | null, };

/**
 * Comments of one account that say nearly the same or link to the same page.
 */
export type CampaignView = { id: number, comments: number, waiting: number, authors: number, 
/**
 * Those that wait, at most 500; the first is the one that the folded list shows.
 */
rows: Array<CommentRow>, };

export type SortOrder = "most_urgent" | "newest" | "oldest";

export type PostView = { id: number, caption: string, kind: string, permalink: string | null, published_at: number, comments_count: number | null, like_count: number | null, };

/**
 * A comment that the brand posts under its own post.
 */
export type OwnCommentView = { id: number, text: string, state: ActionState, created_at: number, 
/**
 * Sent not before; the countdown runs to it.
 */
due_at: number, 
/**
 * What the platform said, or why it waits.
 */
note: string | null, confirmed_at: number | null, };

export type PostRefusal = "not_connected" | "sends_nothing" | "account_paused" | "sending_stopped";

/**
 * What can be done to a post itself, and what is under way.
 */
export type PostDetail = { post: PostView, account_username: string, 
/**
 * `null` where the platform does not say.
 */
comments_enabled: boolean | null, can_switch_comments: boolean, can_comment: boolean, 
/**
 * Longest comment in Unicode scalar values.
 */
max_chars: number, 
/**
 * Why nothing can be done at the moment; `null` when it can.
 */
refused: PostRefusal | null, 
/**
 * Live ones first, then the newest.
 */
own_comments: Array<OwnCommentView>, 
/**
 * The engine's clock when this was read, for the countdown.
 */
now: number, };

export type ThreadTurnView = { comment_id: number, author_name: string, by_us: boolean, text: string, language: string, published_at: number, 
/**
 * This is the comment the card is about.
 */
current: boolean, };

export type AuthorView = { id: number | null, name: string, username: string, comments: number, answered: number, complaints: number, strikes: number, first_seen_at: number | null, past_replies: Array<PastReply>, };

export type PastReply = { comment_text: string, reply_text: string, at: number, };

export type SourceKind = "product" | "passage";

/**
 * What a draft rests on, as it read when the draft was written.
 */
export type SourceView = { id: number, kind: SourceKind, 
/**
 * Product name, or document title.
 */
title: string, 
/**
 * Price of a product, or section of a document.
 */
detail: string, text: string, language: string, };

/**
 * `start..end` count UTF-16 code units of the draft's text, as the window does.
 */
export type CitationView = { source_id: number, start: number, end: number, };

export type GuardFinding = { 
/**
 * `too_long`, `empty`, `language`, `link`, `unsourced_number`, `unsourced_date`, `contact`, `promise`,
 * `handle`, `instructions`, `personal_data`, `repeated`. The window has the words.
 */
rule: string, 
/**
 * UTF-16 code units; both 0 when it concerns the whole text.
 */
start: number, end: number, 
/**
 * The words concerned.
 */
found: string, 
/**
 * What the sources say instead, when they do.
 */
source_says: string | null, };

export type GuardReport = { findings: Array<GuardFinding>, checks: number, claims_sourced: number, 
/**
 * Length as the platform counts it, and its limit.
 */
length: number, limit: number, };

export type DraftView = { id: number, 
/**
 * What stands in the editor now.
 */
text: string, 
/**
 * What the model wrote, when a person changed it.
 */
original_text: string | null, language: string, confidence: number, 
/**
 * Model and version, or `person`.
 */
origin: string, created_at: number, sources: Array<SourceView>, 
/**
 * Of `original_text` when edited: the window keeps those whose words are unchanged.
 */
citations: Array<CitationView>, guard: GuardReport, };

export type CommentDetail = { row: CommentRow, post: PostView, thread: Array<ThreadTurnView>, author: AuthorView, draft: DraftView | null, 
/**
 * Why there is no draft.
 */
declined: DeclineReason | null, 
/**
 * The missing fact, in a few words.
 */
declined_detail: string | null, 
/**
 * What was found although no draft came of it.
 */
found: Array<SourceView>, 
/**
 * What speaks for the labels.
 */
label_reason: string | null, stuck_reason: string | null, max_reply_chars: number, 
/**
 * Every action of this comment, newest first.
 */
actions: Array<ActionView>, 
/**
 * Reference of this comment in the log.
 */
trace_id: string, };

export type ActionView = { id: number, comment_id: number, kind: ActionKind, state: ActionState, 
/**
 * Of a reply.
 */
text: string | null, author_name: string, account_username: string, created_at: number, 
/**
 * Sent not before; the countdown runs to it.
 */
due_at: number, attempts: number, 
/**
 * What the platform said, or why it was cancelled.
 */
note: string | null, confirmed_at: number | null, 
/**
 * Id of the reply on the platform.
 */
platform_id: string | null, };

export type OutboxView = { 
/**
 * Not terminal, soonest first.
 */
live: Array<ActionView>, 
/**
 * The engine's clock when this was read, for the countdown.
 */
now: number, };

export type ProviderTest = { ok: boolean, message: string, milliseconds: number, };

export type Picture = { 
/**
 * `data:image/png;base64,...`; `null` when the post has none or it cannot be had.
 */
data_url: string | null, };

/**
 * What undo took back.
 */
export type UndoResult = { 
/**
 * `null` when there was nothing to take back.
 */
comment_id: number | null, 
/**
 * `reply`, `hide`, `unhide`, `dismiss`, `snooze`, `escalate`, `label`.
 */
what: string | null, };

export type ListComments = { queue: QueueName, account_id: number | null, 
/**
 * Words of the comment or the author's name; matched by trigram.
 */
search: string | null, label: string | null, sort: SortOrder, 
/**
 * `next` of the page before.
 */
after: string | null, 
/**
 * 1..=200.
 */
limit: number, 
/**
 * In `needs_review` one row stands for all of a campaign that wait there. Without effect where a label or a
 * search narrows the list.
 */
fold: boolean, };

export type CommentRef = { comment_id: number, 
/**
 * `version` of the card that was looked at: the request is refused when the comment moved on.
 */
version: number, };

export type CampaignRef = { campaign_id: number, };

export type ApproveDraft = { comment_id: number, version: number, 
/**
 * The text as it stands in the editor.
 */
text: string, };

/**
 * Errors: `guard` (a claim without a source), `invalid` (the platform cannot do it, or no longer), `moved_on`.
 */
export type WriteToComment = { comment_id: number, version: number, text: string, };

export type SaveDraft = { comment_id: number, text: string, };

/**
 * Checks a text against the guard without keeping it.
 */
export type CheckDraft = { comment_id: number, text: string, };

export type Snooze = { comment_id: number, version: number, 
/**
 * Milliseconds since the epoch; must lie ahead.
 */
until: number, };

export type CorrectLabel = { comment_id: number, version: number, 
/**
 * One of the seven labels.
 */
label: string, };

export type ActionRef = { action_id: number, };

export type SetSending = { on: boolean, };

export type PostRef = { post_id: number, };

export type SetPostComments = { post_id: number, enabled: boolean, };

export type CommentOnPost = { post_id: number, text: string, };

export type OwnCommentRef = { own_comment_id: number, };

/**
 * What a person found on the platform, of a comment whose outcome nobody heard.
 */
export type SettleOwnComment = { own_comment_id: number, posted: boolean, };

export type SourceRef = { source_id: number, };

export type SetProvider = { 
/**
 * Base address, as `https://api.example.com/v1`; `null` goes back to the models inside the app.
 */
base_url: string | null, model: string | null, 
/**
 * Kept in the keychain and never sent back; `null` leaves the kept one as it is.
 */
key: string | null, };

export type ChooseSecretBackend = { 
/**
 * `encrypted_file` or `session_only`.
 */
backend: string, 
/**
 * Needed for `encrypted_file`; at least 8 characters.
 */
passphrase: string | null, };

export type PlatformName = "instagram" | "facebook" | "youtube" | "telegram";

export type ImportState = "none" | "running" | "paused" | "done";

/**
 * Reading what was written before the account was connected.
 */
export type ImportView = { state: ImportState, posts_done: number, 
/**
 * `null` while the platform has not told all posts.
 */
posts_total: number | null, 
/**
 * Stored by the import so far.
 */
comments: number, 
/**
 * When the oldest stored comment was published.
 */
oldest_at: number | null, };

export type QuotaSpend = { 
/**
 * `list_threads`, `list_replies`, `list_held`, `list_videos`, `check`, `reply`, `edit_reply`, `comment`,
 * `moderate`, `delete`. The window has the words.
 */
kind: string, units: number, };

/**
 * The units of a Google Cloud project for today. Accounts of one client id share them.
 */
export type QuotaView = { 
/**
 * Most first; kinds of which nothing was spent are left out.
 */
spent_by_kind: Array<QuotaSpend>, 
/**
 * 0..=`daily_units`.
 */
units_left: number, daily_units: number, 
/**
 * Reads leave this much for replies and what else people decide.
 */
reserve_units: number, 
/**
 * The next midnight in California.
 */
resets_at: number, 
/**
 * Replies that `units_left` is enough for, the checks around each included.
 */
replies_possible: number, };

export type UsageView = { 
/**
 * Of what the platform allows now, as it tells; over 100 is possible.
 */
percent: number, 
/**
 * While the platform gives no calls: until when. `null` otherwise.
 */
calls_again_at: number | null, };

export type HidingView = { 
/**
 * A hidden comment can be shown again.
 */
undoable: boolean, };

export type RemovalView = { "by": "none" } | { "by": "delete" } | { "by": "reject", 
/**
 * It cannot be published again.
 */
irreversible: boolean, };

export type ReplyTargetView = "top_level_only" | "any";

/**
 * What the account's platform can do. The window offers nothing else. Mirrors `domain::Capabilities`.
 */
export type CapabilitiesView = { 
/**
 * `null` when comments cannot be hidden.
 */
can_hide: HidingView | null, can_delete_others: RemovalView, 
/**
 * Remove a comment and keep its author from commenting again.
 */
can_ban: boolean, can_edit_own_reply: boolean, can_private_reply: boolean, can_comment_on_post: boolean, 
/**
 * Switch the comments of a post on or off.
 */
can_switch_comments: boolean, 
/**
 * Unicode scalar values.
 */
reply_max_chars: number, replies_to: ReplyTargetView, 
/**
 * Comments that one moderation call takes.
 */
moderation_batch: number, lists_whole_account: boolean, 
/**
 * The platform holds comments back by itself; they wait for a decision.
 */
holds_for_review: boolean, arrival: ArrivalView, 
/**
 * A comment and its thread can be read at any time. Where not, a person looks for an outcome that nobody heard.
 */
can_look_again: boolean, 
/**
 * What is deleted there is noticed here.
 */
notices_deletions: boolean, };

/**
 * How what people write becomes known.
 */
export type ArrivalView = "listed" | "told";

/**
 * What may be done about one comment on its platform besides answering and hiding it. What is not here is not offered.
 */
export type CommentOptions = { comment_id: number, removal: RemovalView, 
/**
 * Removes the comment too, and cannot be taken back.
 */
can_ban: boolean, 
/**
 * A message to the author, once; until when. `null` where it is not possible or no longer.
 */
private_reply_until: number | null, 
/**
 * What `replace_reply` puts other words in place of, and `take_back` removes.
 */
standing_reply: StandingReplyView | null, };

export type StandingReplyView = { action_id: number, text: string, 
/**
 * The platform changes it in place; otherwise a new reply is sent and the old one removed after it.
 */
edits_in_place: boolean, };

export type Granted = "yes" | "no" | "unknown";

/**
 * Whether the platform allows something, as its answer to the very call of daily work shows.
 */
export type PermissionView = { 
/**
 * As the platform names it, for a person to look it up there.
 */
name: string, granted: Granted, 
/**
 * `profile`, `posts`, `comments`, `reply`, `moderate`, `private_reply`, `renew`, `membership`; the window has
 * the words, and shows any other as it stands.
 */
needed_for: string, 
/**
 * Without it the account cannot be connected.
 */
vital: boolean, };

/**
 * What `disconnect_account` with `delete_data` would delete, and what waits. Answer of `count_account`.
 */
export type AccountCounts = { posts: number, comments: number, authors: number, drafts: number, 
/**
 * Actions of every state.
 */
actions: number, 
/**
 * Of those, not ended: disconnecting cancels what has not left.
 */
waiting_actions: number, };

export type AccountCard = { id: number, platform: PlatformName, 
/**
 * Without `@`.
 */
username: string, 
/**
 * As the platform shows it; the user name where there is no other.
 */
name: string, mode: Mode, connection: ConnectionState, 
/**
 * What is wrong, in words; `null` while nothing is.
 */
connection_note: string | null, last_synced_at: number | null, 
/**
 * Served by the simulator inside the app.
 */
simulated: boolean, 
/**
 * A person paused it: nothing is read or sent until `pause_account` takes that back.
 */
paused_by_user: boolean, 
/**
 * `null` where the access does not end by itself, or it is not known when.
 */
token_expires_at: number | null, 
/**
 * The engine renews the access before it ends.
 */
renews_itself: boolean, import: ImportView, 
/**
 * Comments published before this get no draft; `null` where every comment does.
 */
drafts_from: number | null, 
/**
 * Where the platform counts units by the day.
 */
quota: QuotaView | null, 
/**
 * Where the platform tells how much of its limit is used.
 */
usage: UsageView | null, 
/**
 * `null` while the account is not connected.
 */
capabilities: CapabilitiesView | null, permissions: Array<PermissionView>, 
/**
 * It was taken off and its data kept, to be read; connecting it again takes the work up.
 */
disconnected: boolean, };

/**
 * The accounts screen. Announced as changed by `ChangeBatch.accounts`.
 */
export type AccountsView = { 
/**
 * In the order in which they were connected.
 */
accounts: Array<AccountCard>, 
/**
 * The engine's clock when this was read, for what is told as "in 22 min".
 */
now: number, };

/**
 * The first step of `ConnectAccount::InstagramCode`: opens Instagram's consent page in the system's browser. Errors:
 * `invalid` (the message says which value cannot be one).
 */
export type BeginInstagramSignIn = { 
/**
 * "Instagram app ID" in the app's dashboard; only digits.
 */
app_id: string, 
/**
 * An https address that is registered for the app. It need not lead anywhere: only what the browser shows as its
 * address afterwards counts.
 */
redirect: string, };

/**
 * Where the person signs in, for a browser that did not open by itself. Good for an hour, and until the next one is
 * asked for.
 */
export type SignInAddress = { address: string, };

/**
 * How an account is connected. The very calls of daily work are made first; nothing is kept unless they pass.
 *
 * Errors: `invalid` (a value cannot be one, the message says which), `sign_in_refused` (the platform does not take
 * it), `secrets_unavailable`, `platform_unreachable`.
 */
export type ConnectAccount = { "way": "instagram_token", token: string, } | { "way": "instagram_code", app_id: string, app_secret: string, 
/**
 * Registered for the app, letter by letter.
 */
redirect: string, 
/**
 * The whole address that the browser ended at, pasted: it begins with `redirect` and holds a code.
 */
address: string, } | { "way": "instagram_page", token: string, 
/**
 * One of `choose_page`, where several pages have a linked account.
 */
page_id: string | null, } | { "way": "facebook_token", token: string, 
/**
 * One of `choose_page`, where the person manages several.
 */
page_id: string | null, } | { "way": "youtube", client_id: string, client_secret: string, } | { "way": "telegram", bot_token: string, 
/**
 * `@name` or number of the channel or of its discussion group.
 */
chat: string, };

export type PageChoice = { id: string, name: string, 
/**
 * The person may answer and hide there; a page without cannot be connected.
 */
can_moderate: boolean, };

export type ConnectResult = { "result": "connected", account_id: number, permissions: Array<PermissionView>, } | { "result": "choose_page", pages: Array<PageChoice>, } | { "result": "missing_permission", permissions: Array<PermissionView>, } | { "result": "cancelled" };

export type AccountRef = { account_id: number, };

/**
 * Errors: `invalid` where the mode cannot be had yet.
 */
export type SetAccountMode = { account_id: number, mode: Mode, };

export type PauseAccount = { account_id: number, paused: boolean, };

export type SetDraftsFrom = { account_id: number, 
/**
 * Comments published before this get no draft; `null`: every comment does.
 */
since: number | null, };

/**
 * Nothing changes on the platform. Its secrets are deleted in any case.
 */
export type DisconnectAccount = { account_id: number, 
/**
 * Deletes what `count_account` tells; this cannot be undone. Otherwise all of it stays, to be read; of a YouTube
 * channel what people wrote stays for six days only, as the platform's terms ask.
 */
delete_data: boolean, };

/**
 * For every account of the same Google client. Errors: `invalid` with the range.
 */
export type SetQuotaBudget = { account_id: number, 
/**
 * What Google gives the project: 1,000..=10,000,000.
 */
daily_units: number, 
/**
 * 0..=half of `daily_units`.
 */
reserve_units: number, };

export type TraceStage = "arrive" | "understand" | "find" | "draft" | "guard" | "review" | "post";

export type StageHealth = { stage: TraceStage, 
/**
 * Comments that wait for it, those in work included; of `post`: actions that have not ended.
 */
waiting: number, 
/**
 * Age of the longest waiting one; `null` when none waits.
 */
oldest_waiting_ms: number | null, 
/**
 * Finished by it within the last minute.
 */
per_minute: number, };

export type WorkerState = "idle" | "working" | "backing_off" | "stopped";

export type WorkerError = { at: number, 
/**
 * For people, without secrets and comment text.
 */
message: string, 
/**
 * To be copied and looked up in the log, as `M-4203`.
 */
reference: string, 
/**
 * How often it came since the start.
 */
times: number, 
/**
 * It worked again since.
 */
over: boolean, };

export type WorkerHealth = { 
/**
 * `sync`, `import`, `classify`, `draft`, `outbox`, `snooze`, `backup`, `relay`. The window has the words, and shows any other
 * as it stands.
 */
worker: string, state: WorkerState, last_error: WorkerError | null, };

/**
 * Something that went wrong with one comment.
 */
export type TroubleView = { at: number, 
/**
 * `stuck`, `failed` or `unknown`. The window has the words.
 */
what: string, 
/**
 * For people, without comment text; may be empty.
 */
message: string, comment_id: number, 
/**
 * Reference of the comment in the log.
 */
trace_id: string, };

export type Breaker = { "state": "closed" } | { "state": "open", until: number, } | { "state": "half_open" };

export type DestinationHealth = { 
/**
 * Host name, as `graph.instagram.com`.
 */
host: string, breaker: Breaker, calls_per_minute: number, 
/**
 * Of the last calls, 95 of 100 were answered faster; `null` before the first.
 */
p95_ms: number | null, 
/**
 * Failed calls within the last five minutes.
 */
errors: number, };

export type AccountLimit = { account_id: number, platform: string, username: string, 
/**
 * Of what the platform allows now; `null` while it has not told.
 */
used_percent: number | null, 
/**
 * While it gives no calls: until when.
 */
calls_again_at: number | null, };

export type DiskUse = { database_bytes: number, index_bytes: number, logs_bytes: number, backups_bytes: number, 
/**
 * `null` where the system does not tell.
 */
free_bytes: number | null, };

export type IndexHealth = { "state": "ready", entries: number, } | { "state": "damaged", why: string, };

/**
 * The health screen. Cheap enough to be read every few seconds.
 */
export type HealthView = { 
/**
 * The engine's clock when this was read.
 */
now: number, version: string, 
/**
 * In the order in which a comment passes them.
 */
stages: Array<StageHealth>, workers: Array<WorkerHealth>, destinations: Array<DestinationHealth>, 
/**
 * How close each account is to what its platform allows.
 */
limits: Array<AccountLimit>, disk: DiskUse, index: IndexHealth, 
/**
 * Elements set aside because they could not be read; kept as they came.
 */
quarantined: number, 
/**
 * Labels that people corrected and the app learns from, since that was last forgotten.
 */
taught: number, last_backup_at: number | null, 
/**
 * What went wrong with single comments, newest first; at most 20.
 */
troubles: Array<TroubleView>, relay: RelayView, };

/**
 * The receiver of what platforms push. It listens on this computer only: a tunnel or another relay that the user runs
 * forwards to it.
 */
export type RelayView = { enabled: boolean, 
/**
 * Where the relay forwards to, as `http://127.0.0.1:8765/webhook`; `null` while nothing listens.
 */
listening_on: string | null, 
/**
 * Why it does not listen although it is enabled, or why the last delivery could not be kept.
 */
error: string | null, port: number, has_verify_token: boolean, 
/**
 * How many app secrets are kept to check signatures with.
 */
app_secrets: number, last_delivery_at: number | null, 
/**
 * Kept since the start.
 */
deliveries: number, 
/**
 * Refused for a wrong signature or size, since the start.
 */
refused: number, 
/**
 * Kept and not read yet.
 */
waiting: number, 
/**
 * Kept and never to be read, of those that are still there.
 */
given_up: number, 
/**
 * Why the newest of those that were put off or given up was.
 */
last_note: string | null, };

/**
 * Errors: `invalid` (port, empty texts, or enabling without token and secrets), `secrets_unavailable`.
 */
export type SetRelay = { enabled: boolean, 
/**
 * 1,024..=65,535.
 */
port: number, 
/**
 * What the handshake has to show. Kept in the keychain and never sent back; `null` leaves the kept one as it is.
 */
verify_token: string | null, 
/**
 * All of them anew; `null` leaves the kept ones as they are.
 */
app_secrets: Array<string> | null, };

export type DiagnosticsFile = { 
/**
 * Where it was written. Secrets, names and comment text are not in it.
 */
path: string, };

/**
 * How many corrections the app learns from no more.
 */
export type ForgottenCorrections = { count: number, };

export type TraceEntry = { at: number, stage: TraceStage, 
/**
 * As in the activity, as `arrived`, `classified`, `drafted`, `declined`, `approved`; of a send `sent` and what it
 * came to. The window has words for most, and shows any other as it stands.
 */
what: string, 
/**
 * Model, counts, who, or what the platform said; may be empty. No comment text.
 */
detail: string, };

/**
 * The way of one comment through every stage, oldest first.
 */
export type TraceView = { comment_id: number, 
/**
 * Reference of this comment in the log.
 */
trace_id: string, entries: Array<TraceEntry>, now: number, };

/**
 * What a person decides about an action whose outcome is `unknown`.
 */
export type Settlement = "look_now" | "posted" | "send_again" | "give_up";

/**
 * Errors: `not_found`, `moved_on` (no longer `unknown`), `invalid` (too early, or it cannot be read back).
 */
export type SettleUnknown = { action_id: number, outcome: Settlement, };

/**
 * What is known about an action whose outcome is not.
 */
export type UnknownView = { action_id: number, 
/**
 * When the first request left.
 */
sent_at: number, 
/**
 * Reads of the platform that could not tell.
 */
looks: number, 
/**
 * What the last one came to, in words.
 */
note: string | null, 
/**
 * `null` when the engine looks no more by itself: a person decides.
 */
next_look_at: number | null, 
/**
 * From then on the request can arrive no longer: `send_again` and `give_up` are refused before.
 */
settled_at: number, 
/**
 * Where the comment is seen on the platform.
 */
permalink: string | null, now: number, };

export type SearchKnowledge = { text: string, 
/**
 * Of the products, only those in stock.
 */
in_stock: boolean, 
/**
 * Of the products, only those that hold today.
 */
valid_today: boolean, 
/**
 * Of the documents, only what is in this language.
 */
language: string | null, };

/**
 * A product row or a passage that a draft could rest on.
 */
export type KnowledgeHit = { kind: SourceKind, 
/**
 * Of the product or the passage.
 */
id: number, 
/**
 * Product name, or document title.
 */
title: string, 
/**
 * Price of a product, or section of a document.
 */
detail: string, text: string, language: string, 
/**
 * It has words that were looked for, misspelt or under another name included.
 */
by_words: boolean, 
/**
 * It is among the nearest by meaning.
 */
by_meaning: boolean, 
/**
 * `null` for a passage.
 */
in_stock: boolean | null, valid_today: boolean, };

export type KnowledgeFound = { 
/**
 * Best first.
 */
hits: Array<KnowledgeHit>, 
/**
 * What else was looked for, by the synonyms.
 */
also: Array<string>, };

export type KnowledgeView = { 
/**
 * Languages of the documents.
 */
languages: Array<string>, synonyms: Array<SynonymsView>, };

/**
 * Words for the same thing.
 */
export type SynonymsView = { id: number, words: Array<string>, };

export type AddSynonyms = { words: Array<string>, };

export type ChangeSynonyms = { id: number, words: Array<string>, };

export type SynonymsRef = { id: number, };

/**
 * What changed since the last batch.
 */
export type ChangeBatch = { 
/**
 * Comments whose row or card changed; empty with `all_comments` set when there are too many to name.
 */
comments: Array<number>, all_comments: boolean, 
/**
 * Comments stored for the first time.
 */
arrived: number, outbox: boolean, accounts: boolean, settings: boolean, };

/**
 * Progress of long work.
 */
export type Progress = { 
/**
 * `sync`, `index`, `models`.
 */
work: string, done: number, 
/**
 * Absent when the total is not known.
 */
total: number | null, };

export type AppEvent = { "event": "changed", "data": ChangeBatch } | { "event": "progress", "data": Progress } | { "event": "state", "data": AppState } | { "event": "trouble", "data": string | null } | { "event": "closing" };

export interface Commands {
  open_app: { request: null; answer: AppState };
  reopen_workspace: { request: null; answer: AppState };
  start_sample: { request: null; answer: AppState };
  choose_secret_backend: { request: ChooseSecretBackend; answer: AppState };
  get_overview: { request: null; answer: Overview };
  list_comments: { request: ListComments; answer: CommentPage };
  get_comment: { request: CommentRef; answer: CommentDetail };
  get_campaign: { request: CampaignRef; answer: CampaignView };
  mark_read: { request: CommentRef; answer: null };
  get_source: { request: SourceRef; answer: SourceView };
  get_picture: { request: PostRef; answer: Picture };
  check_draft: { request: CheckDraft; answer: GuardReport };
  save_draft: { request: SaveDraft; answer: DraftView };
  discard_draft_edit: { request: CommentRef; answer: DraftView | null };
  approve_draft: { request: ApproveDraft; answer: ActionView };
  regenerate_draft: { request: CommentRef; answer: null };
  hide_comment: { request: CommentRef; answer: ActionView };
  unhide_comment: { request: CommentRef; answer: ActionView };
  get_options: { request: CommentRef; answer: CommentOptions };
  delete_comment: { request: CommentRef; answer: ActionView };
  ban_author: { request: CommentRef; answer: ActionView };
  reply_privately: { request: WriteToComment; answer: ActionView };
  replace_reply: { request: WriteToComment; answer: ActionView };
  take_back: { request: ActionRef; answer: ActionView };
  get_post: { request: PostRef; answer: PostDetail };
  set_post_comments: { request: SetPostComments; answer: PostDetail };
  comment_on_post: { request: CommentOnPost; answer: PostDetail };
  cancel_own_comment: { request: OwnCommentRef; answer: PostDetail };
  settle_own_comment: { request: SettleOwnComment; answer: PostDetail };
  dismiss_comment: { request: CommentRef; answer: null };
  reopen_comment: { request: CommentRef; answer: null };
  snooze_comment: { request: Snooze; answer: null };
  escalate_comment: { request: CommentRef; answer: null };
  return_to_review: { request: CommentRef; answer: null };
  retry_stuck: { request: CommentRef; answer: null };
  correct_label: { request: CorrectLabel; answer: null };
  undo_last: { request: null; answer: UndoResult };
  cancel_action: { request: ActionRef; answer: ActionView };
  list_outbox: { request: null; answer: OutboxView };
  set_sending: { request: SetSending; answer: Overview };
  sync_now: { request: null; answer: null };
  get_settings: { request: null; answer: Settings };
  update_settings: { request: Settings; answer: Settings };
  set_provider: { request: SetProvider; answer: Settings };
  test_provider: { request: null; answer: ProviderTest };
  list_accounts: { request: null; answer: AccountsView };
  begin_instagram_sign_in: { request: BeginInstagramSignIn; answer: SignInAddress };
  connect_account: { request: ConnectAccount; answer: ConnectResult };
  cancel_connect: { request: null; answer: null };
  check_account: { request: AccountRef; answer: AccountCard };
  set_account_mode: { request: SetAccountMode; answer: AccountCard };
  pause_account: { request: PauseAccount; answer: AccountCard };
  set_drafts_from: { request: SetDraftsFrom; answer: AccountCard };
  pause_import: { request: AccountRef; answer: AccountCard };
  resume_import: { request: AccountRef; answer: AccountCard };
  set_quota_budget: { request: SetQuotaBudget; answer: AccountsView };
  count_account: { request: AccountRef; answer: AccountCounts };
  disconnect_account: { request: DisconnectAccount; answer: AccountsView };
  get_knowledge: { request: null; answer: KnowledgeView };
  search_knowledge: { request: SearchKnowledge; answer: KnowledgeFound };
  add_synonyms: { request: AddSynonyms; answer: KnowledgeView };
  change_synonyms: { request: ChangeSynonyms; answer: KnowledgeView };
  remove_synonyms: { request: SynonymsRef; answer: KnowledgeView };
  get_health: { request: null; answer: HealthView };
  set_relay: { request: SetRelay; answer: RelayView };
  rebuild_index: { request: null; answer: null };
  forget_corrections: { request: null; answer: ForgottenCorrections };
  export_diagnostics: { request: null; answer: DiagnosticsFile };
  get_trace: { request: CommentRef; answer: TraceView };
  get_unknown: { request: ActionRef; answer: UnknownView };
  settle_unknown: { request: SettleUnknown; answer: ActionView };
  ready_to_close: { request: null; answer: null };
}

export type CommandName = keyof Commands;
