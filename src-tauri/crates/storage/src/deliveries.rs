//! What platforms push, kept as it came before anybody answers or reads it. What waits is bounded by refusing more,
//! what was read by forgetting the oldest.

use crate::Storage;
use crate::pool::Result;
use crate::write::Write;
use domain::Timestamp;

/// Deliveries that may wait to be read, and their bodies in bytes together. The platform sends again what is refused.
const MOST_WAITING: i64 = 10_000;
const MOST_WAITING_BYTES: i64 = 256 * 1024 * 1024;
/// Kept of those that were settled, the newest first.
const MOST_SETTLED: i64 = 1_000;
const MOST_SETTLED_BYTES: i64 = 32 * 1024 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeliveryId(pub i64);

/// A delivery that waits to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub received_at: Timestamp,
    /// As it came.
    pub body: Vec<u8>,
    /// Reads that came to nothing.
    pub attempts: i64,
}

/// What one read of a delivery brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeliveryRead {
    /// Comments stored for the first time, whoever wrote them.
    pub stored: usize,
    /// Changes that could not be read, seen for the first time.
    pub quarantined: usize,
    /// Changes about accounts that are not known here, or of no concern.
    pub ignored: usize,
}

/// How a read of a delivery ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryEnd {
    Read,
    /// Read, and not kept: private messages of people were in it, which are none of this app's business.
    Forgotten,
    /// To be read once more.
    PutOff {
        until: Timestamp,
        why: String,
    },
    /// Kept, and not read again.
    GivenUp {
        why: String,
    },
}

/// The deliveries that are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deliveries {
    pub waiting: i64,
    pub read: i64,
    pub given_up: i64,
    /// Changes that were ignored in those that are kept.
    pub ignored: i64,
    pub last_received_at: Option<Timestamp>,
    /// Why the newest of those that were put off or given up was.
    pub last_note: Option<String>,
}

impl Storage {
    /// `None`, with nothing kept, when too much waits already.
    pub async fn keep_delivery(&self, body: &[u8], now: Timestamp) -> Result<Option<DeliveryId>> {
        let mut write = self.write().await?;
        let size = i64::try_from(body.len()).unwrap_or(i64::MAX);
        let waiting = sqlx::query!(
            r#"select count(*) as "deliveries!: i64", coalesce(sum(size_bytes), 0) as "bytes!: i64"
               from delivery indexed by delivery_waiting where state = 'waiting'"#
        )
        .fetch_one(write.connection())
        .await?;
        if waiting.deliveries >= MOST_WAITING || waiting.bytes.saturating_add(size) > MOST_WAITING_BYTES {
            return Ok(None);
        }
        let id = sqlx::query_scalar!(
            r#"insert into delivery (received_at, body, size_bytes) values (?, ?, ?) returning id as "id!: i64""#,
            now.0,
            body,
            size
        )
        .fetch_one(write.connection())
        .await?;
        write.commit().await?;
        Ok(Some(DeliveryId(id)))
    }

    /// The one that has waited longest of those that are due.
    pub async fn next_delivery(&self, now: Timestamp) -> Result<Option<Delivery>> {
        let row = sqlx::query!(
            r#"select id as "id!: i64", received_at, body, attempts
               from delivery indexed by delivery_waiting
               where state = 'waiting' and next_attempt_at <= ?
               order by next_attempt_at, id limit 1"#,
            now.0
        )
        .fetch_optional(&self.readers)
        .await?;
        Ok(row.map(|row| Delivery {
            id: DeliveryId(row.id),
            received_at: Timestamp(row.received_at),
            body: row.body,
            attempts: row.attempts,
        }))
    }

    /// Notes what a read brought, and whether there is to be another. What was stored before it was put off counts on.
    pub async fn end_delivery_read(
        &self,
        delivery: DeliveryId,
        brought: DeliveryRead,
        end: &DeliveryEnd,
        now: Timestamp,
    ) -> Result<()> {
        let mut write = self.write().await?;
        let (state, settled_at, until, note) = match end {
            DeliveryEnd::Forgotten => {
                sqlx::query!("delete from delivery where id = ?", delivery.0)
                    .execute(write.connection())
                    .await?;
                return write.commit().await;
            }
            DeliveryEnd::Read => ("read", Some(now.0), 0, None),
            DeliveryEnd::PutOff { until, why } => ("waiting", None, until.0, Some(why.as_str())),
            DeliveryEnd::GivenUp { why } => ("given_up", Some(now.0), 0, Some(why.as_str())),
        };
        let [stored, quarantined, ignored] = [brought.stored, brought.quarantined, brought.ignored]
            .map(|count| i64::try_from(count).unwrap_or(i64::MAX));
        sqlx::query!(
            "update delivery
             set state = ?, settled_at = ?, next_attempt_at = ?, note = ?, attempts = attempts + 1,
                 stored = stored + ?, quarantined = quarantined + ?, ignored = ?
             where id = ? and state = 'waiting'",
            state,
            settled_at,
            until,
            note,
            stored,
            quarantined,
            ignored,
            delivery.0
        )
        .execute(write.connection())
        .await?;
        if settled_at.is_some() {
            forget_old(&mut write).await?;
        }
        write.commit().await
    }

    /// Reads the few that are kept, by their indexes.
    pub async fn deliveries(&self) -> Result<Deliveries> {
        let row = sqlx::query!(
            r#"select (select count(*) from delivery indexed by delivery_waiting where state = 'waiting')
                          as "waiting!: i64",
                      (select count(*) from delivery indexed by delivery_settled
                       where state <> 'waiting' and state = 'read') as "read!: i64",
                      (select count(*) from delivery indexed by delivery_settled
                       where state <> 'waiting' and state = 'given_up') as "given_up!: i64",
                      (select coalesce(sum(ignored), 0) from delivery indexed by delivery_settled
                       where state <> 'waiting') as "ignored!: i64",
                      (select received_at from delivery order by id desc limit 1) as "last_received_at?: i64",
                      (select note from delivery indexed by delivery_noted where note is not null
                       order by id desc limit 1) as "last_note?: String""#
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(Deliveries {
            waiting: row.waiting,
            read: row.read,
            given_up: row.given_up,
            ignored: row.ignored,
            last_received_at: row.last_received_at.map(Timestamp),
            last_note: row.last_note,
        })
    }
}

async fn forget_old(write: &mut Write<'_>) -> Result<()> {
    sqlx::query!(
        "delete from delivery where id in (
             select id from (
                 select id, row_number() over newest_first as place, sum(size_bytes) over newest_first as bytes
                 from delivery indexed by delivery_settled where state <> 'waiting'
                 window newest_first as (order by id desc))
             where place > ? or bytes > ?)",
        MOST_SETTLED,
        MOST_SETTLED_BYTES
    )
    .execute(write.connection())
    .await?;
    Ok(())
}
