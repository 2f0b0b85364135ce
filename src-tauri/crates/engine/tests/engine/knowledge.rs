//! Looking through the knowledge, on an index that notes what it is asked for.

use crate::support::{START, TestClock, engine_with};
use async_trait::async_trait;
use contract::{AddSynonyms, ChangeSynonyms, SearchKnowledge, SourceKind};
use domain::draft::ProductFacts;
use domain::ports::{
    IndexFilter, IndexHit, IndexQuery, IndexRow, IndexSource, IndexSummary, PassageIndex, VectorSpace,
};
use domain::{Language, SearchError};
use engine::find::local_date;
use engine::knowledge::{rebuild_index, replace_document, replace_products};
use engine::{Engine, EngineError};
use std::sync::{Arc, Mutex};
use storage::StorageError;

/// Finds everything that it holds, and keeps the last question.
#[derive(Default)]
struct Noting {
    rows: Mutex<Vec<IndexRow>>,
    asked: Mutex<Option<IndexQuery>>,
}

#[async_trait]
impl PassageIndex for Noting {
    async fn upsert(&self, _: &VectorSpace, _: Vec<IndexRow>) -> Result<(), SearchError> {
        Ok(())
    }

    async fn remove(&self, _: &[IndexSource]) -> Result<(), SearchError> {
        Ok(())
    }

    async fn rebuild(&self, _: &VectorSpace, rows: Vec<IndexRow>) -> Result<(), SearchError> {
        *self.rows.lock().unwrap() = rows;
        Ok(())
    }

    async fn search(&self, _: &VectorSpace, query: &IndexQuery) -> Result<Vec<IndexHit>, SearchError> {
        *self.asked.lock().unwrap() = Some(query.clone());
        let rows = self.rows.lock().unwrap();
        Ok(rows
            .iter()
            .map(|row| IndexHit {
                source: row.source,
                score: 0.5,
                keyword_rank: Some(1),
                vector_rank: None,
                similarity: None,
            })
            .collect())
    }

    async fn optimize(&self) -> Result<(), SearchError> {
        Ok(())
    }

    async fn summary(&self) -> Result<IndexSummary, SearchError> {
        Ok(IndexSummary {
            space: None,
            products: 0,
            passages: 0,
            fragments: 0,
        })
    }
}

struct Knowing {
    engine: Engine,
    index: Arc<Noting>,
    _folder: tempfile::TempDir,
}

