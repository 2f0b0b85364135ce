//! What the engine needs from the outside. A port exists only where a heavy dependency or a second real
//! implementation stands behind it; SQLite is not behind one.

use crate::capabilities::Capabilities;
use crate::draft::{DraftOutcome, DraftRequest};
use crate::error::{ModelError, PlatformError, ProviderError, SearchError, SecretError};
use crate::id::{PassageId, PlatformId, ProductId};
use crate::label::{Classification, Label, Language};
use crate::quota::QuotaLedger;
use crate::subject::SubjectScore;
use crate::synonyms::Alternative;
use crate::time::Timestamp;
use async_trait::async_trait;
use chrono::NaiveDate;
use std::time::Duration;
use zeroize::Zeroizing;

/// Where time comes from, so that tests can set it.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
    /// Time that only ever passes, from any start: setting the clock on the wall leaves it alone. A clock that nobody
    /// sets needs no other than its own.
    fn elapsed(&self) -> Duration {
        self.now().since(Timestamp(0))
    }
}

/// One page of a platform listing. `next` is `None` on the last page; a page may be empty and not the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<Element<T>>,
    pub next: Option<String>,
}

/// An element of a listing: read, or set aside with its raw JSON and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Element<T> {
    Read(T),
    Malformed { raw: String, reason: String },
}

/// The profile that a token belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteProfile {
    pub id: PlatformId,
    pub username: String,
    pub name: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemotePost {
    pub id: PlatformId,
    pub caption: Option<String>,
    /// The platform's own word (`IMAGE`, `VIDEO`, `CAROUSEL_ALBUM`, with `REELS` taking precedence).
    pub kind: String,
    pub permalink: Option<String>,
    /// Signed and short-lived: fetch soon, never keep.
    pub picture_url: Option<String>,
    pub published_at: Timestamp,
    pub comments_count: Option<i64>,
    pub like_count: Option<i64>,
    /// Whether people may comment; `None` where the platform does not say.
    pub comments_enabled: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteComment {
    pub id: PlatformId,
    pub post_id: PlatformId,
    /// The top-level comment of the thread, when this is a reply.
    pub parent_id: Option<PlatformId>,
    /// Absent for some authors.
    pub author_id: Option<PlatformId>,
    pub author_username: Option<String>,
    /// The platform itself says that the account wrote it.
    pub flagged_own: bool,
    /// As the platform sent it; empty when the platform sent none.
    pub text: String,
    pub published_at: Timestamp,
    /// When the author last changed it, where the platform says so and it was changed at all.
    pub edited_at: Option<Timestamp>,
    /// `None` when the listing does not say.
    pub hidden: Option<bool>,
    pub like_count: Option<i64>,
    /// How many replies the platform counts; `None` where it does not say.
    pub reply_count: Option<i64>,
    /// The listing may hold only some replies of the thread.
    pub replies: Vec<Element<RemoteComment>>,
    /// Cursor for the replies that the listing left out. What it leads to may repeat those that are here.
    pub more_replies: Option<String>,
}

/// A stored comment that is asked for by its id, with what the answer may leave out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    pub id: PlatformId,
    pub post_id: PlatformId,
    /// The top-level comment of the thread, when this is a reply.
    pub parent_id: Option<PlatformId>,
}

/// What became of comments that were asked for by their ids. Of one in neither list it could not be found out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reread {
    /// As they are now, without their replies.
    pub shown: Vec<RemoteComment>,
    pub gone: Vec<PlatformId>,
}

/// What a platform tells of once and in order, where it lists nothing ([`crate::Arrival::Told`]).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UpdateBatch {
    /// Posts that came, changed, or were seen with a comment. The last one of an id counts.
    pub posts: Vec<Element<RemotePost>>,
    /// The last one of an id counts. One whose post is neither here nor stored belongs to no post: ordinary
    /// conversation of the same place. `parent_id` may name any comment of the thread.
    pub comments: Vec<Element<RemoteComment>>,
    /// Where the next batch begins. Asking from there lets the platform forget this batch, so only once it is stored,
    /// and this with it in the same transaction.
    pub next: Option<String>,
    /// More is waiting already.
    pub has_more: bool,
}

/// Which comments of an account a listing shows. A platform that holds comments back lists them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Visibility {
    Published,
    /// Waits for the account's decision.
    HeldForReview,
    LikelySpam,
}

/// How close an account is to what its platform allows, as the platform tells it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ApiUsage {
    /// Highest of all reported percentages; over 100 is possible.
    pub percent: u32,
    /// No call before this time.
    pub closed_until: Option<Timestamp>,
}

