//! Everything one card shows.

use crate::actions::ActionColumns;
use crate::convert::from_json;
use crate::pool::Result;
use crate::{DraftContext, Storage};
use contract::{
    ActionView, AuthorView, CitationView, CommentDetail, DraftView, GuardReport, PastReply, PostView,
    SourceKind, SourceView, ThreadTurnView,
};
use domain::draft::{Citation, Fact, FactKind};
use domain::{AccountId, CommentId, DraftId, Language};

/// Turns of one thread that a card shows.
const THREAD_SHOWN: i64 = 200;
/// Earlier replies to the same author that a card shows.
const PAST_REPLIES: i64 = 5;

impl Storage {
    /// The guard's report is left empty: it is the engine's to fill.
    pub async fn comment_detail(&self, id: CommentId, max_reply_chars: u32) -> Result<CommentDetail> {
        let row = self.comment_row(id).await?;
        let more = sqlx::query!(
            r#"select c.author_id, c.platform_id, c.parent_platform_id, c.declined, c.declined_detail,
                      c.label_reason, c.stuck_reason, c.trace_id
               from comment c where c.id = ?"#,
            id.0
        )
        .fetch_one(&self.readers)
        .await?;
        let post = sqlx::query_as!(
            PostView,
            r#"select id as "id!", caption, kind, permalink, published_at, comments_count, like_count
               from post where id = ?"#,
            row.post_id
        )
        .fetch_one(&self.readers)
        .await?;
        let opening = more.parent_platform_id.as_deref().unwrap_or(&more.platform_id);
        let thread = self.thread(row.account_id, opening, id.0).await?;
        let author = match more.author_id {
            Some(author) => self.author(author, id.0).await?,
            None => unknown_author(&row.author_name, &row.author_username),
        };
        let draft = self.draft_view(id.0).await?;
        let found = match more.declined {
            Some(_) => self.sources_found(id.0).await?,
            None => Vec::new(),
        };
        Ok(CommentDetail {
            post,
            thread,
            author,
            draft,
            declined: more.declined,
            declined_detail: more.declined_detail,
            found,
            label_reason: more.label_reason,
            stuck_reason: more.stuck_reason,
            max_reply_chars,
            actions: self.actions_of(id.0).await?,
            trace_id: more.trace_id,
            row,
        })
    }

    /// What a reply to this comment may rest on: the sources of its draft, or what was found without one.
    pub async fn draft_facts(&self, id: CommentId) -> Result<DraftContext> {
        let row = sqlx::query!(
            r#"select c.language, c.text, c.author_username, c.account_id, d.id as "draft?: i64",
                      d.original_text as "original?: String"
               from comment c left join draft d on d.comment_id = c.id and d.current = 1
               where c.id = ?"#,
            id.0
        )
        .fetch_one(&self.readers)
        .await?;
        let mut facts = match row.draft {
            Some(draft) => self.facts_of_draft(draft).await?,
            None => Vec::new(),
        };
        if facts.is_empty() {
            facts = self.facts_found(id.0).await?;
        }
        Ok(DraftContext {
            facts: facts.into_iter().map(|(_, fact)| fact).collect(),
            language: Language(row.language),
            comment_text: row.text,
            author_username: row.author_username,
            account_id: AccountId(row.account_id),
            draft_id: row.draft.map(DraftId),
            original_text: row.original,
        })
    }

    pub async fn source(&self, source_id: i64) -> Result<SourceView> {
        let fact = sqlx::query_scalar!("select fact from draft_source where id = ?", source_id)
            .fetch_one(&self.readers)
            .await?;
        Ok(source_view(source_id, from_json(&fact)?))
    }

    async fn thread(&self, account: i64, opening: &str, current: i64) -> Result<Vec<ThreadTurnView>> {
        let mut turns = sqlx::query!(
            r#"select c.id as "id!: i64", coalesce(nullif(au.name, ''), c.author_username) as "author!: String",
                      c.authorship <> 'person' as "by_us!: bool", c.text as "text!: String",
                      c.language as "language!: String", c.published_at as "published_at!: i64",
                      c.platform_id = ?2 as "opens!: bool"
               from (select id from comment where account_id = ?1 and platform_id = ?2
                     union all
                     select id from (select id from comment where account_id = ?1 and parent_platform_id = ?2
                                     order by published_at desc, id desc limit ?3)) turn
               cross join comment c on c.id = turn.id
               left join author au on au.id = c.author_id
               where c.deleted_at is null or c.id = ?4"#,
            account,
            opening,
            THREAD_SHOWN,
            current
        )
        .fetch_all(&self.readers)
        .await?;
        turns.sort_by_key(|turn| (!turn.opens, turn.published_at, turn.id));
        Ok(turns
            .into_iter()
            .map(|turn| ThreadTurnView {
                comment_id: turn.id,
                author_name: turn.author,
                by_us: turn.by_us,
                text: turn.text,
                language: turn.language,
                published_at: turn.published_at,
                current: turn.id == current,
            })
            .collect())
    }

