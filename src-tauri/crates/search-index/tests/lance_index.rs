//! The index on real folders.
#![allow(clippy::unwrap_used)]

use chrono::NaiveDate;
use domain::id::{PassageId, ProductId};
use domain::ports::{
    IndexFilter, IndexHit, IndexQuery, IndexRow, IndexSource, Offer, PassageIndex, VectorSpace,
};
use domain::{Alternative, Language, SearchError};
use search_index::LanceIndex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tempfile::TempDir;

const DIMENSIONS: usize = 8;

fn space() -> VectorSpace {
    VectorSpace {
        model: "e5-small 1".into(),
        dimensions: DIMENSIONS,
    }
}

/// A unit vector that points mostly along one axis.
fn vector(axis: usize, tilt: f32) -> Vec<f32> {
    let mut v = [0.0; DIMENSIONS];
    v[axis] = 1.0;
    v[(axis + 3) % DIMENSIONS] = tilt;
    let length = v.iter().map(|x| x * x).sum::<f32>().sqrt();
    v.iter().map(|x| x / length).collect()
}

fn product(id: i64, text: &str, vector: Vec<f32>) -> IndexRow {
    IndexRow {
        source: IndexSource::Product(ProductId(id)),
        text: text.into(),
        language: Language::from("en"),
        vector,
        offer: Offer::default(),
    }
}

fn passage(id: i64, text: &str, vector: Vec<f32>) -> IndexRow {
    IndexRow {
        source: IndexSource::Passage(PassageId(id)),
        text: text.into(),
        language: Language::from("en"),
        vector,
        offer: Offer::default(),
    }
}

fn query(text: &str, vector: Vec<f32>) -> IndexQuery {
    IndexQuery {
        text: text.into(),
        alternatives: Vec::new(),
        vector,
        filter: IndexFilter::default(),
        limit: 5,
    }
}

fn sources(hits: &[IndexHit]) -> Vec<IndexSource> {
    hits.iter().map(|h| h.source).collect()
}

async fn index() -> (TempDir, LanceIndex) {
    let dir = tempfile::tempdir().unwrap();
    let index = LanceIndex::open(dir.path()).await.unwrap();
    (dir, index)
}

#[tokio::test]
async fn an_empty_index_finds_nothing() {
    let (_dir, index) = index().await;
    let hits = index
        .search(&space(), &query("skillet", vector(0, 0.0)))
        .await
        .unwrap();
    assert_eq!(hits, [], "nothing was stored");
    assert_eq!(index.summary().await.unwrap().space, None);
    index.optimize().await.unwrap();
    index.rebuild(&space(), Vec::new()).await.unwrap();
    let hits = index
        .search(&space(), &query("skillet", vector(0, 0.0)))
        .await
        .unwrap();
    assert_eq!(hits, [], "a rebuild of nothing holds nothing");
}

#[tokio::test]
async fn rows_are_inserted_replaced_and_removed_by_source() {
    let (_dir, index) = index().await;
    let rows = vec![
        product(1, "Skillet 26", vector(0, 0.0)),
        passage(1, "Delivery takes 2 days", vector(1, 0.0)),
    ];
    index.upsert(&space(), rows).await.unwrap();
    index
        .upsert(&space(), vec![product(1, "Braiser 30", vector(2, 0.0))])
        .await
        .unwrap();
    let summary = index.summary().await.unwrap();
    assert_eq!(
        (summary.products, summary.passages),
        (1, 1),
        "the same id of two kinds is two rows"
    );
    let hits = index
        .search(&space(), &query("skillet", vector(5, 0.0)))
        .await
        .unwrap();
    assert!(
        hits.iter().all(|h| h.keyword_rank.is_none()),
        "the old text is gone: {hits:?}"
    );
    let hits = index
        .search(&space(), &query("braiser", vector(2, 0.0)))
        .await
        .unwrap();
    assert_eq!(hits[0].source, IndexSource::Product(ProductId(1)));
    assert!(
        (hits[0].score - 1.0).abs() < 1e-6,
        "first by words and by meaning"
    );
    assert!(hits[0].similarity.unwrap() > 0.999);

    index.remove(&[IndexSource::Product(ProductId(1))]).await.unwrap();
    let summary = index.summary().await.unwrap();
    assert_eq!((summary.products, summary.passages), (0, 1));
    let hits = index
        .search(&space(), &query("braiser", vector(2, 0.0)))
        .await
        .unwrap();
    assert_eq!(sources(&hits), [IndexSource::Passage(PassageId(1))]);
}

