//! People, workers, the platform and the outbox at once, in an order that the dice choose: what has to hold of a
//! comment and its actions holds after every single step.

use crate::lists::Dice;
use crate::support::{Desk, NOW, OWN_ID, classified, comment, desk, drafted, reply};
use domain::{ActionId, ActionKind, ActionState, CommentId, Label, PlatformId, Stage, Timestamp};
use std::collections::{BTreeMap, HashSet};
use storage::{AfterRefusal, Intent, NewAction, NewDraft, NextTry, ReleaseReason, StorageError, Told};

const STEPS: i64 = 4_000;
/// A comment stays in reach of the dice for four times as long.
const ARRIVES_EVERY: i64 = 100;

struct Walk {
    desk: Desk,
    /// Looks at the tables themselves.
    raw: sqlx::SqliteConnection,
    dice: Dice,
    comments: Vec<(CommentId, String)>,
    /// Actions whose comment was answered or edited since they were asked for.
    overtaken: HashSet<ActionId>,
    sent: usize,
    held_back: usize,
    gone: usize,
    /// Held back because a person paused the account.
    paused: usize,
    by_kind: BTreeMap<String, usize>,
}

/// What a listing brought for a comment.
enum Change {
    Nothing,
    Answer,
    Edit,
}

type Stepped = Result<(), StorageError>;

#[tokio::test]
async fn whatever_happens_one_action_carries_a_comment_and_nothing_leaves_that_was_overtaken() {
    let desk = desk().await;
    let mut walk = Walk {
        raw: desk.raw().await,
        desk,
        dice: Dice(0xD1B5_4A32_D192_ED03),
        comments: Vec::new(),
        overtaken: HashSet::new(),
        sent: 0,
        held_back: 0,
        gone: 0,
        paused: 0,
        by_kind: BTreeMap::new(),
    };
    for step in 0..STEPS {
        match walk.step(step).await {
            Ok(())
            | Err(
                StorageError::IllegalStep(_)
                | StorageError::MovedOn
                | StorageError::AlreadyAnswered
                | StorageError::DeletedOnPlatform
                | StorageError::TooLate { .. },
            ) => {}
            Err(other) => panic!("step {step}: {other}"),
        }
        walk.check(step).await;
    }
    assert!(
        walk.sent > 20 && walk.held_back > 0 && walk.gone > 0 && walk.paused > 0,
        "the walk came by what it is about: {} sent, {} held back, {} found gone, {} paused",
        walk.sent,
        walk.held_back,
        walk.gone,
        walk.paused
    );
    println!("sent by kind: {:?}", walk.by_kind);
    for kind in ActionKind::ALL {
        assert!(walk.by_kind.contains_key(kind.as_str()), "no {kind} ever left");
    }
    assert!(walk.desk.store.check_integrity().await.unwrap().activity_ok);
}

impl Walk {
    async fn step(&mut self, step: i64) -> Stepped {
        if step % ARRIVES_EVERY == 0 {
            let id = format!("c{step}");
            let new = self.desk.arrived(&id, "How much is the cream?").await;
            self.comments.push((new, id));
            return Ok(());
        }
        let recent = self.comments.len().min(4) as u64;
        let back = usize::try_from(self.dice.below(recent)).unwrap();
        let (id, platform_id) = self.comments[self.comments.len() - 1 - back].clone();
        let action = self.newest_action(id).await;
        match (self.dice.below(10), action) {
            (0..5, Some((action, state))) if !state.is_terminal() => {
                self.outbox_goes_on(action, state, &platform_id).await
            }
            (0..3, _) => self.worker_goes_on(id).await,
            (3..7, _) => self.person_acts(id, step).await,
            (_, action) => self.platform_changes(id, &platform_id, action, step).await,
        }
    }

    async fn newest_action(&mut self, id: CommentId) -> Option<(ActionId, ActionState)> {
        let row: Option<(i64, String)> =
            sqlx::query_as("select id, state from action where comment_id = ? order by id desc limit 1")
                .bind(id.0)
                .fetch_optional(&mut self.raw)
                .await
                .unwrap();
        row.map(|(id, state)| (ActionId(id), state.parse().unwrap()))
    }