/// Reading from a platform, for one account.
#[async_trait]
pub trait CommentSource: Send + Sync {
    /// The host that the calls go to, for people: calls to the same one are counted and held back together.
    fn destination(&self) -> String {
        "the platform".to_owned()
    }
    /// How much of what the platform allows is used; `None` where it does not tell.
    fn usage(&self) -> Option<ApiUsage> {
        None
    }
    /// The day's units of the project that the account signs in with; `None` where none are counted.
    fn quota(&self) -> Option<QuotaLedger> {
        None
    }
    async fn profile(&self) -> Result<RemoteProfile, PlatformError>;
    /// Newest first.
    async fn posts(&self, after: Option<&str>) -> Result<Page<RemotePost>, PlatformError>;
    /// Top-level comments, newest first, each with the replies the listing gave.
    async fn comments(
        &self,
        post: &PlatformId,
        after: Option<&str>,
    ) -> Result<Page<RemoteComment>, PlatformError>;
    async fn replies(
        &self,
        post: &PlatformId,
        comment: &PlatformId,
        after: Option<&str>,
    ) -> Result<Page<RemoteComment>, PlatformError>;
    /// `None` when it is gone or out of reach (the platform does not say which).
    async fn comment(&self, id: &PlatformId) -> Result<Option<RemoteComment>, PlatformError>;
    /// The bytes and content type of a picture, at most `max_bytes`.
    async fn picture(&self, url: &str, max_bytes: usize) -> Result<(Vec<u8>, String), PlatformError>;
    /// Threads under all posts of the account, newest first, each naming its post. Offered where
    /// [`Capabilities::lists_whole_account`] says so. A page of held comments may hold published ones of the same
    /// thread: `hidden` tells them apart.
    async fn account_comments(
        &self,
        _visibility: Visibility,
        _after: Option<&str>,
    ) -> Result<Page<RemoteComment>, PlatformError> {
        Err(PlatformError::not_supported(
            "list the comments of a whole account",
        ))
    }
    /// What happened from `after` on, the oldest first; waits for it up to `wait` when there is nothing. Forgets what
    /// came before `after` and nothing else: a batch that is not stored comes again. A call that does not wait takes
    /// the place of one that does, which then brings nothing. Offered where [`Capabilities::arrival`] says so.
    async fn updates(&self, _after: Option<&str>, _wait: Duration) -> Result<UpdateBatch, PlatformError> {
        Err(PlatformError::not_supported("tell what happened"))
    }
    /// Those of `ids` that the platform shows right now, by as few calls as it allows. One that is missing may
    /// still be there: only its own [`CommentSource::comment`] decides. Nothing is vouched for by default.
    async fn shown(&self, _ids: &[PlatformId]) -> Result<Vec<PlatformId>, PlatformError> {
        Ok(Vec::new())
    }
    /// How these comments are now, by as few calls as the platform allows. It is looking around: where units are
    /// counted it never costs a reply. One by one by default.
    async fn reread(&self, asked: &[Placed]) -> Result<Reread, PlatformError> {
        let mut reread = Reread::default();
        for placed in asked {
            match self.comment(&placed.id).await? {
                Some(comment) => reread.shown.push(comment),
                None => reread.gone.push(placed.id.clone()),
            }
        }
        Ok(reread)
    }
}

