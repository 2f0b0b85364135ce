//! The queues, page by page. Each combination of queue, account, label and order walks one index from where the
//! page before ended, so a page costs the same whatever lies behind it.

use crate::convert::to_json;
use crate::pool::Result;
use crate::rows::{COLUMNS, JOINS, RowRecord};
use crate::{Storage, StorageError};
use contract::{CommentPage, CommentRow, ListComments, QueueName, SortOrder};
use domain::{CommentId, Label, Stage};
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, AssertSqlSafe, Row};

/// Above so many matches of a search, walking the queue finds a page sooner than reading every match.
const FEW_MATCHES: usize = 512;
/// One or two characters cannot be sought by trigram; so many comments of the queue are looked at.
const LOOKED_AT: i64 = 5_000;
/// Width of one urgency in `comment.urgent_first`; see the schema.
const URGENCY_STEP: i64 = 100_000_000_000_000;
/// Of a query's trigrams, the shortest text that has one.
const TRIGRAM: usize = 3;
/// Of a campaign that waits, the most urgent and of these the first come: copies that arrive move no row.
const ONE_OF_CAMPAIGN: &str = " and (c.campaign_id is null or c.id =
    (select o.id from comment o indexed by comment_of_campaign
     where o.campaign_id = c.campaign_id and o.stage = 'to_review' order by o.urgency, o.id limit 1))";

/// How a search narrows the list.
#[derive(Debug, Clone)]
enum Matching {
    Everything,
    /// These, found by the full-text index already.
    Few(Vec<i64>),
    /// Whatever the full-text index gives for this query.
    Many(String),
    /// Author or text holds one or two characters.
    Short(String),
}

/// Which key orders the list, and which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Urgent,
    /// Within one label, the reverse of `Urgent` is "oldest first".
    UrgentReversed,
    Newest,
    Oldest,
}

impl Order {
    fn of(request: &ListComments) -> Self {
        match (request.sort, request.label.is_some()) {
            (SortOrder::Oldest, true) => Self::UrgentReversed,
            (_, true) | (SortOrder::MostUrgent, false) => Self::Urgent,
            (SortOrder::Newest, false) => Self::Newest,
            (SortOrder::Oldest, false) => Self::Oldest,
        }
    }

    fn letter(self) -> char {
        match self {
            Self::Urgent => 'u',
            Self::UrgentReversed => 'r',
            Self::Newest => 'n',
            Self::Oldest => 'o',
        }
    }

    fn column(self) -> &'static str {
        match self {
            Self::Urgent | Self::UrgentReversed => "urgent_first",
            Self::Newest | Self::Oldest => "published_at",
        }
    }

    fn ascends(self) -> bool {
        matches!(self, Self::Urgent | Self::Oldest)
    }

    fn key(self, row: &RowRecord) -> (i64, i64) {
        match self {
            Self::Urgent | Self::UrgentReversed => (row.urgent_first, row.id),
            Self::Newest | Self::Oldest => (row.published_at, row.id),
        }
    }
}

/// One page's query, all values bound.
struct PageQuery {
    sql: String,
    arguments: SqliteArguments,
}

impl Storage {
    /// At most three queries: for a search, what matches; then the page.
    pub async fn list_comments(&self, request: &ListComments) -> Result<CommentPage> {
        let order = Order::of(request);
        let matching = self.matching(request).await?;
        let page = usize::try_from(request.limit.clamp(1, 200)).unwrap_or(200);
        let query = page_query(request, order, &matching)?;
        let mut records: Vec<RowRecord> = sqlx::query_as_with(AssertSqlSafe(query.sql), query.arguments)
            .fetch_all(&self.readers)
            .await?;
        if matches!(matching, Matching::Few(_)) {
            records.sort_by_key(|record| order.key(record));
            if !order.ascends() {
                records.reverse();
            }
        }
        let more = records.len() > page;
        records.truncate(page);
        let next = match records.last() {
            Some(last) if more => {
                let (key, id) = order.key(last);
                Some(format!("{}{key}.{id}", order.letter()))
            }
            _ => None,
        };
        let rows = records
            .into_iter()
            .map(RowRecord::row)
            .collect::<Result<Vec<_>>>()?;
        Ok(CommentPage { rows, next })
    }

