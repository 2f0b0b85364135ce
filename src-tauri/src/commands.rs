//! What the window can ask for: exactly the list of `contract::commands`.

pub mod accounts;
pub mod acts;
pub mod health;
pub mod inbox;
pub mod knowledge;
pub mod posts;
pub mod workspace;

use crate::failure::to_command_error;
use contract::CommandError;
use headless::{App, AppError};
use std::sync::Arc;

type Host<'a> = tauri::State<'a, Arc<App>>;
type Answer<T> = Result<T, CommandError>;

fn done<T, E: Into<AppError>>(result: Result<T, E>) -> Answer<T> {
    result.map_err(|error| to_command_error(error.into()))
}

macro_rules! commands {
    ($($group:ident::$name:ident),* $(,)?) => {
        /// Dispatches a request of the window.
        pub fn handler<R: tauri::Runtime>() -> impl Fn(tauri::ipc::Invoke<R>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$($group::$name),*]
        }

        /// Names of the commands that [`handler`] knows.
        pub const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

commands![
    workspace::open_app,
    workspace::reopen_workspace,
    workspace::start_sample,
    workspace::choose_secret_backend,
    inbox::get_overview,
    inbox::list_comments,
    inbox::get_comment,
    inbox::get_campaign,
    inbox::mark_read,
    inbox::get_source,
    inbox::get_picture,
    inbox::check_draft,
    inbox::save_draft,
    inbox::discard_draft_edit,
    inbox::approve_draft,
    inbox::regenerate_draft,
    inbox::hide_comment,
    inbox::unhide_comment,
    acts::get_options,
    acts::delete_comment,
    acts::ban_author,
    acts::reply_privately,
    acts::replace_reply,
    acts::take_back,
    posts::get_post,
    posts::set_post_comments,
    posts::comment_on_post,
    posts::cancel_own_comment,
    posts::settle_own_comment,
    inbox::dismiss_comment,
    inbox::reopen_comment,
    inbox::snooze_comment,
    inbox::escalate_comment,
    inbox::return_to_review,
    inbox::retry_stuck,
    inbox::correct_label,
    inbox::undo_last,
    inbox::cancel_action,
    inbox::list_outbox,
    inbox::set_sending,
    inbox::sync_now,
    workspace::get_settings,
    workspace::update_settings,
    workspace::set_provider,
    workspace::test_provider,
    accounts::list_accounts,
    accounts::begin_instagram_sign_in,
    accounts::connect_account,
    accounts::cancel_connect,
    accounts::check_account,
    accounts::set_account_mode,
    accounts::pause_account,
    accounts::set_drafts_from,
    accounts::pause_import,
    accounts::resume_import,
    accounts::set_quota_budget,
    accounts::count_account,
    accounts::disconnect_account,
    knowledge::get_knowledge,
    knowledge::search_knowledge,
    knowledge::add_synonyms,
    knowledge::change_synonyms,
    knowledge::remove_synonyms,
    health::get_health,
    health::set_relay,
    health::rebuild_index,
    health::forget_corrections,
    health::export_diagnostics,
    health::get_trace,
    health::get_unknown,
    health::settle_unknown,
    workspace::ready_to_close,
];

#[cfg(test)]
mod tests {
    use super::NAMES;
    use contract::commands::COMMANDS;

    #[test]
    fn the_window_can_call_exactly_what_the_contract_lists() {
        let listed: Vec<&str> = COMMANDS.iter().map(|(name, ..)| *name).collect();
        assert_eq!(NAMES, listed, "a command in one list only is dead or unreachable");
    }

    #[test]
    fn every_command_is_allowed_to_the_window_by_name() {
        let permissions = include_str!("../permissions/app.toml");
        for name in NAMES {
            assert!(
                permissions.contains(&format!("\"{name}\"")),
                "{name} has its permission"
            );
        }
    }
}
