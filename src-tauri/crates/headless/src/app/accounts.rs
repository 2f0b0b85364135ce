//! The accounts screen: the cards, and what a person decides of an account.

use super::{App, AppError, Connected, Credentials, Granted, Permission, unpoisoned};
use crate::connections::{FACEBOOK, INSTAGRAM, TELEGRAM, YOUTUBE, base_url_key, page_key};
use crate::keeping::forget_renewals;
use contract::{
    AccountCard, AccountCounts, AccountsView, CapabilitiesView, ConnectAccount, ConnectResult,
    ConnectionState, ImportView, Mode, PermissionView, PlatformName, QuotaSpend, QuotaView, SetQuotaBudget,
    UsageView,
};
use domain::quota::{QuotaBudget, QuotaLedger};
use domain::{AccountId, PlatformError, Timestamp};
use engine::accounts::StoredData;
use engine::{Context, EngineError, intake};
use platforms::instagram::tokens::InstagramApp;
use platforms::youtube::OAuthClient;
use platforms::youtube::oauth::PageLanguage;
use storage::{AccountRow, StorageError};
use url::Url;
use zeroize::Zeroizing;

/// What Google gives a project in a day, at the least and at the most.
const DAILY_UNITS: std::ops::RangeInclusive<u32> = 1_000..=10_000_000;

impl App {
    pub async fn accounts(&self) -> Result<AccountsView, AppError> {
        let engine = self.engine()?;
        let context = engine.context();
        let mut accounts = Vec::new();
        for row in context.storage.accounts().await? {
            accounts.push(card(context, row).await?);
        }
        Ok(AccountsView {
            accounts,
            now: context.now().0,
        })
    }

    pub async fn account_card(&self, account: AccountId) -> Result<AccountCard, AppError> {
        let engine = self.engine()?;
        let context = engine.context();
        card(context, row_of(context, account).await?).await
    }

    /// What deleting the account's data would delete.
    pub async fn account_counts(&self, account: AccountId) -> Result<AccountCounts, AppError> {
        Ok(self.engine()?.context().storage.account_counts(account).await?)
    }

    /// Connects an account, or the same one again. `show` opens an address in the system's browser.
    pub async fn connect_account(
        &self,
        request: ConnectAccount,
        show: impl FnOnce(&Url) -> Result<(), String> + Send,
    ) -> Result<ConnectResult, AppError> {
        let cancelled = tokio_util::sync::CancellationToken::new();
        // A sign-in that a person began before and left in the browser ends with the next one.
        if let Some(before) = unpoisoned(self.connecting.lock()).replace(cancelled.clone()) {
            before.cancel();
        }
        let language = match self.settings().appearance.language.as_str() {
            "ru" => PageLanguage::Russian,
            _ => PageLanguage::English,
        };
        let found = self.find(credentials(request, language), None, show);
        let Some(found) = cancelled.run_until_cancelled(found).await else {
            return Ok(ConnectResult::Cancelled);
        };
        // From here on it is kept, whatever is clicked meanwhile.
        let connected = self
            .keep_found(found?, None, intake::DraftsFrom::Connecting)
            .await?;
        Ok(result_view(connected))
    }

    /// Ends the wait for a sign-in in the browser. Nothing was kept.
    pub fn cancel_connect(&self) {
        if let Some(waiting) = unpoisoned(self.connecting.lock()).take() {
            waiting.cancel();
        }
    }

    /// Looks at the account now. What the platform refuses is told by the card.
    pub async fn check_account(&self, account: AccountId) -> Result<AccountCard, AppError> {
        let engine = self.engine()?;
        let context = engine.context();
        let row = row_of(context, account).await?;
        match intake::sync_account(context, &row, intake::Depth::Incremental).await {
            Ok(_) => {}
            Err(EngineError::Platform(
                PlatformError::SignedOut { .. }
                | PlatformError::PermissionMissing { .. }
                | PlatformError::AccountRestricted { .. }
                | PlatformError::Throttled { .. }
                | PlatformError::Blocked { .. },
            )) => {}
            Err(error) => return Err(error.into()),
        }
        self.account_card(account).await
    }

    pub async fn set_account_mode(&self, account: AccountId, mode: Mode) -> Result<AccountCard, AppError> {
        if mode == Mode::Auto {
            let why = "mode = auto: this version answers nothing by itself";
            return Err(EngineError::Invalid(why.to_owned()).into());
        }
        let engine = self.engine()?;
        engine.context().storage.set_mode(account, mode).await?;
        engine.context().wake();
        self.account_card(account).await
    }

    pub async fn pause_account(&self, account: AccountId, paused: bool) -> Result<AccountCard, AppError> {
        let engine = self.engine()?;
        match paused {
            true => engine::accounts::pause(engine.context(), account).await?,
            false => engine::accounts::resume(engine.context(), account).await?,
        }
        self.account_card(account).await
    }