async fn knowing() -> Knowing {
    let folder = tempfile::tempdir().unwrap();
    let index = Arc::new(Noting::default());
    let clock = TestClock::at(START);
    let engine = engine_with(&folder.path().join("workspace.db"), &clock, index.clone()).await;
    Knowing {
        engine,
        index,
        _folder: folder,
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn asked(text: &str) -> SearchKnowledge {
    SearchKnowledge {
        text: text.to_owned(),
        in_stock: false,
        valid_today: false,
        language: None,
    }
}

#[tokio::test]
async fn what_is_found_says_whether_it_can_be_had_and_an_old_price_is_not_shown() {
    let desk = knowing().await;
    let context = desk.engine.context();
    let product = |sku: &str, stock, valid_to: Option<&str>| ProductFacts {
        sku: sku.to_owned(),
        name: format!("Skillet {sku}"),
        price: Some("89".to_owned()),
        currency: Some("EUR".to_owned()),
        availability: Some("in_stock".to_owned()),
        stock: Some(stock),
        valid_to: valid_to.map(str::to_owned),
        ..ProductFacts::default()
    };
    let rows = vec![
        product("a", 3, None),
        product("b", 0, None),
        product("c", 3, Some("2020-01-01")),
    ];
    replace_products(context, rows).await.unwrap();
    replace_document(
        context,
        "care.md",
        "# Care\n\n## [ru] Уход\n### Мытьё\nМыть руками.\n",
    )
    .await
    .unwrap();
    rebuild_index(context).await.unwrap();
    let held: Vec<bool> = desk
        .index
        .rows
        .lock()
        .unwrap()
        .iter()
        .map(|row| row.offer.in_stock)
        .collect();
    assert_eq!(held, [true, false, true, true], "the index knows what can be had");

    let found = desk.engine.search_knowledge(asked("skillet")).await.unwrap();
    let told: Vec<_> = found
        .hits
        .iter()
        .map(|hit| {
            (
                hit.title.as_str(),
                hit.detail.as_str(),
                hit.in_stock,
                hit.valid_today,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("Skillet a", "89 EUR", Some(true), true),
            ("Skillet b", "89 EUR", Some(false), true),
            ("Skillet c", "", Some(false), false),
            ("Care", "Мытьё", None, true),
        ]
    );
    assert_eq!(
        (found.hits[3].kind, found.hits[3].language.as_str()),
        (SourceKind::Passage, "ru")
    );
    assert!(found.hits[0].by_words && !found.hits[0].by_meaning);
    assert_eq!(desk.engine.knowledge().await.unwrap().languages, ["ru"]);
    assert_eq!(
        desk.engine.search_knowledge(asked(" ")).await.unwrap().hits,
        [],
        "nothing was asked"
    );
}

#[tokio::test]
async fn filters_and_synonyms_reach_the_index() {
    let desk = knowing().await;
    let added = desk
        .engine
        .add_synonyms(AddSynonyms {
            words: words(&["Oaky", "skillet"]),
        })
        .await
        .unwrap();
    let request = SearchKnowledge {
        in_stock: true,
        valid_today: true,
        language: Some("ru".to_owned()),
        ..asked("is oaky back?")
    };
    let found = desk.engine.search_knowledge(request).await.unwrap();
    assert_eq!(
        found.also,
        ["skillet"],
        "the window tells what else was looked for"
    );
    let query = desk.index.asked.lock().unwrap().take().unwrap();
    assert_eq!(
        query.filter,
        IndexFilter {
            in_stock: true,
            holds_on: Some(local_date(START)),
            language: Some(Language::from("ru")),
        }
    );
    assert_eq!(query.alternatives[0].others, ["skillet"]);

    let id = added.synonyms[0].id;
    desk.engine.remove_synonyms(id).await.unwrap();
    let found = desk
        .engine
        .search_knowledge(asked("is oaky back?"))
        .await
        .unwrap();
    assert_eq!(found.also, [] as [&str; 0]);
    let query = desk.index.asked.lock().unwrap().take().unwrap();
    assert_eq!(query.filter, IndexFilter::default());
    assert_eq!(query.alternatives, []);
}

#[tokio::test]
async fn synonyms_that_cannot_be_used_are_refused_with_the_reason() {
    let desk = knowing().await;
    let add = async |given: &[&str]| {
        let request = AddSynonyms { words: words(given) };
        desk.engine.add_synonyms(request).await
    };
    let refused = add(&["skillet", "Skillet"]).await;
    assert!(
        matches!(&refused, Err(EngineError::Invalid(why)) if why.contains("two different words")),
        "{refused:?}"
    );
    let view = add(&["skillet", "сковорода"]).await.unwrap();
    let id = view.synonyms[0].id;
    let change = async |id: i64, given: &[&str]| {
        let request = ChangeSynonyms {
            id,
            words: words(given),
        };
        desk.engine.change_synonyms(request).await
    };
    assert!(matches!(
        change(id, &["skillet"]).await,
        Err(EngineError::Invalid(_))
    ));
    let view = change(id, &["skillet", "таба"]).await.unwrap();
    assert_eq!(view.synonyms[0].words, ["skillet", "таба"]);
    let gone = change(id + 1, &["lid", "крышка"]).await;
    assert!(
        matches!(gone, Err(EngineError::Storage(StorageError::NotFound))),
        "{gone:?}"
    );
}
