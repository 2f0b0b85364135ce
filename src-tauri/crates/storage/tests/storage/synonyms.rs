use crate::support::{NOW, desk};
use domain::Synonyms;
use serde_json::json;
use storage::StorageError;

fn list(words: &[&str]) -> Synonyms {
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    Synonyms::parse(&words).unwrap()
}

#[tokio::test]
async fn synonyms_are_added_changed_and_removed_and_the_record_tells() {
    let desk = desk().await;
    assert_eq!(desk.store.synonyms().await.unwrap(), []);
    let pans = list(&["frying pan", "skillet", "сковорода"]);
    let added = desk.store.add_synonyms("person", &pans, NOW).await.unwrap();
    let lids = desk
        .store
        .add_synonyms("person", &list(&["lid", "крышка"]), NOW)
        .await
        .unwrap();
    let more = list(&["frying pan", "skillet", "сковородка"]);
    desk.store.change_synonyms(added.id, &more, NOW).await.unwrap();
    let stored = desk.store.synonyms().await.unwrap();
    assert_eq!(stored.len(), 2);
    assert_eq!(
        (stored[0].id, &stored[0].words),
        (added.id, &more),
        "the order stays"
    );

    desk.store.remove_synonyms(added.id, NOW).await.unwrap();
    assert_eq!(desk.store.synonyms().await.unwrap(), [lids]);
    let told: Vec<_> = desk.store.workspace_activity(4).await.unwrap();
    let verbs: Vec<&str> = told.iter().map(|row| row.verb.as_str()).collect();
    assert_eq!(
        verbs,
        [
            "synonyms_removed",
            "synonyms_changed",
            "synonyms_added",
            "synonyms_added"
        ]
    );
    assert_eq!(
        told[0].details,
        json!({ "before": ["frying pan", "skillet", "сковородка"] })
    );
    assert!(told.iter().all(|row| row.actor == "person"));
}

#[tokio::test]
async fn a_list_that_is_gone_is_neither_changed_nor_removed() {
    let desk = desk().await;
    let pans = list(&["frying pan", "skillet"]);
    let added = desk.store.add_synonyms("person", &pans, NOW).await.unwrap();
    desk.store.change_synonyms(added.id, &pans, NOW).await.unwrap();
    desk.store.remove_synonyms(added.id, NOW).await.unwrap();
    let changed = desk.store.change_synonyms(added.id, &pans, NOW).await;
    assert!(matches!(changed, Err(StorageError::NotFound)), "{changed:?}");
    let removed = desk.store.remove_synonyms(added.id, NOW).await;
    assert!(matches!(removed, Err(StorageError::NotFound)), "{removed:?}");
    let told = desk.store.workspace_activity(10).await.unwrap();
    assert_eq!(told.len(), 2, "what changed nothing is not told");
}
