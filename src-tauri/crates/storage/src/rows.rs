//! One line of a list, filled by one query: the comment with its post, author, labels and latest action.

use crate::convert::{draft_marker, parsed};
use crate::labels::views;
use crate::pool::Result;
use contract::{ActionView, CampaignMark, CommentRow, ReasonBadge};
use domain::{ActionState, DeclineReason, Stage};
use sqlx::FromRow;

/// `c` is the comment; the caller adds `from comment c`, [`JOINS`] and its conditions.
pub(crate) const COLUMNS: &str = "
    c.id, c.version, c.stage, c.account_id, c.author_username, c.text, c.language, c.published_at, c.received_at,
    c.urgent_first, c.edited_at, c.deleted_at, c.hidden, c.unsure, c.second_complaint, c.declined, c.draft_marker,
    c.snoozed_until, c.read_at, c.post_id, c.parent_platform_id is not null as is_reply,
    k.id as campaign_id, k.comments as campaign_comments, k.waiting as campaign_waiting,
    p.kind as post_kind, acc.platform, acc.username as account_username,
    coalesce(nullif(au.name, ''), c.author_username) as author_name, cl.labels, cl.by_person,
    a.id as action_id, a.kind as action_kind, a.state as action_state, a.text as action_text,
    a.created_at as action_created_at, a.due_at as action_due_at, a.attempts as action_attempts,
    a.note as action_note, a.confirmed_at as action_confirmed_at, a.reply_platform_id as action_platform_id";

/// Left joins only: the planner has to start from the comment, in the order of its index.
pub(crate) const JOINS: &str = "
    left join post p on p.id = c.post_id
    left join account acc on acc.id = c.account_id
    left join author au on au.id = c.author_id
    left join classification cl on cl.comment_id = c.id and cl.current = 1
    left join campaign k on k.id = c.campaign_id
    left join action a on a.id = (select max(latest.id) from action latest where latest.comment_id = c.id)";

#[derive(FromRow)]
pub(crate) struct RowRecord {
    pub id: i64,
    version: i64,
    stage: String,
    account_id: i64,
    author_username: String,
    text: String,
    language: String,
    pub published_at: i64,
    received_at: i64,
    pub urgent_first: i64,
    edited_at: Option<i64>,
    deleted_at: Option<i64>,
    hidden: bool,
    unsure: bool,
    second_complaint: bool,
    declined: Option<String>,
    draft_marker: String,
    snoozed_until: Option<i64>,
    read_at: Option<i64>,
    post_id: i64,
    is_reply: bool,
    campaign_id: Option<i64>,
    campaign_comments: Option<i64>,
    campaign_waiting: Option<i64>,
    post_kind: String,
    platform: String,
    account_username: String,
    author_name: String,
    labels: Option<String>,
    by_person: Option<bool>,
    action_id: Option<i64>,
    action_kind: Option<String>,
    action_state: Option<String>,
    action_text: Option<String>,
    action_created_at: Option<i64>,
    action_due_at: Option<i64>,
    action_attempts: Option<i64>,
    action_note: Option<String>,
    action_confirmed_at: Option<i64>,
    action_platform_id: Option<String>,
}

impl RowRecord {
    pub(crate) fn row(self) -> Result<CommentRow> {
        let stage: Stage = parsed(&self.stage)?;
        let badges = self.badges(stage)?;
        let campaign = self.campaign();
        let shows_action = self.hidden || matches!(stage, Stage::InOutbox | Stage::Done);
        let action = if shows_action { self.action() } else { None };
        Ok(CommentRow {
            id: self.id,
            version: self.version,
            stage: self.stage,
            platform: self.platform,
            account_id: self.account_id,
            author_name: self.author_name,
            author_username: self.author_username,
            text: self.text,
            language: self.language,
            published_at: self.published_at,
            received_at: self.received_at,
            labels: views(self.labels.as_deref(), self.by_person == Some(true))?,
            badges,
            draft: draft_marker(&self.draft_marker)?,
            post_id: self.post_id,
            post_kind: self.post_kind,
            is_reply: self.is_reply,
            hidden: self.hidden,
            unread: self.read_at.is_none(),
            snoozed_until: self.snoozed_until,
            campaign,
            action,
        })
    }

    /// One comment alone is no campaign.
    fn campaign(&self) -> Option<CampaignMark> {
        let comments = self.campaign_comments.filter(|comments| *comments > 1)?;
        Some(CampaignMark {
            id: self.campaign_id?,
            comments,
            waiting: self.campaign_waiting?,
        })
    }

    fn action(&self) -> Option<ActionView> {
        Some(ActionView {
            id: self.action_id?,
            comment_id: self.id,
            kind: self.action_kind.clone()?,
            state: self.action_state.clone()?,
            text: self.action_text.clone(),
            author_name: self.author_name.clone(),
            account_username: self.account_username.clone(),
            created_at: self.action_created_at?,
            due_at: self.action_due_at?,
            attempts: self.action_attempts?,
            note: self.action_note.clone(),
            confirmed_at: self.action_confirmed_at,
            platform_id: self.action_platform_id.clone(),
        })
    }

    /// Most pressing first.
    fn badges(&self, stage: Stage) -> Result<Vec<ReasonBadge>> {
        let mut badges = Vec::new();
        let mut add = |shown: bool, badge| {
            if shown {
                badges.push(badge);
            }
        };
        let open = stage != Stage::Done;
        let latest = self
            .action_state
            .as_deref()
            .map(parsed::<ActionState>)
            .transpose()?;
        add(latest == Some(ActionState::Unknown), ReasonBadge::OutcomeUnknown);
        add(
            open && latest == Some(ActionState::Failed),
            ReasonBadge::SendFailed,
        );
        add(stage == Stage::Stuck, ReasonBadge::Stuck);
        add(self.deleted_at.is_some(), ReasonBadge::DeletedByAuthor);
        add(open && self.edited_at.is_some(), ReasonBadge::EditedByAuthor);
        add(self.second_complaint, ReasonBadge::SecondComplaint);
        add(self.unsure, ReasonBadge::Unsure);
        let declined = self.declined.as_deref().map(reason_badge).transpose()?.flatten();
        badges.extend(declined);
        Ok(badges)
    }
}

fn reason_badge(declined: &str) -> Result<Option<ReasonBadge>> {
    let reason = DeclineReason::ALL
        .into_iter()
        .find(|reason| reason.as_str() == declined)
        .ok_or_else(|| crate::StorageError::corrupt(format!("\"{declined}\" is not a reason to decline")))?;
    Ok(match reason {
        DeclineReason::NoSource => Some(ReasonBadge::NoSource),
        DeclineReason::SourcesDisagree => Some(ReasonBadge::SourcesDisagree),
        DeclineReason::OtherLanguageOnly => Some(ReasonBadge::OtherLanguageOnly),
        DeclineReason::Ambiguous => Some(ReasonBadge::Ambiguous),
        DeclineReason::NeverAutomatic => Some(ReasonBadge::NeverAutomatic),
        DeclineReason::GuardFailed => Some(ReasonBadge::GuardFailed),
        // The label says as much.
        DeclineReason::NoReplyDue => None,
    })
}
