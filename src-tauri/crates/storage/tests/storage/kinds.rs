//! What each kind of action leaves behind, and what is refused before it is queued.

use crate::support::{Desk, NOW, desk};
use contract::ActionView;
use domain::{ActionId, ActionKind, ActionState, CommentId, PlatformId, Stage, Timestamp};
use std::time::Duration;
use storage::{AfterRefusal, NewAction, StorageError, Told};

fn after(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

impl Desk {
    async fn ask(
        &self,
        id: CommentId,
        kind: ActionKind,
        text: Option<&str>,
        reply: Option<ActionId>,
    ) -> Result<ActionView, StorageError> {
        let version = self.version(id).await;
        let asked = NewAction {
            reply,
            ..self.action(id, version, kind, text)
        };
        self.store.queue_action(asked).await
    }

    async fn send(&self, action: ActionId) {
        self.store.release_hold(action, NOW).await.unwrap();
        self.store.commit_intent(action, NOW).await.unwrap();
    }

    async fn done(&self, action: ActionId, reply: Option<&str>) {
        self.send(action).await;
        let reply = reply.map(PlatformId::from);
        self.store
            .confirm_action(action, reply.as_ref(), "accepted", NOW)
            .await
            .unwrap();
    }

    /// A comment whose reply `r1` was confirmed.
    async fn answered(&self, id: &str) -> (CommentId, ActionId) {
        let comment = self.in_review(id).await;
        let action = self.approve(comment, "It is 89 EUR.").await;
        self.done(action, Some("r1")).await;
        (comment, action)
    }
}

fn id(view: &ActionView) -> ActionId {
    ActionId(view.id)
}

#[tokio::test]
async fn a_ban_removes_the_comment_with_its_author() {
    let desk = desk().await;
    let comment = desk.in_review("c1").await;
    let ban = desk.ask(comment, ActionKind::Ban, None, None).await.unwrap();
    desk.done(id(&ban), None).await;
    assert_eq!(desk.stage(comment).await, Stage::Done);
    let again = desk.ask(comment, ActionKind::Hide, None, None).await;
    assert!(matches!(again, Err(StorageError::DeletedOnPlatform)), "{again:?}");
}

#[tokio::test]
async fn a_comment_is_answered_in_private_once() {
    let desk = desk().await;
    let comment = desk.in_review("c1").await;
    let private = ActionKind::PrivateReply;
    let without_words = desk.ask(comment, private, None, None).await;
    assert!(matches!(without_words, Err(StorageError::IllegalStep(_))));
    let first = desk.ask(comment, private, Some("Just us"), None).await.unwrap();
    desk.done(id(&first), Some("m1")).await;
    desk.store
        .reopen(comment, desk.version(comment).await, NOW)
        .await
        .unwrap();
    let second = desk.ask(comment, private, Some("Again"), None).await;
    assert!(matches!(second, Err(StorageError::AlreadyAnswered)), "{second:?}");
    let public = desk
        .ask(comment, ActionKind::Reply, Some("Look at your messages"), None)
        .await;
    assert!(public.is_ok(), "a public reply is another matter");
}

#[tokio::test]
async fn the_old_reply_goes_only_after_the_new_one_is_confirmed() {
    let desk = desk().await;
    let (comment, first) = desk.answered("c1").await;
    let new = desk
        .ask(comment, ActionKind::Reply, Some("It is 79 EUR."), Some(first))
        .await
        .unwrap();
    let other = desk
        .ask(comment, ActionKind::Reply, Some("No, 78"), Some(first))
        .await;
    assert!(other.is_err(), "one replacement at a time");
    desk.send(id(&new)).await;
    desk.store
        .lose_outcome(id(&new), "time-out", after(3), NOW)
        .await
        .unwrap();
    assert_eq!(
        desk.store.outbox(NOW).await.unwrap().live.len(),
        1,
        "nothing is taken away while the new one is not known to be there"
    );
    desk.store
        .confirm_action(id(&new), Some(&PlatformId::from("r2")), "read back", NOW)
        .await
        .unwrap();
    assert_eq!(
        desk.stage(comment).await,
        Stage::InOutbox,
        "the second half is to come"
    );
    let removal = desk.store.due_actions(NOW).await.unwrap().remove(0);
    assert_eq!(
        (
            removal.kind,
            removal.reply_platform_id,
            removal.target_platform_id.as_str()
        ),
        (ActionKind::DeleteReply, Some(PlatformId::from("r1")), "c1")
    );
    // The app stops here, and goes on later.
    desk.store.close().await;
    let store = storage::Storage::open(&desk.file).await.unwrap();
    let removal = store.due_actions(after(86_400)).await.unwrap().remove(0).id;
    store.release_hold(removal, NOW).await.unwrap();
    store.commit_intent(removal, NOW).await.unwrap();
    store
        .confirm_action(removal, None, "accepted", NOW)
        .await
        .unwrap();
    let detail = store.comment_detail(comment, 2_200).await.unwrap();
    assert_eq!((detail.row.stage.as_str(), detail.author.answered), ("done", 1));
    let standing = store.standing_reply(comment).await.unwrap().unwrap();
    assert_eq!(
        (standing.id, standing.text.as_str(), standing.platform_id),
        (id(&new), "It is 79 EUR.", Some(PlatformId::from("r2")))
    );
    let exported = store.export_comments(0, 10).await.unwrap();
    assert_eq!(exported[0].reply.as_deref(), Some("It is 79 EUR."));
    store.close().await;
}

#[tokio::test]
async fn an_edited_reply_reads_as_edited_and_can_be_edited_back() {
    let desk = desk().await;
    let (comment, reply) = desk.answered("c1").await;
    let edit = desk
        .ask(comment, ActionKind::EditReply, Some("It is 79 EUR."), Some(reply))
        .await
        .unwrap();
    desk.done(id(&edit), None).await;
    let standing = desk.store.standing_reply(comment).await.unwrap().unwrap();
    assert_eq!((standing.id, standing.text.as_str()), (reply, "It is 79 EUR."));
    let row = desk.store.action_row(id(&edit)).await.unwrap();
    assert_eq!(
        (row.reply, row.text_before.as_deref()),
        (Some(reply), Some("It is 89 EUR."))
    );
    assert_eq!(desk.stage(comment).await, Stage::Done);
}

#[tokio::test]
async fn a_reply_that_was_taken_back_leaves_its_comment_open_for_another() {
    let desk = desk().await;
    let (comment, reply) = desk.answered("c1").await;
    let removal = desk
        .ask(comment, ActionKind::DeleteReply, None, Some(reply))
        .await
        .unwrap();
    desk.done(id(&removal), None).await;
    let detail = desk.store.comment_detail(comment, 2_200).await.unwrap();
    assert_eq!(
        (detail.row.stage.as_str(), detail.author.answered),
        ("to_review", 0)
    );
    assert_eq!(desk.store.standing_reply(comment).await.unwrap(), None);
    assert!(desk.store.action_row(reply).await.unwrap().withdrawn);
    let again = desk
        .ask(comment, ActionKind::DeleteReply, None, Some(reply))
        .await;
    assert!(matches!(again, Err(StorageError::IllegalStep(_))), "{again:?}");
    let second = desk.approve(comment, "It is 79 EUR.").await;
    desk.done(second, Some("r2")).await;
    assert_eq!(desk.stage(comment).await, Stage::Done);
}

#[tokio::test]
async fn what_the_author_writes_meanwhile_does_not_keep_an_old_reply_up() {
    let desk = desk().await;
    let (comment, reply) = desk.answered("c1").await;
    let new = desk
        .ask(comment, ActionKind::Reply, Some("It is 79 EUR."), Some(reply))
        .await
        .unwrap();
    desk.done(id(&new), Some("r2")).await;
    desk.take(vec![crate::support::comment(
        "c1",
        "author-c1",
        "And the lotion?",
        0,
    )])
    .await;
    let removal = desk.store.due_actions(NOW).await.unwrap().remove(0);
    assert_eq!(removal.kind, ActionKind::DeleteReply);
    desk.done(removal.id, None).await;
    assert_eq!(
        desk.store
            .standing_reply(comment)
            .await
            .unwrap()
            .map(|reply| reply.id),
        Some(id(&new))
    );
}

#[tokio::test]
async fn a_person_settles_what_nobody_heard() {
    let desk = desk().await;
    let posted = desk.in_review("c1").await;
    let given_up = desk.in_review("c2").await;
    for (comment, told) in [(posted, Told::Posted), (given_up, Told::GivenUp)] {
        let action = desk.sending(comment, "It is 89 EUR.").await;
        let early = desk.store.tell_outcome(action, told, NOW).await;
        assert!(matches!(early, Err(StorageError::MovedOn)), "it is on its way");
        desk.store
            .lose_outcome(action, "time-out", after(3), NOW)
            .await
            .unwrap();
        desk.store.tell_outcome(action, told, after(60)).await.unwrap();
        let twice = desk.store.tell_outcome(action, told, after(60)).await;
        assert!(matches!(twice, Err(StorageError::MovedOn)));
    }
    assert_eq!(
        (desk.stage(posted).await, desk.action_state(posted).await.as_str()),
        (Stage::Done, "confirmed")
    );
    assert_eq!(
        (
            desk.stage(given_up).await,
            desk.action_state(given_up).await.as_str()
        ),
        (Stage::ToReview, "failed")
    );
    let trace = desk.store.trace(posted).await.unwrap();
    let told = trace.iter().find(|row| row.verb == "said_to_be_posted").unwrap();
    assert_eq!(told.actor, "person");
    let replied = desk.store.standing_reply(posted).await.unwrap().unwrap();
    let edit = desk
        .ask(posted, ActionKind::EditReply, Some("x"), Some(replied.id))
        .await;
    assert!(
        matches!(edit, Err(StorageError::IllegalStep(_))),
        "nobody knows where it stands: {edit:?}"
    );
}

#[tokio::test]
async fn a_private_reply_that_waits_for_a_person_keeps_no_other_from_leaving() {
    let desk = desk().await;
    let first = desk.in_review("c1").await;
    desk.take(vec![crate::support::reply("c2", "c1", "a2", "me too?", 1)])
        .await;
    let second = desk
        .store
        .find_comment(desk.account, &PlatformId::from("c2"))
        .await
        .unwrap()
        .unwrap();
    desk.draft(second).await;
    let private = desk
        .ask(first, ActionKind::PrivateReply, Some("Just us"), None)
        .await
        .unwrap();
    desk.send(id(&private)).await;
    let reply = desk.approve(second, "Yes!").await;
    assert!(
        desk.store.due_actions(after(10)).await.unwrap().is_empty(),
        "one thread, one request at a time"
    );
    desk.store
        .lose_outcome(id(&private), "time-out", after(3), NOW)
        .await
        .unwrap();
    let due = desk.store.due_actions(after(10)).await.unwrap();
    assert_eq!(due.into_iter().map(|due| due.id).collect::<Vec<_>>(), [reply]);
}

#[tokio::test]
async fn moderation_that_is_due_together_is_found_together() {
    let desk = desk().await;
    let mut hides = Vec::new();
    for n in 0..5 {
        let comment = desk.in_review(&format!("c{n}")).await;
        let hide = desk.ask(comment, ActionKind::Hide, None, None).await.unwrap();
        hides.push(id(&hide));
    }
    let other = desk.in_review("d").await;
    desk.ask(other, ActionKind::Delete, None, None).await.unwrap();
    let first = desk.store.due_actions(after(10)).await.unwrap().remove(0);
    assert_eq!(first.id, hides[0]);
    let batch = desk.store.due_like(&first, after(10), 3).await.unwrap();
    let found: Vec<ActionId> = batch.iter().map(|action| action.id).collect();
    assert_eq!(found, hides[1..4], "the same kind only, and no more than fit");
    assert!(
        desk.store.due_like(&first, NOW, 3).await.unwrap().is_empty(),
        "held"
    );
}

#[tokio::test]
async fn the_outbox_of_an_older_schema_comes_along_whole() {
    let desk = desk().await;
    let comment = desk.in_review("c1").await;
    let action = desk.sending(comment, "It is 89 EUR.").await;
    desk.store.close().await;
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("workspace.db");
    let migrations = folder.path().join("migrations");
    std::fs::create_dir(&migrations).unwrap();
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../migrations");
    for entry in std::fs::read_dir(here).unwrap() {
        let file = entry.unwrap().path();
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        if name.as_str() < "20261126000001" {
            std::fs::copy(&file, migrations.join(name)).unwrap();
        }
    }
    let mut raw = {
        use sqlx::ConnectOptions;
        sqlx::sqlite::SqliteConnectOptions::new()
            .filename(&old)
            .create_if_missing(true)
            .foreign_keys(true)
            .connect()
            .await
            .unwrap()
    };
    let older = sqlx::migrate::Migrator::new(migrations.as_path()).await.unwrap();
    older.run(&mut raw).await.unwrap();
    let attach = format!("attach '{}' as new", desk.file.display());
    sqlx::query(sqlx::AssertSqlSafe(attach))
        .execute(&mut raw)
        .await
        .unwrap();
    for table in [
        "account", "post", "author", "comment", "draft", "action", "attempt",
    ] {
        let columns: Vec<String> =
            sqlx::query_scalar("select name from pragma_table_xinfo(?, 'main') where hidden = 0")
                .bind(table)
                .fetch_all(&mut raw)
                .await
                .unwrap();
        let columns = columns.join(", ");
        let copy = format!("insert into main.{table} ({columns}) select {columns} from new.{table}");
        sqlx::query(sqlx::AssertSqlSafe(copy))
            .execute(&mut raw)
            .await
            .unwrap();
    }
    drop(raw);
    let store = storage::Storage::open(&old).await.unwrap();
    assert_eq!(
        store.action_row(action).await.unwrap().state,
        ActionState::Sending
    );
    let attempts = store.attempts_of(comment).await.unwrap();
    assert_eq!(
        attempts.len(),
        1,
        "a request may have left, and that is not forgotten"
    );
    assert!(store.check_integrity().await.unwrap().sqlite_ok);
    store
        .confirm_action(action, Some(&PlatformId::from("r1")), "read back", NOW)
        .await
        .unwrap();
    let mut raw = desk_at(&old).await;
    let orphans: Vec<(String,)> = sqlx::query_as("select \"table\" from pragma_foreign_key_check")
        .fetch_all(&mut raw)
        .await
        .unwrap();
    assert!(orphans.is_empty(), "{orphans:?}");
    let second = sqlx::query(
        "insert into action (account_id, comment_id, target_platform_id, kind, text, normalised_text, state,
                             from_stage, requested_by, created_at, due_at)
         values (1, ?, 'c1', 'reply', 'Again', 'Again', 'held', 'to_review', 'x', 0, 0)",
    )
    .bind(comment.0)
    .execute(&mut raw)
    .await;
    assert!(second.is_err(), "the indexes came along");
    store.close().await;
}

async fn desk_at(file: &std::path::Path) -> sqlx::SqliteConnection {
    use sqlx::ConnectOptions;
    sqlx::sqlite::SqliteConnectOptions::new()
        .filename(file)
        .connect()
        .await
        .unwrap()
}

#[tokio::test]
async fn a_refused_action_about_a_reply_leaves_the_reply_standing() {
    let desk = desk().await;
    let (comment, reply) = desk.answered("c1").await;
    let edit = desk
        .ask(comment, ActionKind::EditReply, Some("It is 79 EUR."), Some(reply))
        .await
        .unwrap();
    desk.store
        .refuse_action(id(&edit), "not there", AfterRefusal::Review, NOW)
        .await
        .unwrap();
    let standing = desk.store.standing_reply(comment).await.unwrap().unwrap();
    assert_eq!(standing.text, "It is 89 EUR.");
    assert_eq!(desk.stage(comment).await, Stage::ToReview);
}