    pub async fn set_drafts_from(
        &self,
        account: AccountId,
        since: Option<Timestamp>,
    ) -> Result<AccountCard, AppError> {
        let engine = self.engine()?;
        engine::accounts::set_drafts_from(engine.context(), account, since).await?;
        self.account_card(account).await
    }

    pub async fn pause_import(&self, account: AccountId, paused: bool) -> Result<AccountCard, AppError> {
        let engine = self.engine()?;
        match paused {
            true => engine::accounts::pause_import(engine.context(), account).await?,
            false => engine::accounts::resume_import(engine.context(), account).await?,
        }
        self.account_card(account).await
    }

    /// The budget of the Google project that the account signs in with, for all its accounts.
    pub async fn set_quota_budget(&self, request: SetQuotaBudget) -> Result<AccountsView, AppError> {
        let SetQuotaBudget {
            account_id,
            daily_units,
            reserve_units,
        } = request;
        if !DAILY_UNITS.contains(&daily_units) {
            let (low, high) = (DAILY_UNITS.start(), DAILY_UNITS.end());
            let why = format!("daily_units = {daily_units}: {low}..={high}");
            return Err(EngineError::Invalid(why).into());
        }
        if reserve_units > daily_units / 2 {
            let why = format!("reserve_units = {reserve_units}: 0..={}", daily_units / 2);
            return Err(EngineError::Invalid(why).into());
        }
        let engine = self.engine()?;
        let row = row_of(engine.context(), AccountId(account_id)).await?;
        let client = match row.platform.as_str() {
            YOUTUBE => self.connections.google_client(row.platform_id.as_str()).await?,
            _ => None,
        };
        let Some(client) = client else {
            let why = "account_id: this account's platform counts no units";
            return Err(EngineError::Invalid(why.to_owned()).into());
        };
        self.connections.project(&client.id).set_budget(QuotaBudget {
            daily_units,
            reserve_units,
        });
        self.connections.save_quotas(&engine.context().storage).await?;
        // Listings that rested for the old budget look again.
        engine.context().wake();
        self.accounts().await
    }

    /// Forgets what signs the account in, ends its work, and deletes what is stored of it where that is asked for.
    pub async fn disconnect_account(
        &self,
        account: AccountId,
        data: StoredData,
    ) -> Result<AccountsView, AppError> {
        let engine = self.engine()?;
        let row = row_of(engine.context(), account).await?;
        if row.simulated {
            let why = "the sample's account stays; connect an account of your own to leave the sample";
            return Err(EngineError::Invalid(why.to_owned()).into());
        }
        engine::accounts::disconnect(engine.context(), account, data).await?;
        let storage = &engine.context().storage;
        storage.forget_meta(&base_url_key(account)).await?;
        storage.forget_meta(&page_key(account)).await?;
        forget_renewals(storage, account).await?;
        self.forget_sign_in(&row.platform, &row.platform_id).await?;
        self.accounts().await
    }
}

pub(super) async fn row_of(context: &Context, account: AccountId) -> Result<AccountRow, AppError> {
    let rows = context.storage.accounts().await?;
    let found = rows.into_iter().find(|row| row.id == account);
    Ok(found.ok_or(StorageError::NotFound)?)
}

fn credentials(request: ConnectAccount, language: PageLanguage) -> Credentials {
    match request {
        ConnectAccount::InstagramToken { token } => Credentials::InstagramToken(Zeroizing::new(token)),
        ConnectAccount::InstagramCode {
            app_id,
            app_secret,
            redirect,
            address,
        } => Credentials::InstagramCode {
            app: InstagramApp {
                id: app_id,
                secret: Zeroizing::new(app_secret),
            },
            redirect,
            address: Zeroizing::new(address),
        },
        ConnectAccount::InstagramPage { token, page_id } => Credentials::InstagramPage {
            token: Zeroizing::new(token),
            page: page_id.map(Into::into),
        },
        ConnectAccount::FacebookToken { token, page_id } => Credentials::FacebookToken {
            token: Zeroizing::new(token),
            page: page_id.map(Into::into),
        },
        ConnectAccount::Youtube {
            client_id,
            client_secret,
        } => Credentials::Google {
            client: OAuthClient::new(
                client_id.trim().to_owned(),
                Zeroizing::new(client_secret.trim().to_owned()),
            ),
            language,
        },
        ConnectAccount::Telegram { bot_token, chat } => Credentials::Telegram {
            token: Zeroizing::new(bot_token),
            chat,
        },
    }
}

