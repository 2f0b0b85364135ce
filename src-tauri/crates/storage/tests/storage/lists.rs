use crate::support::{Desk, NOW, OWN_ID, comment, desk};
use contract::{ListComments, QueueCounts, QueueName, SortOrder};
use domain::ports::Element;
use domain::{ActionKind, CommentId, Label, PlatformId, Timestamp};
use std::collections::BTreeSet;
use storage::StorageError;

pub fn request(queue: QueueName) -> ListComments {
    ListComments {
        queue,
        account_id: None,
        search: None,
        label: None,
        sort: SortOrder::Newest,
        after: None,
        limit: 3,
        fold: false,
    }
}

/// Every row of the list, page by page.
async fn all(desk: &Desk, mut request: ListComments) -> Vec<CommentId> {
    let mut ids = Vec::new();
    loop {
        let page = desk.store.list_comments(&request).await.unwrap();
        assert!(page.rows.len() <= request.limit as usize);
        ids.extend(page.rows.iter().map(|row| CommentId(row.id)));
        match page.next {
            Some(next) => request.after = Some(next),
            None => return ids,
        }
    }
}

const LABELS: [Label; 3] = [Label::Complaint, Label::Question, Label::Praise];

/// Thirty comments in review, three labels in turn, two of each minute; one of each author.
async fn thirty() -> (Desk, Vec<CommentId>) {
    let desk = desk().await;
    let batch = (0..30).map(|n| {
        comment(
            &format!("c{n}"),
            &format!("person{n}"),
            &format!("words number {n}"),
            n / 2,
        )
    });
    let ids = desk.take(batch.collect()).await.new;
    for id in &ids {
        let n: usize = row_text(&desk, *id)
            .await
            .rsplit(' ')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        desk.classify(*id, LABELS[n % 3]).await;
        let draft = storage::NewDraft {
            outcome: &crate::support::drafted("Hi!", vec![]),
            facts: &[],
            now: NOW,
        };
        desk.store
            .save_draft(*id, desk.version(*id).await, draft)
            .await
            .unwrap();
    }
    (desk, ids)
}

async fn row_text(desk: &Desk, id: CommentId) -> String {
    desk.store.comment_row(id).await.unwrap().text
}

