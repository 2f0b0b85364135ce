//! The HTTP side: the handshake, and deliveries that are kept before they are answered.

use crate::{RelayConfig, RelayError};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use engine::{Context, EngineError};
use futures::StreamExt;
use platforms::webhook::{self, LONGEST_BODY_BYTES};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The only path that is answered.
pub const PATH: &str = "/webhook";

/// For the whole body to arrive; a signature cannot be checked before.
const BODY_WITHIN: Duration = Duration::from_secs(30);
/// Bodies that are in memory at once: what nobody has signed yet is not to fill it.
const MOST_AT_ONCE: usize = 16;
/// Read, and dropped, of a body that is too large, so that the sender hears why.
const HEARD_OUT_BYTES: usize = 4 * LONGEST_BODY_BYTES;
const STOP_WITHIN: Duration = Duration::from_secs(5);

/// A receiver that listens. It stops when dropped, and in an orderly way by [`Relay::stop`].
pub struct Relay {
    context: Context,
    address: SocketAddr,
    stopping: CancellationToken,
    serving: JoinHandle<()>,
}

struct Shared {
    context: Context,
    config: RelayConfig,
    turns: Semaphore,
}

/// Why a delivery was not kept. The platform sends it again.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("it is larger than {} bytes", LONGEST_BODY_BYTES)]
    TooLarge,
    #[error("it did not arrive within {} s", BODY_WITHIN.as_secs())]
    TooSlow,
    #[error("it broke off")]
    BrokeOff,
    #[error("no app secret that is kept here signed it")]
    NotSigned,
    #[error("too many deliveries wait to be read")]
    NoRoom,
    #[error("it could not be stored: {0}")]
    NotStored(EngineError),
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::BrokeOff => StatusCode::BAD_REQUEST,
            Self::NotSigned => StatusCode::FORBIDDEN,
            Self::NoRoom | Self::NotStored(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl Relay {
    /// Listens on loopback, and answers from the moment this returns. What is received is read by a
    /// [`crate::DeliveryWorker`], which runs whether anything listens or not.
    pub async fn listen(context: Context, config: RelayConfig) -> Result<Self, RelayError> {
        if config.app_secrets.is_empty() {
            return Err(RelayError::NoAppSecret);
        }
        let port = config.port;
        let refused = |source| RelayError::Listen { port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let shared = Arc::new(Shared {
            context: context.clone(),
            config,
            turns: Semaphore::new(MOST_AT_ONCE),
        });
        let router = Router::new()
            .route(PATH, get(handshake).post(delivery))
            .with_state(shared);
        let stopping = CancellationToken::new();
        let until = stopping.clone();
        context.relay().listens(address);
        let notes = context.clone();
        let serving = tokio::spawn(async move {
            let server = axum::serve(listener, router).with_graceful_shutdown(until.cancelled_owned());
            if let Err(error) = server.await {
                tracing::error!(%error, "the receiver stopped");
                notes.relay().failed(error.to_string());
                notes.relay().stopped();
            }
        });
        tracing::info!(%address, "what platforms push is received");
        Ok(Self {
            context,
            address,
            stopping,
            serving,
        })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lets requests in progress finish, within five seconds.
    pub async fn stop(mut self) {
        self.stopping.cancel();
        if tokio::time::timeout(STOP_WITHIN, &mut self.serving)
            .await
            .is_err()
        {
            tracing::warn!("a delivery was still arriving when the receiver stopped");
            self.serving.abort();
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.stopping.cancel();
        self.context.relay().stopped();
    }
}

async fn handshake(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let token = shared.config.verify_token.as_ref();
    match token.and_then(|token| webhook::challenge(query, token)) {
        Some(challenge) => challenge.into_response(),
        None => {
            tracing::warn!("a handshake without the verify token was refused");
            StatusCode::FORBIDDEN.into_response()
        }
    }
}

async fn delivery(State(shared): State<Arc<Shared>>, request: Request) -> StatusCode {
    let notes = shared.context.relay();
    match shared.keep(request).await {
        Ok(()) => {
            notes.accepted();
            // The worker naps between two looks.
            shared.context.wake();
            StatusCode::OK
        }
        Err(refusal) => {
            tracing::warn!(why = %refusal, "a delivery was refused");
            notes.refused();
            if let Refusal::NoRoom | Refusal::NotStored(_) = refusal {
                notes.failed(format!("the last delivery was not kept: {refusal}"));
            }
            refusal.status()
        }
    }
}

impl Shared {
    async fn keep(&self, request: Request) -> Result<(), Refusal> {
        let (parts, body) = request.into_parts();
        let _turn = self.turns.acquire().await.expect("it is never closed");
        let body = tokio::time::timeout(BODY_WITHIN, whole(body))
            .await
            .map_err(|_| Refusal::TooSlow)??;
        let signature = signature(&parts.headers).ok_or(Refusal::NotSigned)?;
        if !webhook::is_signed(&body, signature, &self.config.app_secrets) {
            return Err(Refusal::NotSigned);
        }
        let storage = &self.context.storage;
        let kept = storage.keep_delivery(&body, self.context.now()).await;
        match kept.map_err(|error| Refusal::NotStored(error.into()))? {
            Some(_) => Ok(()),
            None => Err(Refusal::NoRoom),
        }
    }
}

fn signature(headers: &HeaderMap) -> Option<&str> {
    headers.get("x-hub-signature-256")?.to_str().ok()
}

async fn whole(body: Body) -> Result<Vec<u8>, Refusal> {
    let mut arriving = body.into_data_stream();
    let mut bytes = Vec::new();
    let mut size = 0;
    while let Some(part) = arriving.next().await {
        let part = part.map_err(|_| Refusal::BrokeOff)?;
        size += part.len();
        if size <= LONGEST_BODY_BYTES {
            bytes.extend_from_slice(&part);
        } else if size > HEARD_OUT_BYTES {
            break;
        }
    }
    match size > LONGEST_BODY_BYTES {
        true => Err(Refusal::TooLarge),
        false => Ok(bytes),
    }
}
