use crate::support::{NOW, desk};
use domain::draft::{FactKind, ProductFacts};
use domain::ports::IndexSource;
use domain::{PassageId, ProductId};
use storage::NewPassage;

fn product(sku: &str, price: &str) -> (ProductFacts, String) {
    let facts = ProductFacts {
        sku: sku.to_owned(),
        name: format!("Cream {sku}"),
        names: [("ru".to_owned(), "Крем".to_owned())].into(),
        price: Some(price.to_owned()),
        currency: Some("EUR".to_owned()),
        sizes: vec!["50 ml".to_owned(), "100 ml".to_owned()],
        ..ProductFacts::default()
    };
    (facts, format!("cream {sku}"))
}

fn passage(section: &str, text: &str) -> NewPassage {
    NewPassage {
        section: section.to_owned(),
        language: "en".to_owned(),
        text: text.to_owned(),
    }
}

#[tokio::test]
async fn a_new_catalogue_replaces_the_old_one_and_says_what_changed() {
    let desk = desk().await;
    let first = desk
        .store
        .replace_products(&[product("a", "1"), product("b", "2")], NOW)
        .await
        .unwrap();
    assert_eq!(
        (first.added.len(), first.changed.len(), first.removed.len()),
        (2, 0, 0)
    );
    let second = desk
        .store
        .replace_products(&[product("b", "3"), product("c", "4"), product("a", "1")], NOW)
        .await
        .unwrap();
    assert_eq!(
        second.changed,
        vec![first.added[1]],
        "a new price is a change, under the same id"
    );
    assert_eq!(
        (second.added.len(), second.removed.len(), second.unchanged),
        (1, 0, 1)
    );
    let third = desk
        .store
        .replace_products(&[product("c", "4")], NOW)
        .await
        .unwrap();
    assert_eq!((third.removed, third.unchanged), (first.added, 1));
    let products = desk.store.products().await.unwrap();
    assert_eq!(products.len(), 1);
    assert_eq!(
        (products[0].1.sku.as_str(), products[0].2.as_str()),
        ("c", "cream c")
    );
}

#[tokio::test]
async fn a_passage_that_reads_as_before_keeps_its_id() {
    let desk = desk().await;
    let one = passage("Times", "2 to 4 days");
    let two = passage("Costs", "free from 50 EUR");
    let first = desk
        .store
        .replace_document("delivery.md", "Delivery", &[one.clone(), two.clone()], NOW)
        .await
        .unwrap();
    assert_eq!(first.added.len(), 2);
    let same = desk
        .store
        .replace_document("delivery.md", "Delivery", &[one.clone(), two.clone()], NOW)
        .await
        .unwrap();
    assert_eq!((same.unchanged, same.added.len()), (2, 0));
    let new = passage("Abroad", "not yet");
    let second = desk
        .store
        .replace_document("delivery.md", "Delivery", &[two, new, one], NOW)
        .await
        .unwrap();
    assert_eq!(
        (second.unchanged, second.added.len(), second.removed.len()),
        (2, 1, 0)
    );
    let rows = desk.store.passages().await.unwrap();
    let order: Vec<_> = rows.iter().map(|p| p.section.as_str()).collect();
    assert_eq!(order, ["Costs", "Abroad", "Times"]);
    assert_eq!(IndexSource::Passage(rows[2].id), first.added[0]);
    assert_eq!(
        (rows[0].document_name.as_str(), rows[0].document_title.as_str()),
        ("delivery.md", "Delivery")
    );
    let third = desk
        .store
        .replace_document("delivery.md", "Delivery", &[], NOW)
        .await
        .unwrap();
    assert_eq!(third.removed.len(), 3);
}

#[tokio::test]
async fn the_same_passage_twice_in_one_document_is_two_passages() {
    let desk = desk().await;
    let twice = [passage("A", "same"), passage("A", "same")];
    let first = desk.store.replace_document("d", "D", &twice, NOW).await.unwrap();
    assert_eq!(first.added.len(), 2);
    let once = desk
        .store
        .replace_document("d", "D", &twice[..1], NOW)
        .await
        .unwrap();
    assert_eq!((once.unchanged, once.removed.len()), (1, 1));
}

#[tokio::test]
async fn facts_hold_every_attribute_that_may_be_claimed() {
    let desk = desk().await;
    let products = desk
        .store
        .replace_products(&[product("a", "89")], NOW)
        .await
        .unwrap();
    let passages = desk
        .store
        .replace_document("d.md", "Delivery", &[passage("Times", "2 days")], NOW)
        .await
        .unwrap();
    let gone = [
        IndexSource::Product(ProductId(99)),
        IndexSource::Passage(PassageId(99)),
    ];
    let wanted = [products.added[0], passages.added[0], gone[0], gone[1]];
    let facts = desk.store.facts_by_source(&wanted).await.unwrap();
    assert_eq!(facts.len(), 2, "what is no longer there is left out");
    let cream = &facts[&wanted[0]];
    for claim in ["89 EUR", "50 ml, 100 ml", "Крем", "Cream a"] {
        assert!(cream.text.contains(claim), "{claim} in {}", cream.text);
    }
    let delivery = &facts[&wanted[1]];
    assert_eq!(
        (delivery.title.as_str(), delivery.text.as_str()),
        ("Delivery · Times", "2 days")
    );
    assert!(matches!(&delivery.kind, FactKind::Passage { section, .. } if section == "Times"));
}

#[tokio::test]
async fn vectors_are_kept_by_model_and_content() {
    let desk = desk().await;
    let vectors = vec![
        ("h1".to_owned(), vec![0.25, -1.5]),
        ("h2".to_owned(), vec![f32::MIN_POSITIVE]),
    ];
    desk.store.cache_vectors("m1", &vectors).await.unwrap();
    let wanted = ["h1".to_owned(), "h2".to_owned(), "h3".to_owned()];
    let found = desk.store.cached_vectors("m1", &wanted).await.unwrap();
    assert_eq!(found, vectors.into_iter().collect());
    assert!(
        desk.store.cached_vectors("m2", &wanted).await.unwrap().is_empty(),
        "another space"
    );
}

#[tokio::test]
async fn the_hash_over_all_knowledge_changes_with_any_of_it() {
    let desk = desk().await;
    let mut seen = vec![desk.store.knowledge_hash().await.unwrap()];
    desk.store
        .replace_products(&[product("a", "1")], NOW)
        .await
        .unwrap();
    seen.push(desk.store.knowledge_hash().await.unwrap());
    desk.store
        .replace_products(&[product("a", "2")], NOW)
        .await
        .unwrap();
    seen.push(desk.store.knowledge_hash().await.unwrap());
    desk.store
        .replace_document("d", "D", &[passage("s", "t")], NOW)
        .await
        .unwrap();
    seen.push(desk.store.knowledge_hash().await.unwrap());
    desk.store
        .replace_products(&[product("a", "2")], NOW)
        .await
        .unwrap();
    assert_eq!(
        desk.store.knowledge_hash().await.unwrap(),
        seen[3],
        "the same again is no change"
    );
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 4);
}
