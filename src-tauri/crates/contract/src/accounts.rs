//! Connected accounts: their cards, connecting, changing and disconnecting them.
//! Times are milliseconds since the epoch. No secret is in a view, and none in the `Debug` of a request.

use crate::view::{ConnectionState, Mode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PlatformName {
    Instagram,
    Facebook,
    Youtube,
    Telegram,
}

/// The accounts screen. Announced as changed by `ChangeBatch.accounts`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct AccountsView {
    /// In the order in which they were connected.
    pub accounts: Vec<AccountCard>,
    /// The engine's clock when this was read, for what is told as "in 22 min".
    pub now: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct AccountCard {
    pub id: i64,
    pub platform: PlatformName,
    /// Without `@`.
    pub username: String,
    /// As the platform shows it; the user name where there is no other.
    pub name: String,
    pub mode: Mode,
    pub connection: ConnectionState,
    /// What is wrong, in words; `null` while nothing is.
    pub connection_note: Option<String>,
    pub last_synced_at: Option<i64>,
    /// Served by the simulator inside the app.
    pub simulated: bool,
    /// A person paused it: nothing is read or sent until `pause_account` takes that back.
    pub paused_by_user: bool,
    /// `null` where the access does not end by itself, or it is not known when.
    pub token_expires_at: Option<i64>,
    /// The engine renews the access before it ends.
    pub renews_itself: bool,
    pub import: ImportView,
    /// Comments published before this get no draft; `null` where every comment does.
    pub drafts_from: Option<i64>,
    /// Where the platform counts units by the day.
    pub quota: Option<QuotaView>,
    /// Where the platform tells how much of its limit is used.
    pub usage: Option<UsageView>,
    /// `null` while the account is not connected.
    pub capabilities: Option<CapabilitiesView>,
    pub permissions: Vec<PermissionView>,
    /// It was taken off and its data kept, to be read; connecting it again takes the work up.
    pub disconnected: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// There is no history that is read in the background; with Telegram there is none to read.
    None,
    Running,
    /// A person stopped it; it goes on where it was.
    Paused,
    Done,
}

/// Reading what was written before the account was connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportView {
    pub state: ImportState,
    pub posts_done: u64,
    /// `null` while the platform has not told all posts.
    pub posts_total: Option<u64>,
    /// Stored by the import so far.
    pub comments: u64,
    /// When the oldest stored comment was published.
    pub oldest_at: Option<i64>,
}

/// The units of a Google Cloud project for today. Accounts of one client id share them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct QuotaView {
    /// Most first; kinds of which nothing was spent are left out.
    pub spent_by_kind: Vec<QuotaSpend>,
    /// 0..=`daily_units`.
    pub units_left: u32,
    pub daily_units: u32,
    /// Reads leave this much for replies and what else people decide.
    pub reserve_units: u32,
    /// The next midnight in California.
    pub resets_at: i64,
    /// Replies that `units_left` is enough for, the checks around each included.
    pub replies_possible: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct QuotaSpend {
    /// `list_threads`, `list_replies`, `list_held`, `list_videos`, `check`, `reply`, `edit_reply`, `comment`,
    /// `moderate`, `delete`. The window has the words.
    pub kind: String,
    pub units: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UsageView {
    /// Of what the platform allows now, as it tells; over 100 is possible.
    pub percent: u32,
    /// While the platform gives no calls: until when. `null` otherwise.
    pub calls_again_at: Option<i64>,
}

/// What the account's platform can do. The window offers nothing else. Mirrors `domain::Capabilities`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CapabilitiesView {
    /// `null` when comments cannot be hidden.
    pub can_hide: Option<HidingView>,
    pub can_delete_others: RemovalView,
    /// Remove a comment and keep its author from commenting again.
    pub can_ban: bool,
    pub can_edit_own_reply: bool,
    pub can_private_reply: bool,
    pub can_comment_on_post: bool,
    /// Switch the comments of a post on or off.
    pub can_switch_comments: bool,
    /// Unicode scalar values.
    pub reply_max_chars: u32,
    pub replies_to: ReplyTargetView,
    /// Comments that one moderation call takes.
    pub moderation_batch: u32,
    pub lists_whole_account: bool,
    /// The platform holds comments back by itself; they wait for a decision.
    pub holds_for_review: bool,
    pub arrival: ArrivalView,
    /// A comment and its thread can be read at any time. Where not, a person looks for an outcome that nobody heard.
    pub can_look_again: bool,
    /// What is deleted there is noticed here.
    pub notices_deletions: bool,
}

