//! Failures of the store, named by what the caller can do.

use domain::outbox::ActionState;

#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// Written by a newer version of the app: it must not be touched by this one.
    #[error("the database has schema {found}, this version knows {known}")]
    NewerSchema { found: i64, known: i64 },
    /// The version or the state that the caller looked at is no longer there: look again.
    #[error("it moved on meanwhile")]
    MovedOn,
    #[error("it is not there")]
    NotFound,
    /// One live or confirmed reply per comment.
    #[error("this comment has a reply already")]
    AlreadyAnswered,
    /// Nothing can be done to it there any more.
    #[error("this comment was deleted on the platform")]
    DeletedOnPlatform,
    /// The action may have reached the platform.
    #[error("too late to take it back: it is {state}")]
    TooLate { state: ActionState },
    /// The request does not fit the stage the comment is in.
    #[error("{0}")]
    IllegalStep(String),
    #[error("the disk is full")]
    Full,
    /// Another process holds the database.
    #[error("the database is busy")]
    Busy,
    #[error("the database is damaged: {detail}")]
    Corrupt { detail: String },
    #[error("the database failed: {0}")]
    Failed(#[source] sqlx::Error),
}

impl StorageError {
    pub(crate) fn corrupt(detail: impl std::fmt::Display) -> Self {
        Self::Corrupt {
            detail: detail.to_string(),
        }
    }
}

impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::RowNotFound => return Self::NotFound,
            sqlx::Error::PoolTimedOut => return Self::Busy,
            sqlx::Error::Database(reported) => {
                // The low byte is the primary result code: https://sqlite.org/rescode.html
                let code = reported.code().and_then(|c| c.parse::<i32>().ok());
                match code.map(|c| c & 0xff) {
                    Some(5 | 6) => return Self::Busy,
                    Some(13) => return Self::Full,
                    Some(11 | 26) => return Self::corrupt(reported.message()),
                    _ => {}
                }
            }
            _ => {}
        }
        Self::Failed(error)
    }
}

impl From<domain::IllegalTransition> for StorageError {
    fn from(refused: domain::IllegalTransition) -> Self {
        Self::IllegalStep(refused.to_string())
    }
}

/// An action that no longer takes the event was settled by someone else.
impl From<domain::outbox::IllegalOutboxStep> for StorageError {
    fn from(_: domain::outbox::IllegalOutboxStep) -> Self {
        Self::MovedOn
    }
}

impl From<sqlx::migrate::MigrateError> for StorageError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::Execute(error) => error.into(),
            other => Self::Failed(sqlx::Error::Migrate(Box::new(other))),
        }
    }
}
