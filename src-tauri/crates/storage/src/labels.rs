//! Labels as a comment carries them, and what follows from a complaint.

use crate::Storage;
use crate::activity::Entry;
use crate::convert::{from_json, parsed, to_json, widened};
use crate::pool::Result;
use crate::write::{CommentState, Write};
use contract::LabelView;
use domain::ports::Correction;
use domain::text::normalised;
use domain::{Classification, Label, LabelScore, Timestamp};

/// Key in `meta`: the last classification by a person that teaches no more.
const FORGOTTEN: &str = "corrections_forgotten";

/// As `classification.labels` keeps it.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct KeptLabel {
    pub label: Label,
    pub confidence: f32,
    /// Reached its threshold.
    pub sure: bool,
}

/// One row of `classification`, to be made the current one.
pub(crate) struct NewClassification<'a> {
    pub by_person: bool,
    pub model: &'a str,
    pub language: &'a str,
    pub reason: &'a str,
    pub labels: Vec<KeptLabel>,
    /// `None` where no model inside the app gave them.
    pub lesson: Option<i64>,
    pub at: Timestamp,
}

/// Whether they are the same labels in the same order, whatever the figures.
pub(crate) fn say_the_same(some: &[KeptLabel], others: &[KeptLabel]) -> bool {
    let said = |kept: &KeptLabel| (kept.label, kept.sure);
    some.iter().map(said).eq(others.iter().map(said))
}

/// Whether a draft is written for a comment with these labels before a person looks at it.
pub(crate) fn asks_for_draft(primary: Label, unsure: bool, text: &str) -> bool {
    primary.deserves_reply() && !(unsure && normalised(text).is_empty())
}

/// Every label that reached its threshold, or the strongest, unsure.
pub(crate) fn kept(classification: &Classification) -> Vec<KeptLabel> {
    let keep = |score: &LabelScore, sure| KeptLabel {
        label: score.label,
        confidence: score.confidence,
        sure,
    };
    if classification.is_unsure() {
        vec![keep(&classification.best, false)]
    } else {
        classification
            .labels
            .iter()
            .map(|score| keep(score, true))
            .collect()
    }
}

pub(crate) fn views(json: Option<&str>, by_person: bool) -> Result<Vec<LabelView>> {
    let Some(json) = json else { return Ok(Vec::new()) };
    let kept: Vec<KeptLabel> = from_json(json)?;
    Ok(kept
        .into_iter()
        .map(|k| LabelView {
            label: k.label.as_str().to_owned(),
            confidence: widened(k.confidence),
            sure: k.sure,
            by_person,
        })
        .collect())
}

pub(crate) fn scores(json: Option<&str>) -> Result<Vec<LabelScore>> {
    let Some(json) = json else { return Ok(Vec::new()) };
    let kept: Vec<KeptLabel> = from_json(json)?;
    Ok(kept
        .into_iter()
        .map(|k| LabelScore {
            label: k.label,
            confidence: k.confidence,
        })
        .collect())
}

fn correction(text: String, label: &str) -> Result<Correction> {
    Ok(Correction {
        text,
        label: parsed(label)?,
    })
}

impl Storage {
    /// What people of the workspace labelled since that was last forgotten, the newest first, at most `most`; an empty
    /// comment teaches nothing, and copies of one campaign that were corrected alike teach once. What the model calls the
    /// copies takes nothing away: it may have learnt that from this very correction.
    pub async fn corrections(&self, most: u32) -> Result<Vec<Correction>> {
        let rows = sqlx::query!(
            r#"select c.text, c.primary_label as "label!: String"
               from classification k cross join comment c on c.id = k.comment_id
               where k.by_person = 1 and k.current = 1 and c.primary_label is not null and trim(c.text) <> ''
                 and k.id > coalesce((select cast(value as integer) from meta where key = ?1), 0)
                 and not exists (select 1 from comment o indexed by comment_of_campaign
                                 cross join classification ok on ok.comment_id = o.id and ok.current = 1
                                 where o.campaign_id = c.campaign_id and o.id < c.id
                                   and o.primary_label = c.primary_label and ok.by_person = 1
                                   and ok.id > coalesce((select cast(value as integer) from meta where key = ?1), 0))
               order by k.id desc limit ?2"#,
            FORGOTTEN,
            most
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|row| correction(row.text, &row.label))
            .collect()
    }
}

