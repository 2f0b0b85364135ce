//! Keeping the database: a look at it when the workspace is opened, and a copy of it every day.

use crate::hub::Trouble;
use crate::{Context, EngineError, Step, worker::Worker};
use async_trait::async_trait;
use domain::Timestamp;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use storage::StorageError;

/// Between two looks whether the day has its copy, and two tries at one that failed.
const LOOK_EVERY: Duration = Duration::from_secs(600);

/// Looks at the ends of the database that cost little. Damage stops the workers before they begin; a broken chain of
/// activity stops nothing, because what it records is done.
pub(crate) async fn check_at_start(context: &Context) -> Result<(), EngineError> {
    let report = match context.storage.check_at_start().await {
        Ok(report) => report,
        Err(StorageError::Corrupt { detail }) => {
            context.hub().set_trouble(Trouble::Damaged { detail });
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    if !report.sqlite_ok {
        let detail = "SQLite's check failed; `moderatoctl doctor` reads all of it".to_owned();
        context.hub().set_trouble(Trouble::Damaged { detail });
    }
    if let Some(row) = report.broken_at {
        tracing::error!(
            row,
            "the activity was changed from outside; `moderatoctl doctor` reads all of it"
        );
    }
    Ok(())
}

/// Keeps a copy of the database for every day the app runs.
pub struct BackupWorker {
    context: Context,
    not_before: Mutex<Timestamp>,
}

impl BackupWorker {
    pub fn new(context: Context) -> Self {
        Self {
            context,
            not_before: Mutex::new(Timestamp(i64::MIN)),
        }
    }

    /// Whether it is time for a look, which is then taken.
    fn is_time(&self, now: Timestamp) -> bool {
        let mut not_before = self.not_before.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = now >= *not_before;
        if is_time {
            *not_before = now.plus(LOOK_EVERY);
        }
        is_time
    }
}

#[async_trait]
impl Worker for BackupWorker {
    fn name(&self) -> &'static str {
        "backup"
    }

    async fn try_next(&self) -> Result<Step, EngineError> {
        let now = self.context.now();
        if !self.is_time(now) {
            return Ok(Step::Idle);
        }
        match self.context.storage.back_up_daily(now).await? {
            Some(copy) => {
                tracing::info!(copy = %copy.display(), "the day's backup is written");
                Ok(Step::Worked)
            }
            None => Ok(Step::Idle),
        }
    }
}