    async fn outbox_goes_on(&mut self, action: ActionId, state: ActionState, platform_id: &str) -> Stepped {
        let store = &self.desk.store;
        match (state, self.dice.below(4)) {
            (ActionState::Held | ActionState::RetryWait, _) => store.release_hold(action, NOW).await,
            (ActionState::Ready, 0) => {
                // The look before sending finds that the comment is gone.
                let gone = [PlatformId::from(platform_id)];
                store.mark_deleted(self.desk.account, &gone, NOW).await?;
                let refused = store
                    .refuse_action(action, "deleted on the platform", AfterRefusal::Done, NOW)
                    .await;
                let undoable: i64 = sqlx::query_scalar(
                    "select count(*) from action a join comment c on c.id = a.comment_id
                     where c.platform_id = ? and a.state in ('held', 'ready', 'retry_wait')",
                )
                .bind(platform_id)
                .fetch_one(&mut self.raw)
                .await
                .unwrap();
                assert_eq!(undoable, 0, "nothing is left that would be looked at for ever");
                self.gone += 1;
                refused
            }
            (ActionState::Ready, _) => match store.commit_intent(action, NOW).await? {
                Intent::Committed(_) => {
                    assert!(
                        !self.overtaken.contains(&action),
                        "action {action} leaves although its comment was answered or edited"
                    );
                    self.sent += 1;
                    let kind = store.action_row(action).await?.kind.to_string();
                    *self.by_kind.entry(kind).or_default() += 1;
                    Ok(())
                }
                Intent::AccountPaused => {
                    self.paused += 1;
                    Ok(())
                }
                _ => {
                    self.held_back += 1;
                    let after = match self.dice.below(2) {
                        0 => AfterRefusal::Review,
                        _ => AfterRefusal::Done,
                    };
                    store.refuse_action(action, "overtaken", after, NOW).await
                }
            },
            (ActionState::Sending, 0) => store.lose_outcome(action, "time-out", NOW, NOW).await,
            (ActionState::Sending, 1) => store.retry_action(action, "limited", NOW, NOW).await,
            (ActionState::Sending, 2) => {
                let id = PlatformId(format!("r{action}"));
                store.confirm_action(action, Some(&id), "accepted", NOW).await
            }
            (ActionState::Unknown, 0) => store.postpone_check(action, "unreachable", NOW, NOW).await,
            (ActionState::Unknown, 1) => {
                let id = PlatformId(format!("r{action}"));
                store.confirm_action(action, Some(&id), "read back", NOW).await
            }
            (ActionState::Unknown, 2) => {
                let told = match self.dice.below(2) {
                    0 => Told::Posted,
                    _ => Told::GivenUp,
                };
                store.tell_outcome(action, told, NOW).await
            }
            (ActionState::Unknown, _) => store.not_on_platform(action, NOW).await,
            _ => store.fail_action(action, "no", NOW).await,
        }
    }

    async fn worker_goes_on(&mut self, id: CommentId) -> Stepped {
        let store = &self.desk.store;
        let version = self.desk.version(id).await;
        match self.desk.stage(id).await {
            Stage::ToClassify => {
                let labels = classified(Label::Question, 0.9);
                store.save_classification(id, version, &labels, NOW).await
            }
            Stage::ToDraft if self.dice.below(8) == 0 => {
                let reason = ReleaseReason {
                    error: "the model is down".to_owned(),
                    next: NextTry::GiveUp,
                };
                store.release(id, version, reason, NOW).await
            }
            Stage::ToDraft => {
                let draft = NewDraft {
                    outcome: &drafted("Hi! It is 89 EUR.", vec![]),
                    facts: &[],
                    now: NOW,
                };
                store.save_draft(id, version, draft).await
            }
            _ => store.wake_snoozed(Timestamp(NOW.0 + 10_000)).await.map(drop),
        }
    }

    async fn person_acts(&mut self, id: CommentId, step: i64) -> Stepped {
        let store = &self.desk.store;
        let version = self.desk.version(id).await;
        let soon = Timestamp(NOW.0 + 1 + step);
        match self.dice.below(20) {
            0 => store.dismiss(id, version, NOW).await,
            1 => store.escalate(id, version, NOW).await,
            2 => store.snooze(id, version, soon, NOW).await,
            3 => store.return_to_review(id, version, NOW).await,
            4 => store.retry_stuck(id, version, NOW).await,
            5 => store.undo_last(NOW).await.map(drop),
            6..9 => {
                let kinds = [
                    ActionKind::Hide,
                    ActionKind::Unhide,
                    ActionKind::Delete,
                    ActionKind::Ban,
                ];
                let kind = kinds[usize::try_from(self.dice.below(4)).unwrap()];
                let asked = self.desk.action(id, version, kind, None);
                store.queue_action(asked).await.map(drop)
            }
            9 => {
                let asked = self.desk.action(
                    id,
                    version,
                    ActionKind::PrivateReply,
                    Some("Hi, just between us!"),
                );
                store.queue_action(asked).await.map(drop)
            }
            10..15 => {
                let Some(standing) = store.standing_reply(id).await? else {
                    return Ok(());
                };
                let (kind, text) = match self.dice.below(3) {
                    0 => (ActionKind::Reply, Some("Better words")),
                    1 => (ActionKind::EditReply, Some("Edited words")),
                    _ => (ActionKind::DeleteReply, None),
                };
                let asked = NewAction {
                    reply: Some(standing.id),
                    ..self.desk.action(id, version, kind, text)
                };
                store.queue_action(asked).await.map(drop)
            }
            15 => {
                let paused = self.dice.below(4) == 0;
                store.set_account_paused(self.desk.account, paused, NOW).await
            }
            _ => {
                let reply = self.desk.action(id, version, ActionKind::Reply, Some("Hi!"));
                store.queue_action(reply).await.map(drop)
            }
        }
    }