    pub async fn comment_row(&self, id: CommentId) -> Result<CommentRow> {
        let record: RowRecord = sqlx::query_as(AssertSqlSafe(format!(
            "select {COLUMNS} from comment c {JOINS} where c.id = ?"
        )))
        .bind(id.0)
        .fetch_one(&self.readers)
        .await?;
        record.row()
    }

    /// SQLite's plan of the queries behind [`Storage::list_comments`], for diagnosis.
    pub async fn explain_list(&self, request: &ListComments) -> Result<Vec<String>> {
        let order = Order::of(request);
        let matching = self.matching(request).await?;
        let query = page_query(request, order, &matching)?;
        let sql = format!("explain query plan {}", query.sql);
        let steps = sqlx::query_with(AssertSqlSafe(sql), query.arguments)
            .fetch_all(&self.readers)
            .await?;
        Ok(steps
            .iter()
            .map(|step| step.try_get::<String, _>("detail"))
            .collect::<Result<_, sqlx::Error>>()?)
    }

    async fn matching(&self, request: &ListComments) -> Result<Matching> {
        let words: Vec<&str> = request
            .search
            .as_deref()
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        let sought: Vec<String> = words
            .iter()
            .filter(|word| word.chars().count() >= TRIGRAM)
            .map(|word| format!("\"{}\"", word.replace('"', "\"\"")))
            .collect();
        if sought.is_empty() {
            return Ok(match words.first() {
                None => Matching::Everything,
                Some(_) => Matching::Short(words.join(" ")),
            });
        }
        let expression = sought.join(" ");
        let most = i64::try_from(FEW_MATCHES + 1).unwrap_or(i64::MAX);
        let ids: Vec<i64> =
            sqlx::query_scalar("select rowid from comment_text where comment_text match ? limit ?")
                .bind(&expression)
                .bind(most)
                .fetch_all(&self.readers)
                .await?;
        Ok(if ids.len() > FEW_MATCHES {
            Matching::Many(expression)
        } else {
            Matching::Few(ids)
        })
    }
}

fn stage_of(queue: QueueName) -> Option<Stage> {
    match queue {
        QueueName::NeedsReview => Some(Stage::ToReview),
        QueueName::Outbox => Some(Stage::InOutbox),
        QueueName::Escalated => Some(Stage::Escalated),
        QueueName::Snoozed => Some(Stage::Snoozed),
        QueueName::Stuck => Some(Stage::Stuck),
        QueueName::Done => Some(Stage::Done),
        QueueName::Hidden | QueueName::All => None,
    }
}

fn folds(request: &ListComments) -> bool {
    request.fold && request.queue == QueueName::NeedsReview && request.label.is_none()
}

fn index_of(queue: QueueName, of_account: bool, order: Order) -> &'static str {
    let urgent = order.column() == "urgent_first";
    match (queue, of_account, urgent) {
        // Few enough that an account's are picked out of all.
        (QueueName::Hidden, _, true) => "comment_hidden_urgent",
        (QueueName::Hidden, _, false) => "comment_hidden_newest",
        (QueueName::All, false, true) => "comment_urgent",
        (QueueName::All, false, false) => "comment_newest",
        (QueueName::All, true, true) => "comment_urgent_of_account",
        (QueueName::All, true, false) => "comment_newest_of_account",
        (_, false, true) => "comment_stage_urgent",
        (_, false, false) => "comment_stage_newest",
        (_, true, true) => "comment_stage_urgent_of_account",
        (_, true, false) => "comment_stage_newest_of_account",
    }
}

