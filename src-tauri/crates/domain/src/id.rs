//! Identifiers as types of their own, so that a post's id cannot stand where a comment's belongs.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! local_id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<i64> for $name {
            fn from(value: i64) -> Self {
                Self(value)
            }
        }
    )*};
}

local_id! {
    /// A connected profile on one platform.
    AccountId,
    /// What is commented on.
    PostId,
    /// What a person wrote under a post.
    CommentId,
    /// The person who wrote.
    AuthorId,
    /// A proposed reply.
    DraftId,
    /// Something to be done on the platform.
    ActionId,
    /// A comment of the brand's own under one of its posts, on its way there or posted.
    OwnCommentId,
    /// A row of the product table.
    ProductId,
    /// A passage of a document.
    PassageId,
}

/// An identifier given by a platform. Always text: several exceed 2^53 and some hold letters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlatformId(pub String);

impl PlatformId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PlatformId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<&str> for PlatformId {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

impl From<String> for PlatformId {
    fn from(value: String) -> Self {
        Self(value)
    }
}
