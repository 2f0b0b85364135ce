//! The other side: deliveries that were kept are read, and what they tell goes through the intake.

use async_trait::async_trait;
use domain::ports::{Element, RemoteComment};
use domain::{AccountId, PlatformError, PlatformId};
use engine::worker::Worker;
use engine::{Context, EngineError, Step, backoff, intake};
use platforms::webhook::{self, Event, Part};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use storage::{AccountRow, Delivery, DeliveryEnd, DeliveryRead, StorageError};

/// Reads of one delivery before it is given up: by then every post was swept.
const MOST_ATTEMPTS: i64 = 12;
const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_secs(30 * 60);
/// The platforms that push by webhooks, as accounts name them.
const PUSHING: [&str; 2] = ["instagram", "facebook"];

/// Reads one delivery at a time, the longest waiting first. One is enough, and two would read the same.
pub struct DeliveryWorker {
    context: Context,
}

/// A delivery taken apart.
#[derive(Default)]
struct Sorted {
    shares: BTreeMap<AccountId, Share>,
    ignored: usize,
    /// Why the first of those that name no account could not be read.
    unreadable: Option<String>,
    /// Private messages, which are of no business here.
    has_messages: bool,
}

/// What a delivery holds for one account.
#[derive(Default)]
struct Share {
    comments: Vec<Element<RemoteComment>>,
    /// Raw JSON and reason.
    malformed: Vec<(String, String)>,
    /// To be read once more.
    changed: BTreeSet<PlatformId>,
}

impl DeliveryWorker {
    pub fn new(context: Context) -> Self {
        Self { context }
    }

    async fn read(
        &self,
        delivery: &Delivery,
        brought: &mut DeliveryRead,
    ) -> Result<DeliveryEnd, EngineError> {
        let parts = match webhook::parts(&delivery.body) {
            Ok(parts) => parts,
            Err(error) => {
                return Ok(DeliveryEnd::GivenUp {
                    why: error.to_string(),
                });
            }
        };
        let sorted = Sorted::of(parts, &self.context.storage.accounts().await?);
        brought.ignored = sorted.ignored;
        // What the delivery itself tells is stored before any platform is asked.
        let mut changed = Vec::new();
        for (account, share) in sorted.shares {
            self.store(account, share.comments, &share.malformed, brought)
                .await?;
            changed.push((account, share.changed));
        }
        for (account, comments) in changed {
            let comments: Vec<PlatformId> = comments.into_iter().collect();
            let read = intake::read_again(&self.context, account, &comments).await?;
            brought.stored += read.new.len() + read.own + read.echoes;
        }
        Ok(match sorted.unreadable {
            _ if sorted.has_messages => DeliveryEnd::Forgotten,
            Some(why) => DeliveryEnd::GivenUp { why },
            None => DeliveryEnd::Read,
        })
    }

    async fn store(
        &self,
        account: AccountId,
        comments: Vec<Element<RemoteComment>>,
        malformed: &[(String, String)],
        brought: &mut DeliveryRead,
    ) -> Result<(), EngineError> {
        let context = &self.context;
        brought.quarantined += context
            .storage
            .set_notices_aside(account, malformed, context.now())
            .await?;
        let stored = intake::store_pushed(context, account, comments).await?;
        brought.stored += stored.new.len() + stored.own + stored.echoes;
        brought.quarantined += stored.quarantined;
        Ok(())
    }

    /// Its comments are stored by now, or will be by the next look; what is left is to read again.
    fn later(&self, delivery: &Delivery, error: &EngineError) -> DeliveryEnd {
        let why = error.to_string();
        if delivery.attempts + 1 >= MOST_ATTEMPTS {
            return DeliveryEnd::GivenUp { why };
        }
        let attempts = u32::try_from(delivery.attempts).unwrap_or(u32::MAX);
        let wait = FIRST_WAIT + backoff::full_jitter(attempts, FIRST_WAIT, LONGEST_WAIT);
        let asked = match error {
            EngineError::Platform(PlatformError::Throttled { retry_after }) => *retry_after,
            _ => None,
        };
        let wait = wait.max(asked.unwrap_or_default().min(LONGEST_WAIT));
        DeliveryEnd::PutOff {
            until: self.context.now().plus(wait),
            why,
        }
    }
}

#[async_trait]
impl Worker for DeliveryWorker {
    fn name(&self) -> &'static str {
        "deliveries"
    }

    async fn try_next(&self) -> Result<Step, EngineError> {
        let storage = &self.context.storage;
        let Some(delivery) = storage.next_delivery(self.context.now()).await? else {
            return Ok(Step::Idle);
        };
        let mut brought = DeliveryRead::default();
        let end = match self.read(&delivery, &mut brought).await {
            Ok(end) => end,
            Err(error) if concerns_the_workspace(&error) => return Err(error),
            Err(error) => self.later(&delivery, &error),
        };
        match &end {
            DeliveryEnd::Read | DeliveryEnd::Forgotten => tracing::info!(?brought, "a delivery was read"),
            DeliveryEnd::PutOff { why, .. } => tracing::warn!(why, ?brought, "a delivery is read once more"),
            DeliveryEnd::GivenUp { why } => tracing::error!(why, ?brought, "a delivery was not read whole"),
        }
        storage
            .end_delivery_read(delivery.id, brought, &end, self.context.now())
            .await?;
        Ok(Step::Worked)
    }
}

/// Any other delivery would fail the same way.
fn concerns_the_workspace(error: &EngineError) -> bool {
    matches!(
        error,
        EngineError::Storage(StorageError::Full | StorageError::Busy | StorageError::Corrupt { .. })
    )
}

impl Sorted {
    fn of(parts: Vec<Part>, accounts: &[AccountRow]) -> Self {
        let mut sorted = Self::default();
        for part in parts {
            let account = part
                .account_id
                .as_ref()
                .and_then(|id| accounts.iter().find(|row| receives(row, id)));
            sorted.add(account.map(|row| row.id), part);
        }
        sorted
    }

    fn add(&mut self, account: Option<AccountId>, part: Part) {
        if let Element::Read(notice) = &part.element
            && matches!(&notice.event, Event::Other { field } if field == "messaging")
        {
            self.has_messages = true;
        }
        let Some(account) = account else {
            self.ignored += 1;
            if let (None, Element::Malformed { reason, .. }) = (part.account_id, part.element) {
                self.unreadable.get_or_insert(reason);
            }
            return;
        };
        let share = self.shares.entry(account).or_default();
        let event = match part.element {
            Element::Read(notice) => notice.event,
            Element::Malformed { raw, reason } => {
                share.malformed.push((raw, reason));
                return;
            }
        };
        match event {
            Event::Comment { comment, .. } => share.comments.push(Element::Read(*comment)),
            Event::Changed { comment, .. } | Event::Removed { comment, .. } => {
                share.changed.insert(comment);
            }
            Event::Mention { .. } | Event::Other { .. } => self.ignored += 1,
        }
    }
}

fn receives(account: &AccountRow, id: &PlatformId) -> bool {
    account.platform_id == *id
        && account.disconnected_at.is_none()
        && PUSHING.contains(&account.platform.as_str())
}
