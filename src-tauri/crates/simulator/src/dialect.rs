/// In which words a call is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Instagram's: whatever is nobody else's.
    Graph,
    /// YouTube's Data API and the sign-in that belongs to it.
    Youtube,
    /// Telegram's Bot API.
    Telegram,
}

impl Dialect {
    /// No Graph id has these names, so that all platforms can share one address.
    pub fn of(path: &str) -> Self {
        let of_youtube = path.starts_with("/youtube/v3/")
            || path.starts_with("/o/oauth2/")
            || matches!(path, "/token" | "/revoke");
        if of_youtube {
            Self::Youtube
        } else if is_of_a_bot(path) {
            Self::Telegram
        } else {
            Self::Graph
        }
    }
}

/// `/bot<number>:…`
fn is_of_a_bot(path: &str) -> bool {
    path.strip_prefix("/bot")
        .and_then(|token| token.split_once(':'))
        .is_some_and(|(number, _)| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()))
}