/// Only fixed words go into the text; every value is bound.
fn page_query(request: &ListComments, order: Order, matching: &Matching) -> Result<PageQuery> {
    let mut arguments = SqliteArguments::default();
    let mut bind = |value: i64| {
        arguments
            .add(value)
            .map_err(|e| StorageError::Failed(sqlx::Error::Encode(e)))
    };
    let (column, ascends) = (order.column(), order.ascends());
    let mut conditions = String::from("c.authorship = 'person'");
    if let Some(stage) = stage_of(request.queue) {
        conditions.push_str(&format!(" and c.stage = '{}'", stage.as_str()));
    }
    if request.queue == QueueName::Hidden {
        conditions.push_str(" and c.hidden = 1");
    }
    if let Some(account) = request.account_id {
        conditions.push_str(" and c.account_id = ?");
        bind(account)?;
    }
    let mut start = if ascends {
        (i64::MIN, i64::MIN)
    } else {
        (i64::MAX, i64::MAX)
    };
    if let Some(label) = &request.label {
        let label: Label = label
            .parse()
            .map_err(|unknown: domain::label::UnknownLabel| StorageError::IllegalStep(unknown.to_string()))?;
        let last = i64::from(label.urgency()) * URGENCY_STEP;
        let (bound, from) = if ascends {
            (" and c.urgent_first <= ?", last - URGENCY_STEP)
        } else {
            (" and c.urgent_first > ?", last)
        };
        conditions.push_str(bound);
        bind(if ascends { last } else { last - URGENCY_STEP })?;
        start.0 = from;
        if ascends {
            start.1 = i64::MAX;
        }
    }
    if let Some(after) = &request.after {
        start = cursor(after, order)?;
    }
    let beyond = if ascends { ">" } else { "<" };
    conditions.push_str(&format!(" and (c.{column}, c.id) {beyond} (?, ?)"));
    bind(start.0)?;
    bind(start.1)?;
    let direction = if ascends { "" } else { " desc" };
    let ordered = format!("order by c.{column}{direction}, c.id{direction}");
    let index = index_of(request.queue, request.account_id.is_some(), order);
    let wanted = i64::from(request.limit.clamp(1, 200)) + 1;

    let sql = match matching {
        Matching::Everything => {
            if folds(request) {
                conditions.push_str(ONE_OF_CAMPAIGN);
            }
            bind(wanted)?;
            format!(
                "select {COLUMNS} from comment c indexed by {index} {JOINS} where {conditions} {ordered} limit ?"
            )
        }
        Matching::Many(expression) => {
            add(&mut arguments, expression.clone())?;
            add(&mut arguments, wanted)?;
            format!(
                "select {COLUMNS} from comment c indexed by {index} {JOINS} where {conditions}
                 and c.id in (select rowid from comment_text where comment_text match ?) {ordered} limit ?"
            )
        }
        Matching::Few(ids) => {
            add(&mut arguments, to_json(ids))?;
            // No index of a queue may be preferred to the few ids.
            format!(
                "select {COLUMNS} from comment c not indexed {JOINS} where {conditions}
                 and c.id in (select value from json_each(?))"
            )
        }
        Matching::Short(text) => {
            let pattern = format!("%{}%", escaped(text));
            bind(LOOKED_AT)?;
            add(&mut arguments, pattern.clone())?;
            add(&mut arguments, pattern)?;
            add(&mut arguments, wanted)?;
            format!(
                "select {COLUMNS} from (
                     select c.* from comment c indexed by {index} where {conditions} {ordered} limit ?
                 ) c {JOINS}
                 where (c.author_username like ? escape '\\' or c.text like ? escape '\\') limit ?"
            )
        }
    };
    Ok(PageQuery { sql, arguments })
}

fn add<'q, T>(arguments: &mut SqliteArguments, value: T) -> Result<()>
where
    T: sqlx::Encode<'q, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite> + 'q,
{
    arguments
        .add(value)
        .map_err(|e| StorageError::Failed(sqlx::Error::Encode(e)))
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

fn cursor(text: &str, order: Order) -> Result<(i64, i64)> {
    let read = || {
        let (key, id) = text.strip_prefix(order.letter())?.split_once('.')?;
        Some((key.parse().ok()?, id.parse().ok()?))
    };
    read().ok_or_else(|| StorageError::IllegalStep(format!("\"{text}\" does not continue this list")))
}