fn result_view(connected: Connected) -> ConnectResult {
    match connected {
        Connected::Account { id, permissions } => ConnectResult::Connected {
            account_id: id.0,
            permissions: permissions.iter().map(permission_view).collect(),
        },
        Connected::ChoosePage(pages) => ConnectResult::ChoosePage {
            pages: pages
                .into_iter()
                .map(|page| contract::PageChoice {
                    id: page.id.0,
                    name: page.name,
                    can_moderate: page.can_moderate,
                })
                .collect(),
        },
        Connected::Missing(permissions) => ConnectResult::MissingPermission {
            permissions: permissions.iter().map(permission_view).collect(),
        },
    }
}

pub(super) fn permission_view(permission: &Permission) -> PermissionView {
    PermissionView {
        name: permission.name.to_owned(),
        granted: match permission.granted {
            Granted::Yes => contract::Granted::Yes,
            Granted::No => contract::Granted::No,
            Granted::Unknown => contract::Granted::Unknown,
        },
        needed_for: permission.needed_for.as_str().to_owned(),
        vital: permission.is_vital,
    }
}

pub(super) fn platform_name(platform: &str) -> Result<PlatformName, AppError> {
    match platform {
        INSTAGRAM => Ok(PlatformName::Instagram),
        FACEBOOK => Ok(PlatformName::Facebook),
        YOUTUBE => Ok(PlatformName::Youtube),
        TELEGRAM => Ok(PlatformName::Telegram),
        unknown => Err(anyhow::anyhow!("this version does not know the platform \"{unknown}\"").into()),
    }
}

async fn card(context: &Context, row: AccountRow) -> Result<AccountCard, AppError> {
    let now = context.now();
    let platform = context.platform(row.id).ok();
    let name = platform_name(&row.platform)?;
    let progress = context.storage.import_progress(row.id).await?;
    let (comments, oldest_at) = context.storage.stored_of_account(row.id).await?;
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    let (connection, connection_note) = standing(context, &row);
    let is_of_page = context.storage.meta(&page_key(row.id)).await?.is_some();
    Ok(AccountCard {
        id: row.id.0,
        platform: name,
        name: match row.name.is_empty() {
            true => row.username.clone(),
            false => row.name,
        },
        username: row.username,
        mode: row.mode,
        connection,
        connection_note,
        last_synced_at: row.last_synced_at.map(|at| at.0),
        simulated: row.simulated,
        paused_by_user: row.paused_by_user,
        token_expires_at: row.token_expires_at.map(|at| at.0),
        renews_itself: row.platform == YOUTUBE
            || (row.platform == INSTAGRAM && !row.simulated && !is_of_page),
        import: ImportView {
            state: match row.import {
                storage::ImportState::None => contract::ImportState::None,
                storage::ImportState::Running => contract::ImportState::Running,
                storage::ImportState::Paused => contract::ImportState::Paused,
                storage::ImportState::Done => contract::ImportState::Done,
            },
            posts_done: count(progress.posts_done),
            posts_total: (progress.posts > 0).then(|| count(progress.posts)),
            comments: count(comments),
            oldest_at: oldest_at.map(|at| at.0),
        },
        drafts_from: row.drafts_from.map(|at| at.0),
        quota: platform
            .as_ref()
            .and_then(|platform| platform.quota())
            .map(|ledger| quota_view(&ledger, now)),
        usage: platform
            .as_ref()
            .and_then(|platform| platform.usage())
            .map(|usage| UsageView {
                percent: usage.percent,
                calls_again_at: usage.closed_until.filter(|until| *until > now).map(|at| at.0),
            }),
        capabilities: platform
            .as_ref()
            .map(|platform| CapabilitiesView::from(&platform.capabilities())),
        permissions: row.permissions,
        disconnected: row.disconnected_at.is_some(),
    })
}

/// A wait that the platform asked for is told although the connection as such is good.
fn standing(context: &Context, row: &AccountRow) -> (ConnectionState, Option<String>) {
    let waits = context.acts_again_at(row.id);
    match (row.connection, waits) {
        (ConnectionState::Connected, Some((_, why))) => (ConnectionState::Troubled, Some(why)),
        (connection, _) => (connection, row.connection_note.clone()),
    }
}

fn quota_view(ledger: &QuotaLedger, now: Timestamp) -> QuotaView {
    let spent = ledger.spent_by_kind(now);
    let mut spent_by_kind: Vec<QuotaSpend> = spent
        .iter()
        .filter(|(_, units)| **units > 0)
        .map(|(kind, units)| QuotaSpend {
            kind: kind.as_str().to_owned(),
            units: *units,
        })
        .collect();
    spent_by_kind.sort_by_key(|spend| std::cmp::Reverse(spend.units));
    let total: u32 = spent.values().sum();
    let QuotaBudget {
        daily_units,
        reserve_units,
    } = ledger.budget();
    QuotaView {
        spent_by_kind,
        units_left: match ledger.is_exhausted(now) {
            true => 0,
            false => daily_units.saturating_sub(total),
        },
        daily_units,
        reserve_units,
        resets_at: ledger.resets_at(now).0,
        replies_possible: ledger.replies_possible(now),
    }
}
