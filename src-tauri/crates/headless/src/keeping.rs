//! What accounts of one's own need kept while a workspace is open: sign-ins that end by themselves are renewed before
//! they do, and the units that were spent of a day are written down.

use crate::AppError;
use crate::connections::{
    Connections, INSTAGRAM, base_url_key, instagram_at, page_from_secret, page_key, token_name,
};
use domain::{AccountId, Timestamp};
use engine::{Context, Engine};
use platforms::instagram::tokens::{InstagramEndpoints, InstagramTokens};
use std::sync::Arc;
use std::time::Duration;
use storage::{AccountRow, Storage};
use tokio_util::sync::CancellationToken;

const WRITE_DOWN_EVERY: Duration = Duration::from_secs(5);
const LOOK_AT_SIGN_INS_EVERY: Duration = Duration::from_secs(60 * 60);
/// A token lasts sixty days; after a week of those it is given sixty more, so that a month without the app is no harm.
const RENEW_AFTER: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// One that is younger than a day is refused.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(25 * 60 * 60);
const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// Runs until `ends`.
pub(crate) async fn keep(engine: Arc<Engine>, connections: Arc<Connections>, ends: CancellationToken) {
    let mut writing = tokio::time::interval(WRITE_DOWN_EVERY);
    let mut looking = tokio::time::interval(LOOK_AT_SIGN_INS_EVERY);
    loop {
        tokio::select! {
            () = ends.cancelled() => return,
            _ = writing.tick() => {
                if let Err(error) = connections.save_quotas(&engine.context().storage).await {
                    tracing::warn!(%error, "what was spent of the day's units could not be written down");
                }
            }
            _ = looking.tick() => {
                if let Err(error) = renew_sign_ins(engine.context(), &connections).await {
                    tracing::warn!(%error, "the sign-ins could not be looked at");
                }
            }
        }
    }
}

/// Renews every sign-in that is due and returns how many. One that is refused is tried again a day later: the old one
/// works until it ends, and the card says when.
pub async fn renew_sign_ins(context: &Context, connections: &Connections) -> Result<usize, AppError> {
    let mut renewed = 0;
    for account in context.storage.accounts().await? {
        let is_own = account.platform == INSTAGRAM && !account.simulated && account.disconnected_at.is_none();
        // A page's token does not end by itself.
        let renews = is_own && context.storage.meta(&page_key(account.id)).await?.is_none();
        if renews && is_due(context, &account).await? && renew(context, connections, &account).await? {
            renewed += 1;
        }
    }
    Ok(renewed)
}

fn renewed_key(account: AccountId) -> String {
    format!("renewed_at/{account}")
}

fn tried_key(account: AccountId) -> String {
    format!("renewal_tried_at/{account}")
}

/// Another token is in use: when the old one was renewed says nothing of it.
pub(crate) async fn forget_renewals(storage: &Storage, account: AccountId) -> Result<(), AppError> {
    storage.forget_meta(&renewed_key(account)).await?;
    Ok(storage.forget_meta(&tried_key(account)).await?)
}

/// The token in use was given out now.
pub(crate) async fn note_renewed(
    storage: &Storage,
    account: AccountId,
    now: Timestamp,
) -> Result<(), AppError> {
    Ok(storage
        .set_meta(&renewed_key(account), &now.0.to_string())
        .await?)
}

async fn is_due(context: &Context, account: &AccountRow) -> Result<bool, AppError> {
    let now = context.now();
    let since = async |key: String| -> Result<Option<Duration>, AppError> {
        let kept = context.storage.meta(&key).await?;
        let at = kept.and_then(|text| text.parse().ok()).map(Timestamp);
        // A time that lies ahead is from before the clock was set back: as good as none.
        Ok(at.filter(|at| *at <= now).map(|at| now.since(at)))
    };
    if since(tried_key(account.id))
        .await?
        .is_some_and(|ago| ago < TRY_AGAIN_AFTER)
    {
        return Ok(false);
    }
    Ok(since(renewed_key(account.id))
        .await?
        .is_none_or(|ago| ago >= RENEW_AFTER))
}

async fn renew(context: &Context, connections: &Connections, account: &AccountRow) -> Result<bool, AppError> {
    let storage = &context.storage;
    let name = token_name(INSTAGRAM, account.platform_id.as_str());
    let Some(token) = connections.secrets().get(&name).await? else {
        return Ok(false);
    };
    if page_from_secret(&token)?.is_some() {
        return Ok(false);
    }
    let base_url = storage.meta(&base_url_key(account.id)).await?;
    let settings = context.settings_now();
    let tokens = InstagramTokens {
        endpoints: InstagramEndpoints {
            graph: instagram_at(base_url.as_deref(), &settings)?,
            ..InstagramEndpoints::instagram()
        },
        clock: connections.clock(),
        http: connections.http(),
        timeout: CALL_TIMEOUT,
    };
    let now = context.now();
    let renewed = match tokens.renew(&token).await {
        Ok(renewed) => renewed,
        Err(error) => {
            tracing::info!(account = %account.id, %error, "the sign-in was not renewed; it is tried again in a day");
            storage
                .set_meta(&tried_key(account.id), &now.0.to_string())
                .await?;
            return Ok(false);
        }
    };
    // The old token goes on working: one that is not kept costs nothing but this try.
    connections.secrets().set(&name, &renewed.token).await?;
    storage
        .note_token_expiry(account.id, Some(renewed.expires_at))
        .await?;
    note_renewed(storage, account.id, now).await?;
    let id = Some(account.platform_id.clone());
    let platform = connections.instagram(base_url.as_deref(), &renewed.token, id, &settings)?;
    context.connect(account.id, platform);
    tracing::info!(account = %account.id, expires_at = renewed.expires_at.0, "the sign-in was renewed");
    Ok(true)
}