/// Writing to a platform, for one account. Never retries by itself: the outbox decides.
/// What a platform does not offer is refused, and [`ActionSink::capabilities`] says so beforehand.
#[async_trait]
pub trait ActionSink: Send + Sync {
    /// Posts a reply under a top-level comment, or under any where [`Capabilities::replies_to`] says so, and returns
    /// its id.
    async fn reply(&self, thread: &PlatformId, text: &str) -> Result<PlatformId, PlatformError>;
    /// Verified by reading `hidden` back, since a wrong spelling reportedly succeeds and does nothing.
    async fn set_hidden(&self, comment: &PlatformId, hidden: bool) -> Result<(), PlatformError>;
    async fn delete(&self, comment: &PlatformId) -> Result<(), PlatformError>;
    /// Longest reply in Unicode scalar values.
    fn max_reply_chars(&self) -> usize;
    fn capabilities(&self) -> Capabilities {
        Capabilities::replies_only(self.max_reply_chars())
    }
    /// Removes the comment and keeps its author from commenting again.
    async fn ban(&self, _comment: &PlatformId) -> Result<(), PlatformError> {
        Err(PlatformError::not_supported("ban an author"))
    }
    /// Changes the text of a reply that the account wrote.
    async fn edit_reply(&self, _reply: &PlatformId, _text: &str) -> Result<(), PlatformError> {
        Err(PlatformError::not_supported("edit a reply"))
    }
    /// Writes to the comment's author in private and returns the message's id.
    async fn private_reply(&self, _comment: &PlatformId, _text: &str) -> Result<PlatformId, PlatformError> {
        Err(PlatformError::not_supported("answer in private"))
    }
    /// Posts a new top-level comment under a post and returns its id.
    async fn comment_on(&self, _post: &PlatformId, _text: &str) -> Result<PlatformId, PlatformError> {
        Err(PlatformError::not_supported("comment on a post"))
    }
    async fn set_comments_enabled(&self, _post: &PlatformId, _enabled: bool) -> Result<(), PlatformError> {
        Err(PlatformError::not_supported(
            "switch the comments of a post on or off",
        ))
    }
    /// One result per comment, in order, by as few calls as the platform allows
    /// ([`Capabilities::moderation_batch`]).
    async fn set_hidden_many(&self, comments: &[PlatformId], hidden: bool) -> Vec<Result<(), PlatformError>> {
        let mut results = Vec::with_capacity(comments.len());
        for comment in comments {
            results.push(self.set_hidden(comment, hidden).await);
        }
        results
    }
    /// Like [`ActionSink::set_hidden_many`], for deletions.
    async fn delete_many(&self, comments: &[PlatformId]) -> Vec<Result<(), PlatformError>> {
        let mut results = Vec::with_capacity(comments.len());
        for comment in comments {
            results.push(self.delete(comment).await);
        }
        results
    }
}

/// A platform account, both ways.
pub trait Platform: CommentSource + ActionSink {}
impl<T: CommentSource + ActionSink> Platform for T {}

/// Which side of a search a text stands on; the embedder marks them differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextRole {
    Query,
    Passage,
}

/// Which model made a vector. Vectors of different spaces are never mixed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct VectorSpace {
    /// Model and version.
    pub model: String,
    pub dimensions: usize,
}

/// Turns texts into vectors of unit length. Blocking: the engine calls it off the async threads.
pub trait Embedder: Send + Sync {
    fn space(&self) -> VectorSpace;
    /// One vector per text, in order, each of `space().dimensions` components.
    fn embed(&self, role: TextRole, texts: &[&str]) -> Result<Vec<Vec<f32>>, ModelError>;
    /// The vector of each text as a query, and what the model says of comments by itself. By default it says nothing.
    fn read(&self, texts: &[&str]) -> Result<Vec<ReadText>, ModelError> {
        let vectors = self.embed(TextRole::Query, texts)?;
        Ok(vectors.into_iter().map(ReadText::without_labels).collect())
    }
    /// How likely each text is to be about each subject, as log-odds in the order of [`crate::Subject::all`]; `None`
    /// where the model was not taught subjects, as by default.
    fn subjects(&self, _texts: &[&str]) -> Result<Option<Vec<Vec<f32>>>, ModelError> {
        Ok(None)
    }
    /// How likely each text is to answer the question, as log-odds against none of them answering it; `None` where the
    /// model was not taught to tell, as by default.
    fn answers(&self, _question: &str, _texts: &[&str]) -> Result<Option<Vec<f32>>, ModelError> {
        Ok(None)
    }
}

/// A text as an embedder read it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadText {
    pub vector: Vec<f32>,
    /// Log-odds of each label, in the order of [`Label::ALL`], before any calibration; `None` where the model was not
    /// taught labels.
    pub labels: Option<[f32; Label::ALL.len()]>,
}

impl ReadText {
    pub fn without_labels(vector: Vec<f32>) -> Self {
        Self { vector, labels: None }
    }
}

/// What a classifier may look at besides the text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ClassifyInput {
    pub text: String,
    pub post_caption: Option<String>,
    /// Text of the comment this one answers.
    pub parent_text: Option<String>,
}

/// A comment that a person labelled, in place of what a model had said or by agreeing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    pub text: String,
    pub label: Label,
}

/// Labels and language by a model inside the app. Blocking, like [`Embedder`].
pub trait LocalClassifier: Send + Sync {
    /// One result per input, in order.
    fn classify(&self, inputs: &[ClassifyInput]) -> Result<Vec<Classification>, ModelError>;
    /// Labels by these from now on, in place of all that were learnt before; none forgets them all. What the model
    /// brought with it stays the prior. Learns nothing by default.
    fn learn(&self, _corrections: &[Correction]) -> Result<(), ModelError> {
        Ok(())
    }
    /// What each text asks about, likeliest first; empty where the model cannot tell subjects apart, as by default.
    fn subjects(&self, texts: &[String]) -> Result<Vec<Vec<SubjectScore>>, ModelError> {
        Ok(vec![Vec::new(); texts.len()])
    }
    fn detect_language(&self, text: &str) -> (Language, f32);
    /// A text in letters that are not those of its language ("skolko stoit") in the right ones; `None` for any other,
    /// as by default.
    fn in_own_letters(&self, _text: &str) -> Option<String> {
        None
    }
    /// Model and version.
    fn model(&self) -> String;
}

