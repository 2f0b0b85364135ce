//! The three ways to an Instagram account: a pasted token, the user's own Meta app, and the Facebook Page that the
//! account is linked to.

use super::{
    Checked, Connected, Found, Granted, NeededFor, PageChoice, Permission, Reads, allowed, check, given,
};
use crate::app::{App, AppError, unpoisoned};
use crate::connections::{INSTAGRAM, instagram_sign_in_at, page_to_secret};
use domain::error::PlatformError;
use domain::{PlatformId, Timestamp};
use engine::EngineError;
use platforms::facebook::login::{FacebookLogin, LinkedInstagram, ManagedPage};
use platforms::instagram::tokens::{
    InstagramApp, InstagramToken, InstagramTokens, SCOPES, authorize_address, code_of,
};
use std::time::Duration;
use url::Url;
use zeroize::Zeroizing;

/// As long as the platform's own code is good.
const SIGN_IN_WITHIN: Duration = Duration::from_secs(60 * 60);
const MESSAGES: &str = "instagram_business_manage_messages";

const READS: Reads = Reads {
    profile: "instagram_business_basic",
    posts: "instagram_business_basic",
    comments: "instagram_business_manage_comments",
};
/// On the token of the page that the account is linked to.
const LINKED_READS: Reads = Reads {
    profile: "instagram_basic",
    posts: "instagram_basic",
    comments: "instagram_manage_comments",
};

/// A sign-in that a person was sent to, and has not come back from. Never printed.
pub(in crate::app) struct PendingSignIn {
    app_id: String,
    redirect: String,
    /// Tells what comes back from an address that somebody else made up.
    state: Zeroizing<String>,
    began_at: Timestamp,
}

/// What a token leads to.
pub(super) enum Managed {
    Pages(Vec<ManagedPage>),
    /// It is a page's own, which manages none.
    IsOfPage,
    /// It may not ask for pages.
    NotAllowed,
}

impl Managed {
    pub(super) async fn by(login: &FacebookLogin) -> Result<Self, AppError> {
        Ok(match login.pages().await {
            Err(PlatformError::Refused { .. }) => Self::IsOfPage,
            answer => match allowed(answer)? {
                Some(pages) => Self::Pages(pages),
                None => Self::NotAllowed,
            },
        })
    }
}

impl App {
    /// The address to sign in at with the user's own Meta app. What the browser ends at then goes into
    /// [`super::Credentials::InstagramCode`], with the same app and `redirect`, within an hour; a sign-in that was
    /// begun before is over.
    pub fn begin_instagram_sign_in(
        &self,
        app_id: &str,
        redirect: &str,
        base_url: Option<&str>,
    ) -> Result<Url, AppError> {
        if self.needs_secret_choice() {
            return Err(self.secrets_missing());
        }
        let (app_id, redirect) = (app_id_of(app_id)?, redirect_of(redirect)?);
        if let Some(address) = base_url {
            engine::settings::check_endpoint("base_url", address)?;
        }
        let endpoints = instagram_sign_in_at(base_url, &self.settings())?;
        let (first, second): (u128, u128) = (rand::random(), rand::random());
        let state = Zeroizing::new(format!("{first:032x}{second:032x}"));
        let address = authorize_address(&endpoints, app_id, redirect, &state);
        *unpoisoned(self.instagram_sign_in.lock()) = Some(PendingSignIn {
            app_id: app_id.to_owned(),
            redirect: redirect.to_owned(),
            state,
            began_at: self.connections.clock().now(),
        });
        Ok(address)
    }

    /// The state of the sign-in that was begun with these. It stays until a token came of it: an address that was not
    /// copied to its end can be pasted once more.
    fn state_of_sign_in(&self, app_id: &str, redirect: &str) -> Result<Zeroizing<String>, AppError> {
        let now = self.connections.clock().now();
        let pending = unpoisoned(self.instagram_sign_in.lock());
        let state = pending
            .as_ref()
            .filter(|pending| pending.app_id == app_id && pending.redirect == redirect)
            .filter(|pending| pending.began_at <= now && now.since(pending.began_at) < SIGN_IN_WITHIN)
            .map(|pending| pending.state.clone());
        state.ok_or_else(|| {
            let why = "address: it belongs to no sign-in that was begun here with this app within the last hour; begin \
                       it again";
            EngineError::Invalid(why.to_owned()).into()
        })
    }

