//! What a list costs, counted in plans and queries and never in time.

use crate::lists::request;
use crate::support::{NOW, desk};
use contract::{ListComments, QueueName, SortOrder};
use domain::Label;
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
    for sql in [comments, actions, "analyze".to_owned()] {
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
    for (sql, index) in WORKERS {
        let explain = sqlx::AssertSqlSafe(format!("explain query plan {sql}"));
        let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain)
            .fetch_all(&mut desk.raw().await)
            .await
            .unwrap();
        let plan: Vec<String> = plan.into_iter().map(|step| step.3).collect();
        assert!(
            plan.iter().any(|step| step.contains(index)),
            "{sql} does not use {index}: {plan:#?}"
        );
        assert!(
            !plan.iter().any(|step| step.contains("TEMP B-TREE")),
            "{sql}: {plan:#?}"
        );
    }
}

/// What the workers ask in every round, beside the lists, and the index that answers it.
const WORKERS: [(&str, &str); 10] = [
    (
        "select a.id from action a indexed by action_live
         where a.state in ('held', 'ready', 'sending', 'retry_wait', 'unknown') order by a.due_at, a.id limit 1000",
        "action_live",
    ),
    (
        "select id from comment where stage = 'to_classify' and next_attempt_at <= 1 and lease_until <= 1
           and account_id in (select id from account where mode <> 'off')
         order by next_attempt_at, lease_until, id limit 10",
        "USING COVERING INDEX comment_to_classify",
    ),
    (
        "select id from comment where stage = 'to_draft' and next_attempt_at <= 1 and lease_until <= 1
           and account_id in (select id from account where mode <> 'off')
         order by next_attempt_at, lease_until, id limit 10",
        "USING COVERING INDEX comment_to_draft",
    ),
    ("select min(next_attempt_at) from comment where stage = 'to_draft' and next_attempt_at > 1", "comment_to_draft"),
    ("select id from comment where stage = 'snoozed' and snoozed_until <= 1", "comment_snooze_over"),
    ("select min(lease_until) from comment where lease_until > 0 and lease_until > 1", "comment_leased"),
    (
        "select d.id from action d where d.account_id = 1 and d.state in ('held', 'ready', 'retry_wait')
           and d.due_at <= 1 order by d.due_at, d.id limit 1",
        "action_due",
    ),
    (
        "select id from action where comment_id = 1
           and state in ('held', 'ready', 'sending', 'retry_wait', 'unknown') order by id desc limit 1",
        "action_of_comment",
    ),
    (
        "select id from action where state in ('sending', 'unknown') and state = 'sending'",
        "action_in_flight",
    ),
    (
        "select id from action where state = 'unknown' and due_at <= 1 order by due_at, id limit 10",
        "action_unknown",
    ),
];

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