    async fn platform_changes(
        &mut self,
        id: CommentId,
        platform_id: &str,
        action: Option<(ActionId, ActionState)>,
        step: i64,
    ) -> Stepped {
        let author = format!("author-{platform_id}");
        let (listed, change) = match self.dice.below(8) {
            0 => {
                let gone = [PlatformId::from(platform_id)];
                let store = &self.desk.store;
                return store.mark_deleted(self.desk.account, &gone, NOW).await.map(drop);
            }
            1..4 => {
                let text = self.desk.store.comment_row(id).await?.text;
                (comment(platform_id, &author, &text, 0), Change::Nothing)
            }
            4 | 5 => {
                let answer = format!("o{step}");
                let text = format!("answered in step {step}");
                let answer = reply(&answer, platform_id, OWN_ID, &text, 1_440 + step);
                (answer, Change::Answer)
            }
            _ => {
                let text = format!("edited in step {step}");
                (comment(platform_id, &author, &text, 0), Change::Edit)
            }
        };
        self.desk.take(vec![listed]).await;
        if let Some((action, state)) = action
            && !state.is_terminal()
            && self.overtakes(change, action).await
        {
            self.overtaken.insert(action);
        }
        Ok(())
    }

    async fn overtakes(&mut self, change: Change, action: ActionId) -> bool {
        // To what is gone no answer counts; the look before sending ends its action anyway.
        let (answerable, of_the_words): (i64, i64) = sqlx::query_as(
            "select a.kind = 'reply' and c.deleted_at is null, a.kind <> 'delete_reply'
             from action a join comment c on c.id = a.comment_id where a.id = ?",
        )
        .bind(action.0)
        .fetch_one(&mut self.raw)
        .await
        .unwrap();
        match change {
            Change::Nothing => false,
            Change::Answer => answerable == 1,
            // A reply of ours is taken away whatever the comment says by now.
            Change::Edit => of_the_words == 1,
        }
    }

    async fn check(&mut self, step: i64) {
        let astray: Vec<(i64, String, i64)> = sqlx::query_as(
            "select * from (
                 select c.id, c.stage, (select count(*) from action a where a.comment_id = c.id
                                        and a.state in ('held', 'ready', 'sending', 'retry_wait', 'unknown')) as live
                 from comment c where c.authorship = 'person')
             where live > 1 or (stage = 'in_outbox') <> (live = 1)",
        )
        .fetch_all(&mut self.raw)
        .await
        .unwrap();
        assert!(
            astray.is_empty(),
            "after step {step}: comment, stage and live actions: {astray:?}"
        );
        let doubled: Vec<(i64, i64, i64)> = sqlx::query_as(
            "select * from (
                 select comment_id, sum(kind = 'reply' and reply_action_id is null) as replies,
                        sum(kind = 'private_reply') as private
                 from action
                 where withdrawn_at is null and state not in ('failed', 'cancelled') group by comment_id)
             where replies > 1 or private > 1",
        )
        .fetch_all(&mut self.raw)
        .await
        .unwrap();
        assert!(
            doubled.is_empty(),
            "after step {step}: comment, replies, private replies: {doubled:?}"
        );
        let taken_too_early: i64 = sqlx::query_scalar(
            "select count(*) from action d
             join action old on old.id = d.reply_action_id
             join action new on new.reply_action_id = old.id and new.kind = 'reply'
             where d.kind = 'delete_reply' and d.state in ('sending', 'unknown')
               and new.state in ('held', 'ready', 'sending', 'retry_wait', 'unknown')",
        )
        .fetch_one(&mut self.raw)
        .await
        .unwrap();
        assert_eq!(
            taken_too_early, 0,
            "after step {step}: an old reply goes before the new one is confirmed"
        );
    }
}
