//! Pictures of posts: fetched from the platform's own hosts only, capped, and known by their bytes.

use crate::http::{BodyFailure, describe, read_body, refused_here, require_private_transport};
use domain::error::PlatformError;
use reqwest::{StatusCode, Url};
use std::time::Duration;

/// Where an account's pictures may come from, and how much of them is read.
pub(crate) struct PictureSource<'a> {
    pub http: &'a reqwest::Client,
    /// The API's address: a simulator serves pictures itself.
    pub base_url: &'a Url,
    /// Of the platform's content network; any host below them.
    pub content_hosts: &'static [&'static str],
    pub timeout: Duration,
    pub max_bytes: usize,
}

pub(crate) async fn fetch(
    source: PictureSource<'_>,
    address: &str,
) -> Result<(Vec<u8>, String), PlatformError> {
    let max_bytes = source.max_bytes;
    let url = allowed(source.base_url, source.content_hosts, address)?;
    // No token: content addresses are signed or public, and their hosts are not the API's.
    let answer = source.http.get(url).timeout(source.timeout).send().await;
    let response = answer.map_err(lost)?;
    match response.status() {
        StatusCode::OK => {}
        status @ (StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::GONE) => {
            return Err(PlatformError::Gone {
                detail: format!("the picture's address has expired (HTTP {})", status.as_u16()),
            });
        }
        status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            return Err(PlatformError::Unavailable {
                detail: format!("the picture's host answers HTTP {}", status.as_u16()),
            });
        }
        status => {
            return Err(PlatformError::Unreadable {
                detail: format!("the picture's host answers HTTP {}", status.as_u16()),
            });
        }
    }
    let bytes = read_body(response, max_bytes)
        .await
        .map_err(|failure| match failure {
            BodyFailure::TooLarge => refused_here(format!("the picture has more than {max_bytes} bytes")),
            BodyFailure::Lost(error) => lost(error),
        })?;
    let kind = kind_of(&bytes).ok_or_else(|| PlatformError::Unreadable {
        detail: "the bytes are neither PNG nor JPEG nor WebP".to_owned(),
    })?;
    Ok((bytes, kind.to_owned()))
}

fn lost(error: reqwest::Error) -> PlatformError {
    PlatformError::Unavailable {
        detail: describe(error),
    }
}

/// The API's own host and port, or the content network over HTTPS.
fn allowed(base_url: &Url, content_hosts: &[&str], address: &str) -> Result<Url, PlatformError> {
    let url =
        Url::parse(address).map_err(|_| refused_here("the picture's address cannot be read".to_owned()))?;
    let same_origin = url.origin() == base_url.origin();
    let content_network = url.scheme() == "https"
        && url.port().is_none()
        && url.domain().is_some_and(|host| {
            content_hosts
                .iter()
                .any(|known| host.strip_suffix(known).is_some_and(|rest| rest.ends_with('.')))
        });
    if !same_origin && !content_network {
        return Err(refused_here(
            "the picture is not on a host of the platform".to_owned(),
        ));
    }
    require_private_transport(&url)?;
    Ok(url)
}

fn kind_of(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some("image/png"),
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::content_network("https://scontent-gmp1-1.cdninstagram.com/v/a.jpg?oe=1", true)]
    #[case::other_content_network("https://scontent.xx.fbcdn.net/v/a.jpg", true)]
    #[case::own_origin("http://127.0.0.1:4000/pictures/1", true)]
    #[case::other_port_of_this_computer("http://127.0.0.1:4001/secret", false)]
    #[case::plain_http("http://scontent.cdninstagram.com/a.jpg", false)]
    #[case::look_alike("https://evilcdninstagram.com/a.jpg", false)]
    #[case::suffix_trick("https://cdninstagram.com.evil.example/a.jpg", false)]
    #[case::user_info_trick("https://scontent.cdninstagram.com@evil.example/a.jpg", false)]
    #[case::a_file("file:///etc/passwd", false)]
    #[case::link_local("http://169.254.169.254/latest/meta-data", false)]
    #[case::no_address("a.jpg", false)]
    fn pictures_come_from_the_platform_s_hosts_only(#[case] address: &str, #[case] expected: bool) {
        let base = Url::parse("http://127.0.0.1:4000/").unwrap();
        let hosts = ["cdninstagram.com", "fbcdn.net"];
        assert_eq!(allowed(&base, &hosts, address).is_ok(), expected, "{address}");
    }

    #[rstest]
    #[case(b"\x89PNG\r\n\x1a\n....", Some("image/png"))]
    #[case(b"\xff\xd8\xff\xe0", Some("image/jpeg"))]
    #[case(b"RIFF\x10\x00\x00\x00WEBPVP8 ", Some("image/webp"))]
    #[case(b"RIFF\x10\x00\x00\x00WAVE", None)]
    #[case(b"<svg onload=alert(1)>", None)]
    #[case(b"", None)]
    fn the_bytes_say_what_it_is(#[case] bytes: &[u8], #[case] expected: Option<&str>) {
        assert_eq!(kind_of(bytes), expected);
    }
}
