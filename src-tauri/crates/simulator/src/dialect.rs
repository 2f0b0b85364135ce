/// In which words a call is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Instagram's: whatever is nobody else's.
    Graph,
    /// YouTube's Data API and the sign-in that belongs to it.
    Youtube,
}

impl Dialect {
    /// No Graph id has these names, so that both platforms can share one address.
    pub fn of(path: &str) -> Self {
        let of_youtube = path.starts_with("/youtube/v3/")
            || path.starts_with("/o/oauth2/")
            || matches!(path, "/token" | "/revoke");
        if of_youtube { Self::Youtube } else { Self::Graph }
    }
}
