//! The engine's failures in the window's words and codes.

use contract::{CommandError, ErrorCode};
use domain::{PlatformError, SecretError};
use engine::EngineError;
use headless::AppError;
use storage::StorageError;

pub fn to_command_error(error: AppError) -> CommandError {
    let message = error.to_string();
    let code = match &error {
        AppError::NoWorkspace => ErrorCode::NotFound,
        AppError::Settings(_) => ErrorCode::Invalid,
        AppError::Secret(why) => of_secret(why),
        AppError::Engine(engine) => match engine {
            EngineError::Storage(why) => of_storage(why),
            EngineError::Guard(report) => {
                let details = serde_json::to_value(report.as_ref()).ok();
                return CommandError {
                    code: ErrorCode::GuardFailed,
                    message,
                    details,
                };
            }
            EngineError::Invalid(_) | EngineError::Settings(_) => ErrorCode::Invalid,
            EngineError::Secret(why) => of_secret(why),
            EngineError::Platform(why) => of_platform(why),
            EngineError::Search(_)
            | EngineError::Model(_)
            | EngineError::NotConnected(_)
            | EngineError::Aborted(_) => ErrorCode::Internal,
        },
        AppError::InUse | AppError::Failed(_) => ErrorCode::Internal,
    };
    if code == ErrorCode::Internal {
        tracing::error!(error = message, "a command failed");
    }
    CommandError::new(code, message)
}

fn of_storage(error: &StorageError) -> ErrorCode {
    match error {
        StorageError::MovedOn | StorageError::AlreadyAnswered | StorageError::IllegalStep(_) => {
            ErrorCode::MovedOn
        }
        StorageError::NotFound | StorageError::DeletedOnPlatform => ErrorCode::NotFound,
        StorageError::TooLate { .. } => ErrorCode::TooLate,
        StorageError::NewerSchema { .. }
        | StorageError::Full
        | StorageError::Busy
        | StorageError::Corrupt { .. }
        | StorageError::Failed(_) => ErrorCode::StorageFailed,
    }
}

fn of_secret(error: &SecretError) -> ErrorCode {
    match error {
        SecretError::WrongPassphrase => ErrorCode::Invalid,
        SecretError::NoKeychain { .. } | SecretError::Locked | SecretError::Failed { .. } => {
            ErrorCode::SecretsUnavailable
        }
    }
}

fn of_platform(error: &PlatformError) -> ErrorCode {
    match error {
        PlatformError::SignedOut { .. }
        | PlatformError::PermissionMissing { .. }
        | PlatformError::AccountRestricted { .. } => ErrorCode::SignInRefused,
        PlatformError::Unavailable { .. }
        | PlatformError::Throttled { .. }
        | PlatformError::Unreadable { .. } => ErrorCode::PlatformUnreachable,
        _ => ErrorCode::Internal,
    }
}