#[tokio::test]
async fn rows_stored_after_the_keyword_index_was_built_are_found_by_words() {
    let (_dir, index) = index().await;
    index
        .upsert(&space(), vec![passage(1, "Opening hours", vector(0, 0.0))])
        .await
        .unwrap();
    index
        .upsert(&space(), vec![passage(2, "Самовывоз из шоурума", vector(0, 0.0))])
        .await
        .unwrap();
    let hits = index
        .search(&space(), &query("можно самовывозом?", vector(3, 0.0)))
        .await
        .unwrap();
    assert_eq!(hits[0].source, IndexSource::Passage(PassageId(2)));
    assert_eq!(hits[0].keyword_rank, Some(1), "another ending of the same word");
}

#[tokio::test]
async fn what_was_stored_is_there_after_opening_again() {
    let (dir, index) = index().await;
    index
        .upsert(&space(), vec![product(7, "Moka pot", vector(0, 0.0))])
        .await
        .unwrap();
    drop(index);
    let index = LanceIndex::open(dir.path()).await.unwrap();
    let summary = index.summary().await.unwrap();
    assert_eq!((summary.space, summary.products), (Some(space()), 1));
    let hits = index
        .search(&space(), &query("moka", vector(0, 0.0)))
        .await
        .unwrap();
    assert_eq!(sources(&hits), [IndexSource::Product(ProductId(7))]);
}

#[tokio::test]
async fn vectors_of_another_model_are_refused_until_a_rebuild() {
    let (_dir, index) = index().await;
    index
        .upsert(&space(), vec![product(1, "Wok", vector(0, 0.0))])
        .await
        .unwrap();
    let other = VectorSpace {
        model: "e5-small 2".into(),
        ..space()
    };
    let searched = index.search(&other, &query("wok", vector(0, 0.0))).await;
    assert!(
        matches!(searched, Err(SearchError::OtherModel { .. })),
        "{searched:?}"
    );
    let stored = index
        .upsert(&other, vec![product(2, "Pan", vector(0, 0.0))])
        .await;
    assert!(
        matches!(stored, Err(SearchError::OtherModel { .. })),
        "{stored:?}"
    );
    index
        .rebuild(&other, vec![product(2, "Pan", vector(0, 0.0))])
        .await
        .unwrap();
    let hits = index.search(&other, &query("pan", vector(0, 0.0))).await.unwrap();
    assert_eq!(
        sources(&hits),
        [IndexSource::Product(ProductId(2))],
        "the rebuild replaced everything"
    );
}

#[tokio::test]
async fn a_vector_of_the_wrong_length_is_refused_and_nothing_is_stored() {
    let (_dir, index) = index().await;
    let stored = index
        .upsert(&space(), vec![product(1, "Wok", vec![1.0; 3])])
        .await;
    assert!(stored.is_err());
    assert_eq!(index.summary().await.unwrap().products, 0);
}

#[tokio::test]
async fn many_small_writes_are_compacted() {
    let (_dir, index) = index().await;
    for id in 0..150 {
        let row = passage(
            id,
            &format!("passage number {id}"),
            vector((id % 8) as usize, 0.1),
        );
        index.upsert(&space(), vec![row]).await.unwrap();
    }
    let before = index.summary().await.unwrap();
    index.optimize().await.unwrap();
    let after = index.summary().await.unwrap();
    assert_eq!(after.passages, 150, "nothing is lost");
    assert!(
        after.fragments < 100 && after.fragments < before.fragments,
        "{before:?} {after:?}"
    );
    let hits = index
        .search(&space(), &query("149", vector(5, 0.1)))
        .await
        .unwrap();
    assert_eq!(hits[0].source, IndexSource::Passage(PassageId(149)));
}

