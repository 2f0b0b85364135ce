//! A desk with one account and one post, and short ways to put comments where a test needs them.

use domain::draft::{Citation, DraftOutcome, DraftText, Fact, FactKind, Origin, ProductFacts};
use domain::ports::{Element, RemoteComment};
use domain::{
    AccountId, ActionKind, Classification, CommentId, Label, LabelScore, Language, PlatformId, PostId,
    ProductId, Stage, Timestamp,
};
use std::path::PathBuf;
use std::time::Duration;
use storage::{IntakeReport, NewAccount, NewAction, NewDraft, Storage};

pub const NOW: Timestamp = Timestamp(1_790_000_000_000);
pub const OWN_ID: &str = "17841400000000001";
pub const LEASE: Duration = Duration::from_secs(60);

pub struct Desk {
    pub store: Storage,
    pub account: AccountId,
    pub post: PostId,
    pub file: PathBuf,
    _folder: tempfile::TempDir,
}

pub async fn desk() -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("workspace.db");
    let store = Storage::open(&file).await.unwrap();
    let account = store
        .upsert_account(NewAccount {
            platform: "instagram".to_owned(),
            platform_id: PlatformId::from(OWN_ID),
            username: "juniper".to_owned(),
            name: "Juniper".to_owned(),
            simulated: true,
            now: NOW,
        })
        .await
        .unwrap();
    let post = store
        .ensure_post(account.id, &PlatformId::from("p1"), NOW)
        .await
        .unwrap();
    Desk {
        store,
        account: account.id,
        post: post.id,
        file,
        _folder: folder,
    }
}

/// Published `minute` minutes after a fixed start.
pub fn comment(id: &str, author: &str, text: &str, minute: i64) -> RemoteComment {
    RemoteComment {
        id: PlatformId::from(id),
        post_id: PlatformId::from("p1"),
        parent_id: None,
        author_id: Some(PlatformId::from(author)),
        author_username: Some(format!("{author}.name")),
        flagged_own: false,
        text: text.to_owned(),
        published_at: Timestamp(NOW.0 - 86_400_000 + minute * 60_000),
        edited_at: None,
        hidden: Some(false),
        like_count: Some(0),
        reply_count: None,
        replies: Vec::new(),
        more_replies: None,
    }
}

pub fn reply(id: &str, parent: &str, author: &str, text: &str, minute: i64) -> RemoteComment {
    RemoteComment {
        parent_id: Some(PlatformId::from(parent)),
        ..comment(id, author, text, minute)
    }
}

pub fn classified(label: Label, confidence: f32) -> Classification {
    let score = LabelScore { label, confidence };
    Classification {
        language: Language::from("en"),
        language_confidence: 0.98,
        labels: vec![score],
        best: score,
        reason: "asks for a price".to_owned(),
        model: "words-1".to_owned(),
    }
}

pub fn unsure(label: Label) -> Classification {
    Classification {
        labels: Vec::new(),
        ..classified(label, 0.31)
    }
}

pub fn fact(title: &str, price: &str) -> Fact {
    Fact {
        kind: FactKind::Product {
            id: ProductId(1),
            product: Box::new(ProductFacts {
                sku: "J-1".to_owned(),
                name: title.to_owned(),
                price: Some(price.to_owned()),
                currency: Some("EUR".to_owned()),
                ..ProductFacts::default()
            }),
        },
        title: title.to_owned(),
        text: format!("{title}\nprice: {price} EUR"),
        language: Language::undetermined(),
        score: 0.8,
    }
}

pub fn drafted(text: &str, citations: Vec<Citation>) -> DraftOutcome {
    DraftOutcome::Drafted(DraftText {
        text: text.to_owned(),
        language: Language::from("en"),
        confidence: 0.9,
        citations,
        origin: Origin::Model {
            model: "facts-1".to_owned(),
            prompt_version: "3".to_owned(),
        },
    })
}

impl Desk {
    pub async fn take(&self, batch: Vec<RemoteComment>) -> IntakeReport {
        self.take_at(batch, NOW).await
    }

    pub async fn take_at(&self, batch: Vec<RemoteComment>, now: Timestamp) -> IntakeReport {
        let batch = batch.into_iter().map(Element::Read).collect();
        self.store
            .store_comments(self.account, self.post, batch, now)
            .await
            .unwrap()
    }

    /// A new comment of a new person.
    pub async fn arrived(&self, id: &str, text: &str) -> CommentId {
        self.take(vec![comment(id, &format!("author-{id}"), text, 0)])
            .await
            .new[0]
    }

    pub async fn version(&self, id: CommentId) -> i64 {
        self.store.comment_row(id).await.unwrap().version
    }

    pub async fn stage(&self, id: CommentId) -> Stage {
        self.store.comment_row(id).await.unwrap().stage.parse().unwrap()
    }

    pub async fn classify(&self, id: CommentId, label: Label) {
        let version = self.version(id).await;
        self.store
            .save_classification(id, version, &classified(label, 0.9), NOW)
            .await
            .unwrap();
    }

    /// A question with a draft, waiting for a person.
    pub async fn in_review(&self, id: &str) -> CommentId {
        let comment = self.arrived(id, "How much is the cream?").await;
        self.draft(comment).await;
        comment
    }

    /// Classifies and drafts a comment that waits for classification.
    pub async fn draft(&self, comment: CommentId) {
        self.classify(comment, Label::Question).await;
        let outcome = drafted("Hi! It is 89 EUR.", vec![]);
        self.store
            .save_draft(
                comment,
                self.version(comment).await,
                NewDraft {
                    outcome: &outcome,
                    facts: &[fact("Cream", "89")],
                    now: NOW,
                },
            )
            .await
            .unwrap();
    }

    pub fn action(
        &self,
        comment: CommentId,
        version: i64,
        kind: ActionKind,
        text: Option<&str>,
    ) -> NewAction {
        NewAction {
            comment_id: comment,
            version,
            kind,
            text: text.map(str::to_owned),
            reply: None,
            requested_by: "person".to_owned(),
            due_at: NOW.plus(Duration::from_secs(10)),
            now: NOW,
        }
    }

    pub async fn approve(&self, comment: CommentId, text: &str) -> domain::ActionId {
        let action = self.action(
            comment,
            self.version(comment).await,
            ActionKind::Reply,
            Some(text),
        );
        domain::ActionId(self.store.queue_action(action).await.unwrap().id)
    }

    /// An approved reply whose request is on its way.
    pub async fn sending(&self, comment: CommentId, text: &str) -> domain::ActionId {
        let action = self.approve(comment, text).await;
        self.store.release_hold(action, NOW).await.unwrap();
        self.store.commit_intent(action, NOW).await.unwrap();
        action
    }

    pub async fn action_state(&self, comment: CommentId) -> String {
        self.store.comment_detail(comment, 2200).await.unwrap().actions[0]
            .state
            .clone()
    }

    /// Another connection, for what the store itself would refuse.
    pub async fn raw(&self) -> sqlx::SqliteConnection {
        use sqlx::ConnectOptions;
        sqlx::sqlite::SqliteConnectOptions::new()
            .filename(&self.file)
            .busy_timeout(Duration::from_secs(5))
            .connect()
            .await
            .unwrap()
    }
}
