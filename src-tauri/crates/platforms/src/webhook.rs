//! What Meta's webhooks deliver for Instagram and Facebook Pages ("Webhooks"): the handshake, the signature, and the
//! notices of a body. Pure: whoever listens keeps the body first, answers, and then reads it here.
//!
//! Deliveries come late, twice and out of order, and none tells of an Instagram comment that was deleted, edited or
//! hidden, so polling goes on. Start with [`is_signed`], then [`parts`].

mod wire;

use domain::ports::{Element, RemoteComment};
use domain::{PlatformId, Timestamp};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use url::form_urlencoded;
use zeroize::Zeroizing;

/// More than any delivery has; a batch is of up to 1,000 changes.
pub const LONGEST_BODY_BYTES: usize = 4 * 1024 * 1024;

/// A change of a delivery, as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The account or page that the delivery names for it; `None` where not even that could be read.
    pub account_id: Option<PlatformId>,
    pub element: Element<Notice>,
}

/// One change on one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The professional account or the page; `0` in what the app dashboard's test button sends.
    pub account_id: PlatformId,
    /// When the platform put it together.
    pub sent_at: Timestamp,
    pub event: Event,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A new comment or reply. On Instagram no time comes with it, and `published_at` is that of the notice.
    Comment {
        comment: Box<RemoteComment>,
        live: bool,
    },
    /// A comment that is to be read again, since its author changed it or the page hid or showed it.
    Changed {
        comment: PlatformId,
        post: PlatformId,
    },
    Removed {
        comment: PlatformId,
        post: PlatformId,
    },
    /// Somebody named the account under another one's post, or in the post itself.
    Mention {
        post: PlatformId,
        comment: Option<PlatformId>,
    },
    /// Of no concern here: a reaction, a new post, a field that was subscribed to elsewhere.
    Other {
        field: String,
    },
}

/// The body is no delivery at all. A single change that cannot be read is set aside instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    #[error("the body is no delivery of a webhook: {0}")]
    Unreadable(String),
    #[error("the delivery is about \"{0}\", not about Instagram or a page")]
    OtherObject(String),
}

/// The answer to the handshake: the challenge, for the right token and a subscription; `None` is answered with 403.
pub fn challenge(query: &str, verify_token: &str) -> Option<String> {
    let parameter = |wanted: &str| {
        let found = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.into_owned())
    };
    // Compared by their tags, and so in constant time.
    let expected = tag_of(b"verify token", verify_token.as_bytes());
    let given = parameter("hub.verify_token")?;
    let same = mac(b"verify token", given.as_bytes())
        .verify_slice(&expected)
        .is_ok();
    let subscribes = parameter("hub.mode").as_deref() == Some("subscribe");
    (same && subscribes && !verify_token.is_empty())
        .then(|| parameter("hub.challenge"))
        .flatten()
}

/// Whether one of the app's secrets signed the raw bytes (`X-Hub-Signature-256`). With Instagram Login the Instagram
/// app's secret signs, otherwise the Meta app's: both are tried, each in constant time.
#[allow(
    clippy::unnecessary_fold,
    reason = "every secret is tried, so that the time tells nothing"
)]
pub fn is_signed(body: &[u8], signature: &str, secrets: &[Zeroizing<String>]) -> bool {
    let Some(given) = signature.trim().strip_prefix("sha256=").map(hex::decode) else {
        return false;
    };
    let Ok(given) = given else { return false };
    secrets
        .iter()
        .filter(|secret| !secret.is_empty())
        .fold(false, |signed, secret| {
            mac(secret.as_bytes(), body).verify_slice(&given).is_ok() || signed
        })
}

/// The changes of a body, in its order. All documented shapes are read: `changes`, one field directly on the entry,
/// and either of them inside a list.
pub fn parts(body: &[u8]) -> Result<Vec<Part>, WebhookError> {
    wire::parts(body)
}

/// [`parts`], for those who need not know whose a malformed one is.
pub fn notices(body: &[u8]) -> Result<Vec<Element<Notice>>, WebhookError> {
    Ok(parts(body)?.into_iter().map(|part| part.element).collect())
}

fn mac(key: &[u8], bytes: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length is taken");
    mac.update(bytes);
    mac
}

fn tag_of(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    mac(key, bytes).finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rstest::rstest;

    fn secrets(all: &[&str]) -> Vec<Zeroizing<String>> {
        all.iter().map(|one| Zeroizing::new((*one).to_owned())).collect()
    }

    #[test]
    fn the_signature_is_that_of_the_raw_bytes() {
        // RFC 4231, test case 2.
        let signature = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let body = b"what do ya want for nothing?";
        assert!(is_signed(body, signature, &secrets(&["Jefe"])));
        assert!(
            is_signed(body, signature, &secrets(&["another app", "Jefe"])),
            "either app may sign"
        );
        assert!(is_signed(body, signature, &secrets(&["Jefe", "another app"])));
        assert!(!is_signed(
            b"what do ya want for nothing!",
            signature,
            &secrets(&["Jefe"])
        ));
        assert!(!is_signed(body, signature, &secrets(&["another app"])));
        assert!(
            !is_signed(body, signature, &secrets(&[])),
            "without a secret nothing is believed"
        );
    }

    #[rstest]
    #[case("")]
    #[case("sha256=")]
    #[case("sha256=zz")]
    #[case("sha1=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")]
    #[case("sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec38")]
    fn what_is_no_signature_signs_nothing(#[case] signature: &str) {
        assert!(!is_signed(
            b"what do ya want for nothing?",
            signature,
            &secrets(&["Jefe"])
        ));
    }

    #[test]
    fn an_empty_secret_signs_nothing() {
        let signature = format!("sha256={}", hex::encode(tag_of(b"", b"body")));
        assert!(
            !is_signed(b"body", &signature, &secrets(&[""])),
            "anybody could sign with it"
        );
    }

    #[rstest]
    #[case(
        "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=me%20ow",
        Some("1158201444")
    )]
    #[case("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=meow", None)]
    #[case("hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=me%20ow", None)]
    #[case("hub.mode=subscribe&hub.verify_token=me%20ow", None)]
    #[case("", None)]
    fn the_handshake_is_answered_with_the_challenge_alone(
        #[case] query: &str,
        #[case] expected: Option<&str>,
    ) {
        assert_eq!(challenge(query, "me ow").as_deref(), expected);
        assert_eq!(
            challenge("hub.mode=subscribe&hub.challenge=1&hub.verify_token=", ""),
            None
        );
    }
}
