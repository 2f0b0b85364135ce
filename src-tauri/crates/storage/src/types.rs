//! What goes into the store and comes out of it, where neither `domain` nor `contract` has the shape.

use contract::{ConnectionState, Mode};
use domain::draft::{DraftOutcome, Fact, ThreadTurn};
use domain::outbox::Overtaken;
use domain::ports::IndexSource;
use domain::{
    AccountId, ActionId, ActionKind, ActionState, CommentId, DraftId, LabelScore, Language, PassageId,
    PlatformId, PostId, Synonyms, Timestamp,
};
use std::collections::BTreeMap;
use std::path::PathBuf;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    pub platform: String,
    pub platform_id: PlatformId,
    pub username: String,
    pub name: String,
    pub simulated: bool,
    pub now: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    pub id: AccountId,
    pub platform: String,
    pub platform_id: PlatformId,
    pub username: String,
    pub name: String,
    pub mode: Mode,
    pub connection: ConnectionState,
    pub connection_note: Option<String>,
    pub last_synced_at: Option<Timestamp>,
    pub simulated: bool,
    /// Comments published before it get no draft; `None`: every comment does.
    pub drafts_from: Option<Timestamp>,
    pub import: ImportState,
    pub token_expires_at: Option<Timestamp>,
    /// As they were found when the account was connected.
    pub permissions: Vec<contract::PermissionView>,
    /// A person paused it: nothing is read or sent until it is resumed.
    pub paused_by_user: bool,
    /// A person took it off and kept what is stored of it.
    pub disconnected_at: Option<Timestamp>,
}

/// How far the history of an account was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportState {
    /// Nothing is left to the background: looks read every post to its end.
    None,
    Running,
    Paused,
    Done,
}

impl ImportState {
    pub const ALL: [Self; 4] = [Self::None, Self::Running, Self::Paused, Self::Done];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Done => "done",
        }
    }

    /// Looks leave the old pages of posts to the import.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Running | Self::Paused)
    }
}

/// How far the import of an account has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportProgress {
    pub posts: i64,
    /// Read to their end.
    pub posts_done: i64,
    /// Understood and closed because they are older than the account's `drafts_from`.
    pub history: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostRow {
    pub id: PostId,
    pub account_id: AccountId,
    pub platform_id: PlatformId,
    /// `image`, `carousel`, `reel` or `video`.
    pub kind: String,
    pub caption: String,
    pub published_at: Timestamp,
    /// Accounted for: as the platform counted at the last sweep, and what was stored since.
    pub comments_count: Option<i64>,
    /// When every comment of it was last listed.
    pub swept_at: Option<Timestamp>,
    /// Where the import goes on; `None` before its first page and after its last.
    pub import_cursor: Option<String>,
}

/// How many comments of people came under a post lately, and how many threads it has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PostRate {
    pub recent: i64,
    pub threads: i64,
}

/// What one call of intake did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IntakeReport {
    /// People's comments stored for the first time, oldest first.
    pub new: Vec<CommentId>,
    /// Their references in the log, in the same order.
    pub traces: Vec<String>,
    pub own: usize,
    pub echoes: usize,
    pub known: usize,
    /// Known comments whose text changed.
    pub edited: Vec<CommentId>,
    /// Unreadable elements seen for the first time.
    pub quarantined: usize,
}

/// What the models inside the app were taught by people when they gave labels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lesson {
    /// Grows each time that a person corrects a label, takes a correction back or has all forgotten.
    pub number: i64,
    /// Corrections that taught.
    pub corrections: i64,
}

