use crate::support::{NOW, comment, desk};
use domain::Timestamp;
use domain::ports::Element;
use std::time::Duration;
use storage::{Delivery, DeliveryEnd, DeliveryRead, Storage};

async fn next(store: &Storage, now: Timestamp) -> Option<Delivery> {
    store.next_delivery(now).await.unwrap()
}

#[tokio::test]
async fn a_delivery_is_kept_byte_by_byte_until_it_is_read_whatever_stops_the_app() {
    let desk = desk().await;
    let body = [0x00, 0xff, b'{', b'"', 0xc3, 0x28];
    let id = desk.store.keep_delivery(&body, NOW).await.unwrap().unwrap();
    desk.store.close().await;
    let store = Storage::open(&desk.file).await.unwrap();
    let kept = next(&store, NOW).await.unwrap();
    assert_eq!((kept.id, kept.received_at, kept.attempts), (id, NOW, 0));
    assert_eq!(kept.body, body);
    let brought = DeliveryRead {
        stored: 3,
        quarantined: 1,
        ignored: 2,
    };
    store
        .end_delivery_read(id, brought, &DeliveryEnd::Read, NOW)
        .await
        .unwrap();
    assert_eq!(next(&store, NOW).await, None);
    let all = store.deliveries().await.unwrap();
    assert_eq!((all.waiting, all.read, all.given_up, all.ignored), (0, 1, 0, 2));
    assert_eq!((all.last_received_at, all.last_note), (Some(NOW), None));
    let mut raw = desk.raw().await;
    let changed = sqlx::query("update delivery set body = x'00'")
        .execute(&mut raw)
        .await;
    assert!(changed.is_err(), "it stays as it came");
}

#[tokio::test]
async fn one_that_is_put_off_holds_up_no_other_and_comes_again_in_its_time() {
    let desk = desk().await;
    let store = &desk.store;
    let first = store.keep_delivery(b"first", NOW).await.unwrap().unwrap();
    let second = store.keep_delivery(b"second", NOW).await.unwrap().unwrap();
    assert_eq!(next(store, NOW).await.unwrap().id, first);
    let until = NOW.plus(Duration::from_secs(60));
    let put_off = DeliveryEnd::PutOff {
        until,
        why: "the platform does not answer".to_owned(),
    };
    let brought = DeliveryRead {
        stored: 2,
        ..DeliveryRead::default()
    };
    store
        .end_delivery_read(first, brought, &put_off, NOW)
        .await
        .unwrap();
    assert_eq!(next(store, NOW).await.unwrap().id, second);
    store
        .end_delivery_read(second, DeliveryRead::default(), &DeliveryEnd::Read, NOW)
        .await
        .unwrap();
    assert_eq!(next(store, NOW).await, None);
    let again = next(store, until).await.unwrap();
    assert_eq!((again.id, again.attempts), (first, 1));
    let given_up = DeliveryEnd::GivenUp {
        why: "it still does not".to_owned(),
    };
    store
        .end_delivery_read(first, DeliveryRead::default(), &given_up, until)
        .await
        .unwrap();
    let all = store.deliveries().await.unwrap();
    assert_eq!((all.waiting, all.read, all.given_up), (0, 1, 1));
    assert_eq!(all.last_note.as_deref(), Some("it still does not"));
    let mut raw = desk.raw().await;
    let stored: i64 = sqlx::query_scalar("select stored from delivery where id = ?")
        .bind(first.0)
        .fetch_one(&mut raw)
        .await
        .unwrap();
    assert_eq!(stored, 2, "what the first read brought counts on");
}

#[tokio::test]
async fn too_much_that_waits_is_refused_and_what_was_read_long_ago_forgotten() {
    let desk = desk().await;
    let mut raw = desk.raw().await;
    for (state, settled_at) in [("waiting", None), ("read", Some(NOW.0))] {
        sqlx::query(
            "with recursive many (n) as (select 1 union all select n + 1 from many where n < 10000)
             insert into delivery (received_at, body, size_bytes, state, settled_at)
             select ?1, x'00', 1, ?2, ?3 from many",
        )
        .bind(NOW.0)
        .bind(state)
        .bind(settled_at)
        .execute(&mut raw)
        .await
        .unwrap();
    }
    assert_eq!(
        desk.store.keep_delivery(b"one more", NOW).await.unwrap(),
        None,
        "the platform keeps it and sends it again"
    );
    let waits_longest = next(&desk.store, NOW).await.unwrap().id;
    desk.store
        .end_delivery_read(waits_longest, DeliveryRead::default(), &DeliveryEnd::Read, NOW)
        .await
        .unwrap();
    let all = desk.store.deliveries().await.unwrap();
    assert_eq!(
        (all.waiting, all.read),
        (9_999, 1_000),
        "what waits is never forgotten"
    );
    assert!(
        desk.store
            .keep_delivery(b"one more", NOW)
            .await
            .unwrap()
            .is_some(),
        "there is room again"
    );
}

#[tokio::test]
async fn a_late_or_second_push_takes_nothing_back() {
    let desk = desk().await;
    let pushed = |text: &str| vec![Element::Read(comment("c1", "a1", text, 0))];
    let store = &desk.store;
    let push = async |text: &str| {
        store
            .store_pushed_comments(desk.account, desk.post, pushed(text), NOW)
            .await
            .unwrap()
    };
    let first = push("as written").await;
    assert_eq!(first.new.len(), 1);
    let id = first.new[0];
    desk.take(vec![comment("c1", "a1", "as edited since", 0)]).await;
    let again = push("as written").await;
    assert_eq!((again.new.len(), again.known, again.edited.len()), (0, 1, 0));
    assert_eq!(store.comment_row(id).await.unwrap().text, "as edited since");

    let gone = [comment("c1", "a1", "", 0).id];
    assert_eq!(store.mark_deleted(desk.account, &gone, NOW).await.unwrap(), [id]);
    push("as written").await;
    let marked = store.mark_deleted(desk.account, &gone, NOW).await.unwrap();
    assert!(
        marked.is_empty(),
        "it was deleted after it was sent, and still is"
    );
}

#[tokio::test]
async fn changes_that_cannot_be_read_are_set_aside_each_by_its_bytes() {
    let desk = desk().await;
    let entry = |text: &str| {
        let raw =
            format!(r#"{{"id":"17841400000000001","changes":[{{"field":"comments","value":{text}}}]}}"#);
        (raw, "missing field `time`".to_owned())
    };
    let store = &desk.store;
    let two = [entry("1"), entry("2")];
    assert_eq!(store.set_notices_aside(desk.account, &two, NOW).await.unwrap(), 2);
    assert_eq!(
        store.set_notices_aside(desk.account, &two, NOW).await.unwrap(),
        0,
        "the same delivery again"
    );
}
