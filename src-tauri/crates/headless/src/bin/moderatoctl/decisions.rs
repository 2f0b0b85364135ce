//! Decisions made elsewhere, carried out as the comments they concern come to review: one JSON object a line.
//!
//! A comment that ever had an action is left alone, so a file can be followed again after any end of the program.

use anyhow::Context as _;
use domain::{AccountId, CommentId, PlatformId};
use engine::{Engine, EngineError};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const AT_ONCE: usize = 100;
const LOOKS_EVERY: Duration = Duration::from_millis(100);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    Reply,
    /// Approved, and taken back within its hold.
    ReplyAndUndo,
    Hide,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// As the platform knows it.
    pub comment: String,
    pub act: Act,
    /// What to reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

pub struct Decisions {
    engine: Arc<Engine>,
    accounts: Vec<AccountId>,
    waiting: VecDeque<Decision>,
}

enum Outcome {
    /// Carried out now, or settled before.
    Done,
    NotYet,
}

impl Decisions {
    pub async fn read(file: &Path, engine: Arc<Engine>) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("reading the decisions in {}", file.display()))?;
        let waiting = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(serde_json::from_str)
            .collect::<Result<_, _>>()
            .with_context(|| format!("reading the decisions in {}", file.display()))?;
        let accounts = engine.context().storage.accounts().await?;
        Ok(Self {
            engine,
            accounts: accounts.into_iter().map(|account| account.id).collect(),
            waiting,
        })
    }

    /// Until told to stop. What is refused is said and left.
    pub async fn follow(mut self, stop: CancellationToken) -> anyhow::Result<()> {
        while !stop.is_cancelled() {
            self.carry_out(AT_ONCE).await?;
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(LOOKS_EVERY) => {}
            }
        }
        Ok(())
    }

    /// Carries out what can be, of all that waits. Returns how many were settled.
    pub async fn carry_out_all(&mut self) -> anyhow::Result<usize> {
        self.carry_out(self.waiting.len()).await
    }

    async fn carry_out(&mut self, most: usize) -> anyhow::Result<usize> {
        let mut settled = 0;
        for _ in 0..most.min(self.waiting.len()) {
            let Some(decision) = self.waiting.pop_front() else {
                break;
            };
            match self.settle(&decision).await? {
                Outcome::Done => settled += 1,
                Outcome::NotYet => self.waiting.push_back(decision),
            }
        }
        Ok(settled)
    }

    async fn settle(&self, decision: &Decision) -> anyhow::Result<Outcome> {
        let Some(id) = self.find(&decision.comment).await? else {
            return Ok(Outcome::NotYet);
        };
        let row = self.engine.context().storage.comment_row(id).await?;
        if row.stage != "to_review" {
            return Ok(if row.action.is_some() {
                Outcome::Done
            } else {
                Outcome::NotYet
            });
        }
        let card = self.engine.comment(id).await?;
        if !card.actions.is_empty() {
            return Ok(Outcome::Done);
        }
        let version = card.row.version;
        let text = decision.text.as_deref().unwrap_or_default();
        let queued = match decision.act {
            Act::Reply | Act::ReplyAndUndo => self.engine.approve(id, version, text).await,
            Act::Hide => self.engine.hide(id, version).await,
        };
        match queued {
            Ok(action) if decision.act == Act::ReplyAndUndo => {
                if let Err(error) = self.engine.cancel_action(domain::ActionId(action.id)).await {
                    eprintln!("moderatoctl: {}: not taken back: {error}", decision.comment);
                }
            }
            Ok(_) => {}
            // It moved on between the look and the act: looked at again.
            Err(EngineError::Storage(storage::StorageError::MovedOn)) => return Ok(Outcome::NotYet),
            Err(error) => eprintln!("moderatoctl: {}: {error}", decision.comment),
        }
        Ok(Outcome::Done)
    }

    async fn find(&self, comment: &str) -> anyhow::Result<Option<CommentId>> {
        let id = PlatformId::from(comment);
        for account in &self.accounts {
            if let Some(found) = self.engine.context().storage.find_comment(*account, &id).await? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}