/// What labelling a waiting comment again came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relabelled {
    /// The same labels: nothing is to be seen of it.
    Kept,
    Changed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToClassify {
    pub id: CommentId,
    pub version: i64,
    /// Failed attempts so far.
    pub attempts: i64,
    pub text: String,
    pub post_caption: Option<String>,
    /// The comment that opens the thread, when this is a reply.
    pub parent_text: Option<String>,
    pub trace_id: String,
    pub account_id: AccountId,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ToDraft {
    pub id: CommentId,
    pub version: i64,
    pub attempts: i64,
    pub text: String,
    pub language: Language,
    pub labels: Vec<LabelScore>,
    pub post_caption: Option<String>,
    /// Before this comment, oldest first; the last 20 turns.
    pub thread: Vec<ThreadTurn>,
    pub author_username: String,
    pub account_username: String,
    pub trace_id: String,
    pub account_id: AccountId,
    pub second_complaint: bool,
}

/// The drafter's result and everything it was given to rest on.
#[derive(Debug, Clone)]
pub struct NewDraft<'a> {
    pub outcome: &'a DraftOutcome,
    /// Citations count these.
    pub facts: &'a [Fact],
    pub now: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextTry {
    At(Timestamp),
    GiveUp,
}

/// Why a worker gives a comment back unfinished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseReason {
    pub error: String,
    pub next: NextTry,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAction {
    pub comment_id: CommentId,
    pub version: i64,
    pub kind: ActionKind,
    /// Of a kind that has words.
    pub text: Option<String>,
    /// The reply that a reply replaces, or that is edited or taken away.
    pub reply: Option<ActionId>,
    /// `person`, or what asked for it.
    pub requested_by: String,
    pub due_at: Timestamp,
    pub now: Timestamp,
}

/// An action whose time has come, with what the re-check looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueAction {
    pub id: ActionId,
    pub account_id: AccountId,
    pub account_platform_id: PlatformId,
    pub comment_id: CommentId,
    pub comment_platform_id: PlatformId,
    pub post_id: PostId,
    pub post_platform_id: PlatformId,
    pub target_platform_id: PlatformId,
    pub kind: ActionKind,
    pub text: Option<String>,
    pub normalised_text: Option<String>,
    pub state: ActionState,
    /// Times it was sent.
    pub attempts: i64,
    /// Looks before sending that told nothing, since the last one that did.
    pub checks: i64,
    pub first_intent_at: Option<Timestamp>,
    /// Id of the newest comment that was stored when it was first sent; whatever that request brought is stored
    /// later, under a greater id. See [`crate::Storage::not_by`].
    pub seen_up_to: Option<i64>,
    /// Nobody heard the outcome of one of its sends: it may show late, or as something else than was sent.
    pub send_was_lost: bool,
    /// Since it left for the first time.
    pub overtaken: Option<Overtaken>,
    /// Of the reply that it replaces, edits or takes away.
    pub reply_platform_id: Option<PlatformId>,
    pub trace_id: String,
    pub comment_deleted: bool,
    pub comment_hidden: bool,
    pub comment_text: String,
    pub mode: Mode,
}

/// Where the comment goes when the re-check refuses its action. A comment that was deleted or edited while its action
/// was on its way is closed, or understood anew, whatever is asked for here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterRefusal {
    /// A person decides.
    Review,
    /// A person decides whether the own reply of this time is ours. The comment counts as answered by it, so that the
    /// next look at the thread does not close it unseen.
    ReviewOfAnswer(Timestamp),
    Done,
}

/// What came of asking to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// The attempt's number. From here on a request may leave.
    Committed(i64),
    /// The kill switch is on; the action stays as it is.
    SendingStopped,
    /// The account's mode sends nothing; the action stays as it is.
    ModeSendsNothing,
    /// A person paused the account; the action stays as it is.
    AccountPaused,
    /// The comment was answered, edited or deleted meanwhile: the next re-check ends the action.
    Overtaken,
}

/// What engine decisions about one action rest on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionRow {
    pub id: ActionId,
    pub account_id: AccountId,
    pub comment_id: CommentId,
    pub kind: ActionKind,
    pub state: ActionState,
    /// The last time a request may have left.
    pub intent_at: Option<Timestamp>,
    /// The reply that it replaces, edits or takes away.
    pub reply: Option<ActionId>,
    /// Of an edit: what the reply said before.
    pub text_before: Option<String>,
    /// A reply that stands on the platform no longer.
    pub withdrawn: bool,
}

/// A confirmed reply of ours that stands on the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingReply {
    pub id: ActionId,
    pub text: String,
    /// `None` when a person said that it is there.
    pub platform_id: Option<PlatformId>,
}

/// What a person says of an outcome that nobody heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It stands on the platform.
    Posted,
    /// It is not to be sent again, whatever became of it.
    GivenUp,
}