/// How what people write becomes known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ArrivalView {
    /// Posts and comments are listed, from whatever time.
    Listed,
    /// Told once, as it happens: there is no history.
    Told,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HidingView {
    /// A hidden comment can be shown again.
    pub undoable: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum RemovalView {
    None,
    /// It ceases to exist: nothing brings it back.
    Delete,
    /// It is kept by the platform and shown to nobody.
    Reject {
        /// It cannot be published again.
        irreversible: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReplyTargetView {
    /// A reply to a reply goes to the thread's first comment.
    TopLevelOnly,
    Any,
}

/// What may be done about one comment on its platform besides answering and hiding it. What is not here is not offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CommentOptions {
    pub comment_id: i64,
    pub removal: RemovalView,
    /// Removes the comment too, and cannot be taken back.
    pub can_ban: bool,
    /// A message to the author, once; until when. `null` where it is not possible or no longer.
    pub private_reply_until: Option<i64>,
    /// What `replace_reply` puts other words in place of, and `take_back` removes.
    pub standing_reply: Option<StandingReplyView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StandingReplyView {
    pub action_id: i64,
    pub text: String,
    /// The platform changes it in place; otherwise a new reply is sent and the old one removed after it.
    pub edits_in_place: bool,
}

impl From<domain::Removal> for RemovalView {
    fn from(of: domain::Removal) -> Self {
        match of {
            domain::Removal::None => Self::None,
            domain::Removal::Delete => Self::Delete,
            domain::Removal::Reject { irreversible } => Self::Reject { irreversible },
        }
    }
}

impl From<&domain::Capabilities> for CapabilitiesView {
    fn from(of: &domain::Capabilities) -> Self {
        let fit = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Self {
            can_hide: of.can_hide.map(|hiding| HidingView {
                undoable: hiding.undoable,
            }),
            can_delete_others: of.can_delete_others.into(),
            can_ban: of.can_ban,
            can_edit_own_reply: of.can_edit_own_reply,
            can_private_reply: of.can_private_reply,
            can_comment_on_post: of.can_comment_on_post,
            can_switch_comments: of.can_switch_comments,
            reply_max_chars: fit(of.reply_max_chars),
            replies_to: match of.replies_to {
                domain::ReplyTarget::TopLevelOnly => ReplyTargetView::TopLevelOnly,
                domain::ReplyTarget::Any => ReplyTargetView::Any,
            },
            moderation_batch: fit(of.moderation_batch),
            lists_whole_account: of.lists_whole_account,
            holds_for_review: of.holds_for_review,
            arrival: match of.arrival {
                domain::Arrival::Listed => ArrivalView::Listed,
                domain::Arrival::Told => ArrivalView::Told,
            },
            can_look_again: of.can_look_again,
            notices_deletions: of.notices_deletions,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Granted {
    Yes,
    No,
    /// There was nothing to try it on yet.
    Unknown,
}

/// Whether the platform allows something, as its answer to the very call of daily work shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PermissionView {
    /// As the platform names it, for a person to look it up there.
    pub name: String,
    pub granted: Granted,
    /// `profile`, `posts`, `comments`, `reply`, `moderate`, `private_reply`, `renew`, `membership`; the window has
    /// the words, and shows any other as it stands.
    pub needed_for: String,
    /// Without it the account cannot be connected.
    pub vital: bool,
}

/// What `disconnect_account` with `delete_data` would delete, and what waits. Answer of `count_account`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AccountCounts {
    pub posts: i64,
    pub comments: i64,
    pub authors: i64,
    pub drafts: i64,
    /// Actions of every state.
    pub actions: i64,
    /// Of those, not ended: disconnecting cancels what has not left.
    pub waiting_actions: i64,
}

/// How an account is connected. The very calls of daily work are made first; nothing is kept unless they pass.
///
/// Errors: `invalid` (a value cannot be one, the message says which), `sign_in_refused` (the platform does not take
/// it), `secrets_unavailable`, `platform_unreachable`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "way", rename_all = "snake_case")]
pub enum ConnectAccount {
    /// A token generated in the dashboard of the user's own Meta app; it lasts 60 days and renews itself.
    InstagramToken { token: String },
    /// The user's own Meta app with Instagram login, after `begin_instagram_sign_in` with the same `app_id` and
    /// `redirect`. The sign-in lasts 60 days and renews itself; the app's secret is used now and not kept.
    InstagramCode {
        app_id: String,
        app_secret: String,
        /// Registered for the app, letter by letter.
        redirect: String,
        /// The whole address that the browser ended at, pasted: it begins with `redirect` and holds a code.
        address: String,
    },
    /// An Instagram account that is linked to a Facebook Page, by a person's token or that of the page. It does not
    /// end by itself.
    InstagramPage {
        token: String,
        /// One of `choose_page`, where several pages have a linked account.
        page_id: Option<String>,
    },
    /// A person's token or that of a page.
    FacebookToken {
        token: String,
        /// One of `choose_page`, where the person manages several.
        page_id: Option<String>,
    },
    /// The user's own Google client of the type "Desktop app". Opens the system's browser and waits for the answer,
    /// up to ten minutes; `cancel_connect` ends the wait.
    Youtube {
        client_id: String,
        client_secret: String,
    },
    /// The bot is a member of the discussion group and may delete messages. It moderates no other.
    Telegram {
        bot_token: String,
        /// `@name` or number of the channel or of its discussion group.
        chat: String,
    },
}

impl std::fmt::Debug for ConnectAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::InstagramToken { .. } => "InstagramToken { .. }",
            Self::InstagramCode { .. } => "InstagramCode { .. }",
            Self::InstagramPage { .. } => "InstagramPage { .. }",
            Self::FacebookToken { .. } => "FacebookToken { .. }",
            Self::Youtube { .. } => "Youtube { .. }",
            Self::Telegram { .. } => "Telegram { .. }",
        })
    }
}

