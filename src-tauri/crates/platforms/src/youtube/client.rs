//! The user's own OAuth client: id and secret of a "Desktop app", as the Google Cloud console gives them.

use serde::Deserialize;
use std::fmt;
use zeroize::Zeroizing;

/// A desktop client's secret is sent along but protects nothing by itself (OAuth 2.0 for Mobile & Desktop Apps).
#[derive(Clone, PartialEq, Eq)]
pub struct OAuthClient {
    pub id: String,
    pub secret: Zeroizing<String>,
}

/// The file is not that of a desktop client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientFileError {
    #[error("the file is not the JSON that the Google Cloud console gives: {0}")]
    Unreadable(String),
    /// Its redirect addresses are fixed, so no free port can be used.
    #[error("it is a client of the type \"Web application\"; the app needs the type \"Desktop app\"")]
    WebClient,
    #[error("\"{0}\" is missing in the file")]
    Missing(&'static str),
}

#[derive(Deserialize)]
struct ClientFile {
    installed: Option<Installed>,
    web: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Installed {
    client_id: Option<String>,
    client_secret: Option<String>,
}

impl OAuthClient {
    pub fn new(id: impl Into<String>, secret: Zeroizing<String>) -> Self {
        Self {
            id: id.into(),
            secret,
        }
    }

    /// Reads the downloaded `client_secret_….json`.
    pub fn from_google_json(text: &str) -> Result<Self, ClientFileError> {
        let file: ClientFile =
            serde_json::from_str(text).map_err(|error| ClientFileError::Unreadable(error.to_string()))?;
        let installed = match (file.installed, file.web) {
            (Some(installed), _) => installed,
            (None, Some(_)) => return Err(ClientFileError::WebClient),
            (None, None) => return Err(ClientFileError::Missing("installed")),
        };
        let given = |value: Option<String>| value.filter(|text| !text.is_empty());
        Ok(Self {
            id: given(installed.client_id).ok_or(ClientFileError::Missing("client_id"))?,
            secret: given(installed.client_secret)
                .ok_or(ClientFileError::Missing("client_secret"))?
                .into(),
        })
    }
}

impl fmt::Debug for OAuthClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthClient")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn recorded(file: &str) -> Result<OAuthClient, ClientFileError> {
        let path = format!(
            "{}/../../../../shared/fixtures/python-youtube/testdata/apidata/client_secrets/{file}",
            std::env::var("CARGO_MANIFEST_DIR").unwrap()
        );
        OAuthClient::from_google_json(&std::fs::read_to_string(&path).unwrap())
    }

    #[test]
    fn the_console_s_files_are_read_and_the_wrong_ones_named() {
        let good = recorded("client_secret_installed_good.json").unwrap();
        assert_eq!(
            (good.id.as_str(), good.secret.as_str()),
            ("client_id", "client_secret")
        );
        assert!(
            !format!("{good:?}").contains("client_secret"),
            "never printed: {good:?}"
        );
        for (file, expected) in [
            (
                "client_secret_installed_bad.json",
                ClientFileError::Missing("client_secret"),
            ),
            ("client_secret_web.json", ClientFileError::WebClient),
            (
                "client_secret_unsupported.json",
                ClientFileError::Missing("installed"),
            ),
        ] {
            assert_eq!(recorded(file), Err(expected), "{file}");
        }
        assert!(matches!(
            OAuthClient::from_google_json("<html>"),
            Err(ClientFileError::Unreadable(_))
        ));
    }
}
