//! The list of what the window can ask for: name, type of the request, type of the answer.
//!
//! The shell registers exactly these (a test of the shell compares), and the generated TypeScript types
//! `call(name, request)` by this list.

/// `(name, request, answer)` in TypeScript types; `null` where there is none.
pub const COMMANDS: &[(&str, &str, &str)] = &[
    ("open_app", "null", "AppState"),
    ("reopen_workspace", "null", "AppState"),
    ("start_sample", "null", "AppState"),
    ("choose_secret_backend", "ChooseSecretBackend", "AppState"),
    ("get_overview", "null", "Overview"),
    ("list_comments", "ListComments", "CommentPage"),
    ("get_comment", "CommentRef", "CommentDetail"),
    ("get_campaign", "CampaignRef", "CampaignView"),
    ("mark_read", "CommentRef", "null"),
    ("get_source", "SourceRef", "SourceView"),
    ("get_picture", "PostRef", "Picture"),
    ("check_draft", "CheckDraft", "GuardReport"),
    ("save_draft", "SaveDraft", "DraftView"),
    ("discard_draft_edit", "CommentRef", "DraftView | null"),
    ("approve_draft", "ApproveDraft", "ActionView"),
    ("regenerate_draft", "CommentRef", "null"),
    ("hide_comment", "CommentRef", "ActionView"),
    ("unhide_comment", "CommentRef", "ActionView"),
    ("get_options", "CommentRef", "CommentOptions"),
    ("delete_comment", "CommentRef", "ActionView"),
    ("ban_author", "CommentRef", "ActionView"),
    ("reply_privately", "WriteToComment", "ActionView"),
    ("replace_reply", "WriteToComment", "ActionView"),
    ("take_back", "ActionRef", "ActionView"),
    ("get_post", "PostRef", "PostDetail"),
    ("set_post_comments", "SetPostComments", "PostDetail"),
    ("comment_on_post", "CommentOnPost", "PostDetail"),
    ("cancel_own_comment", "OwnCommentRef", "PostDetail"),
    ("settle_own_comment", "SettleOwnComment", "PostDetail"),
    ("dismiss_comment", "CommentRef", "null"),
    ("reopen_comment", "CommentRef", "null"),
    ("snooze_comment", "Snooze", "null"),
    ("escalate_comment", "CommentRef", "null"),
    ("return_to_review", "CommentRef", "null"),
    ("retry_stuck", "CommentRef", "null"),
    ("correct_label", "CorrectLabel", "null"),
    ("undo_last", "null", "UndoResult"),
    ("cancel_action", "ActionRef", "ActionView"),
    ("list_outbox", "null", "OutboxView"),
    ("set_sending", "SetSending", "Overview"),
    ("sync_now", "null", "null"),
    ("get_settings", "null", "Settings"),
    ("update_settings", "Settings", "Settings"),
    ("set_provider", "SetProvider", "Settings"),
    ("test_provider", "null", "ProviderTest"),
    ("list_accounts", "null", "AccountsView"),
    ("begin_instagram_sign_in", "BeginInstagramSignIn", "SignInAddress"),
    ("connect_account", "ConnectAccount", "ConnectResult"),
    ("cancel_connect", "null", "null"),
    ("check_account", "AccountRef", "AccountCard"),
    ("set_account_mode", "SetAccountMode", "AccountCard"),
    ("pause_account", "PauseAccount", "AccountCard"),
    ("set_drafts_from", "SetDraftsFrom", "AccountCard"),
    ("pause_import", "AccountRef", "AccountCard"),
    ("resume_import", "AccountRef", "AccountCard"),
    ("set_quota_budget", "SetQuotaBudget", "AccountsView"),
    ("count_account", "AccountRef", "AccountCounts"),
    ("disconnect_account", "DisconnectAccount", "AccountsView"),
    ("get_knowledge", "null", "KnowledgeView"),
    ("search_knowledge", "SearchKnowledge", "KnowledgeFound"),
    ("add_synonyms", "AddSynonyms", "KnowledgeView"),
    ("change_synonyms", "ChangeSynonyms", "KnowledgeView"),
    ("remove_synonyms", "SynonymsRef", "KnowledgeView"),
    ("get_health", "null", "HealthView"),
    ("set_relay", "SetRelay", "RelayView"),
    ("rebuild_index", "null", "null"),
    ("forget_corrections", "null", "ForgottenCorrections"),
    ("export_diagnostics", "null", "DiagnosticsFile"),
    ("get_trace", "CommentRef", "TraceView"),
    ("get_unknown", "ActionRef", "UnknownView"),
    ("settle_unknown", "SettleUnknown", "ActionView"),
    ("ready_to_close", "null", "null"),
];

pub(crate) fn typescript() -> String {
    let mut out = String::from("export interface Commands {\n");
    for (name, request, answer) in COMMANDS {
        out.push_str(&format!(
            "  {name}: {{ request: {request}; answer: {answer} }};\n"
        ));
    }
    out.push_str("}\n\nexport type CommandName = keyof Commands;\n");
    out
}
