//! Tokens of the Instagram login with the user's own Meta app ("Business Login for Instagram"): where to send the
//! person, the code that comes back, and the token that lives for sixty days and is renewed before it ends.
//!
//! The app's secret is needed twice, for the code and for the long-lived token; renewing needs none. A token leaves in
//! a header or a form. The platform takes the secret of the second step as a parameter of an address, and nothing here
//! repeats that address to anybody.

use crate::graph::refusal::{Fault, refusal};
use crate::graph::usage::Purpose;
use crate::graph::wire::WireId;
use crate::http::{BodyFailure, describe, read_body, require_private_transport, retry_after, scrubbed};
use domain::error::PlatformError;
use domain::ports::Clock;
use domain::{PlatformId, Timestamp};
use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde::Deserialize;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use url::Url;
use zeroize::{Zeroize, Zeroizing};

/// What the sign-in asks for.
pub const SCOPES: [&str; 3] = [
    "instagram_business_basic",
    "instagram_business_manage_comments",
    "instagram_business_manage_messages",
];
/// A token has to be as old as this before it can be renewed.
pub const OLDEST_BEFORE_RENEWAL: Duration = Duration::from_secs(24 * 3_600);

const LONGEST_ANSWER_BYTES: usize = 64 * 1024;
/// Assumed where the platform does not say: the code is exchanged for a token of an hour.
const FIRST_LIFETIME_SECONDS: f64 = 3_600.0;

/// Addresses of the platform, or of a simulator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstagramEndpoints {
    pub authorize: Url,
    /// Takes the code.
    pub exchange: Url,
    /// Lengthens and renews: `https://graph.instagram.com`.
    pub graph: Url,
}

impl InstagramEndpoints {
    pub fn instagram() -> Self {
        let known = |address| Url::parse(address).expect("the address is a constant");
        Self {
            authorize: known("https://www.instagram.com/oauth/authorize"),
            exchange: known("https://api.instagram.com/oauth/access_token"),
            graph: known("https://graph.instagram.com"),
        }
    }

    /// The same paths below another address, as a simulator serves them.
    pub fn below(base: &Url) -> Self {
        let below = |path: &[&str]| {
            let mut url = base.clone();
            if let Ok(mut segments) = url.path_segments_mut() {
                segments.pop_if_empty().extend(path);
            }
            url
        };
        Self {
            authorize: below(&["oauth", "authorize"]),
            exchange: below(&["oauth", "access_token"]),
            graph: base.clone(),
        }
    }
}

/// The user's own Meta app, as its dashboard shows it under "API setup with Instagram login".
#[derive(Clone, PartialEq, Eq)]
pub struct InstagramApp {
    pub id: String,
    pub secret: Zeroizing<String>,
}

impl fmt::Debug for InstagramApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstagramApp")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct InstagramToken {
    pub token: Zeroizing<String>,
    pub expires_at: Timestamp,
    /// As granted; empty where the platform does not say.
    pub permissions: Vec<String>,
    /// App-scoped: it opens nothing. [`domain::ports::CommentSource::profile`] gives the id that counts.
    pub app_scoped_id: Option<PlatformId>,
}

impl InstagramToken {
    /// Those of `wanted` that were not granted. Nothing is missing where the platform does not say.
    pub fn missing<'a>(&self, wanted: &[&'a str]) -> Vec<&'a str> {
        let granted = |scope: &&str| self.permissions.iter().any(|given| given == scope);
        match self.permissions.is_empty() {
            true => Vec::new(),
            false => wanted.iter().copied().filter(|scope| !granted(scope)).collect(),
        }
    }
}

impl fmt::Debug for InstagramToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstagramToken")
            .field("expires_at", &self.expires_at)
            .field("permissions", &self.permissions)
            .finish_non_exhaustive()
    }
}

/// The address that the redirect brought holds no code to go on with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RedirectError {
    #[error("this is not the address that Instagram redirected to")]
    Unreadable,
    /// Another attempt's, or a forged one.
    #[error("the address belongs to another sign-in")]
    WrongState,
    #[error("the sign-in was declined: {detail}")]
    Declined { detail: String },
}

/// Where the person goes. `redirect_uri` has to be registered for the app, letter by letter.
pub fn authorize_address(
    endpoints: &InstagramEndpoints,
    app_id: &str,
    redirect_uri: &str,
    state: &str,
) -> Url {
    let mut address = endpoints.authorize.clone();
    address
        .query_pairs_mut()
        .append_pair("client_id", app_id)
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("response_type", "code")
        .append_pair("scope", &SCOPES.join(","))
        .append_pair("state", state);
    address
}

