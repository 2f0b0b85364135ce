//! A call in the YouTube dialect, with whatever strikes it.

use axum::body::{Body, to_bytes};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;

use super::{MAX_BODY_BYTES, Shared, answer, status_of};
use crate::faults::{self, FaultKind, Strike};
use crate::youtube::{self, Answer, Call, OauthError, Refusal, YoutubeError};

pub async fn answer_call(shared: &Shared, parts: &Parts, body: Body, strike: Strike) -> Response {
    shared.store.count_requests(1);
    let call = match to_bytes(body, MAX_BODY_BYTES).await {
        Ok(body) => Call::read(parts, &body),
        Err(_) => return Answer::refused(YoutubeError::parse_error()).send(),
    };
    let perform = || youtube::answer(&shared.store, &shared.sign_in, &shared.base_url, &call);
    match strike.fault {
        Some(FaultKind::ServerError { status, after_write }) => {
            if after_write {
                drop(perform());
            }
            youtube::refuse(&call, broken(status_of(status))).send()
        }
        Some(FaultKind::HtmlBody { status, after_write }) => {
            if after_write {
                drop(perform());
            }
            answer::html(status_of(status))
        }
        Some(FaultKind::DuplicateItems) => {
            let mut answer = perform();
            if let Some(body) = answer.listing() {
                faults::duplicate_items(body);
            }
            answer.send()
        }
        Some(FaultKind::ReorderedItems) => {
            let mut answer = perform();
            if let Some(body) = answer.listing() {
                faults::reorder_items(body, strike.draw);
            }
            answer.send()
        }
        Some(kind) => match refusal(kind) {
            Some(refusal) => {
                if refusal.data.status.is_client_error() && refusal.data.status != StatusCode::UNAUTHORIZED {
                    youtube::charge_refused(&shared.store, &call);
                }
                youtube::refuse(&call, refusal).send()
            }
            None => perform().unless_known_to(&call),
        },
        None => perform().unless_known_to(&call),
    }
}

/// What a fault says in this dialect; nothing for those that take effect around the answer.
fn refusal(kind: FaultKind) -> Option<Refusal> {
    match kind {
        FaultKind::Throttle { status, .. } => Some(Refusal {
            data: YoutubeError::rate_limited(status_of(status)),
            oauth: OauthError::new(StatusCode::FORBIDDEN, "rate_limit_exceeded", ""),
        }),
        FaultKind::TokenError { .. } => Some(Refusal {
            data: YoutubeError::invalid_token(),
            oauth: OauthError::expired_or_revoked(),
        }),
        FaultKind::PermissionError { .. } => Some(Refusal {
            data: YoutubeError::insufficient_scope(),
            oauth: OauthError::new(StatusCode::FORBIDDEN, "access_denied", ""),
        }),
        FaultKind::YoutubeError {
            reason,
            message,
            status,
        } => {
            let status = status_of(status);
            Some(Refusal {
                oauth: OauthError::new(status, &reason, &message),
                data: YoutubeError::new(status, reason, message),
            })
        }
        _ => None,
    }
}

fn broken(status: StatusCode) -> Refusal {
    Refusal {
        data: YoutubeError::backend(status),
        oauth: OauthError::new(status, "internal_failure", ""),
    }
}
