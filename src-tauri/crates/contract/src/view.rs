//! Read models: what a list or a card shows, filled from one query.
//! Times are milliseconds since the epoch; confidences are 0..=1; ids are local unless named otherwise.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WorkspaceKind {
    Sample,
    Own,
}

/// Where the app stands: nothing chosen yet, getting ready, or at work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum Phase {
    FirstStart,
    Opening {
        step: String,
    },
    Ready {
        workspace: String,
        kind: WorkspaceKind,
    },
    /// A part cannot start: what, why, and what to do.
    Failed {
        message: String,
        advice: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ModelState {
    Loading,
    Ready {
        model: String,
    },
    /// The model file is missing or damaged: simpler models are in use.
    Fallback {
        model: String,
        why: String,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct AppState {
    pub phase: Phase,
    pub models: ModelState,
    #[ts(type = "SecretBackend")]
    pub secrets: domain::ports::SecretBackend,
    /// Why a keychain is not in use, in words, when it is not.
    pub secrets_note: Option<String>,
    pub settings: Settings,
    pub version: String,
    /// What is wrong with the settings file, in words, when something is: those sections stand at their defaults,
    /// nothing is sent when they are the outbox's, and no change is kept until the file is mended.
    pub settings_error: Option<String>,
    /// Why nothing in the workspace goes on, in words: the disk is full, or the database is damaged.
    pub trouble: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    System,
    Light,
    Dark,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Density {
    Comfortable,
    Compact,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Appearance {
    pub theme: ThemeChoice,
    /// `system`, `en` or `ru`.
    pub language: String,
    pub density: Density,
    /// Single-letter keys act.
    pub shortcuts: bool,
}

/// The part of an endpoint that is no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProviderSettings {
    pub base_url: String,
    pub model: String,
    /// A key is kept for it.
    pub has_key: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Settings {
    pub appearance: Appearance,
    /// Seconds between approving and sending, 0..=600.
    pub hold_seconds: u32,
    /// Seconds between looks at the platform, 15..=3600.
    pub sync_interval_seconds: u32,
    /// Drafts fall back to the models inside the app when the endpoint fails.
    pub fall_back_to_local: bool,
    pub provider: Option<ProviderSettings>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionState {
    /// Not looked yet since the start.
    Waiting,
    Syncing,
    Connected,
    /// Trying again by itself; see `connection_note`.
    Troubled,
    /// Only a new sign-in helps.
    SignedOut,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    Off,
    Simulate,
    Draft,
    Auto,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AccountView {
    pub id: i64,
    /// `instagram`.
    pub platform: String,
    pub username: String,
    pub mode: Mode,
    pub connection: ConnectionState,
    /// What is wrong, in words.
    pub connection_note: Option<String>,
    pub last_synced_at: Option<i64>,
    /// Served by the simulator inside the app.
    pub simulated: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum QueueName {
    NeedsReview,
    Outbox,
    Escalated,
    Snoozed,
    Stuck,
    Done,
    Hidden,
    All,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct QueueCounts {
    pub needs_review: i64,
    pub outbox: i64,
    pub escalated: i64,
    pub snoozed: i64,
    pub stuck: i64,
    pub done: i64,
    pub hidden: i64,
    pub all: i64,
    /// Stored and not yet understood or drafted.
    pub in_work: i64,
    /// Elements set aside because they could not be read.
    pub quarantined: i64,
}

/// Side bar and foot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Overview {
    pub counts: QueueCounts,
    pub accounts: Vec<AccountView>,
    /// False while the kill switch is on.
    pub sending: bool,
    pub held: i64,
    pub in_flight: i64,
    pub unknown: i64,
    pub failed: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct LabelView {
    #[ts(type = "Label")]
    pub label: String,
    pub confidence: f64,
    /// Reached its threshold; below it the chip is an outline.
    pub sure: bool,
    /// A person set it.
    pub by_person: bool,
}

/// Why a comment waits. The window has the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReasonBadge {
    NoSource,
    SourcesDisagree,
    OtherLanguageOnly,
    Ambiguous,
    NeverAutomatic,
    GuardFailed,
    Unsure,
    SecondComplaint,
    EditedByAuthor,
    DeletedByAuthor,
    SendFailed,
    OutcomeUnknown,
    Stuck,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DraftMarker {
    None,
    Drafting,
    Draft,
    Edited,
    NoDraft,
}

/// Others say nearly the same or link to the same page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CampaignMark {
    pub id: i64,
    /// All that say it, this one too.
    pub comments: i64,
    /// Of these, in `needs_review`.
    pub waiting: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CommentRow {
    pub id: i64,
    pub version: i64,
    #[ts(type = "Stage")]
    pub stage: String,
    pub platform: String,
    pub account_id: i64,
    pub author_name: String,
    pub author_username: String,
    pub text: String,
    /// ISO 639-1 or `und`.
    pub language: String,
    pub published_at: i64,
    pub received_at: i64,
    pub labels: Vec<LabelView>,
    pub badges: Vec<ReasonBadge>,
    pub draft: DraftMarker,
    pub post_id: i64,
    /// `image`, `carousel`, `reel` or `video`.
    pub post_kind: String,
    pub is_reply: bool,
    pub hidden: bool,
    pub unread: bool,
    pub snoozed_until: Option<i64>,
    pub campaign: Option<CampaignMark>,
    /// The live or last action, in the outbox, done and hidden queues.
    pub action: Option<ActionView>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CommentPage {
    pub rows: Vec<CommentRow>,
    /// Pass as `after` for the next page; `null` on the last.
    pub next: Option<String>,
}

/// Comments of one account that say nearly the same or link to the same page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CampaignView {
    pub id: i64,
    pub comments: i64,
    pub waiting: i64,
    pub authors: i64,
    /// Those that wait, at most 500; the first is the one that the folded list shows.
    pub rows: Vec<CommentRow>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SortOrder {
    MostUrgent,
    Newest,
    Oldest,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PostView {
    pub id: i64,
    pub caption: String,
    pub kind: String,
    pub permalink: Option<String>,
    pub published_at: i64,
    pub comments_count: Option<i64>,
    pub like_count: Option<i64>,
}

/// A comment that the brand posts under its own post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OwnCommentView {
    pub id: i64,
    pub text: String,
    #[ts(type = "ActionState")]
    pub state: String,
    pub created_at: i64,
    /// Sent not before; the countdown runs to it.
    pub due_at: i64,
    /// What the platform said, or why it waits.
    pub note: Option<String>,
    pub confirmed_at: Option<i64>,
}

/// What can be done to a post itself, and what is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PostDetail {
    pub post: PostView,
    pub account_username: String,
    /// `null` where the platform does not say.
    pub comments_enabled: Option<bool>,
    pub can_switch_comments: bool,
    pub can_comment: bool,
    /// Longest comment in Unicode scalar values.
    pub max_chars: u32,
    /// Why nothing can be done at the moment; `null` when it can.
    pub refused: Option<PostRefusal>,
    /// Live ones first, then the newest.
    pub own_comments: Vec<OwnCommentView>,
    /// The engine's clock when this was read, for the countdown.
    pub now: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PostRefusal {
    NotConnected,
    /// The account's mode is Off or Simulate, or this run sends nothing.
    SendsNothing,
    AccountPaused,
    SendingStopped,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ThreadTurnView {
    pub comment_id: i64,
    pub author_name: String,
    pub by_us: bool,
    pub text: String,
    pub language: String,
    pub published_at: i64,
    /// This is the comment the card is about.
    pub current: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PastReply {
    pub comment_text: String,
    pub reply_text: String,
    pub at: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AuthorView {
    pub id: Option<i64>,
    pub name: String,
    pub username: String,
    pub comments: i64,
    pub answered: i64,
    pub complaints: i64,
    pub strikes: i64,
    pub first_seen_at: Option<i64>,
    pub past_replies: Vec<PastReply>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    Product,
    Passage,
}

/// What a draft rests on, as it read when the draft was written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SourceView {
    pub id: i64,
    pub kind: SourceKind,
    /// Product name, or document title.
    pub title: String,
    /// Price of a product, or section of a document.
    pub detail: String,
    pub text: String,
    pub language: String,
}

/// `start..end` count UTF-16 code units of the draft's text, as the window does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CitationView {
    pub source_id: i64,
    pub start: u32,
    pub end: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GuardFinding {
    /// `too_long`, `empty`, `language`, `link`, `unsourced_number`, `unsourced_date`, `contact`, `promise`,
    /// `handle`, `instructions`, `personal_data`, `repeated`. The window has the words.
    pub rule: String,
    /// UTF-16 code units; both 0 when it concerns the whole text.
    pub start: u32,
    pub end: u32,
    /// The words concerned.
    pub found: String,
    /// What the sources say instead, when they do.
    pub source_says: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GuardReport {
    pub findings: Vec<GuardFinding>,
    pub checks: u32,
    pub claims_sourced: u32,
    /// Length as the platform counts it, and its limit.
    pub length: u32,
    pub limit: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct DraftView {
    pub id: i64,
    /// What stands in the editor now.
    pub text: String,
    /// What the model wrote, when a person changed it.
    pub original_text: Option<String>,
    pub language: String,
    pub confidence: f64,
    /// Model and version, or `person`.
    pub origin: String,
    pub created_at: i64,
    pub sources: Vec<SourceView>,
    /// Of `original_text` when edited: the window keeps those whose words are unchanged.
    pub citations: Vec<CitationView>,
    pub guard: GuardReport,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CommentDetail {
    pub row: CommentRow,
    pub post: PostView,
    pub thread: Vec<ThreadTurnView>,
    pub author: AuthorView,
    pub draft: Option<DraftView>,
    /// Why there is no draft.
    #[ts(type = "DeclineReason | null")]
    pub declined: Option<String>,
    /// The missing fact, in a few words.
    pub declined_detail: Option<String>,
    /// What was found although no draft came of it.
    pub found: Vec<SourceView>,
    /// What speaks for the labels.
    pub label_reason: Option<String>,
    pub stuck_reason: Option<String>,
    pub max_reply_chars: u32,
    /// Every action of this comment, newest first.
    pub actions: Vec<ActionView>,
    /// Reference of this comment in the log.
    pub trace_id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ActionView {
    pub id: i64,
    pub comment_id: i64,
    #[ts(type = "ActionKind")]
    pub kind: String,
    #[ts(type = "ActionState")]
    pub state: String,
    /// Of a reply.
    pub text: Option<String>,
    pub author_name: String,
    pub account_username: String,
    pub created_at: i64,
    /// Sent not before; the countdown runs to it.
    pub due_at: i64,
    pub attempts: i64,
    /// What the platform said, or why it was cancelled.
    pub note: Option<String>,
    pub confirmed_at: Option<i64>,
    /// Id of the reply on the platform.
    pub platform_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OutboxView {
    /// Not terminal, soonest first.
    pub live: Vec<ActionView>,
    /// The engine's clock when this was read, for the countdown.
    pub now: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProviderTest {
    pub ok: bool,
    pub message: String,
    pub milliseconds: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Picture {
    /// `data:image/png;base64,...`; `null` when the post has none or it cannot be had.
    pub data_url: Option<String>,
}

/// What undo took back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UndoResult {
    /// `null` when there was nothing to take back.
    pub comment_id: Option<i64>,
    /// `reply`, `hide`, `unhide`, `dismiss`, `snooze`, `escalate`, `label`.
    pub what: Option<String>,
}
