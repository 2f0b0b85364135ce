//! The sample's catalogue and documents, tried on questions: the engine's own reading, finding and drafting, in a
//! folder that is thrown away, without an account and without sending.

use crate::models;
use crate::sample;
use anyhow::Context as _;
use contract::CommentDetail;
use domain::draft::FactKind;
use domain::ports::{Clock, Element, RemoteComment};
use domain::{CommentId, PlatformId, Timestamp};
use engine::local_drafter::LocalDrafter;
use engine::settings::Settings;
use engine::{Engine, Parts, find, knowledge};
use search_index::LanceIndex;
use std::path::Path;
use std::sync::Arc;
use storage::{NewAccount, Storage};

/// The moment at which the sample's dates stand as they are written: noon of that day.
struct Noon(Timestamp);

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// What came of one question.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    pub draft: Option<String>,
    /// Why there is none.
    pub declined: Option<String>,
    pub declined_detail: Option<String>,
    pub label: Option<String>,
    pub language: String,
    /// Titles of what the draft rests on.
    pub sources: Vec<String>,
}

/// An engine on the sample's catalogue.
pub struct Trial {
    engine: Engine,
}

impl Trial {
    /// `folder` is empty and the caller's to remove.
    ///
    /// # Errors
    /// Models, database or index cannot be opened.
    pub async fn open(models_folder: &Path, folder: &Path) -> anyhow::Result<Self> {
        let models = models::load(models_folder)?;
        let noon = sample::written_on()?;
        let engine = Engine::open(Parts {
            storage: Storage::open(&folder.join("workspace.db")).await?,
            clock: Arc::new(Noon(noon)),
            embedder: models.embedder,
            classifier: models.classifier,
            drafter: Arc::new(LocalDrafter),
            index: Arc::new(LanceIndex::open(&folder.join("index")).await?),
            secrets: Arc::new(secrets::SessionStore::default()),
            voice: sample::voice()?,
            settings: Settings::default(),
        })
        .await?;
        let context = engine.context();
        knowledge::replace_products(context, sample::products(noon.0)?).await?;
        for (name, markdown) in sample::documents() {
            knowledge::replace_document(context, name, markdown).await?;
        }
        for words in sample::synonyms()? {
            context.storage.add_synonyms("engine", &words, noon).await?;
        }
        knowledge::rebuild_index(context).await?;
        Ok(Self { engine })
    }

    /// What the engine makes of each text, as a comment under a post without words of its own.
    ///
    /// # Errors
    /// A text is not taken up.
    pub async fn ask(&self, texts: &[String]) -> anyhow::Result<Vec<Tried>> {
        let context = self.engine.context();
        let (storage, now) = (&context.storage, context.now());
        let account = storage
            .upsert_account(NewAccount {
                platform: "instagram".to_owned(),
                platform_id: PlatformId::from("trial"),
                username: "trial".to_owned(),
                name: String::new(),
                simulated: true,
                now,
            })
            .await?;
        let post = storage
            .ensure_post(account.id, &PlatformId::from("post"), now)
            .await?;
        let comments = texts
            .iter()
            .enumerate()
            .map(|(at, text)| Element::Read(asked(at, text, now)))
            .collect();
        storage.store_comments(account.id, post.id, comments, now).await?;
        self.engine.drain().await?;
        let mut tried = Vec::with_capacity(texts.len());
        for at in 0..texts.len() {
            let id = storage
                .find_comment(account.id, &PlatformId(format!("q{at}")))
                .await?
                .with_context(|| format!("question {at} was not taken up"))?;
            tried.push(told(self.engine.comment(CommentId(id.0)).await?));
        }
        Ok(tried)
    }

    /// What is found for the query, best first, with its score: the number of a product, or `#section` of a document.
    ///
    /// # Errors
    /// The index cannot be asked.
    pub async fn find(&self, query: &str) -> anyhow::Result<Vec<(String, f32)>> {
        let facts = find::facts_for(self.engine.context(), query).await?;
        Ok(facts
            .into_iter()
            .map(|fact| {
                let title = match fact.kind {
                    FactKind::Product { product, .. } => product.sku,
                    FactKind::Passage { section, .. } => format!("#{section}"),
                };
                (title, fact.score)
            })
            .collect())
    }
}

fn asked(at: usize, text: &str, now: Timestamp) -> RemoteComment {
    RemoteComment {
        id: PlatformId(format!("q{at}")),
        post_id: PlatformId::from("post"),
        parent_id: None,
        author_id: Some(PlatformId(format!("person{at}"))),
        author_username: Some(format!("person{at}")),
        flagged_own: false,
        text: text.to_owned(),
        published_at: Timestamp(now.0 - 60_000),
        edited_at: None,
        hidden: Some(false),
        like_count: None,
        reply_count: None,
        replies: Vec::new(),
        more_replies: None,
    }
}

fn told(card: CommentDetail) -> Tried {
    let sources = card
        .draft
        .iter()
        .flat_map(|draft| draft.sources.iter().map(|source| source.title.clone()))
        .collect();
    Tried {
        draft: card.draft.map(|draft| draft.text),
        declined: card.declined,
        declined_detail: card.declined_detail,
        label: card.row.labels.first().map(|label| label.label.to_string()),
        language: card.row.language,
        sources,
    }
}
