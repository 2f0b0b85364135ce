//! How an answer looks on the wire: status, usage headers, trace id.

use std::sync::PoisonError;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Shared;
use crate::graph::{self, GraphError, GraphRequest};
use crate::seed::SeedPlatform;
use crate::world::scatter;

// 4800 calls per impression (the platform's formula) at a thousand impressions: a journey never runs dry by itself.
const BUDGET_CALLS: u64 = 4_800_000;
const API_VERSION: &str = "v26.0";

/// Percentages of the budget, and minutes until a throttled client may come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    pub call_count: u32,
    #[serde(default)]
    pub total_time: u32,
    #[serde(default)]
    pub total_cputime: u32,
    #[serde(default)]
    pub estimated_time_to_regain_access: u32,
}

impl Usage {
    pub fn exhausted(minutes: u32) -> Self {
        Self {
            call_count: 100,
            total_time: 40,
            total_cputime: 40,
            estimated_time_to_regain_access: minutes,
        }
    }
}

/// The headers of one answer.
pub struct Envelope {
    usage: Usage,
    /// Of whose budget the headers speak, and of what kind it is.
    account: Option<(String, &'static str)>,
    trace_id: String,
    version: String,
}

impl Envelope {
    /// Counts the call against the budget.
    pub fn counted(shared: &Shared, request: Option<&GraphRequest>) -> Self {
        let calls = shared.store.count_requests(request.map_or(1, graph::calls_of));
        let percent = u32::try_from((calls * 100 / BUDGET_CALLS).min(100)).unwrap_or(100);
        let counted = Usage {
            call_count: percent,
            total_time: percent,
            total_cputime: percent,
            estimated_time_to_regain_access: 0,
        };
        let asked = *shared.usage.lock().unwrap_or_else(PoisonError::into_inner);
        let account = request
            .and_then(|request| request.token.as_deref())
            .and_then(|token| {
                let stored = shared.store.read();
                let account = stored.world.account_of_token(token)?;
                let seed = &stored.world.account(account).seed;
                let kind = match seed.platform {
                    SeedPlatform::Facebook => "pages",
                    SeedPlatform::Instagram | SeedPlatform::Youtube | SeedPlatform::Telegram => "instagram",
                };
                Some((seed.id.clone(), kind))
            });
        let version = request
            .map(|request| request.version_prefix.trim_start_matches('/'))
            .filter(|version| !version.is_empty());
        Self {
            usage: asked.unwrap_or(counted),
            account,
            trace_id: trace_id(calls),
            version: version.unwrap_or(API_VERSION).to_owned(),
        }
    }

    pub fn with_usage(self, usage: Usage) -> Self {
        Self { usage, ..self }
    }

    pub fn send(&self, result: Result<Value, GraphError>) -> Response {
        let (status, body) = match &result {
            Ok(body) => (StatusCode::OK, body.to_string()),
            Err(error) => (error.status, error.body(&self.trace_id).to_string()),
        };
        let mut response = (status, body).into_response();
        let Usage {
            call_count,
            total_time,
            total_cputime,
            estimated_time_to_regain_access,
        } = self.usage;
        let mut add = |name: &'static str, value: String| {
            let value = HeaderValue::from_str(&value).expect("ids, numbers and versions are plain ASCII");
            response.headers_mut().insert(name, value);
        };
        add("content-type", "application/json; charset=UTF-8".into());
        add("facebook-api-version", self.version.clone());
        add("x-fb-trace-id", self.trace_id.clone());
        let share = json!({
            "call_count": call_count, "total_time": total_time, "total_cputime": total_cputime,
        });
        add("x-app-usage", share.to_string());
        if let Some((id, kind)) = &self.account {
            let share = json!({
                "type": kind,
                "call_count": call_count,
                "total_cputime": total_cputime,
                "total_time": total_time,
                "estimated_time_to_regain_access": estimated_time_to_regain_access,
            });
            add(
                "x-business-use-case-usage",
                json!({ id.as_str(): [share] }).to_string(),
            );
        }
        if let Err(GraphError { code: 190 | 102, .. }) = result {
            add(
                "www-authenticate",
                r#"OAuth "Facebook Platform" "invalid_token""#.into(),
            );
        }
        response
    }
}

/// What stands at the edge when the platform behind it does not answer.
pub fn html(status: StatusCode) -> Response {
    let page = "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Error</title></head>\
        <body><h1>Sorry, something went wrong.</h1><p>We're working on getting this fixed as soon as we can.</p>\
        </body></html>\n";
    let mut response = (status, Html(page)).into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn trace_id(call: u64) -> String {
    let (first, second) = (scatter(call), scatter(!call));
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&first.to_be_bytes());
    bytes[8..].copy_from_slice(&second.to_be_bytes());
    format!("A{}", URL_SAFE_NO_PAD.encode(bytes))
}