    pub(super) async fn instagram_by_code(
        &self,
        app: InstagramApp,
        redirect: &str,
        address: &str,
        base_url: Option<&str>,
    ) -> Result<Found, AppError> {
        let redirect = redirect_of(redirect)?;
        let app = InstagramApp {
            id: app_id_of(&app.id)?.to_owned(),
            secret: given(&app.secret, "app_secret: paste the secret of your Meta app")?,
        };
        let state = self.state_of_sign_in(&app.id, redirect)?;
        let code =
            code_of(address, &state).map_err(|error| EngineError::Invalid(format!("address: {error}")))?;
        let tokens = InstagramTokens {
            endpoints: instagram_sign_in_at(base_url, &self.settings())?,
            clock: self.connections.clock(),
            http: self.connections.http(),
            timeout: super::CALL_TIMEOUT,
        };
        let first = tokens
            .exchange(&app, &code, redirect)
            .await
            .map_err(EngineError::from)?;
        // The code is spent, whatever comes of the token.
        *unpoisoned(self.instagram_sign_in.lock()) = None;
        if let Some(missing) = not_granted(&first) {
            return Ok(Found::Other(Connected::Missing(missing)));
        }
        let token = tokens
            .lengthen(&app, &first.token)
            .await
            .map_err(EngineError::from)?;
        let found = self.instagram_account(&token.token, base_url).await?;
        let Found::Account(mut account) = found else {
            return Ok(found);
        };
        account.expires_at = Some(token.expires_at);
        if !first.permissions.is_empty() {
            let granted = match first.missing(&[MESSAGES]).is_empty() {
                true => Granted::Yes,
                false => Granted::No,
            };
            let permissions = account.checked.permissions.iter_mut();
            for permission in permissions.filter(|permission| permission.name == MESSAGES) {
                permission.granted = granted;
            }
        }
        Ok(Found::Account(account))
    }

    pub(super) async fn instagram_account(
        &self,
        token: &str,
        base_url: Option<&str>,
    ) -> Result<Found, AppError> {
        let token = given(token, "token: paste the token that the dashboard generated")?;
        let settings = self.settings();
        let stranger = self.connections.instagram(base_url, &token, None, &settings)?;
        let mut checked = match check(stranger.as_ref(), &READS).await? {
            Ok(checked) => checked,
            Err(missing) => return Ok(Found::Other(Connected::Missing(missing))),
        };
        checked.permissions.push(private_replies(MESSAGES));
        let id = Some(checked.profile.id.clone());
        let platform = self.connections.instagram(base_url, &token, id, &settings)?;
        Ok(Found::account(INSTAGRAM, checked, platform, token))
    }

    pub(super) async fn instagram_by_page(
        &self,
        token: &str,
        wanted: Option<PlatformId>,
        base_url: Option<&str>,
    ) -> Result<Found, AppError> {
        let token = given(token, "token: paste the token of the page, or your own")?;
        let login = self.facebook_login(&token, base_url)?;
        let (pages, is_of_page) = match Managed::by(&login).await? {
            Managed::Pages(pages) => (pages, false),
            Managed::IsOfPage => (vec![login.page_itself().await.map_err(EngineError::from)?], true),
            Managed::NotAllowed => {
                let missing = vec![vital("pages_show_list", NeededFor::Profile)];
                return Ok(Found::Other(Connected::Missing(missing)));
            }
        };
        let linked: Vec<(&ManagedPage, &LinkedInstagram)> = pages
            .iter()
            .filter_map(|page| page.instagram.as_ref().map(|linked| (page, linked)))
            .collect();
        if linked.is_empty() && !is_of_page && !pages.is_empty() {
            // The platform leaves the account out where the person did not grant this.
            let missing = login.missing(&[LINKED_READS.profile]).await;
            if allowed(missing)?.is_some_and(|missing| !missing.is_empty()) {
                let missing = vec![vital(LINKED_READS.profile, NeededFor::Profile)];
                return Ok(Found::Other(Connected::Missing(missing)));
            }
        }
        let (page, account) = match (linked.as_slice(), wanted) {
            (_, Some(wanted)) => chosen(&pages, &wanted)?,
            ([only], None) => *only,
            ([], None) => return Err(without_account(&pages)),
            (several, None) => {
                let choices = several.iter().map(|(page, linked)| choice(page, linked));
                return Ok(Found::Other(Connected::ChoosePage(choices.collect())));
            }
        };
        self.linked_account(page, account, base_url).await
    }

    async fn linked_account(
        &self,
        page: &ManagedPage,
        account: &LinkedInstagram,
        base_url: Option<&str>,
    ) -> Result<Found, AppError> {
        let settings = self.settings();
        let platform =
            self.connections
                .instagram_through_page(base_url, &page.token, account.id.clone(), &settings)?;
        let Checked {
            profile,
            mut permissions,
        } = match check(platform.as_ref(), &LINKED_READS).await? {
            Ok(checked) => checked,
            Err(missing) => return Ok(Found::Other(Connected::Missing(missing))),
        };
        permissions.push(private_replies("instagram_manage_messages"));
        let checked = Checked { profile, permissions };
        let found = Found::account(INSTAGRAM, checked, platform, page_to_secret(&page.token)?);
        let Found::Account(mut account) = found else {
            return Ok(found);
        };
        account.page = Some(page.id.clone());
        Ok(Found::Account(account))
    }
}