impl Storage {
    /// How many corrections teach; copies of one campaign count once.
    pub async fn taught_count(&self) -> Result<i64> {
        Ok(sqlx::query_scalar!(
            r#"select count(*) as "count!" from classification k cross join comment c on c.id = k.comment_id
               where k.by_person = 1 and k.current = 1 and c.primary_label is not null and trim(c.text) <> ''
                 and k.id > coalesce((select cast(value as integer) from meta where key = ?1), 0)
                 and not exists (select 1 from comment o indexed by comment_of_campaign
                                 cross join classification ok on ok.comment_id = o.id and ok.current = 1
                                 where o.campaign_id = c.campaign_id and o.id < c.id
                                   and o.primary_label = c.primary_label and ok.by_person = 1
                                   and ok.id > coalesce((select cast(value as integer) from meta where key = ?1), 0))"#,
            FORGOTTEN
        )
        .fetch_one(&self.readers)
        .await?)
    }

    /// From now on the corrections made so far teach nothing; the labels that people gave stay. Returns how many.
    pub async fn forget_corrections(&self, now: Timestamp) -> Result<i64> {
        let count = self.taught_count().await?;
        let mut write = self.write().await?;
        let last = sqlx::query_scalar!(
            r#"select coalesce(max(id), 0) as "id!: i64" from classification where by_person = 1"#
        )
        .fetch_one(write.connection())
        .await?;
        write.put_meta(FORGOTTEN, &last.to_string()).await?;
        write.begin_lesson().await?;
        write
            .record(Entry {
                actor: "person",
                verb: "corrections_forgotten",
                comment: None,
                action: None,
                details: serde_json::json!({ "count": count }),
                at: now,
            })
            .await?;
        write.changes.settings = true;
        write.commit().await?;
        Ok(count)
    }

    /// What the app labelled and a person then acted on without another word about the label: agreement, the newest
    /// first, at most `most`; copies of one campaign agree once.
    pub async fn agreements(&self, most: u32) -> Result<Vec<Correction>> {
        let rows = sqlx::query!(
            r#"select c.text, c.primary_label as "label!: String"
               from action a
               join comment c on c.id = a.comment_id
               join classification k on k.comment_id = c.id and k.current = 1
               where a.requested_by = 'person' and a.state not in ('failed', 'cancelled')
                 and k.by_person = 0 and c.primary_label is not null and trim(c.text) <> ''
                 and not exists (select 1 from comment o indexed by comment_of_campaign
                                 where o.campaign_id = c.campaign_id and o.id < c.id
                                   and o.primary_label = c.primary_label
                                   and (exists (select 1 from classification ok
                                                where ok.comment_id = o.id and ok.current = 1 and ok.by_person = 1)
                                        or exists (select 1 from action oa
                                                   where oa.comment_id = o.id and oa.requested_by = 'person'
                                                     and oa.state not in ('failed', 'cancelled'))))
               order by a.id desc limit ?"#,
            most
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|row| correction(row.text, &row.label))
            .collect()
    }
}

impl Write<'_> {
    /// The older ones stay as history. Returns the id of the one that was current.
    pub(crate) async fn classify(&mut self, comment: i64, new: NewClassification<'_>) -> Result<Option<i64>> {
        let previous = sqlx::query_scalar!(
            r#"update classification set current = 0 where comment_id = ? and current = 1 returning id as "id!""#,
            comment
        )
        .fetch_optional(self.connection())
        .await?;
        let labels = to_json(&new.labels);
        sqlx::query!(
            "insert into classification
                 (comment_id, current, by_person, model, language, reason, labels, lesson, created_at)
             values (?, 1, ?, ?, ?, ?, ?, ?, ?)",
            comment,
            new.by_person,
            new.model,
            new.language,
            new.reason,
            labels,
            new.lesson,
            new.at.0
        )
        .execute(self.connection())
        .await?;
        sqlx::query!("update comment set lesson = ? where id = ?", new.lesson, comment)
            .execute(self.connection())
            .await?;
        Ok(previous)
    }

    /// Makes `label` the primary one (none when `None`) and counts the author's complaints anew.
    pub(crate) async fn set_primary_label(
        &mut self,
        comment: &mut CommentState,
        label: Option<Label>,
    ) -> Result<()> {
        let was = comment.primary_label.as_deref() == Some(Label::Complaint.as_str());
        let is = label == Some(Label::Complaint);
        let mut second = false;
        if let Some(author) = comment.author_id
            && (was || is)
        {
            let change = i64::from(is) - i64::from(was);
            let complaints = sqlx::query_scalar!(
                "update author set complaints = max(0, complaints + ?) where id = ? returning complaints",
                change,
                author
            )
            .fetch_one(self.connection())
            .await?;
            second = is && complaints > 1;
        }
        let urgency = label.map_or(UNCLASSIFIED, |l| i64::from(l.urgency()));
        let label_text = label.map(Label::as_str);
        sqlx::query!(
            "update comment set primary_label = ?, urgency = ?, second_complaint = ? where id = ?",
            label_text,
            urgency,
            second,
            comment.id
        )
        .execute(self.connection())
        .await?;
        comment.primary_label = label_text.map(str::to_owned);
        Ok(())
    }
}

/// After every label.
const UNCLASSIFIED: i64 = 9;
