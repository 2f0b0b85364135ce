mod answer;
mod telegram;
mod youtube;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::connection::{CuttableListener, Scissors};
use crate::control;
use crate::dialect::Dialect;
use crate::error::SimulatorError;
use crate::faults::{self, Ending, Fault, FaultKind, Faults, Strike};
use crate::graph::{self, GraphError, GraphRequest};
use crate::journal::Journal;
use crate::ledger::Ledger;
use crate::seed::Seed;
use crate::store::Store;
use crate::webhooks::{self, WebhookCounts};
use crate::world::{Object, QuotaDay, World};
use crate::youtube::SignIn;
use answer::Envelope;
pub use answer::Usage;

const MAX_BODY_BYTES: usize = 1024 * 1024;
const STOP_WITHIN: Duration = Duration::from_secs(5);

#[derive(Debug, Clone)]
pub struct SimulatorConfig {
    /// A loopback address; port 0 takes any free one.
    pub bind: SocketAddr,
    /// Where writes are kept for the next start; `None` forgets them.
    pub journal: Option<PathBuf>,
    pub seed: Seed,
}

/// A running platform. It stops when dropped, and in an orderly way by [`Simulator::stop`].
pub struct Simulator {
    addr: SocketAddr,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
    delivering: JoinHandle<()>,
}

/// What every request reaches.
pub struct Shared {
    pub store: Arc<Store>,
    pub faults: Faults,
    /// Percentages that tests put in place of the counted ones.
    pub usage: std::sync::Mutex<Option<Usage>>,
    pub sign_in: SignIn,
    listeners: telegram::Listeners,
    base_url: String,
    stopping: CancellationToken,
}