/// The first step of `ConnectAccount::InstagramCode`: opens Instagram's consent page in the system's browser. Errors:
/// `invalid` (the message says which value cannot be one).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BeginInstagramSignIn {
    /// "Instagram app ID" in the app's dashboard; only digits.
    pub app_id: String,
    /// An https address that is registered for the app. It need not lead anywhere: only what the browser shows as its
    /// address afterwards counts.
    pub redirect: String,
}

/// Where the person signs in, for a browser that did not open by itself. Good for an hour, and until the next one is
/// asked for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SignInAddress {
    pub address: String,
}

/// The address holds what tells this sign-in from a forged one.
impl std::fmt::Debug for SignInAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignInAddress { .. }")
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PageChoice {
    pub id: String,
    pub name: String,
    /// The person may answer and hide there; a page without cannot be connected.
    pub can_moderate: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum ConnectResult {
    /// Connected, or an account that was there before signed in again. A permission may still be refused: then what
    /// it is needed for is not offered.
    Connected {
        account_id: i64,
        permissions: Vec<PermissionView>,
    },
    /// Ask again with one of them. Nothing is kept.
    ChoosePage { pages: Vec<PageChoice> },
    /// A vital permission is refused. Nothing is kept.
    MissingPermission { permissions: Vec<PermissionView> },
    /// `cancel_connect` was called, or the person refused in the browser.
    Cancelled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AccountRef {
    pub account_id: i64,
}

/// Errors: `invalid` where the mode cannot be had yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SetAccountMode {
    pub account_id: i64,
    pub mode: Mode,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PauseAccount {
    pub account_id: i64,
    pub paused: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SetDraftsFrom {
    pub account_id: i64,
    /// Comments published before this get no draft; `null`: every comment does.
    pub since: Option<i64>,
}

/// Nothing changes on the platform. Its secrets are deleted in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DisconnectAccount {
    pub account_id: i64,
    /// Deletes what `count_account` tells; this cannot be undone. Otherwise all of it stays, to be read; of a YouTube
    /// channel what people wrote stays for six days only, as the platform's terms ask.
    pub delete_data: bool,
}

/// For every account of the same Google client. Errors: `invalid` with the range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SetQuotaBudget {
    pub account_id: i64,
    /// What Google gives the project: 1,000..=10,000,000.
    pub daily_units: u32,
    /// 0..=half of `daily_units`.
    pub reserve_units: u32,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn no_way_to_connect_prints_its_secrets() {
        let canary = || "canary-7261".to_owned();
        let ways = [
            ConnectAccount::InstagramToken { token: canary() },
            ConnectAccount::InstagramCode {
                app_id: canary(),
                app_secret: canary(),
                redirect: canary(),
                address: canary(),
            },
            ConnectAccount::InstagramPage {
                token: canary(),
                page_id: Some(canary()),
            },
            ConnectAccount::FacebookToken {
                token: canary(),
                page_id: None,
            },
            ConnectAccount::Youtube {
                client_id: canary(),
                client_secret: canary(),
            },
            ConnectAccount::Telegram {
                bot_token: canary(),
                chat: canary(),
            },
        ];
        for way in ways {
            assert!(
                !format!("{way:?}").contains("canary"),
                "a log must never hold a secret"
            );
        }
        let address = SignInAddress { address: canary() };
        assert!(!format!("{address:?}").contains("canary"));
    }

    #[test]
    fn the_ways_to_instagram_read_as_the_window_writes_them() {
        let code = serde_json::json!({
            "way": "instagram_code", "app_id": "1", "app_secret": "s", "redirect": "https://my.example/cb",
            "address": "https://my.example/cb?code=c&state=t#_",
        });
        let read: ConnectAccount = serde_json::from_value(code.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), code);
        let page = serde_json::json!({ "way": "instagram_page", "token": "t", "page_id": null });
        let read: ConnectAccount = serde_json::from_value(page).unwrap();
        let expected = ConnectAccount::InstagramPage {
            token: "t".to_owned(),
            page_id: None,
        };
        assert!(read == expected, "{read:?}");
    }

    #[test]
    fn the_capabilities_are_those_of_the_domain() {
        let original = domain::Capabilities {
            can_hide: Some(domain::Hiding { undoable: true }),
            can_delete_others: domain::Removal::Reject { irreversible: true },
            ..domain::Capabilities::replies_only(10_000)
        };
        let view = CapabilitiesView::from(&original);
        assert_eq!(
            serde_json::to_value(&view).unwrap(),
            serde_json::to_value(&original).unwrap(),
            "both read the same on the wire"
        );
    }
}
