use axum::http::request::Parts;
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::error::TelegramError;

/// `/bot<token>/<method>` with its parameters, which come as JSON, as a form or in the address.
#[derive(Debug, Clone)]
pub struct Call {
    pub token: String,
    pub method: String,
    parameters: Map<String, Value>,
}

impl Call {
    /// `None` where the address is none of the Bot API.
    pub fn read(parts: &Parts, body: &[u8]) -> Option<Self> {
        let (token, method) = parts.uri.path().strip_prefix("/bot")?.split_once('/')?;
        let mut parameters = pairs(parts.uri.query().unwrap_or_default().as_bytes());
        match serde_json::from_slice(body) {
            Ok(Value::Object(given)) => parameters.extend(given),
            _ => parameters.extend(pairs(body)),
        }
        Some(Self {
            token: token.to_owned(),
            method: method.to_owned(),
            parameters,
        })
    }

    /// Names of methods are taken in any case.
    pub fn is(&self, method: &str) -> bool {
        self.method.eq_ignore_ascii_case(method)
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.parameters
            .get(name)?
            .as_str()
            .filter(|text| !text.is_empty())
    }

    /// Numbers may come as text.
    pub fn number(&self, name: &str) -> Option<i64> {
        number(self.parameters.get(name)?)
    }

    /// An id or a public name with its `@`.
    pub fn chat(&self) -> Result<String, TelegramError> {
        let given = self.parameters.get("chat_id").map(|chat| match chat {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        given
            .filter(|chat| !chat.is_empty())
            .ok_or_else(|| TelegramError::bad_request("chat_id is empty"))
    }

    /// The message that is answered. Forms bring the parameter as JSON in text.
    pub fn answered(&self) -> Option<i64> {
        let given = self.parameters.get("reply_parameters")?;
        let given = match given {
            Value::String(text) => serde_json::from_str(text).ok()?,
            other => other.clone(),
        };
        number(&given["message_id"])
    }
}

fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn pairs(encoded: &[u8]) -> Map<String, Value> {
    form_urlencoded::parse(encoded)
        .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
        .collect()
}