/// The code in the address that the browser ended at. The platform appends `#_`, which is none of it.
pub fn code_of(redirected: &str, state: &str) -> Result<Zeroizing<String>, RedirectError> {
    let address = Url::parse(redirected.trim()).map_err(|_| RedirectError::Unreadable)?;
    let parameter = |wanted: &str| {
        let found = address.query_pairs().find(|(name, _)| name == wanted);
        found.map(|(_, value)| Zeroizing::new(value.into_owned()))
    };
    if parameter("state").is_none_or(|given| *given != state) {
        return Err(RedirectError::WrongState);
    }
    if let Some(error) = parameter("error_description").or_else(|| parameter("error")) {
        return Err(RedirectError::Declined {
            detail: error.chars().take(100).collect(),
        });
    }
    let code = parameter("code").filter(|code| !code.is_empty());
    code.ok_or(RedirectError::Unreadable)
}

/// Asks the platform for tokens.
pub struct InstagramTokens {
    pub endpoints: InstagramEndpoints,
    pub clock: Arc<dyn Clock>,
    pub http: reqwest::Client,
    /// For one call.
    pub timeout: Duration,
}

/// As documented for the exchange of the code. It comes flat as well, and for the other steps it does so always.
#[derive(Deserialize)]
struct WireWrapped {
    data: Vec<WireToken>,
}

#[derive(Deserialize)]
struct WireToken {
    access_token: String,
    user_id: Option<WireId>,
    expires_in: Option<f64>,
    permissions: Option<WirePermissions>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum WirePermissions {
    Text(String),
    List(Vec<String>),
}

/// The flat refusal of the code's exchange.
#[derive(Deserialize)]
struct WireRefusal {
    error_message: String,
}

impl InstagramTokens {
    /// A token of an hour for the code, which is good once and for an hour.
    pub async fn exchange(
        &self,
        app: &InstagramApp,
        code: &str,
        redirect_uri: &str,
    ) -> Result<InstagramToken, PlatformError> {
        let form = [
            ("client_id", app.id.as_str()),
            ("client_secret", app.secret.as_str()),
            ("grant_type", "authorization_code"),
            ("redirect_uri", redirect_uri),
            ("code", code),
        ];
        let request = self.http.post(self.endpoints.exchange.clone()).form(&form);
        self.ask(&self.endpoints.exchange, request, &[code, &app.secret])
            .await
    }

    /// A token of sixty days for one of an hour.
    pub async fn lengthen(&self, app: &InstagramApp, token: &str) -> Result<InstagramToken, PlatformError> {
        let mut address = self.below("access_token");
        address
            .query_pairs_mut()
            .append_pair("grant_type", "ig_exchange_token")
            .append_pair("client_secret", &app.secret);
        let request = self
            .http
            .get(address.clone())
            .header(AUTHORIZATION, bearer(token)?);
        self.ask(&address, request, &[token, &app.secret]).await
    }

    /// Sixty more days. The token has to be a day old and must not have ended.
    pub async fn renew(&self, token: &str) -> Result<InstagramToken, PlatformError> {
        let mut address = self.below("refresh_access_token");
        address
            .query_pairs_mut()
            .append_pair("grant_type", "ig_refresh_token");
        let request = self
            .http
            .get(address.clone())
            .header(AUTHORIZATION, bearer(token)?);
        self.ask(&address, request, &[token]).await
    }

    fn below(&self, path: &str) -> Url {
        let mut address = self.endpoints.graph.clone();
        if let Ok(mut segments) = address.path_segments_mut() {
            segments.pop_if_empty().push(path);
        }
        address
    }

    /// Nothing of an account is done here, so every failure is a certain one.
    async fn ask(
        &self,
        address: &Url,
        request: reqwest::RequestBuilder,
        secrets: &[&str],
    ) -> Result<InstagramToken, PlatformError> {
        require_private_transport(address)?;
        let unavailable = |detail: String| PlatformError::Unavailable {
            detail: format!("Instagram's sign-in: {detail}"),
        };
        let response = request
            .timeout(self.timeout)
            .send()
            .await
            .map_err(|error| unavailable(describe(error)))?;
        let (status, wait) = (response.status(), retry_after(response.headers()));
        let mut body = match read_body(response, LONGEST_ANSWER_BYTES).await {
            Ok(body) => body,
            Err(BodyFailure::Lost(error)) => return Err(unavailable(describe(error))),
            Err(BodyFailure::TooLarge) => return Err(unavailable("an answer that never ends".to_owned())),
        };
        let answer = match status.is_success() {
            true => self
                .read(&body)
                .ok_or_else(|| unavailable("an answer without a token".to_owned())),
            false => Err(refused(status, &body, wait, secrets)),
        };
        body.zeroize();
        answer
    }