#[tokio::test]
async fn pages_cover_a_queue_once_in_every_order() {
    let (desk, ids) = thirty().await;
    for queue in [QueueName::NeedsReview, QueueName::All] {
        for account in [None, Some(desk.account.0)] {
            let list = |sort| ListComments {
                account_id: account,
                sort,
                ..request(queue)
            };
            let newest = all(&desk, list(SortOrder::Newest)).await;
            assert_eq!(
                newest.iter().copied().collect::<BTreeSet<_>>(),
                ids.iter().copied().collect()
            );
            assert_eq!(newest.len(), 30, "none twice");
            let mut oldest = all(&desk, list(SortOrder::Oldest)).await;
            oldest.reverse();
            assert_eq!(oldest, newest);
            let mut keys = Vec::new();
            for id in all(&desk, list(SortOrder::MostUrgent)).await {
                let row = desk.store.comment_row(id).await.unwrap();
                let label: Label = row.labels[0].label.parse().unwrap();
                keys.push((label.urgency(), -row.published_at));
            }
            assert_eq!(keys.len(), 30);
            assert!(
                keys.is_sorted(),
                "complaints first, and the newest of them: {keys:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_label_narrows_the_list_in_every_order() {
    let (desk, _) = thirty().await;
    for label in LABELS {
        let list = |sort| ListComments {
            label: Some(label.as_str().to_owned()),
            sort,
            ..request(QueueName::NeedsReview)
        };
        let newest = all(&desk, list(SortOrder::Newest)).await;
        assert_eq!(newest.len(), 10, "{label}");
        for id in &newest {
            assert_eq!(
                desk.store.comment_row(*id).await.unwrap().labels[0].label,
                label.as_str()
            );
        }
        assert_eq!(
            all(&desk, list(SortOrder::MostUrgent)).await,
            newest,
            "one label is one urgency"
        );
        let oldest = all(&desk, list(SortOrder::Oldest)).await;
        let mut times = Vec::new();
        for id in &oldest {
            times.push(desk.store.comment_row(*id).await.unwrap().published_at);
        }
        assert_eq!(times.len(), 10);
        assert!(times.is_sorted());
    }
}

#[tokio::test]
async fn a_search_finds_words_and_authors_in_any_script() {
    let desk = desk().await;
    let texts = [
        "Сколько стоит крем?",
        "how much is the CREAM",
        "кремы хорошие",
        "100% off_now",
        "про",
    ];
    let batch: Vec<_> = (0..)
        .zip(texts)
        .map(|(n, text)| comment(&format!("c{n}"), &format!("writer{n}"), text, n))
        .collect();
    desk.take(batch).await;
    for (search, expected) in [
        ("крем", vec![2, 0]),
        ("Крем", vec![2, 0]),
        ("cream", vec![1]),
        ("much cream", vec![1]),
        ("writer3", vec![3]),
        ("0%", vec![3]),
        ("пр", vec![4]),
        ("f_", vec![3]),
        ("\"quo\" OR *", vec![]),
        ("nothing", vec![]),
        ("  ", vec![4, 3, 2, 1, 0]),
    ] {
        let list = ListComments {
            search: Some(search.to_owned()),
            limit: 1,
            ..request(QueueName::All)
        };
        let found: Vec<_> = if matches!(search, "0%" | "пр" | "f_") {
            let list = ListComments { limit: 50, ..list };
            desk.store
                .list_comments(&list)
                .await
                .unwrap()
                .rows
                .iter()
                .map(|row| row.id - 1)
                .collect()
        } else {
            all(&desk, list).await.into_iter().map(|id| id.0 - 1).collect()
        };
        assert_eq!(found, expected, "{search:?}");
    }
}

#[tokio::test]
async fn a_search_with_many_matches_pages_like_one_with_few() {
    let desk = desk().await;
    let batch = (0..700).map(|n| {
        comment(
            &format!("c{n}"),
            "a",
            &format!("the cream number {n:04}"),
            (n * 37) % 700,
        )
    });
    desk.take(batch.collect()).await;
    for sort in [SortOrder::Newest, SortOrder::Oldest, SortOrder::MostUrgent] {
        let list = |search: &str| ListComments {
            search: Some(search.to_owned()),
            sort,
            limit: 90,
            ..request(QueueName::All)
        };
        let everything = all(
            &desk,
            ListComments {
                search: None,
                ..list("")
            },
        )
        .await;
        assert_eq!(all(&desk, list("cream")).await, everything, "all match");
        let mut expected = Vec::new();
        for id in everything {
            if row_text(&desk, id).await.contains("003") {
                expected.push(id);
            }
        }
        assert_eq!(expected.len(), 11);
        assert_eq!(all(&desk, list("cream 003")).await, expected, "in the same order");
    }
}

#[tokio::test]
async fn each_queue_holds_its_stage_and_nothing_of_our_own() {
    let (desk, ids) = thirty().await;
    desk.take(vec![comment("own", OWN_ID, "ours", 99)]).await;
    let soon = Timestamp(NOW.0 + 60_000);
    desk.store
        .dismiss(ids[0], desk.version(ids[0]).await, NOW)
        .await
        .unwrap();
    desk.store
        .snooze(ids[1], desk.version(ids[1]).await, soon, NOW)
        .await
        .unwrap();
    desk.store
        .escalate(ids[2], desk.version(ids[2]).await, NOW)
        .await
        .unwrap();
    desk.approve(ids[3], "Hi!").await;
    let hide = desk
        .store
        .queue_action(desk.action(ids[4], desk.version(ids[4]).await, ActionKind::Hide, None))
        .await;
    let hide = domain::ActionId(hide.unwrap().id);
    desk.store.release_hold(hide, NOW).await.unwrap();
    desk.store.commit_intent(hide, NOW).await.unwrap();
    desk.store
        .confirm_action(hide, None, "read back", NOW)
        .await
        .unwrap();
    for (queue, expected) in [
        (QueueName::Done, vec![ids[4], ids[0]]),
        (QueueName::Snoozed, vec![ids[1]]),
        (QueueName::Escalated, vec![ids[2]]),
        (QueueName::Outbox, vec![ids[3]]),
        (QueueName::Hidden, vec![ids[4]]),
        (QueueName::Stuck, vec![]),
    ] {
        assert_eq!(all(&desk, request(queue)).await, expected, "{queue:?}");
    }
    let outbox = desk
        .store
        .list_comments(&request(QueueName::Outbox))
        .await
        .unwrap();
    assert_eq!(outbox.rows[0].action.as_ref().unwrap().state, "held");
    assert_eq!(all(&desk, request(QueueName::All)).await.len(), 30);
    let counts = desk.store.overview().await.unwrap().counts;
    assert_eq!(
        (counts.needs_review, counts.done, counts.hidden, counts.all),
        (25, 2, 1, 30)
    );
}

#[tokio::test]
async fn a_cursor_of_another_list_and_a_label_that_is_none_are_refused() {
    let (desk, _) = thirty().await;
    let next = desk
        .store
        .list_comments(&request(QueueName::All))
        .await
        .unwrap()
        .next;
    for (after, label) in [
        (next, None),
        (Some("nonsense".to_owned()), None),
        (None, Some("anger".to_owned())),
    ] {
        let list = ListComments {
            sort: SortOrder::Oldest,
            after,
            label,
            ..request(QueueName::All)
        };
        let refused = desk.store.list_comments(&list).await;
        assert!(matches!(refused, Err(StorageError::IllegalStep(_))), "{list:?}");
    }
}

#[tokio::test]
async fn status_and_export_tell_the_same_story() {
    let (desk, ids) = thirty().await;
    let action = desk.sending(ids[0], "It is 89 EUR.").await;
    desk.store
        .confirm_action(action, Some(&PlatformId::from("r1")), "accepted", NOW)
        .await
        .unwrap();
    let status = desk.store.status().await.unwrap();
    assert_eq!((status.comments, status.drafts, status.stuck), (30, 30, 0));
    assert_eq!(status.by_stage.get("to_review"), Some(&29));
    assert_eq!(status.by_label.get("complaint"), Some(&10));
    assert_eq!(status.actions.get("confirmed"), Some(&1));
    let mut exported = Vec::new();
    loop {
        let after = exported.last().map_or(0, |row: &storage::ExportRow| row.id);
        let page = desk.store.export_comments(after, 7).await.unwrap();
        if page.is_empty() {
            break;
        }
        exported.extend(page);
    }
    assert_eq!(exported.len(), 30);
    assert_eq!(exported[0].reply.as_deref(), Some("It is 89 EUR."));
    assert_eq!(exported[1].reply, None);
    assert_eq!(
        (exported[1].post.as_str(), exported[1].account.as_str()),
        ("p1", "juniper")
    );
    assert_eq!(exported[0].labels.len(), 1);
}

/// Xorshift: the same steps in every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

const COPIED: &str = "Earn 3,000 a week from home, write me today, only serious people";

/// Campaigns whose counts are not those of a direct count, and the size of the largest.
const CAMPAIGNS: &str = "
    select coalesce(sum(k.comments <> (select count(*) from comment c where c.campaign_id = k.id)
                        or k.waiting <> (select count(*) from comment c
                                         where c.campaign_id = k.id and c.stage = 'to_review')), 0),
           coalesce(max(k.comments), 0)
    from campaign k";

#[tokio::test]
async fn the_side_bars_counts_are_those_of_a_direct_count_after_anything() {
    let desk = desk().await;
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut ids: Vec<CommentId> = Vec::new();
    let mut acted = 0;
    let mut raw = desk.raw().await;
    let mut largest = 0;
    for step in 0..400 {
        if step % 4 == 0 {
            let mut new = comment(
                &format!("c{step}"),
                &format!("a{}", dice.below(9)),
                if dice.below(2) == 0 { COPIED } else { "hello there" },
                step,
            );
            new.hidden = Some(dice.below(5) == 0);
            new.flagged_own = dice.below(6) == 0;
            let new = desk.take(vec![new]).await.new;
            desk.store.group_alike(&new, &[], NOW).await.unwrap();
            ids.extend(new);
            continue;
        }
        let Some(&id) = ids.get(usize::try_from(dice.below(ids.len().max(1) as u64)).unwrap()) else {
            continue;
        };
        let version = desk.version(id).await;
        let platform_id = desk.store.export_comments(id.0 - 1, 1).await.unwrap()[0]
            .platform_id
            .clone();
        let soon = Timestamp(NOW.0 + 1 + step);
        let outcome = match dice.below(11) {
            0 => desk.store.dismiss(id, version, NOW).await,
            1 => desk.store.escalate(id, version, NOW).await,
            2 => desk.store.snooze(id, version, soon, NOW).await,
            3 => desk.store.undo_last(NOW).await.map(drop),
            4 => desk
                .store
                .queue_action(desk.action(id, version, ActionKind::Reply, Some("Hi")))
                .await
                .map(drop),
            5 => desk
                .store
                .mark_deleted(desk.account, &[PlatformId(platform_id)], NOW)
                .await
                .map(drop),
            6 => {
                let mut again = comment(&platform_id, "a1", &format!("edited {step}"), 0);
                again.hidden = Some(dice.below(2) == 0);
                let batch = vec![Element::Read(again)];
                desk.store
                    .store_comments(desk.account, desk.post, batch, NOW)
                    .await
                    .map(drop)
            }
            7 => desk.store.wake_snoozed(soon).await.map(drop),
            8 => desk.store.reopen(id, version, NOW).await,
            _ => {
                let label = Label::ALL[usize::try_from(dice.below(7)).unwrap()];
                let classification = crate::support::classified(label, 0.8);
                desk.store.group_alike(&[id], &[], NOW).await.unwrap();
                desk.store
                    .save_classification(id, version, &classification, NOW)
                    .await
            }
        };
        match outcome {
            Ok(()) => acted += 1,
            Err(StorageError::IllegalStep(_) | StorageError::MovedOn | StorageError::AlreadyAnswered) => {}
            Err(StorageError::TooLate { .. } | StorageError::DeletedOnPlatform) => {}
            Err(other) => panic!("step {step}: {other}"),
        }
        assert_eq!(
            desk.store.overview().await.unwrap().counts,
            counted(&desk).await,
            "after step {step}"
        );
        let (astray, most): (i64, i64) = sqlx::query_as(CAMPAIGNS).fetch_one(&mut raw).await.unwrap();
        assert_eq!(astray, 0, "campaigns miscounted after step {step}");
        largest = largest.max(most);
    }
    assert!(acted > 100, "the walk really walked: {acted}");
    assert!(largest > 10, "copies were one campaign: {largest}");
    assert!(desk.store.check_integrity().await.unwrap().activity_ok);
}

async fn counted(desk: &Desk) -> QueueCounts {
    let mut raw = desk.raw().await;
    let mut count = async |condition: &str| -> i64 {
        sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
            "select count(*) from comment where authorship = 'person' and {condition}"
        )))
        .fetch_one(&mut raw)
        .await
        .unwrap()
    };
    QueueCounts {
        needs_review: count("stage = 'to_review'").await,
        outbox: count("stage = 'in_outbox'").await,
        escalated: count("stage = 'escalated'").await,
        snoozed: count("stage = 'snoozed'").await,
        stuck: count("stage = 'stuck'").await,
        done: count("stage = 'done'").await,
        hidden: count("hidden = 1").await,
        all: count("true").await,
        in_work: count("stage in ('to_classify', 'to_draft')").await,
        quarantined: 0,
    }
}
