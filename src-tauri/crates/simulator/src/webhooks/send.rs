//! The background task that carries deliveries out. Those that are neither delayed nor refused keep their order.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Client, header, redirect};
use sha2::Sha256;
use tokio::task::JoinSet;
use url::{Host, Url};

use super::{Delivery, Subscription, Webhooks};
use crate::store::Store;

/// For one request, from connecting to the answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Why an address was not subscribed.
#[derive(Debug, thiserror::Error)]
pub enum Unsubscribable {
    #[error("{0} is no http address on loopback")]
    NotLoopback(String),
    #[error("the callback could not be reached: {0}")]
    Unreachable(String),
    #[error("the callback did not answer the handshake with the challenge: {0}")]
    Handshake(String),
}

/// Neither a proxy nor a redirect leads away from loopback.
fn client() -> Client {
    Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .timeout(ANSWER_WITHIN)
        .build()
        .expect("a client without certificates of its own is always built")
}

impl Webhooks {
    /// Asks the address whether it wants to be told, as the platform does, and remembers it.
    pub async fn subscribe(&self, subscription: Subscription) -> Result<(), Unsubscribable> {
        if !is_on_loopback(&subscription.url) {
            return Err(Unsubscribable::NotLoopback(subscription.url));
        }
        let challenge = rand::random::<u32>().to_string();
        let unreachable =
            |error: reqwest::Error| Unsubscribable::Unreachable(error.without_url().to_string());
        let answer = client()
            .get(&subscription.url)
            .query(&[
                ("hub.mode", "subscribe"),
                ("hub.challenge", challenge.as_str()),
                ("hub.verify_token", subscription.verify_token.as_str()),
            ])
            .send()
            .await
            .map_err(unreachable)?;
        let status = answer.status();
        let said = answer.text().await.map_err(unreachable)?;
        if !status.is_success() || said != challenge {
            return Err(Unsubscribable::Handshake(status.to_string()));
        }
        self.subscribed(subscription);
        Ok(())
    }

    async fn try_once(&self, client: &Client, delivery: &Delivery) -> bool {
        self.tried();
        let secret: &str = match delivery.is_forged {
            true => "the secret of another app",
            false => &delivery.to.app_secret,
        };
        let answer = client
            .post(&delivery.to.url)
            .header(header::CONTENT_TYPE, "application/json")
            .header("X-Hub-Signature-256", signature(secret, &delivery.body))
            .body(delivery.body.clone())
            .send()
            .await;
        match answer {
            Ok(answer) if answer.status().is_success() => true,
            Ok(answer) => {
                tracing::debug!(status = %answer.status(), "a delivery was refused");
                false
            }
            Err(error) => {
                tracing::debug!(error = %error.without_url(), "a delivery did not arrive");
                false
            }
        }
    }

    /// The pauses after a first try that failed.
    async fn try_again(&self, client: &Client, delivery: &Delivery) -> bool {
        for pause_ms in &delivery.to.retry_pauses_ms {
            tokio::time::sleep(Duration::from_millis(*pause_ms)).await;
            if self.try_once(client, delivery).await {
                return true;
            }
        }
        false
    }
}

/// Delivers until it is dropped.
pub async fn deliver(store: Arc<Store>) {
    let client = client();
    // Those that are delayed or tried again. Dropped with this task, and they end with it.
    let mut later = JoinSet::new();
    loop {
        while later.try_join_next().is_some() {}
        let due = store.webhooks.take(store.now_ms());
        if due.is_empty() {
            tokio::select! {
                () = store.webhooks.bell.notified() => {}
                Some(_) = later.join_next() => {}
            }
            continue;
        }
        for delivery in due {
            if delivery.delay.is_zero() && store.webhooks.try_once(&client, &delivery).await {
                store.webhooks.settle(true);
                continue;
            }
            let (store, client) = (Arc::clone(&store), client.clone());
            later.spawn(async move {
                let webhooks = &store.webhooks;
                let mut accepted = false;
                if !delivery.delay.is_zero() {
                    tokio::time::sleep(delivery.delay).await;
                    accepted = webhooks.try_once(&client, &delivery).await;
                }
                if !accepted {
                    accepted = webhooks.try_again(&client, &delivery).await;
                }
                webhooks.settle(accepted);
            });
        }
    }
}

fn is_on_loopback(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else {
        return false;
    };
    url.scheme() == "http"
        && match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(ip)) => IpAddr::from(ip).is_loopback(),
            Some(Host::Ipv6(ip)) => IpAddr::from(ip).is_loopback(),
            None => false,
        }
}

fn signature(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length is taken");
    mac.update(body.as_bytes());
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}
