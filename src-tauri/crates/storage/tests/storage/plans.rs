//! What a list costs, counted in plans and queries and never in time.

use crate::lists::request;
use crate::support::{NOW, desk};
use contract::{ListComments, QueueName, SortOrder};
use domain::Label;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

const COMMENTS: i64 = 100_000;

/// Rows as a busy year leaves them, written straight into the tables.
async fn fill(desk: &crate::support::Desk) {
    let mut raw = desk.raw().await;
    let labels = Label::ALL
        .map(|l| format!("('{}', {})", l.as_str(), l.urgency()))
        .join(", ");
    let comments = format!(
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < {COMMENTS}),
              label (name, urgency) as (values {labels})
         insert into comment (account_id, post_id, platform_id, author_username, text, authorship, stage,
                              published_at, received_at, hidden, primary_label, urgency, trace_id)
         select {account}, {post}, 'g' || i, 'writer' || (i % 5000),
                'is the cream number ' || i || ' still there',
                case when i % 11 = 0 then 'own' else 'person' end,
                case when i % 11 = 0 then 'done'
                     else case i % 9 when 0 then 'to_classify' when 1 then 'to_draft' when 2 then 'to_review'
                                     when 3 then 'snoozed' when 4 then 'escalated' when 5 then 'in_outbox'
                                     when 6 then 'stuck' else 'done' end end,
                {now} - (i * 7919) % {COMMENTS} * 1000, {now}, i % 50 = 0, label.name, label.urgency, 't' || i
         from n join label on label.urgency = n.i % 7",
        account = desk.account.0,
        post = desk.post.0,
        now = NOW.0,
    );
    let actions = format!(
        "insert into action (account_id, comment_id, target_platform_id, kind, text, normalised_text, state,
                             from_stage, requested_by, created_at, due_at)
         select account_id, id, platform_id, 'reply', 'Hi', 'Hi',
                case when stage = 'in_outbox' then case id % 3 when 0 then 'held' when 1 then 'ready' else 'unknown' end
                     else 'confirmed' end,
                'to_review', 'person', {now}, {now} + id
         from comment where authorship = 'person' and stage in ('in_outbox', 'done')",
        now = NOW.0,
    );
    // No `analyze`: the app never runs it, so its plans are made without statistics.
    for sql in [comments, actions] {
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(&mut raw)
            .await
            .unwrap();
    }
}

fn every_list(account: i64) -> Vec<ListComments> {
    let mut lists = Vec::new();
    let queues = [
        QueueName::NeedsReview,
        QueueName::Outbox,
        QueueName::Escalated,
        QueueName::Snoozed,
        QueueName::Stuck,
        QueueName::Done,
        QueueName::Hidden,
        QueueName::All,
    ];
    for queue in queues {
        for account_id in [None, Some(account)] {
            for label in [None, Some("question".to_owned())] {
                for sort in [SortOrder::MostUrgent, SortOrder::Newest, SortOrder::Oldest] {
                    // Nothing sought; many matches; few; too short for the full-text index.
                    for search in [None, Some("cream"), Some("99999"), Some("9")] {
                        lists.push(ListComments {
                            queue,
                            account_id,
                            search: search.map(str::to_owned),
                            label: label.clone(),
                            sort,
                            after: None,
                            limit: 50,
                            fold: false,
                        });
                    }
                }
            }
        }
    }
    lists
}

fn assert_cheap(plan: &[String], what: &str) {
    // A short search looks at the first rows of its queue, which the co-routine hands over.
    let plan: Vec<&str> = plan.iter().map(String::as_str).collect();
    let handed_over = plan.first() == Some(&"CO-ROUTINE c");
    for step in &plan {
        let scans_a_table = ["SCAN c", "SCAN comment", "SCAN a", "SCAN action", "SCAN latest"]
            .iter()
            .filter(|scan| !handed_over || **scan != "SCAN c")
            .any(|scan| step == scan || step.starts_with(&format!("{scan} ")));
        assert!(!scans_a_table, "{what} reads every row: {plan:#?}");
        assert!(
            !step.contains("TEMP B-TREE FOR ORDER BY"),
            "{what} sorts what it found: {plan:#?}"
        );
    }
}