impl Simulator {
    /// Builds the state from the seed and the journal, and listens. Answers from the moment this returns.
    pub async fn start(config: SimulatorConfig) -> Result<Self, SimulatorError> {
        if !config.bind.ip().is_loopback() {
            return Err(SimulatorError::NotLoopback(config.bind));
        }
        let store = tokio::task::spawn_blocking(move || open_store(config.seed, config.journal))
            .await
            .expect("opening the store does not panic and is not aborted")?;
        let refused = |source| SimulatorError::Listen {
            addr: config.bind,
            source,
        };
        let listener = TcpListener::bind(config.bind).await.map_err(refused)?;
        let addr = listener.local_addr().map_err(refused)?;
        let shared = Arc::new(Shared {
            store: Arc::new(store),
            faults: Faults::default(),
            usage: std::sync::Mutex::new(None),
            sign_in: SignIn::default(),
            listeners: telegram::Listeners::default(),
            base_url: format!("http://{addr}"),
            stopping: CancellationToken::new(),
        });
        let router = Router::new()
            .nest("/_control", control::router())
            .fallback(platform)
            .with_state(Arc::clone(&shared));
        let service = router.into_make_service_with_connect_info::<Scissors>();
        let stopping = shared.stopping.clone();
        let serving = tokio::spawn(async move {
            let server = axum::serve(CuttableListener(listener), service)
                .with_graceful_shutdown(stopping.cancelled_owned());
            if let Err(error) = server.await {
                tracing::error!(%error, "the simulator stopped serving");
            }
        });
        let stopping = shared.stopping.clone();
        let store = Arc::clone(&shared.store);
        let delivering = tokio::spawn(async move {
            tokio::select! {
                () = stopping.cancelled() => {}
                () = webhooks::deliver(store) => {}
            }
        });
        Ok(Self {
            addr,
            shared,
            serving,
            delivering,
        })
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn base_url(&self) -> String {
        self.shared.base_url.clone()
    }

    pub fn local_addr(&self) -> SocketAddr {
        self.addr
    }

    pub fn ledger(&self) -> Ledger {
        Ledger::new(Arc::clone(&self.shared.store))
    }

    /// What was spent of the YouTube quota, by project and day, the oldest first.
    pub fn quota(&self) -> Vec<QuotaDay> {
        self.shared.store.read().world.quota().days()
    }

    /// The same as `POST /_control/faults`.
    pub fn queue_fault(&self, fault: Fault) {
        self.shared.faults.queue(vec![fault]);
    }

    /// Returns when everything that was to be pushed arrived or was given up.
    pub async fn webhooks_settled(&self) {
        self.shared.store.webhooks.settled().await;
    }

    pub fn webhook_counts(&self) -> WebhookCounts {
        self.shared.store.webhooks.counts()
    }

    /// Lets calls in progress finish, within five seconds, and brings the journal to the disk.
    pub async fn stop(mut self) {
        self.shared.stopping.cancel();
        if tokio::time::timeout(STOP_WITHIN, &mut self.serving)
            .await
            .is_err()
        {
            tracing::warn!("a call was still in progress when the simulator stopped");
            self.serving.abort();
        }
        // It ends at its next await, whatever it waits for.
        if let Err(error) = (&mut self.delivering).await {
            tracing::error!(%error, "the task that delivers webhooks broke off");
        }
        let Some(journal) = self.shared.store.write().close() else {
            return;
        };
        if let Ok(Err(error)) = tokio::task::spawn_blocking(move || journal.sync()).await {
            tracing::error!(%error, "the journal may not be on the disk");
        }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.shared.stopping.cancel();
        drop(self.shared.store.write().close());
    }
}

fn open_store(seed: Seed, journal: Option<PathBuf>) -> Result<Store, SimulatorError> {
    let mut world = World::from_seed(seed)?;
    let journal = match journal {
        Some(path) => {
            let (journal, records) = Journal::open(&path)?;
            for record in records {
                world.apply(record);
            }
            Some(journal)
        }
        None => None,
    };
    Ok(Store::new(world, journal))
}

/// Every call that is not for the control API.
async fn platform(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
) -> Response {
    let strike = shared
        .faults
        .strike(request.method().as_str(), request.uri().path());
    let stopping = &shared.stopping;
    if strike.delay_ms > 0 {
        let delay = tokio::time::sleep(Duration::from_millis(strike.delay_ms));
        tokio::select! { () = delay => {} () = stopping.cancelled() => {} }
    }
    if let Some(FaultKind::TimeoutBeforeWrite { ending }) = strike.fault {
        return never_answer(&scissors, ending, stopping).await;
    }
    let after = strike.fault.clone();
    let response = answer_call(&shared, request, strike).await;
    match after {
        Some(FaultKind::TimeoutAfterWrite { ending }) => never_answer(&scissors, ending, stopping).await,
        Some(FaultKind::TruncatedBody { keep_bytes }) => match truncate(response, keep_bytes).await {
            Some(response) => response,
            None => never_answer(&scissors, Ending::Drop, stopping).await,
        },
        _ => response,
    }
}

async fn answer_call(shared: &Shared, request: Request, strike: Strike) -> Response {
    let (parts, body) = request.into_parts();
    if let Some(name) = parts.uri.path().strip_prefix("/media-files/") {
        return match strike.fault {
            Some(FaultKind::ServerError { status, .. } | FaultKind::HtmlBody { status, .. }) => {
                answer::html(status_of(status))
            }
            _ => picture(shared, name),
        };
    }
    match Dialect::of(parts.uri.path()) {
        Dialect::Youtube => return youtube::answer_call(shared, &parts, body, strike).await,
        Dialect::Telegram => return telegram::answer_call(shared, &parts, body, strike).await,
        Dialect::Graph => {}
    }
    let parsed = match to_bytes(body, MAX_BODY_BYTES).await {
        Ok(body) => GraphRequest::read(&parts, &body),
        Err(_) => Err(GraphError::invalid_parameter("The request body is too large")),
    };
    let request = match parsed {
        Ok(request) => request,
        Err(error) => return Envelope::counted(shared, None).send(Err(error)),
    };
    let envelope = Envelope::counted(shared, Some(&request));
    if request.path == "/oauth/authorize" {
        return match graph::consent(&shared.store, &request) {
            Ok(address) => (StatusCode::FOUND, [(header::LOCATION, address)]).into_response(),
            Err(error) => envelope.send(Err(error)),
        };
    }
    let refusal = |error: GraphError| envelope.send(Err(error));
    match strike.fault {
        Some(FaultKind::Throttle {
            code,
            status,
            estimated_minutes,
            ..
        }) => {
            let error = GraphError::throttled(code, status_of(status));
            envelope
                .with_usage(Usage::exhausted(estimated_minutes))
                .send(Err(error))
        }
        Some(FaultKind::TokenError { code, subcode }) => refusal(GraphError::token(code, subcode)),
        Some(FaultKind::PermissionError { code }) => refusal(GraphError::permission(code)),
        Some(FaultKind::GraphError {
            code,
            subcode,
            message,
            status,
            is_transient,
        }) => refusal(GraphError {
            status: status_of(status),
            subcode,
            is_transient,
            ..GraphError::new(
                code,
                if message.is_empty() {
                    format!("(#{code}) Refused")
                } else {
                    message
                },
            )
        }),
        Some(FaultKind::ServerError { status, after_write }) => {
            if after_write {
                discard(graph::answer(&shared.store, &shared.base_url, &request));
            }
            refusal(GraphError::unavailable(status_of(status)))
        }
        Some(FaultKind::HtmlBody { status, after_write }) => {
            if after_write {
                discard(graph::answer(&shared.store, &shared.base_url, &request));
            }
            answer::html(status_of(status))
        }
        listing => {
            let mut result = graph::answer(&shared.store, &shared.base_url, &request);
            if let Ok(answer) = &mut result {
                match listing {
                    Some(FaultKind::DuplicateItems) => faults::duplicate_items(answer),
                    Some(FaultKind::ReorderedItems) => faults::reorder_items(answer, strike.draw),
                    _ => {}
                }
            }
            envelope.send(result)
        }
    }
}

/// The client is not to learn how its write ended.
fn discard(answer: Result<Value, GraphError>) {
    if let Err(error) = answer {
        tracing::debug!(code = error.code, "a call whose answer is withheld was refused");
    }
}

async fn never_answer(scissors: &Scissors, ending: Ending, stopping: &CancellationToken) -> Response {
    if ending == Ending::Hang {
        stopping.cancelled().await;
    }
    scissors.cut();
    // Never seen: the connection is cut before its first byte.
    StatusCode::NO_CONTENT.into_response()
}

/// Announces the whole length, sends a part and breaks the connection. `None` where there is nothing to break off.
async fn truncate(response: Response, keep_bytes: Option<usize>) -> Option<Response> {
    let (mut parts, body) = response.into_parts();
    let whole = to_bytes(body, usize::MAX).await.ok()?;
    if whole.is_empty() {
        return None;
    }
    let kept = whole.slice(
        ..keep_bytes
            .unwrap_or(whole.len() / 2)
            .min(whole.len().saturating_sub(1)),
    );
    parts.headers.insert(header::CONTENT_LENGTH, whole.len().into());
    let stream = futures::stream::unfold(Some(kept), |kept| async {
        match kept {
            Some(kept) => Some((Ok::<Bytes, std::io::Error>(kept), None)),
            None => {
                // Lets the part reach the socket: an error in the same poll would take it along.
                tokio::task::yield_now().await;
                Some((Err(std::io::ErrorKind::ConnectionAborted.into()), None))
            }
        }
    });
    Some(Response::from_parts(parts, Body::from_stream(stream)))
}

fn picture(shared: &Shared, name: &str) -> Response {
    let id = name.rsplit_once('.').map_or(name, |(id, _)| id);
    let stored = shared.store.read();
    let Some(Object::Post(at)) = stored.world.object(id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match &stored.world.post(at).seed.picture {
        Some(picture) => (
            [(header::CONTENT_TYPE, picture.content_type.clone())],
            picture.bytes.clone(),
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A fault may ask for any number; what is no HTTP status becomes 500.
fn status_of(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
