use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::error::SimulatorError;

/// A refusal in the words of the Data API. Reasons and statuses follow its error reference, the wording recorded
/// bodies where there are any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YoutubeError {
    pub status: StatusCode,
    pub reason: String,
    pub domain: &'static str,
    pub message: String,
    /// Name and kind of what is wrong in the request.
    pub location: Option<(&'static str, &'static str)>,
    /// The name of the status that newer parts of the platform add.
    pub status_name: Option<&'static str>,
}

impl YoutubeError {
    pub fn new(status: StatusCode, reason: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            status,
            reason: reason.into(),
            domain: "youtube.comment",
            message: message.into(),
            location: None,
            status_name: None,
        }
    }

    fn bad_request(reason: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, reason, message)
    }

    fn not_found(reason: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, reason, message)
    }

    fn about(self, domain: &'static str, parameter: &'static str) -> Self {
        Self {
            domain,
            location: Some((parameter, "parameter")),
            ..self
        }
    }

    pub fn missing_parameter(name: &'static str) -> Self {
        Self::bad_request("required", format!("Required parameter: {name}")).about("global", name)
    }

    pub fn invalid_parameter(name: &'static str, message: impl Into<String>) -> Self {
        Self::bad_request("invalidParameter", message).about("youtube.parameter", name)
    }

    pub fn unknown_part(part: &str) -> Self {
        Self::bad_request("unknownPart", format!("'{part}'")).about("youtube.part", "part")
    }

    pub fn no_filter(expected: &[&str]) -> Self {
        let expected = expected.join(", ");
        Self::bad_request(
            "missingRequiredParameter",
            format!("No filter selected. Expected one of: {expected}"),
        )
        .about("youtube.parameter", "parameters.")
    }

    pub fn incompatible(names: &[&str]) -> Self {
        let names = names.join(", ");
        Self::bad_request(
            "incompatibleParameters",
            format!("Incompatible parameters specified in the request: {names}"),
        )
        .about("youtube.parameter", "parameters.")
    }

    pub fn invalid_page_token() -> Self {
        Self::bad_request("invalidPageToken", "The request specifies an invalid page token.")
            .about("youtube.parameter", "pageToken")
    }

    pub fn parse_error() -> Self {
        Self {
            domain: "global",
            ..Self::bad_request("parseError", "Parse Error")
        }
    }

    pub fn missing_in_body(reason: &str, message: &str) -> Self {
        Self {
            location: Some(("body", "other")),
            ..Self::bad_request(reason, message)
        }
    }

    pub fn refused_comment(reason: &str, message: &str) -> Self {
        Self::bad_request(reason, message)
    }

    pub fn forbidden(domain: &'static str, message: &str) -> Self {
        Self {
            domain,
            ..Self::new(StatusCode::FORBIDDEN, "forbidden", message)
        }
    }

    pub fn comments_disabled() -> Self {
        let message = "The video identified by the <code><a href=\"/youtube/v3/docs/commentThreads/list#videoId\">\
                       videoId</a></code> parameter has disabled comments.";
        Self::new(StatusCode::FORBIDDEN, "commentsDisabled", message)
            .about("youtube.commentThread", "videoId")
    }

    pub fn video_not_found() -> Self {
        let message = "The video identified by the <code><a href=\"/youtube/v3/docs/commentThreads/list#videoId\">\
                       videoId</a></code> parameter could not be found.";
        Self::not_found("videoNotFound", message).about("youtube.commentThread", "videoId")
    }

    pub fn channel_not_found() -> Self {
        let message = "The channel identified by the <code><a href=\"/youtube/v3/docs/commentThreads/list\
                       #allThreadsRelatedToChannelId\">allThreadsRelatedToChannelId</a></code> parameter could not \
                       be found.";
        Self::not_found("channelNotFound", message).about("youtube.commentThread", "channelId")
    }

    pub fn playlist_not_found() -> Self {
        let message =
            "The playlist identified with the request's <code>playlistId</code> parameter cannot be found.";
        Self::not_found("playlistNotFound", message).about("youtube.playlistItem", "playlistId")
    }

    pub fn comment_not_found(parameter: &'static str) -> Self {
        let message = "One or more of the specified comments cannot be found.";
        Self::not_found("commentNotFound", message).about("youtube.comment", parameter)
    }

    pub fn parent_not_found() -> Self {
        let message = "The specified parent comment could not be found.";
        Self {
            location: Some(("body.snippet.parentId", "other")),
            ..Self::not_found("parentCommentNotFound", message)
        }
    }

    pub fn unknown_method() -> Self {
        Self {
            domain: "global",
            ..Self::not_found("notFound", "Method not found.")
        }
    }

    /// Word for word as it was recorded.
    pub fn quota_exceeded() -> Self {
        let message = "The request cannot be completed because you have exceeded your \
                       <a href=\"/youtube/v3/getting-started#quota\">quota</a>.";
        Self {
            domain: "youtube.quota",
            ..Self::new(StatusCode::FORBIDDEN, "quotaExceeded", message)
        }
    }

    pub fn rate_limited(status: StatusCode) -> Self {
        let too_many = status == StatusCode::TOO_MANY_REQUESTS;
        let status = if too_many { status } else { StatusCode::FORBIDDEN };
        Self {
            domain: "usageLimits",
            status_name: too_many.then_some("RESOURCE_EXHAUSTED"),
            ..Self::new(status, "rateLimitExceeded", "Rate Limit Exceeded")
        }
    }

    pub fn backend(status: StatusCode) -> Self {
        Self {
            domain: "global",
            ..Self::new(status, "backendError", "Backend Error")
        }
    }

    pub fn invalid_token() -> Self {
        let message = "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie \
                       or other valid authentication credential.";
        Self {
            domain: "global",
            location: Some(("Authorization", "header")),
            status_name: Some("UNAUTHENTICATED"),
            ..Self::new(StatusCode::UNAUTHORIZED, "authError", message)
        }
    }

    /// A key reads what everybody may read; what belongs to somebody needs that person.
    pub fn login_required() -> Self {
        let message = "API keys are not supported by this API. Expected OAuth2 access token or other \
                       authentication credentials that assert a principal.";
        Self {
            domain: "global",
            location: Some(("Authorization", "header")),
            status_name: Some("UNAUTHENTICATED"),
            ..Self::new(StatusCode::UNAUTHORIZED, "required", message)
        }
    }

    pub fn unregistered() -> Self {
        let message = "Method doesn't allow unregistered callers (callers without established identity). Please use \
                       API Key or other form of API consumer identity to call this API.";
        Self {
            domain: "global",
            status_name: Some("PERMISSION_DENIED"),
            ..Self::new(StatusCode::FORBIDDEN, "forbidden", message)
        }
    }

    pub fn invalid_key() -> Self {
        Self {
            domain: "usageLimits",
            ..Self::bad_request("keyInvalid", "Bad Request")
        }
    }

    pub fn insufficient_scope() -> Self {
        Self {
            domain: "global",
            status_name: Some("PERMISSION_DENIED"),
            ..Self::new(
                StatusCode::FORBIDDEN,
                "insufficientPermissions",
                "Request had insufficient authentication scopes.",
            )
        }
    }

    pub fn body(&self) -> Value {
        let mut item = Map::new();
        item.insert("message".into(), json!(self.message));
        item.insert("domain".into(), json!(self.domain));
        item.insert("reason".into(), json!(self.reason));
        if let Some((location, kind)) = self.location {
            item.insert("location".into(), json!(location));
            item.insert("locationType".into(), json!(kind));
        }
        let mut error = Map::new();
        error.insert("code".into(), json!(self.status.as_u16()));
        error.insert("message".into(), json!(self.message));
        error.insert("errors".into(), json!([item]));
        if let Some(name) = self.status_name {
            error.insert("status".into(), json!(name));
        }
        json!({ "error": error })
    }
}

/// The only thing that fails behind an accepted request is the journal; the write did not happen.
impl From<SimulatorError> for YoutubeError {
    fn from(error: SimulatorError) -> Self {
        tracing::error!(%error, "a call could not be kept");
        Self::backend(StatusCode::INTERNAL_SERVER_ERROR)
    }
}