#[tokio::test]
async fn no_list_reads_or_sorts_more_than_its_page_at_100_000_comments() {
    let desk = desk().await;
    fill(&desk).await;
    let lists = every_list(desk.account.0);
    assert_eq!(lists.len(), 8 * 2 * 2 * 3 * 4);
    for mut list in lists {
        let plan = desk.store.explain_list(&list).await.unwrap();
        assert_cheap(&plan, &format!("{list:?}"));
        let page = desk.store.list_comments(&list).await.unwrap();
        if list.search.is_none() {
            assert_eq!(page.rows.len(), 50, "{list:?}");
        }
        if page.next.is_some() {
            list.after = page.next;
            let plan = desk.store.explain_list(&list).await.unwrap();
            assert_cheap(&plan, &format!("a later page of {list:?}"));
        }
    }
    let outbox = desk.store.outbox(NOW).await.unwrap();
    assert!(!outbox.live.is_empty());
}

#[tokio::test]
async fn a_folded_list_reads_no_more_than_its_page() {
    let desk = desk().await;
    fill(&desk).await;
    let mut raw = desk.raw().await;
    let campaigns = format!(
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < 50)
         insert into campaign (id, account_id, started_at) select i, {}, {} from n",
        desk.account.0, NOW.0
    );
    let members = "update comment set campaign_id = id / 27 % 50 + 1
                   where authorship = 'person' and stage = 'to_review' and id / 9 % 3 = 0";
    for sql in [campaigns.as_str(), members] {
        sqlx::query(sqlx::AssertSqlSafe(sql.to_owned()))
            .execute(&mut raw)
            .await
            .unwrap();
    }
    let rows: i64 = sqlx::query_scalar(
        "select sum(campaign_id is null) + count(distinct campaign_id) from comment
         where authorship = 'person' and stage = 'to_review'",
    )
    .fetch_one(&mut raw)
    .await
    .unwrap();
    for account_id in [None, Some(desk.account.0)] {
        for sort in [SortOrder::MostUrgent, SortOrder::Newest, SortOrder::Oldest] {
            let mut list = ListComments {
                account_id,
                sort,
                limit: 200,
                fold: true,
                ..request(QueueName::NeedsReview)
            };
            let mut seen = BTreeSet::new();
            let mut pages = 0;
            loop {
                if pages < 2 {
                    let plan = desk.store.explain_list(&list).await.unwrap();
                    assert_cheap(&plan, &format!("{list:?}"));
                    let one = "SEARCH o USING COVERING INDEX comment_of_campaign (campaign_id=? AND stage=?)";
                    assert!(plan.iter().any(|step| step == one), "{plan:#?}");
                }
                pages += 1;
                let page = desk.store.list_comments(&list).await.unwrap();
                for row in &page.rows {
                    assert!(seen.insert(row.id), "{} came twice in {list:?}", row.id);
                }
                match page.next {
                    Some(next) => list.after = Some(next),
                    None => break,
                }
            }
            assert_eq!(i64::try_from(seen.len()).unwrap(), rows, "{list:?}");
        }
    }
}

#[tokio::test]
async fn what_workers_ask_in_every_round_is_answered_by_its_index_at_100_000_comments() {
    let desk = desk().await;
    fill(&desk).await;
    let checked = checked_statements();
    for (words, indexes) in WORKERS {
        let found: Vec<&String> = checked
            .iter()
            .filter(|sql| one_line(sql).contains(words))
            .collect();
        assert!(!found.is_empty(), "no statement of this crate says \"{words}\"");
        for sql in found {
            // What is not bound is null to SQLite, which changes no plan.
            let explain = sqlx::AssertSqlSafe(format!("explain query plan {sql}"));
            let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain)
                .fetch_all(&mut desk.raw().await)
                .await
                .unwrap();
            let plan: Vec<String> = plan.into_iter().map(|step| step.3).collect();
            for index in indexes {
                assert!(
                    plan.iter()
                        .any(|step| step.ends_with(*index) || step.contains(&format!("{index} "))),
                    "{sql} does not use {index}: {plan:#?}"
                );
            }
            let reads_all = |step: &&String| {
                step.contains("TEMP B-TREE FOR ORDER BY")
                    || step.ends_with("sqlite_autoindex_comment_1 (account_id=?)")
                    || ["SCAN comment", "SCAN c", "SCAN action", "SCAN a", "SCAN d"].contains(&step.as_str())
            };
            assert_eq!(
                plan.iter().find(reads_all),
                None,
                "{sql} looks at everything that is stored: {plan:#?}"
            );
        }
    }
}

