//! Hearing what happens ("Getting updates", `getUpdates`). Asking from a number on lets the platform forget what came
//! before it, so the number is the caller's to keep: this client keeps none, and a batch that was not stored comes again.
//!
//! One call at a time: of two, the platform ends the older with a conflict.

use super::Telegram;
use super::call::Call;
use super::wire::{self, Place};
use domain::Timestamp;
use domain::error::PlatformError;
use domain::ports::UpdateBatch;
use serde_json::json;
use std::time::Duration;
use tokio::sync::{Mutex, watch};

/// What one call brings at most, by the platform's rule.
const MOST_UPDATES: usize = 100;
/// The platform cuts longer waits off.
const LONGEST_WAIT: Duration = Duration::from_secs(50);
/// "If there are no new updates for at least a week, then identifier of the next update will be chosen randomly": an
/// older number could be above it. By then everything before it was confirmed, or lost after a day.
const NUMBERS_HOLD: Duration = Duration::from_secs(6 * 86_400);

pub(super) struct Listening {
    turn: Mutex<()>,
    /// Calls that do not wait and want the turn of one that does.
    urgent: watch::Sender<usize>,
}

impl Default for Listening {
    fn default() -> Self {
        Self {
            turn: Mutex::new(()),
            urgent: watch::Sender::new(0),
        }
    }
}

/// Ends the wait of whoever waits, for as long as it is held.
struct Urgent<'a>(&'a watch::Sender<usize>);

impl<'a> Urgent<'a> {
    fn new(urgent: &'a watch::Sender<usize>) -> Self {
        urgent.send_modify(|callers| *callers += 1);
        Self(urgent)
    }
}

impl Drop for Urgent<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|callers| *callers -= 1);
    }
}

/// Number of the next update, and when the last one was told: `<number>@<milliseconds>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cursor {
    next: i64,
    told_at: Timestamp,
}

impl Cursor {
    /// One that cannot be read counts as none: what is told again is known by its ids.
    fn parse(text: &str) -> Option<Self> {
        let (next, told_at) = text.split_once('@')?;
        Some(Self {
            next: next.parse().ok()?,
            told_at: Timestamp(told_at.parse().ok()?),
        })
    }

    fn holds_at(self, now: Timestamp) -> bool {
        now.since(self.told_at) < NUMBERS_HOLD
    }

    fn text(self) -> String {
        format!("{}@{}", self.next, self.told_at.0)
    }
}

impl Telegram {
    pub(super) async fn listen(
        &self,
        after: Option<&str>,
        wait: Duration,
    ) -> Result<UpdateBatch, PlatformError> {
        if wait.is_zero() {
            let _urgent = Urgent::new(&self.listening.urgent);
            let _turn = self.listening.turn.lock().await;
            return self.ask(after, wait).await;
        }
        let _turn = self.listening.turn.lock().await;
        let mut urgent = self.listening.urgent.subscribe();
        tokio::select! {
            biased;
            _ = urgent.wait_for(|callers| *callers > 0) => Ok(UpdateBatch {
                next: after.map(str::to_owned),
                ..UpdateBatch::default()
            }),
            answered = self.ask(after, wait.min(LONGEST_WAIT)) => answered,
        }
    }

    async fn ask(&self, after: Option<&str>, wait: Duration) -> Result<UpdateBatch, PlatformError> {
        let now = self.caller.clock.now();
        let cursor = after
            .and_then(Cursor::parse)
            .filter(|cursor| cursor.holds_at(now));
        let mut body = json!({
            "timeout": wait.as_secs(),
            "limit": MOST_UPDATES,
            "allowed_updates": ["message", "edited_message"],
        });
        if let Some(cursor) = cursor {
            body["offset"] = json!(cursor.next);
        }
        let call = Call {
            waits: wait,
            ..Call::read("getUpdates", body)
        };
        let place = Place {
            chat: self.group.chat_id,
            channel: self.group.channel_id,
            bot: self.bot_id,
        };
        let told = self
            .caller
            .read(call, |result| wire::updates(result, place))
            .await?;
        let next = match told.last {
            Some(last) => Some(
                Cursor {
                    next: last.saturating_add(1),
                    told_at: now,
                }
                .text(),
            ),
            None => after.map(str::to_owned),
        };
        Ok(UpdateBatch {
            next,
            has_more: told.count >= MOST_UPDATES,
            ..told.batch
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_cursor_is_its_text_and_holds_for_less_than_a_week() {
        let cursor = Cursor {
            next: 4_711,
            told_at: Timestamp(1_790_000_000_000),
        };
        assert_eq!(Cursor::parse(&cursor.text()), Some(cursor));
        assert_eq!(Cursor::parse("4711"), None);
        let day = Duration::from_secs(86_400);
        assert!(cursor.holds_at(cursor.told_at.plus(day)));
        assert!(
            !cursor.holds_at(cursor.told_at.plus(day * 7)),
            "numbers may begin anew below it"
        );
    }
}