/// Three questions, each of which one kind of search alone gets wrong.
#[tokio::test]
async fn both_searches_together_are_right_where_each_alone_is_wrong() {
    let (_dir, index) = index().await;
    // Axis 0 "how to care", 1 "how much", 2 "when": the vectors know the topic, the words know the product.
    let rows = vec![
        passage(1, "Skillet 26 seasoning", vector(0, 0.00)),
        passage(2, "Braiser 30 seasoning", vector(0, 0.05)),
        passage(3, "Skillet 26 price", vector(1, 0.00)),
        passage(4, "Braiser 30 price", vector(1, 0.05)),
        passage(5, "Skillet 26 restock", vector(2, 0.00)),
        passage(6, "Braiser 30 restock", vector(2, 0.05)),
    ];
    index.rebuild(&space(), rows).await.unwrap();
    let cases = [
        ("how do I look after my braiser 30", vector(0, 0.0), 2),
        ("what do I pay for the braiser 30", vector(1, 0.0), 4),
        ("is the braiser 30 coming again", vector(2, 0.0), 6),
    ];
    let (mut hybrid, mut words, mut meaning) = (0, 0, 0);
    for (text, vector, wanted) in cases {
        let wanted = IndexSource::Passage(PassageId(wanted));
        let hits = index.search(&space(), &query(text, vector)).await.unwrap();
        let first =
            |rank: fn(&IndexHit) -> Option<usize>| hits.iter().find(|h| rank(h) == Some(1)).map(|h| h.source);
        hybrid += usize::from(hits[0].source == wanted);
        words += usize::from(first(|h| h.keyword_rank) == Some(wanted));
        meaning += usize::from(first(|h| h.vector_rank) == Some(wanted));
    }
    assert_eq!(hybrid, 3);
    assert!(words < 3 && meaning < 3, "words {words}, meaning {meaning}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn searches_go_on_while_the_index_is_rebuilt() {
    let (dir, index) = index().await;
    let index = Arc::new(index);
    let rows = |n: i64| -> Vec<IndexRow> {
        (0..n)
            .map(|id| product(id, &format!("skillet {id}"), vector((id % 8) as usize, 0.2)))
            .collect()
    };
    index.rebuild(&space(), rows(50)).await.unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let searching = tokio::spawn({
        let (index, done) = (index.clone(), done.clone());
        async move {
            let mut answered = 0;
            while !done.load(Ordering::Acquire) || answered == 0 {
                let hits = index
                    .search(&space(), &query("skillet 7", vector(7, 0.2)))
                    .await
                    .unwrap();
                assert_eq!(hits[0].source, IndexSource::Product(ProductId(7)));
                answered += 1;
            }
            answered
        }
    });
    for _ in 0..4 {
        index.rebuild(&space(), rows(200)).await.unwrap();
    }
    done.store(true, Ordering::Release);
    assert!(searching.await.unwrap() > 0);
    assert_eq!(index.summary().await.unwrap().products, 200);
    let left = std::fs::read_dir(dir.path())
        .unwrap()
        .filter(|e| e.as_ref().unwrap().file_type().unwrap().is_dir())
        .count();
    assert_eq!(left, 1, "old generations are deleted when nobody reads them");
}

#[tokio::test]
async fn a_large_table_gets_a_vector_index_and_still_finds() {
    let (_dir, index) = index().await;
    let rows: Vec<IndexRow> = (0..5_200_i16)
        .map(|id| {
            let axis = usize::from(id.unsigned_abs()) % DIMENSIONS;
            product(
                i64::from(id),
                &format!("thing {id}"),
                vector(axis, f32::from(id) / 5_200.0),
            )
        })
        .collect();
    let wanted = rows[4_711].vector.clone();
    index.rebuild(&space(), rows).await.unwrap();
    let hits = index
        .search(&space(), &query("thing 4711", wanted))
        .await
        .unwrap();
    assert_eq!(hits[0].source, IndexSource::Product(ProductId(4_711)));
    index
        .upsert(&space(), vec![product(9_999, "a new one", vector(3, 0.0))])
        .await
        .unwrap();
    index.optimize().await.unwrap();
    let hits = index
        .search(&space(), &query("new", vector(3, 0.0)))
        .await
        .unwrap();
    assert_eq!(hits[0].source, IndexSource::Product(ProductId(9_999)));
}

fn found_by_words(hits: &[IndexHit]) -> Vec<IndexSource> {
    let mut found: Vec<&IndexHit> = hits.iter().filter(|hit| hit.keyword_rank.is_some()).collect();
    found.sort_by_key(|hit| hit.keyword_rank);
    found.into_iter().map(|hit| hit.source).collect()
}

#[tokio::test]
async fn misspelt_words_are_found_as_the_nearest_that_rows_have() {
    let (dir, index) = index().await;
    let rows = vec![
        product(1, "Skillet 26, Сковорода 26, Таба 26", vector(0, 0.0)),
        product(2, "Kettle 1.2 L, Чайник 1,2 л", vector(1, 0.0)),
        passage(1, "Доставка занимает два дня", vector(2, 0.0)),
    ];
    index.rebuild(&space(), rows).await.unwrap();
    let skillet = IndexSource::Product(ProductId(1));
    let kettle = IndexSource::Product(ProductId(2));
    let cases = [
        ("skilet", vec![skillet]),
        ("сковарода есть?", vec![skillet]),
        ("табаа бар ма", vec![skillet]),
        ("kettel", vec![kettle]),
        ("how about the moon", vec![]),
    ];
    for (text, wanted) in &cases {
        let hits = index
            .search(&space(), &query(text, vector(5, 0.0)))
            .await
            .unwrap();
        assert_eq!(found_by_words(&hits), *wanted, "{text}");
    }
    index.optimize().await.unwrap();
    drop(index);

    let kept = dir.path().join("generation-000001").join("vocabulary.tsv");
    assert!(kept.is_file(), "the vocabulary is kept beside the tables");
    std::fs::remove_file(&kept).unwrap();
    let index = LanceIndex::open(dir.path()).await.unwrap();
    for (text, wanted) in &cases {
        let hits = index
            .search(&space(), &query(text, vector(5, 0.0)))
            .await
            .unwrap();
        assert_eq!(
            found_by_words(&hits),
            *wanted,
            "{text}, counted again from the tables"
        );
    }
}

#[tokio::test]
async fn the_vocabulary_follows_what_is_stored_replaced_and_removed() {
    let (dir, index) = index().await;
    index
        .upsert(
            &space(),
            vec![
                product(1, "Skillet 26", vector(0, 0.0)),
                product(2, "Lid 26", vector(1, 0.0)),
            ],
        )
        .await
        .unwrap();
    index
        .upsert(&space(), vec![product(1, "Braiser 30", vector(0, 0.0))])
        .await
        .unwrap();
    let by_words = async |index: &LanceIndex, text: &str| {
        let hits = index
            .search(&space(), &query(text, vector(5, 0.0)))
            .await
            .unwrap();
        found_by_words(&hits)
    };
    assert_eq!(
        by_words(&index, "skilet").await,
        [],
        "no row says skillet any more"
    );
    assert_eq!(
        by_words(&index, "braizer").await,
        [IndexSource::Product(ProductId(1))]
    );
    drop(index);
    let index = LanceIndex::open(dir.path()).await.unwrap();
    assert_eq!(
        by_words(&index, "braizer").await,
        [IndexSource::Product(ProductId(1))],
        "a start in between"
    );
    index.optimize().await.unwrap();
    index.remove(&[IndexSource::Product(ProductId(1))]).await.unwrap();
    assert_eq!(by_words(&index, "braizer").await, []);
    drop(index);
    let index = LanceIndex::open(dir.path()).await.unwrap();
    assert_eq!(
        by_words(&index, "braizer").await,
        [],
        "what was kept before counts no longer"
    );
}

#[tokio::test]
async fn other_names_of_a_thing_lead_to_it() {
    let (_dir, index) = index().await;
    let rows = vec![
        product(1, "Skillet 26", vector(0, 0.0)),
        product(2, "Kettle 1.2 L", vector(1, 0.0)),
    ];
    index.rebuild(&space(), rows).await.unwrap();
    let plain = index
        .search(&space(), &query("oaky", vector(1, 0.0)))
        .await
        .unwrap();
    assert_eq!(found_by_words(&plain), [], "nobody calls it so in a row");
    let named = IndexQuery {
        alternatives: vec![Alternative {
            said: vec!["oaky".into()],
            others: vec!["skillet".into()],
        }],
        ..query("oaky", vector(1, 0.0))
    };
    let hits = index.search(&space(), &named).await.unwrap();
    assert_eq!(found_by_words(&hits), [IndexSource::Product(ProductId(1))]);
}

/// On few rows, which are searched one by one, and on as many as get search indexes.
#[tokio::test]
async fn filters_leave_out_what_cannot_be_had_holds_no_longer_or_speaks_another_language() {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    for others in [0_i64, 5_200] {
        let (_dir, index) = index().await;
        let offered = |id: i64, offer: Offer| IndexRow {
            offer,
            language: Language::undetermined(),
            ..product(id, "skillet", vector(0, 0.0))
        };
        let none = Offer::default();
        let mut rows = vec![
            offered(1, none),
            offered(
                2,
                Offer {
                    in_stock: false,
                    ..none
                },
            ),
            offered(
                3,
                Offer {
                    to: Some(day("2026-09-15")),
                    ..none
                },
            ),
            offered(
                4,
                Offer {
                    from: Some(day("2026-12-01")),
                    ..none
                },
            ),
            offered(
                5,
                Offer {
                    from: Some(day("2026-05-01")),
                    to: Some(day("2026-12-31")),
                    ..none
                },
            ),
            passage(1, "skillet care", vector(0, 0.0)),
        ];
        rows.push(IndexRow {
            language: Language::from("ru"),
            ..passage(2, "skillet уход", vector(0, 0.0))
        });
        // Nearer than all of them, and not to be had.
        rows.extend((0..others).map(|id| {
            offered(
                100 + id,
                Offer {
                    in_stock: false,
                    to: Some(day("2026-01-01")),
                    ..none
                },
            )
        }));
        index.rebuild(&space(), rows).await.unwrap();
        let found = async |filter: IndexFilter| {
            let query = IndexQuery {
                filter,
                limit: 10,
                ..query("skillet", vector(0, 0.0))
            };
            let mut found = Vec::new();
            for hit in index.search(&space(), &query).await.unwrap() {
                assert!(
                    hit.keyword_rank.is_some() && hit.vector_rank.is_some(),
                    "both searches: {hit:?}"
                );
                found.push(hit.source);
            }
            found.sort_unstable();
            found
        };
        let products = |ids: &'static [i64]| ids.iter().map(|id| IndexSource::Product(ProductId(*id)));
        let passages = |ids: &'static [i64]| ids.iter().map(|id| IndexSource::Passage(PassageId(*id)));
        let in_stock = IndexFilter {
            in_stock: true,
            ..IndexFilter::default()
        };
        let wanted: Vec<_> = products(&[1, 3, 4, 5]).chain(passages(&[1, 2])).collect();
        assert_eq!(
            found(in_stock.clone()).await,
            wanted,
            "in stock, beside {others} others"
        );
        let holds = IndexFilter {
            holds_on: Some(day("2026-11-27")),
            ..IndexFilter::default()
        };
        let wanted: Vec<_> = products(&[1, 2, 5]).chain(passages(&[1, 2])).collect();
        assert_eq!(
            found(holds.clone()).await,
            wanted,
            "holds today, beside {others} others"
        );
        let english = IndexFilter {
            language: Some(Language::from("en")),
            ..in_stock
        };
        let wanted: Vec<_> = products(&[1, 3, 4, 5]).chain(passages(&[1])).collect();
        assert_eq!(
            found(english).await,
            wanted,
            "in English and in stock, beside {others} others"
        );
    }
}

#[tokio::test]
async fn a_damaged_folder_is_reported_and_works_again_once_deleted() {
    let (dir, index) = index().await;
    index
        .upsert(&space(), vec![product(1, "Wok", vector(0, 0.0))])
        .await
        .unwrap();
    drop(index);
    let table = dir.path().join("generation-000001").join("products.lance");
    std::fs::remove_dir_all(table).unwrap();
    let opened = LanceIndex::open(dir.path()).await;
    assert!(
        matches!(opened, Err(SearchError::Broken { .. })),
        "a table is missing"
    );

    std::fs::write(dir.path().join("current.json"), b"{").unwrap();
    let opened = LanceIndex::open(dir.path()).await;
    assert!(
        matches!(opened, Err(SearchError::Broken { .. })),
        "half a pointer"
    );

    std::fs::remove_dir_all(dir.path()).unwrap();
    let index = LanceIndex::open(dir.path()).await.unwrap();
    index
        .upsert(&space(), vec![product(1, "Wok", vector(0, 0.0))])
        .await
        .unwrap();
    assert_eq!(index.summary().await.unwrap().products, 1);
}

#[tokio::test]
async fn what_an_interrupted_rebuild_left_is_removed_at_the_next_start() {
    let (dir, index) = index().await;
    index
        .upsert(&space(), vec![product(1, "Wok", vector(0, 0.0))])
        .await
        .unwrap();
    drop(index);
    let left = dir.path().join("generation-000009");
    std::fs::create_dir_all(left.join("products.lance")).unwrap();
    let index = LanceIndex::open(dir.path()).await.unwrap();
    assert!(!left.exists());
    assert_eq!(index.summary().await.unwrap().products, 1);
}

#[tokio::test]
async fn odd_queries_are_answered() {
    let (_dir, index) = index().await;
    index
        .upsert(&space(), vec![product(1, "Wok", vector(0, 0.0))])
        .await
        .unwrap();
    for text in ["", "❤️", "\"wok", "wok AND (", "+-*~^:\\", "ЖҰМА 26'"] {
        index
            .search(&space(), &query(text, vector(0, 0.0)))
            .await
            .unwrap();
    }
    let nothing = index
        .search(&space(), &query("❤️", vec![0.0; DIMENSIONS]))
        .await
        .unwrap();
    assert_eq!(nothing, [], "neither words nor meaning");
}
