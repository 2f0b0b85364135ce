//! Words that the workspace uses for the same thing.

use crate::activity::Entry;
use crate::convert::{from_json, to_json};
use crate::pool::Result;
use crate::{Storage, StorageError, StoredSynonyms};
use domain::{Synonyms, Timestamp};

impl Storage {
    /// In the order in which they were added.
    pub async fn synonyms(&self) -> Result<Vec<StoredSynonyms>> {
        let rows = sqlx::query!(r#"select id as "id!", words from synonyms order by id"#)
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter()
            .map(|row| {
                Ok(StoredSynonyms {
                    id: row.id,
                    words: read(&row.words)?,
                })
            })
            .collect()
    }

    /// `actor` is `person`, or `engine` for those that come with the sample.
    pub async fn add_synonyms(
        &self,
        actor: &str,
        words: &Synonyms,
        now: Timestamp,
    ) -> Result<StoredSynonyms> {
        let mut write = self.write().await?;
        let text = to_json(words.words());
        let id = sqlx::query_scalar!(
            r#"insert into synonyms (words, updated_at) values (?, ?) returning id as "id!""#,
            text,
            now.0
        )
        .fetch_one(write.connection())
        .await?;
        let details = serde_json::json!({ "after": words.words() });
        write
            .record(Entry {
                actor,
                ..changed("synonyms_added", details, now)
            })
            .await?;
        write.commit().await?;
        Ok(StoredSynonyms {
            id,
            words: words.clone(),
        })
    }

    /// # Errors
    /// `NotFound` when the list was removed meanwhile.
    pub async fn change_synonyms(&self, id: i64, words: &Synonyms, now: Timestamp) -> Result<StoredSynonyms> {
        let mut write = self.write().await?;
        let before = sqlx::query_scalar!("select words from synonyms where id = ?", id)
            .fetch_one(write.connection())
            .await?;
        let before = read(&before)?;
        let stored = StoredSynonyms {
            id,
            words: words.clone(),
        };
        if before == *words {
            return Ok(stored);
        }
        let text = to_json(words.words());
        sqlx::query!(
            "update synonyms set words = ?, updated_at = ? where id = ?",
            text,
            now.0,
            id
        )
        .execute(write.connection())
        .await?;
        let details = serde_json::json!({ "before": before.words(), "after": words.words() });
        write.record(changed("synonyms_changed", details, now)).await?;
        write.commit().await?;
        Ok(stored)
    }

    /// # Errors
    /// `NotFound` when the list was removed before.
    pub async fn remove_synonyms(&self, id: i64, now: Timestamp) -> Result<()> {
        let mut write = self.write().await?;
        let before = sqlx::query_scalar!(
            r#"delete from synonyms where id = ? returning words as "words!""#,
            id
        )
        .fetch_one(write.connection())
        .await?;
        let before = read(&before)?;
        let details = serde_json::json!({ "before": before.words() });
        write.record(changed("synonyms_removed", details, now)).await?;
        write.commit().await
    }
}

fn read(text: &str) -> Result<Synonyms> {
    let words: Vec<String> = from_json(text)?;
    Synonyms::parse(&words).map_err(StorageError::corrupt)
}

fn changed(verb: &str, details: serde_json::Value, at: Timestamp) -> Entry<'_> {
    Entry {
        actor: "person",
        verb,
        comment: None,
        action: None,
        details,
        at,
    }
}
