use domain::Timestamp;
use domain::ports::Clock;
use platforms::ReadRetries;
use platforms::{Instagram, InstagramConfig};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;
use zeroize::Zeroizing;

pub const TOKEN: &str = "IGQVJcanary4711";
pub const ACCOUNT: &str = "17841406338772941";

/// A clock that stands still until it is moved.
pub struct SetClock(AtomicI64);

impl SetClock {
    pub fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(1_700_000_000_000)))
    }

    pub fn advance(&self, span: Duration) {
        let millis = i64::try_from(span.as_millis()).unwrap();
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

pub fn config(base_url: &str, clock: Arc<SetClock>) -> InstagramConfig {
    InstagramConfig {
        account_id: Some(ACCOUNT.into()),
        total_timeout: Duration::from_secs(20),
        read_retries: ReadRetries {
            times: 2,
            first_delay: Duration::from_millis(1),
            longest_delay: Duration::from_millis(10),
        },
        clock,
        ..InstagramConfig::new(
            Url::parse(base_url).unwrap(),
            "v26.0",
            Zeroizing::new(TOKEN.to_owned()),
        )
    }
}

pub fn instagram(base_url: &str) -> Instagram {
    Instagram::new(config(base_url, SetClock::new())).unwrap()
}

/// A recorded body from the shared fixtures.
pub fn recorded(file: &str) -> String {
    let path = format!(
        "{}/../../../../shared/fixtures/python-facebook/testdata/instagram/apidata/{file}",
        std::env::var("CARGO_MANIFEST_DIR").unwrap()
    );
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What a raw server does with a connection once the whole request has arrived.
#[derive(Debug, Clone, Copy)]
pub enum Ending {
    /// Closes without an answer, as after a crash.
    Close,
    /// Keeps silent for as long as the client waits.
    Silence,
    /// Sends exactly this and closes.
    Bytes(&'static str),
}

pub struct RawServer {
    pub address: String,
    requests: Arc<AtomicUsize>,
}

impl RawServer {
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// Serves every connection the same way until the test ends.
    pub async fn start(ending: Ending) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let requests = Arc::new(AtomicUsize::new(0));
        let counter = requests.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let counter = counter.clone();
                tokio::spawn(async move {
                    let mut request = Vec::new();
                    let mut part = [0; 4096];
                    while !is_complete(&request) {
                        match stream.read(&mut part).await {
                            Ok(0) | Err(_) => return,
                            Ok(length) => request.extend_from_slice(&part[..length]),
                        }
                    }
                    counter.fetch_add(1, Ordering::SeqCst);
                    match ending {
                        Ending::Close => {}
                        Ending::Silence => std::future::pending().await,
                        Ending::Bytes(answer) => stream.write_all(answer.as_bytes()).await.unwrap(),
                    }
                });
            }
        });
        Self { address, requests }
    }
}

fn is_complete(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .map_or(0, |value| value.trim().parse().unwrap());
    body.len() >= length
}

/// An address at which nothing listens.
pub async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    address
}