/// Only an answer to a person's message shows whether this is granted, so it is not tried beforehand.
fn private_replies(name: &'static str) -> Permission {
    Permission {
        name,
        granted: Granted::Unknown,
        needed_for: NeededFor::PrivateReplies,
        is_vital: false,
    }
}

fn vital(name: &'static str, needed_for: NeededFor) -> Permission {
    Permission {
        name,
        granted: Granted::No,
        needed_for,
        is_vital: true,
    }
}

/// What the person did not tick on the consent page and the account cannot do without.
fn not_granted(token: &InstagramToken) -> Option<Vec<Permission>> {
    let [basic, comments, _] = SCOPES;
    let missing: Vec<Permission> = [(basic, NeededFor::Profile), (comments, NeededFor::Comments)]
        .into_iter()
        .filter(|(name, _)| !token.missing(&[*name]).is_empty())
        .map(|(name, needed_for)| vital(name, needed_for))
        .collect();
    (!missing.is_empty()).then_some(missing)
}

fn chosen<'a>(
    pages: &'a [ManagedPage],
    wanted: &PlatformId,
) -> Result<(&'a ManagedPage, &'a LinkedInstagram), AppError> {
    let page = pages.iter().find(|page| page.id == *wanted).ok_or_else(|| {
        let why = format!("page_id: {wanted} is none of the pages that this token manages");
        AppError::from(EngineError::Invalid(why))
    })?;
    match &page.instagram {
        Some(linked) => Ok((page, linked)),
        None => Err(without_account(std::slice::from_ref(page))),
    }
}

fn choice(page: &ManagedPage, linked: &LinkedInstagram) -> PageChoice {
    PageChoice {
        id: page.id.clone(),
        name: match &linked.username {
            Some(username) => format!("{} (@{username})", page.name),
            None => page.name.clone(),
        },
        can_moderate: page.can_moderate,
    }
}

fn without_account(pages: &[ManagedPage]) -> AppError {
    let names: Vec<String> = pages.iter().map(|page| format!("\"{}\"", page.name)).collect();
    let why = match names.as_slice() {
        [] => "token: it manages no page".to_owned(),
        [one] => format!(
            "the page {one} has no Instagram account linked to it; link a professional account in the page's settings"
        ),
        several => format!(
            "none of the pages {} has an Instagram account linked to it; link a professional account in the page's \
             settings",
            several.join(", ")
        ),
    };
    EngineError::Invalid(why).into()
}

fn app_id_of(text: &str) -> Result<&str, AppError> {
    let id = text.trim();
    match !id.is_empty() && id.bytes().all(|digit| digit.is_ascii_digit()) {
        true => Ok(id),
        false => Err(EngineError::Invalid(
            "app_id: the \"Instagram app ID\" of your Meta app has digits only".to_owned(),
        )
        .into()),
    }
}

/// Compared letter by letter by the platform, so it is left as it is given.
fn redirect_of(text: &str) -> Result<&str, AppError> {
    let redirect = text.trim();
    let is_usable = Url::parse(redirect).is_ok_and(|address| {
        address.scheme() == "https" && address.fragment().is_none() && address.username().is_empty()
    });
    match is_usable {
        true => Ok(redirect),
        false => Err(EngineError::Invalid(
            "redirect: an https address as it is registered for your Meta app".to_owned(),
        )
        .into()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn page(name: &str, username: Option<&str>) -> ManagedPage {
        ManagedPage {
            id: name.to_lowercase().as_str().into(),
            name: name.to_owned(),
            token: Zeroizing::new("canary".to_owned()),
            can_moderate: true,
            instagram: username.map(|username| LinkedInstagram {
                id: "1".into(),
                username: Some(username.to_owned()),
            }),
        }
    }

    #[test]
    fn only_what_the_platform_can_compare_is_taken_for_an_app_and_its_address() {
        assert_eq!(app_id_of(" 990602627938098 ").unwrap(), "990602627938098");
        assert!(app_id_of("my app").is_err() && app_id_of("").is_err());
        assert_eq!(
            redirect_of(" https://my.example/cb ").unwrap(),
            "https://my.example/cb"
        );
        for odd in [
            "http://my.example/cb",
            "my.example/cb",
            "https://my.example/cb#_",
            "moderato://cb",
        ] {
            assert!(redirect_of(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn a_page_without_an_account_is_told_by_its_name() {
        let pages = [page("Shop", None), page("Club", None), page("Blog", Some("blog"))];
        let (found, linked) = chosen(&pages, &"blog".into()).unwrap();
        assert_eq!((found.name.as_str(), linked.id.as_str()), ("Blog", "1"));
        assert_eq!(choice(found, linked).name, "Blog (@blog)");
        let error = chosen(&pages, &"shop".into()).unwrap_err().to_string();
        assert!(error.contains("\"Shop\""), "{error}");
        let error = without_account(&pages[..2]).to_string();
        assert!(error.contains("\"Shop\", \"Club\""), "{error}");
        assert!(chosen(&pages, &"other".into()).is_err());
    }
}