    fn read(&self, body: &[u8]) -> Option<InstagramToken> {
        let wire = match serde_json::from_slice::<WireWrapped>(body) {
            Ok(wrapped) => wrapped.data.into_iter().next()?,
            Err(_) => serde_json::from_slice::<WireToken>(body).ok()?,
        };
        let seconds = wire.expires_in.unwrap_or(FIRST_LIFETIME_SECONDS);
        let lifetime = Duration::from_secs_f64(seconds.clamp(0.0, 366.0 * 86_400.0));
        let permissions = match wire.permissions {
            Some(WirePermissions::Text(text)) => {
                let each = text.split(',').map(str::trim).filter(|one| !one.is_empty());
                each.map(str::to_owned).collect()
            }
            Some(WirePermissions::List(list)) => list,
            None => Vec::new(),
        };
        (!wire.access_token.is_empty()).then(|| InstagramToken {
            token: wire.access_token.into(),
            expires_at: self.clock.now().plus(lifetime),
            permissions,
            app_scoped_id: wire.user_id.map(Into::into),
        })
    }
}

fn bearer(token: &str) -> Result<HeaderValue, PlatformError> {
    let mut value =
        HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| PlatformError::SignedOut {
            detail: "the token holds characters that no token has".to_owned(),
        })?;
    value.set_sensitive(true);
    Ok(value)
}

fn refused(status: StatusCode, body: &[u8], wait: Option<Duration>, secrets: &[&str]) -> PlatformError {
    let clean = |text: &str| {
        secrets
            .iter()
            .fold(text.to_owned(), |text, secret| scrubbed(&text, secret))
    };
    if let Ok(flat) = serde_json::from_slice::<WireRefusal>(body) {
        return PlatformError::SignedOut {
            detail: format!("Instagram refuses the sign-in ({})", clean(&flat.error_message)),
        };
    }
    let Some(fault) = Fault::of(body) else {
        return PlatformError::Unavailable {
            detail: format!("Instagram's sign-in answers HTTP {}", status.as_u16()),
        };
    };
    let first = secrets.first().copied().unwrap_or_default();
    match refusal(status, Some(&fault), wait, Purpose::Read, first).error {
        PlatformError::Refused { detail, .. } => PlatformError::SignedOut {
            detail: format!("Instagram refuses the sign-in ({})", clean(&detail)),
        },
        PlatformError::SignedOut { detail } => PlatformError::SignedOut {
            detail: clean(&detail),
        },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("https://my.example/cb?code=AQBx-0&state=S#_", Ok("AQBx-0"))]
    #[case(" https://my.example/cb?state=S&code=AQBx-0 ", Ok("AQBx-0"))]
    #[case("https://my.example/cb?code=AQBx-0&state=T#_", Err(RedirectError::WrongState))]
    #[case("https://my.example/cb?code=AQBx-0", Err(RedirectError::WrongState))]
    #[case("https://my.example/cb?state=S&code=", Err(RedirectError::Unreadable))]
    #[case("AQBx-0", Err(RedirectError::Unreadable))]
    #[case(
        "https://my.example/cb?state=S&error=access_denied&error_description=The+user+denied+your+request",
        Err(RedirectError::Declined { detail: "The user denied your request".to_owned() })
    )]
    fn the_code_is_taken_from_the_address_of_the_redirect(
        #[case] redirected: &str,
        #[case] expected: Result<&str, RedirectError>,
    ) {
        let code = code_of(redirected, "S").map(|code| code.to_string());
        assert_eq!(code, expected.map(str::to_owned));
    }

    #[test]
    fn the_person_is_sent_with_everything_that_instagram_asks_for() {
        let endpoints = InstagramEndpoints::instagram();
        let address = authorize_address(&endpoints, "990602627938098", "https://my.example/cb", "S");
        assert_eq!(
            address.as_str(),
            "https://www.instagram.com/oauth/authorize?client_id=990602627938098&redirect_uri=https%3A%2F%2Fmy.example\
             %2Fcb&response_type=code&scope=instagram_business_basic%2Cinstagram_business_manage_comments%2C\
             instagram_business_manage_messages&state=S"
        );
    }

    #[test]
    fn neither_a_token_nor_a_secret_is_ever_printed() {
        let app = InstagramApp {
            id: "1".to_owned(),
            secret: Zeroizing::new("canary".to_owned()),
        };
        let token = InstagramToken {
            token: Zeroizing::new("canary".to_owned()),
            expires_at: Timestamp(0),
            permissions: vec!["instagram_business_basic".to_owned()],
            app_scoped_id: None,
        };
        assert!(!format!("{app:?} {token:?}").contains("canary"));
        assert_eq!(token.missing(&SCOPES), SCOPES[1..], "the missing ones are named");
    }
}