    async fn author(&self, author: i64, current: i64) -> Result<AuthorView> {
        let row = sqlx::query!(
            "select username, name, strikes, comments, answered, complaints, first_seen_at from author where id = ?",
            author
        )
        .fetch_one(&self.readers)
        .await?;
        let past_replies = sqlx::query_as!(
            PastReply,
            r#"select c.text as "comment_text!: String", a.text as "reply_text!: String",
                      a.confirmed_at as "at!: i64"
               from comment c indexed by comment_of_author
               cross join action a on a.comment_id = c.id
               where c.author_id = ? and c.id <> ? and a.kind = 'reply' and a.state = 'confirmed'
                 and a.withdrawn_at is null
               order by c.published_at desc, c.id desc limit ?"#,
            author,
            current,
            PAST_REPLIES
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(AuthorView {
            id: Some(author),
            name: if row.name.is_empty() {
                row.username.clone()
            } else {
                row.name
            },
            username: row.username,
            comments: row.comments,
            answered: row.answered,
            complaints: row.complaints,
            strikes: row.strikes,
            first_seen_at: Some(row.first_seen_at),
            past_replies,
        })
    }

    async fn draft_view(&self, comment: i64) -> Result<Option<DraftView>> {
        let draft = sqlx::query!(
            r#"select id as "id!", original_text, text, language, confidence, model, citations, created_at, edited_at
               from draft where comment_id = ? and current = 1"#,
            comment
        )
        .fetch_optional(&self.readers)
        .await?;
        let Some(draft) = draft else { return Ok(None) };
        let kept: Vec<Citation> = from_json(&draft.citations)?;
        let sources = self.facts_of_draft(draft.id).await?;
        let cited_text = draft.original_text.as_deref().unwrap_or(&draft.text);
        let citations = kept
            .iter()
            .filter_map(|citation| {
                let (source_id, _) = sources.get(citation.fact)?;
                Some(CitationView {
                    source_id: *source_id,
                    start: utf16_offset(cited_text, citation.start),
                    end: utf16_offset(cited_text, citation.end),
                })
            })
            .collect();
        let sources = sources
            .into_iter()
            .enumerate()
            .filter(|(ordinal, _)| kept.iter().any(|citation| citation.fact == *ordinal))
            .map(|(_, (source_id, fact))| source_view(source_id, fact))
            .collect();
        Ok(Some(DraftView {
            id: draft.id,
            original_text: draft.original_text.filter(|original| *original != draft.text),
            text: draft.text,
            language: draft.language,
            confidence: draft.confidence,
            origin: draft.model,
            created_at: draft.created_at,
            sources,
            citations,
            guard: GuardReport {
                findings: Vec::new(),
                checks: 0,
                claims_sourced: 0,
                length: 0,
                limit: 0,
            },
        }))
    }

    async fn facts_of_draft(&self, draft: i64) -> Result<Vec<(i64, Fact)>> {
        let rows = sqlx::query!(
            r#"select id as "id!", fact from draft_source where draft_id = ? order by ordinal"#,
            draft
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|row| Ok((row.id, from_json(&row.fact)?)))
            .collect()
    }

    async fn facts_found(&self, comment: i64) -> Result<Vec<(i64, Fact)>> {
        let rows = sqlx::query!(
            r#"select id as "id!", fact from draft_source
               where comment_id = ? and draft_id is null order by ordinal"#,
            comment
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|row| Ok((row.id, from_json(&row.fact)?)))
            .collect()
    }

    async fn sources_found(&self, comment: i64) -> Result<Vec<SourceView>> {
        let facts = self.facts_found(comment).await?;
        Ok(facts
            .into_iter()
            .map(|(id, fact)| source_view(id, fact))
            .collect())
    }

    async fn actions_of(&self, comment: i64) -> Result<Vec<ActionView>> {
        let actions = sqlx::query_as!(
            ActionColumns,
            r#"select a.id as "id!: i64", a.comment_id as "comment_id!: i64", a.kind as "kind!: String",
                      a.state as "state!: String", a.text as "text?: String",
                      coalesce(nullif(au.name, ''), c.author_username) as "author_name!: String",
                      acc.username as "account_username!: String", a.created_at as "created_at!: i64",
                      a.due_at as "due_at!: i64", a.attempts as "attempts!: i64", a.note as "note?: String",
                      a.confirmed_at as "confirmed_at?: i64", a.reply_platform_id as "platform_id?: String"
               from action a
               left join comment c on c.id = a.comment_id
               left join author au on au.id = c.author_id
               left join account acc on acc.id = a.account_id
               where a.comment_id = ? order by a.id desc"#,
            comment
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(actions.into_iter().map(ActionView::from).collect())
    }
}

fn unknown_author(name: &str, username: &str) -> AuthorView {
    AuthorView {
        id: None,
        name: name.to_owned(),
        username: username.to_owned(),
        comments: 0,
        answered: 0,
        complaints: 0,
        strikes: 0,
        first_seen_at: None,
        past_replies: Vec::new(),
    }
}

fn source_view(id: i64, fact: Fact) -> SourceView {
    let (kind, title, detail) = match fact.kind {
        FactKind::Product { product, .. } => {
            let price = [product.price, product.currency]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>();
            (SourceKind::Product, fact.title, price.join(" "))
        }
        FactKind::Passage {
            document, section, ..
        } => (SourceKind::Passage, document, section),
    };
    SourceView {
        id,
        kind,
        title,
        detail,
        text: fact.text,
        language: fact.language.0,
    }
}

/// UTF-16 code units before byte `at`; an offset past the end stands at the end.
fn utf16_offset(text: &str, at: usize) -> u32 {
    let units = text
        .char_indices()
        .take_while(|(start, _)| *start < at)
        .map(|(_, c)| c.len_utf16())
        .sum::<usize>();
    u32::try_from(units).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::utf16_offset;

    #[test]
    fn offsets_count_what_the_window_counts() {
        let text = "😀 да, 89 €";
        let at = text.find("89").unwrap_or_default();
        assert_eq!(
            utf16_offset(text, at),
            7,
            "the emoji is two units, a Cyrillic letter one"
        );
        assert_eq!(utf16_offset(text, 999), 11, "past the end is the end");
    }
}
