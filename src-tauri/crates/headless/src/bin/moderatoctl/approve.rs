//! `approve`: drafts as they are, by name or by confidence.

use crate::open_last;
use crate::output::Output;
use anyhow::bail;
use contract::{DraftMarker, ListComments, QueueName, SortOrder};
use domain::CommentId;
use engine::Engine;
use headless::App;

pub struct Approval {
    pub comments: Vec<i64>,
    /// Least confidence of every other draft to approve.
    pub confident: Option<f64>,
    pub most: usize,
}

pub async fn approve(app: &App, approval: Approval, out: &mut Output) -> anyhow::Result<()> {
    open_last(app).await?;
    let engine = app.engine()?;
    let mut wanted = approval.comments;
    if let Some(floor) = approval.confident {
        add_confident(&engine, floor, approval.most, &mut wanted).await?;
    }
    let mut refused = 0;
    for id in wanted {
        let comment = CommentId(id);
        let detail = engine.comment(comment).await?;
        let Some(draft) = detail.draft else {
            eprintln!("comment {id} has no draft");
            refused += 1;
            continue;
        };
        match engine.approve(comment, detail.row.version, &draft.text).await {
            Ok(action) => out.line(serde_json::to_string(&action)?)?,
            Err(error) => {
                eprintln!("comment {id}: {error}");
                refused += 1;
            }
        }
    }
    if refused > 0 {
        bail!("{refused} not approved");
    }
    Ok(())
}

async fn add_confident(
    engine: &Engine,
    floor: f64,
    most: usize,
    wanted: &mut Vec<i64>,
) -> anyhow::Result<()> {
    let mut after = None;
    while wanted.len() < most {
        let page = engine
            .list_comments(&ListComments {
                queue: QueueName::NeedsReview,
                account_id: None,
                search: None,
                label: None,
                sort: SortOrder::MostUrgent,
                after,
                limit: 200,
                fold: false,
            })
            .await?;
        for row in &page.rows {
            let has_draft = matches!(row.draft, DraftMarker::Draft | DraftMarker::Edited);
            if has_draft && wanted.len() < most {
                let detail = engine.comment(CommentId(row.id)).await?;
                if detail.draft.is_some_and(|d| d.confidence >= floor) {
                    wanted.push(row.id);
                }
            }
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(())
}
