//! The listener for the browser's redirect, on 127.0.0.1 and a free port.
//!
//! It hears one answer with the right state. Everything else that connects meanwhile (a browser opening spare
//! connections or asking for an icon, another program guessing) is answered or dropped and changes nothing.

use super::page::{self, Outcome, PageLanguage};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;
use zeroize::Zeroizing;

/// A redirect is one line and a few headers.
const LONGEST_REQUEST_BYTES: usize = 16 * 1024;
/// For one connection; a browser's spare ones never say anything.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(10);
const MOST_CONNECTIONS: usize = 32;
const AFTER_FAILED_ACCEPT: Duration = Duration::from_millis(100);

pub(super) struct Loopback {
    listener: TcpListener,
    redirect_uri: String,
    state: Zeroizing<String>,
    language: PageLanguage,
}

/// What the browser brought.
pub(super) enum Heard {
    Code(Zeroizing<String>),
    /// Google's word for why not.
    Declined(String),
}

/// What one request means.
enum Request {
    Answer(Heard),
    WrongState,
    Other,
}

impl Loopback {
    pub async fn listen(state: Zeroizing<String>, language: PageLanguage) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let redirect_uri = format!("http://127.0.0.1:{}", listener.local_addr()?.port());
        Ok(Self {
            listener,
            redirect_uri,
            state,
            language,
        })
    }

    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// Ends with the one answer; the caller bounds the wait.
    pub async fn hear(&self) -> Heard {
        let mut conversations = FuturesUnordered::new();
        loop {
            tokio::select! {
                accepted = self.listener.accept(), if conversations.len() < MOST_CONNECTIONS => {
                    match accepted {
                        Ok((stream, _)) => {
                            conversations.push(tokio::time::timeout(CONNECTION_TIMEOUT, self.converse(stream)));
                        }
                        // Such as no file handle left: trying again at once would only spin.
                        Err(_) => tokio::time::sleep(AFTER_FAILED_ACCEPT).await,
                    }
                }
                Some(ended) = conversations.next() => {
                    if let Ok(Ok(Some(heard))) = ended {
                        return heard;
                    }
                }
            }
        }
    }

    async fn converse(&self, mut stream: TcpStream) -> io::Result<Option<Heard>> {
        let Some(line) = request_line(&mut stream).await? else {
            return Ok(None);
        };
        let request = self.understand(&line);
        let (status, outcome) = match &request {
            Request::Answer(Heard::Code(_)) => ("200 OK", Outcome::Done),
            Request::Answer(Heard::Declined(_)) => ("200 OK", Outcome::Declined),
            Request::WrongState => ("400 Bad Request", Outcome::WrongState),
            Request::Other => ("404 Not Found", Outcome::NotHere),
        };
        let answer = page::answer(status, outcome, self.language);
        // The sign-in does not depend on whether the browser still listens.
        let shown = async {
            stream.write_all(answer.as_bytes()).await?;
            stream.shutdown().await
        };
        if let Err(error) = shown.await {
            tracing::debug!(%error, "the browser did not wait for the last page");
        }
        Ok(match request {
            Request::Answer(heard) => Some(heard),
            Request::WrongState | Request::Other => None,
        })
    }

    fn understand(&self, line: &str) -> Request {
        let mut parts = line.split(' ');
        let (Some("GET"), Some(target)) = (parts.next(), parts.next()) else {
            return Request::Other;
        };
        let url = Url::parse(&self.redirect_uri).and_then(|base| base.join(target));
        let Ok(url) = url else { return Request::Other };
        if url.path() != "/" || url.query().is_none() {
            return Request::Other;
        }
        let parameter = |wanted: &str| {
            let found = url.query_pairs().find(|(name, _)| name == wanted);
            found.map(|(_, value)| Zeroizing::new(value.into_owned()))
        };
        if parameter("state").is_none_or(|state| *state != *self.state) {
            return Request::WrongState;
        }
        match (parameter("code"), parameter("error")) {
            (_, Some(error)) => Request::Answer(Heard::Declined(error.chars().take(100).collect())),
            (Some(code), None) if !code.is_empty() => Request::Answer(Heard::Code(code)),
            _ => Request::Other,
        }
    }
}

/// `None` when the other side left, or goes on without end.
async fn request_line(stream: &mut TcpStream) -> io::Result<Option<Zeroizing<String>>> {
    let mut request = Zeroizing::new(Vec::with_capacity(LONGEST_REQUEST_BYTES));
    let mut part = Zeroizing::new([0_u8; 2048]);
    // To the end of the headers: closing before they are read would cut off the answer.
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        let length = stream.read(&mut part[..]).await?;
        if length == 0 || request.len() + length > LONGEST_REQUEST_BYTES {
            return Ok(None);
        }
        request.extend_from_slice(&part[..length]);
    }
    let line = request.split(|byte| *byte == b'\r').next().unwrap_or_default();
    Ok(std::str::from_utf8(line)
        .ok()
        .map(|line| Zeroizing::new(line.to_owned())))
}