/// Labels by an AI endpoint.
#[async_trait]
pub trait RemoteClassifier: Send + Sync {
    async fn classify(&self, input: &ClassifyInput) -> Result<Classification, ProviderError>;
}

/// Writes a reply from facts, or says why not. Blocking work is the implementation's to keep short.
#[async_trait]
pub trait Drafter: Send + Sync {
    async fn draft(&self, request: &DraftRequest) -> Result<DraftOutcome, ProviderError>;
    /// Model and version, for the record.
    fn model(&self) -> String;
}

/// A row of the index: text and vector under the id of its source.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexRow {
    pub source: IndexSource,
    /// What keyword search looks at.
    pub text: String,
    pub language: Language,
    pub vector: Vec<f32>,
    pub offer: Offer,
}

/// Whether and when a row can be had; a passage always can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    pub in_stock: bool,
    /// First day on which the row holds; `None` for no limit.
    pub from: Option<NaiveDate>,
    /// Last day on which it holds; `None` for no limit.
    pub to: Option<NaiveDate>,
}

impl Default for Offer {
    fn default() -> Self {
        Self {
            in_stock: true,
            from: None,
            to: None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IndexSource {
    Product(ProductId),
    Passage(PassageId),
}

#[derive(Debug, Clone, PartialEq)]
pub struct IndexQuery {
    pub text: String,
    /// What else the things may be called that the text names.
    pub alternatives: Vec<Alternative>,
    pub vector: Vec<f32>,
    pub filter: IndexFilter,
    /// Most hits per kind of source.
    pub limit: usize,
}

/// What a row must be to be found. The default lets everything through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IndexFilter {
    /// Products that can be had now; passages are not asked.
    pub in_stock: bool,
    /// Rows that hold on this day.
    pub holds_on: Option<NaiveDate>,
    /// Rows in this language, and those that speak no one language, as products do.
    pub language: Option<Language>,
}

/// Ranks are 1-based; `None` where that search did not find it.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexHit {
    pub source: IndexSource,
    /// Ranks fused, scaled so that first in both searches and with every word that was looked for is 1.
    pub score: f32,
    pub keyword_rank: Option<usize>,
    pub vector_rank: Option<usize>,
    /// Cosine similarity; `None` when only the keyword search found it.
    pub similarity: Option<f32>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexSummary {
    pub space: Option<VectorSpace>,
    pub products: usize,
    pub passages: usize,
    pub fragments: usize,
}

/// Hybrid search over products and passages. Everything in it can be built again from SQLite.
#[async_trait]
pub trait PassageIndex: Send + Sync {
    /// Inserts or replaces by source.
    async fn upsert(&self, space: &VectorSpace, rows: Vec<IndexRow>) -> Result<(), SearchError>;
    async fn remove(&self, sources: &[IndexSource]) -> Result<(), SearchError>;
    /// Replaces everything at once; searches see the old rows until it is done.
    async fn rebuild(&self, space: &VectorSpace, rows: Vec<IndexRow>) -> Result<(), SearchError>;
    /// Best first.
    async fn search(&self, space: &VectorSpace, query: &IndexQuery) -> Result<Vec<IndexHit>, SearchError>;
    /// Compacts fragments and brings the search indexes up to date.
    async fn optimize(&self) -> Result<(), SearchError>;
    async fn summary(&self) -> Result<IndexSummary, SearchError>;
}

/// How secrets are kept on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretBackend {
    Keychain,
    /// A file encrypted with a passphrase, given at each start.
    EncryptedFile,
    /// In memory until the app ends.
    SessionOnly,
    /// None chosen yet: nothing can be kept.
    Unavailable,
}

/// Keeps secrets. Values are wiped from memory when dropped and never printed.
#[async_trait]
pub trait SecretStore: Send + Sync {
    fn backend(&self) -> SecretBackend;
    /// `None` when no such secret is kept.
    async fn get(&self, name: &str) -> Result<Option<Zeroizing<String>>, SecretError>;
    async fn set(&self, name: &str, value: &str) -> Result<(), SecretError>;
    /// Succeeds when there was none.
    async fn delete(&self, name: &str) -> Result<(), SecretError>;
}