/// What an account does not do while its platform makes it wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resting {
    Looking,
    Acting,
}

/// How long a platform told an account to make no calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRest {
    pub account_id: AccountId,
    pub what: Resting,
    pub until: Timestamp,
    pub why: String,
}

/// An action whose outcome has to be read back from the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownAction {
    pub id: ActionId,
    pub account_id: AccountId,
    pub account_platform_id: PlatformId,
    pub comment_id: CommentId,
    pub comment_platform_id: PlatformId,
    pub post_platform_id: PlatformId,
    pub target_platform_id: PlatformId,
    pub kind: ActionKind,
    pub text: Option<String>,
    pub normalised_text: Option<String>,
    pub first_intent_at: Option<Timestamp>,
    /// Id of the newest comment that was stored when it was first sent; whatever that request brought is stored
    /// later, under a greater id. See [`crate::Storage::not_by`].
    pub seen_up_to: Option<i64>,
    /// The last time a request may have left.
    pub intent_at: Option<Timestamp>,
    /// Of the reply that it replaces, edits or takes away.
    pub reply_platform_id: Option<PlatformId>,
    pub trace_id: String,
    /// Reads that could not tell so far.
    pub checks: i64,
    /// Times it was sent.
    pub attempts: i64,
}

/// An element of a listing that could not be read, kept as it came.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct QuarantinedRow {
    /// The platform's id of the post it was listed under, where one is known.
    pub post: Option<String>,
    pub raw: String,
    pub reason: String,
    pub first_seen: Timestamp,
}

/// Counted row by row, for the command line; the window reads `Overview` instead.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct StatusCounts {
    /// Written by people.
    pub comments: i64,
    pub by_stage: BTreeMap<String, i64>,
    pub by_label: BTreeMap<String, i64>,
    pub drafts: i64,
    pub declined: i64,
    pub quarantined: i64,
    pub stuck: i64,
    pub own: i64,
    pub echoes: i64,
    pub actions: BTreeMap<String, i64>,
}

#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ExportRow {
    pub id: i64,
    pub platform_id: String,
    pub account: String,
    /// Platform id of the post.
    pub post: String,
    /// Platform id of the comment that opens the thread.
    pub parent: Option<String>,
    pub author: String,
    pub text: String,
    pub language: String,
    /// Strongest first.
    pub labels: Vec<String>,
    pub stage: String,
    pub draft: Option<String>,
    /// As confirmed by the platform.
    pub reply: Option<String>,
    /// Milliseconds since the epoch.
    pub published_at: i64,
}

#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ActivityRow {
    pub at: Timestamp,
    pub actor: String,
    pub verb: String,
    pub details: serde_json::Value,
}

/// What the index has to be told after knowledge changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnowledgeChange {
    pub added: Vec<IndexSource>,
    pub changed: Vec<IndexSource>,
    pub removed: Vec<IndexSource>,
    pub unchanged: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPassage {
    pub section: String,
    pub language: String,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassageRow {
    pub id: PassageId,
    pub document_name: String,
    pub document_title: String,
    pub section: String,
    pub language: String,
    pub text: String,
    pub content_hash: String,
}

/// Words for the same thing, under the id by which they are changed and removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSynonyms {
    pub id: i64,
    pub words: Synonyms,
}

/// What the guard compares a reply with.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftContext {
    pub facts: Vec<Fact>,
    pub language: Language,
    pub comment_text: String,
    pub author_username: String,
    pub account_id: AccountId,
    pub draft_id: Option<DraftId>,
    /// As the model wrote it.
    pub original_text: Option<String>,
}

/// A copy of a database.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Backup {
    /// `daily-2026-11-25`, `before-20261125000001` (a change of the schema), `replaced-2026-11-25T09-30-00Z`.
    pub name: String,
    pub file: PathBuf,
    pub size_bytes: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct IntegrityReport {
    pub sqlite_ok: bool,
    pub activity_ok: bool,
    /// Rows of the activity that were looked at.
    pub activity_rows: i64,
    /// Id of the first activity row that does not fit the chain.
    pub broken_at: Option<i64>,
}
