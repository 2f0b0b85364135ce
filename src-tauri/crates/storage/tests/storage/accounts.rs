use crate::support::{NOW, OWN_ID, desk};
use contract::{ConnectionState, Mode};
use domain::ports::RemotePost;
use domain::{PlatformId, Timestamp};
use storage::NewAccount;

fn post(id: &str, kind: &str, published_at: i64) -> RemotePost {
    RemotePost {
        id: PlatformId::from(id),
        caption: Some(format!("caption of {id}")),
        kind: kind.to_owned(),
        permalink: None,
        picture_url: None,
        published_at: Timestamp(published_at),
        comments_count: Some(3),
        like_count: Some(9),
        comments_enabled: None,
    }
}

#[tokio::test]
async fn a_known_account_keeps_its_mode_and_gets_its_new_name() {
    let desk = desk().await;
    desk.store.set_mode(desk.account, Mode::Auto).await.unwrap();
    let again = desk
        .store
        .upsert_account(NewAccount {
            platform: "instagram".to_owned(),
            platform_id: PlatformId::from(OWN_ID),
            username: "juniper.and.co".to_owned(),
            name: "Juniper & Co".to_owned(),
            simulated: true,
            now: NOW,
        })
        .await
        .unwrap();
    assert_eq!(again.id, desk.account, "told by its platform id");
    assert_eq!(again.mode, Mode::Auto, "signing in again is not a change of mode");
    assert_eq!(again.username, "juniper.and.co");
    assert_eq!(desk.store.accounts().await.unwrap(), vec![again]);
}

#[tokio::test]
async fn the_connection_and_its_note_are_kept_and_the_last_sync_is_not_forgotten() {
    let desk = desk().await;
    desk.store
        .set_connection(desk.account, ConnectionState::Connected, None, Some(NOW))
        .await
        .unwrap();
    desk.store
        .set_connection(
            desk.account,
            ConnectionState::Troubled,
            Some("limited".to_owned()),
            None,
        )
        .await
        .unwrap();
    let account = desk.store.accounts().await.unwrap().remove(0);
    assert_eq!(account.connection, ConnectionState::Troubled);
    assert_eq!(account.connection_note.as_deref(), Some("limited"));
    assert_eq!(
        account.last_synced_at,
        Some(NOW),
        "trouble does not undo the sync before it"
    );
}

#[tokio::test]
async fn posts_come_back_in_the_order_given_and_are_listed_newest_first() {
    let desk = desk().await;
    let given = [
        post("a", "REELS", 1),
        post("b", "CAROUSEL_ALBUM", 3),
        post("c", "VIDEO", 2),
        post("d", "IMAGE", 0),
    ];
    let rows = desk.store.upsert_posts(desk.account, &given, NOW).await.unwrap();
    let kinds: Vec<_> = rows.iter().map(|p| p.kind.as_str()).collect();
    assert_eq!(kinds, ["reel", "carousel", "video", "image"]);
    let again = desk.store.upsert_posts(desk.account, &given, NOW).await.unwrap();
    assert_eq!(again[0].id, rows[0].id, "the same post is the same row");
    desk.store.set_swept(rows[1].id, NOW).await.unwrap();
    let listed = desk.store.posts_of(desk.account).await.unwrap();
    let order: Vec<_> = listed.iter().map(|p| p.platform_id.as_str()).collect();
    assert_eq!(order, ["p1", "b", "c", "a", "d"]);
    assert_eq!(listed[1].swept_at, Some(NOW));
}

#[tokio::test]
async fn a_post_met_by_its_id_is_filled_in_when_it_is_listed() {
    let desk = desk().await;
    let met = desk
        .store
        .ensure_post(desk.account, &PlatformId::from("x"), NOW)
        .await
        .unwrap();
    assert_eq!(met.caption, "");
    let listed = desk
        .store
        .upsert_posts(desk.account, &[post("x", "REELS", 5)], NOW)
        .await
        .unwrap();
    assert_eq!(listed[0].id, met.id);
    assert_eq!(listed[0].caption, "caption of x");
    let again = desk
        .store
        .ensure_post(desk.account, &PlatformId::from("x"), NOW)
        .await
        .unwrap();
    assert_eq!(again.caption, "caption of x", "meeting it again forgets nothing");
    let place = desk.store.post_platform_id(met.id).await.unwrap();
    assert_eq!(place, Some((desk.account, PlatformId::from("x"))));
}

#[tokio::test]
async fn a_picture_is_kept_until_a_new_one_comes() {
    let desk = desk().await;
    assert_eq!(desk.store.picture(desk.post).await.unwrap(), None);
    desk.store
        .save_picture(desk.post, "image/png", &[1, 2], NOW)
        .await
        .unwrap();
    desk.store
        .save_picture(desk.post, "image/jpeg", &[3], NOW)
        .await
        .unwrap();
    let picture = desk.store.picture(desk.post).await.unwrap();
    assert_eq!(picture, Some(("image/jpeg".to_owned(), vec![3])));
}

#[tokio::test]
async fn small_values_and_the_kill_switch_are_remembered() {
    let desk = desk().await;
    assert_eq!(desk.store.meta("cursor").await.unwrap(), None);
    desk.store.set_meta("cursor", "a").await.unwrap();
    desk.store.set_meta("cursor", "b").await.unwrap();
    assert_eq!(desk.store.meta("cursor").await.unwrap().as_deref(), Some("b"));
    assert!(
        desk.store.sending_enabled().await.unwrap(),
        "on until someone stops it"
    );
    desk.store.set_sending(false, NOW).await.unwrap();
    assert!(!desk.store.sending_enabled().await.unwrap());
    assert!(!desk.store.overview().await.unwrap().sending);
    desk.store.set_sending(true, NOW).await.unwrap();
    assert!(desk.store.sending_enabled().await.unwrap());
}
