//! Accounts that send nothing for the time being: by a person's will, or because their platform makes them wait.

use crate::activity::Entry;
use crate::pool::Result;
use crate::{AccountRest, Resting, Storage};
use domain::{AccountId, Timestamp};
use std::collections::HashMap;

impl Storage {
    /// Nothing is read or sent for the account until a person lets it. What is in flight goes on being read back.
    pub async fn set_account_paused(&self, account: AccountId, paused: bool, now: Timestamp) -> Result<()> {
        let mut write = self.write().await?;
        let changed = if paused {
            sqlx::query!(
                "insert into account_pause (account_id, since) values (?, ?) on conflict (account_id) do nothing",
                account.0,
                now.0
            )
            .execute(write.connection())
            .await?
        } else {
            sqlx::query!("delete from account_pause where account_id = ?", account.0)
                .execute(write.connection())
                .await?
        };
        if changed.rows_affected() == 0 {
            return Ok(());
        }
        write
            .record(Entry {
                actor: "person",
                verb: if paused {
                    "account_paused"
                } else {
                    "account_resumed"
                },
                comment: None,
                action: None,
                details: serde_json::json!({ "account": account }),
                at: now,
            })
            .await?;
        write.changes.accounts = true;
        write.changes.outbox = true;
        write.commit().await
    }

    /// Since when, by account.
    pub async fn paused_accounts(&self) -> Result<HashMap<AccountId, Timestamp>> {
        let rows = sqlx::query!(
            r#"select account_id as "account_id!: i64", since as "since!: i64" from account_pause"#
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| (AccountId(row.account_id), Timestamp(row.since)))
            .collect())
    }

    /// The newest word of the platform counts.
    pub async fn save_rest(&self, rest: &AccountRest) -> Result<()> {
        let mut write = self.write().await?;
        let what = resting_text(rest.what);
        sqlx::query!(
            "insert into account_rest (account_id, what, until, why) select id, ?2, ?3, ?4 from account where id = ?1
             on conflict (account_id, what) do update set until = excluded.until, why = excluded.why",
            rest.account_id.0,
            what,
            rest.until.0,
            rest.why
        )
        .execute(write.connection())
        .await?;
        write.commit().await
    }

    /// Those that are not over at `now`; the others are forgotten.
    pub async fn rests(&self, now: Timestamp) -> Result<Vec<AccountRest>> {
        let mut write = self.write().await?;
        sqlx::query!("delete from account_rest where until <= ?", now.0)
            .execute(write.connection())
            .await?;
        let rows = sqlx::query!(
            r#"select account_id as "account_id!: i64", what as "what!: String", until as "until!: i64",
                      why as "why!: String"
               from account_rest order by account_id, what"#
        )
        .fetch_all(write.connection())
        .await?;
        write.commit().await?;
        Ok(rows
            .into_iter()
            .map(|row| AccountRest {
                account_id: AccountId(row.account_id),
                what: if row.what == resting_text(Resting::Looking) {
                    Resting::Looking
                } else {
                    Resting::Acting
                },
                until: Timestamp(row.until),
                why: row.why,
            })
            .collect())
    }
}

fn resting_text(what: Resting) -> &'static str {
    match what {
        Resting::Looking => "looking",
        Resting::Acting => "acting",
    }
}