/// Words that only a worker's question holds, and the indexes that answer it.
const WORKERS: [(&str, &[&str]); 21] = [
    ("from action a indexed by action_live", &["action_live"]),
    (
        "stage = 'to_classify' and next_attempt_at <= ?2",
        &["comment_to_classify"],
    ),
    (
        "stage = 'to_draft' and next_attempt_at <= ?2",
        &["comment_to_draft"],
    ),
    (
        "as \"unfinished!: i64\"",
        &["comment_to_classify", "comment_to_draft"],
    ),
    (
        "select min(next_attempt_at) as at",
        &[
            "comment_to_classify",
            "comment_to_draft",
            "comment_leased",
            "comment_snooze_over",
            "action_live",
        ],
    ),
    (
        "stage = 'snoozed' and snoozed_until <= ?",
        &["comment_snooze_over"],
    ),
    ("and d.due_at <= ?1", &["action_due", "action_in_flight"]),
    ("where a.state = 'unknown' and a.due_at <= ?", &["action_unknown"]),
    (
        "where comment_id = ? and state in ('held', 'ready', 'sending', 'retry_wait', 'unknown')",
        &["action_of_comment"],
    ),
    (
        "o.state in ('sending', 'unknown') and (o.state = 'sending' or o.due_at <= ?1)",
        &["action_due", "action_in_flight"],
    ),
    (
        "and d.kind = ?3 and d.id <> ?4",
        &["action_due", "action_in_flight"],
    ),
    (
        "as \"to_draft?: i64\"",
        &["comment_to_classify", "comment_to_draft"],
    ),
    (
        "as \"overdue_since?: i64\"",
        &["action_live", "action_in_flight", "action_unknown"],
    ),
    ("activity indexed by activity_troubles", &["activity_troubles"]),
    ("from comment where trace_id = ?", &["comment_by_trace"]),
    (
        "cross join attempt t on t.action_id = a.id",
        &["action_of_comment"],
    ),
    (
        "swept_at is null and import_cursor is not null",
        &["post_to_import"],
    ),
    (
        "and c.history = 1 and c.answered_at is null",
        &["comment_history"],
    ),
    (
        "where state in ('sending', 'unknown') and state = 'sending'",
        &["action_in_flight"],
    ),
    ("from text_mark indexed by", &["text_mark_oldest"]),
    (
        "from comment c indexed by comment_to_relabel",
        &["comment_to_relabel"],
    ),
];

/// The text of every statement that the macros have checked: what runs, not a copy of it.
fn checked_statements() -> Vec<String> {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
    let mut statements = Vec::new();
    for entry in std::fs::read_dir(std::path::Path::new(&here).join(".sqlx")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let described: serde_json::Value = serde_json::from_str(&text).unwrap();
        statements.push(described["query"].as_str().unwrap().to_owned());
    }
    statements
}

fn one_line(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Counts the statements that sqlx reports.
struct Counter(Arc<AtomicUsize>);

impl<S: tracing::Subscriber> Layer<S> for Counter {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}

#[tokio::test]
async fn a_list_needs_at_most_three_queries() {
    let desk = desk().await;
    for n in 0..5 {
        desk.in_review(&format!("c{n}")).await;
    }
    let count = Arc::new(AtomicUsize::new(0));
    tracing_subscriber::registry().with(Counter(count.clone())).init();
    for search in [None, Some("cream"), Some("c")] {
        let list = ListComments {
            search: search.map(str::to_owned),
            ..request(QueueName::NeedsReview)
        };
        // Other tests may run in the same process and add to the count, never take from it.
        let mut fewest = usize::MAX;
        for _ in 0..20 {
            let before = count.load(Ordering::SeqCst);
            desk.store.list_comments(&list).await.unwrap();
            fewest = fewest.min(count.load(Ordering::SeqCst) - before);
        }
        assert!((1..=3).contains(&fewest), "{fewest} queries for {search:?}");
    }
}
