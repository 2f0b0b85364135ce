#![allow(clippy::unwrap_used)]
use super::*;
use rstest::rstest;

const TOKEN: &str = "ya29.canary4711";

/// The variant's name stands for the decision; the texts are checked apart.
fn decision(status: u16, body: &str, kind: SpendKind, about: About) -> (String, Refusal) {
    let status = StatusCode::from_u16(status).unwrap();
    let fault = Fault::of(body.as_bytes());
    let refusal = refusal(status, fault.as_ref(), kind, about, TOKEN);
    let shown = format!("{0} {0:?}", refusal.error);
    assert!(!shown.contains(TOKEN), "an error text reaches logs: {shown}");
    let name = format!("{:?}", refusal.error);
    let name = name.split([' ', '{']).next().unwrap().to_owned();
    (name, refusal)
}

fn envelope(status: u16, reason: &str) -> String {
    format!(
        r#"{{"error":{{"code":{status},"message":"said <b>of</b> {TOKEN}","errors":[
           {{"message":"m","domain":"youtube.x","reason":"{reason}","location":"id","locationType":"parameter"}}]}}}}"#
    )
}

#[rstest]
#[case::quota(403, "quotaExceeded", "Throttled", "Throttled", Cause::QuotaSpent)]
#[case::daily(403, "dailyLimitExceeded", "Throttled", "Throttled", Cause::QuotaSpent)]
#[case::rate_403(403, "rateLimitExceeded", "Throttled", "Throttled", Cause::RateLimited)]
#[case::rate_429(429, "rateLimitExceeded", "Throttled", "Throttled", Cause::RateLimited)]
#[case::user_rate(403, "userRateLimitExceeded", "Throttled", "Throttled", Cause::RateLimited)]
#[case::comments_off(403, "commentsDisabled", "Gone", "Refused", Cause::Other)]
#[case::forbidden(403, "forbidden", "Gone", "Refused", Cause::Other)]
#[case::scope(
    403,
    "insufficientPermissions",
    "PermissionMissing",
    "PermissionMissing",
    Cause::Other
)]
#[case::api_off(
    403,
    "accessNotConfigured",
    "PermissionMissing",
    "PermissionMissing",
    Cause::Other
)]
#[case::ineligible(
    403,
    "ineligibleAccount",
    "AccountRestricted",
    "AccountRestricted",
    Cause::Other
)]
#[case::no_channel(
    401,
    "youtubeSignupRequired",
    "AccountRestricted",
    "AccountRestricted",
    Cause::Other
)]
#[case::token(401, "authError", "SignedOut", "SignedOut", Cause::TokenRejected)]
#[case::no_token(401, "required", "SignedOut", "SignedOut", Cause::TokenRejected)]
#[case::video(404, "videoNotFound", "Gone", "Gone", Cause::Other)]
#[case::channel(404, "channelNotFound", "Gone", "Gone", Cause::Other)]
#[case::thread(404, "commentThreadNotFound", "Gone", "Gone", Cause::Other)]
#[case::comment(404, "commentNotFound", "Gone", "Gone", Cause::Other)]
#[case::parent(404, "parentCommentNotFound", "Gone", "Gone", Cause::Other)]
#[case::playlist(404, "playlistNotFound", "Gone", "Gone", Cause::Other)]
#[case::processing(400, "processingFailure", "Unavailable", "OutcomeUnknown", Cause::Other)]
#[case::no_text(400, "commentTextRequired", "Refused", "Refused", Cause::Other)]
#[case::long_text(400, "commentTextTooLong", "Refused", "Refused", Cause::Other)]
#[case::metadata(400, "invalidCommentMetadata", "Refused", "Refused", Cause::Other)]
#[case::emoji(400, "invalidCustomEmoji", "Refused", "Refused", Cause::Other)]
#[case::unsupported(400, "operationNotSupported", "Refused", "Refused", Cause::Other)]
#[case::private_parent(400, "parentCommentIsPrivate", "Refused", "Refused", Cause::Other)]
#[case::ban(400, "banWithoutReject", "Refused", "Refused", Cause::Other)]
#[case::required_400(400, "required", "Refused", "Refused", Cause::Other)]
#[case::backend(500, "backendError", "Unavailable", "OutcomeUnknown", Cause::Other)]
#[case::backend_503(503, "backendError", "Unavailable", "OutcomeUnknown", Cause::Other)]
#[case::new_401(401, "brandNew", "SignedOut", "SignedOut", Cause::TokenRejected)]
#[case::new_403(403, "brandNew", "Gone", "Refused", Cause::Other)]
#[case::new_404(404, "brandNew", "Gone", "Gone", Cause::Other)]
#[case::new_429(429, "brandNew", "Throttled", "Throttled", Cause::RateLimited)]
#[case::new_400(400, "brandNew", "Refused", "Refused", Cause::Other)]
#[case::new_502(502, "brandNew", "Unavailable", "OutcomeUnknown", Cause::Other)]
fn each_row_of_the_error_table_has_its_decision(
    #[case] status: u16,
    #[case] reason: &str,
    #[case] read: &str,
    #[case] write: &str,
    #[case] cause: Cause,
) {
    let body = envelope(status, reason);
    let (name, refused) = decision(status, &body, SpendKind::ListThreads, About::OneObject);
    assert_eq!((name.as_str(), refused.cause), (read, cause), "as a read");
    assert_eq!(
        refused.passing,
        read == "Unavailable",
        "only what passes by itself is read again"
    );
    for kind in [SpendKind::Reply, SpendKind::Moderate] {
        let (name, refused) = decision(status, &body, kind, About::OneObject);
        assert_eq!((name.as_str(), refused.cause), (write, cause), "as a write");
        assert!(!refused.passing, "a write is never repeated here");
    }
}

#[test]
fn forbidden_about_the_account_is_a_missing_permission() {
    let body = envelope(403, "forbidden");
    for kind in [SpendKind::ListHeld, SpendKind::Check] {
        assert_eq!(decision(403, &body, kind, About::Account).0, "PermissionMissing");
    }
}

#[test]
fn a_page_token_that_is_no_longer_known_starts_the_paging_over() {
    let body = envelope(400, "invalidPageToken");
    let (_, refused) = decision(400, &body, SpendKind::ListThreads, About::OneObject);
    assert_eq!(
        (refused.cause, refused.passing),
        (Cause::PageTokenRejected, false)
    );
}

#[test]
fn google_s_newer_details_tell_a_day_s_limit_from_a_minute_s() {
    let body = |limit: &str| {
        format!(
            r#"{{"error":{{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED","details":[
               {{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"RATE_LIMIT_EXCEEDED",
                 "metadata":{{"quota_limit":"{limit}"}}}}]}}}}"#
        )
    };
    let cause = |limit| {
        decision(429, &body(limit), SpendKind::Reply, About::OneObject)
            .1
            .cause
    };
    assert_eq!(cause("defaultPerDayPerProject"), Cause::QuotaSpent);
    assert_eq!(cause("defaultPerMinutePerProject"), Cause::RateLimited);
}

#[test]
fn a_missing_scope_is_named() {
    let body = r#"{"error":{"code":403,"message":"Request had insufficient authentication scopes.",
        "errors":[{"message":"Insufficient Permission","domain":"global","reason":"insufficientPermissions"}],
        "status":"PERMISSION_DENIED"}}"#;
    let (_, refused) = decision(403, body, SpendKind::ListVideos, About::Account);
    assert!(
        refused.error.to_string().contains("youtube.force-ssl"),
        "{}",
        refused.error
    );
}

#[rstest]
#[case::server_error(502, "Unavailable", "OutcomeUnknown")]
#[case::timed_out_at_the_edge(408, "Unavailable", "OutcomeUnknown")]
#[case::too_many(429, "Throttled", "Throttled")]
#[case::edge_401(401, "Unreadable", "OutcomeUnknown")]
#[case::edge_403(403, "Unreadable", "OutcomeUnknown")]
#[case::edge_404(404, "Unreadable", "OutcomeUnknown")]
#[case::redirect(302, "Unreadable", "OutcomeUnknown")]
fn without_the_platform_s_own_words_only_the_status_counts(
    #[case] status: u16,
    #[case] read: &str,
    #[case] write: &str,
) {
    for body in [
        "<html>Sorry</html>",
        "",
        r#"{"error":"text"}"#,
        r#"{"error":null}"#,
        "[]",
    ] {
        let name = |kind| decision(status, body, kind, About::OneObject).0;
        assert_eq!(name(SpendKind::ListThreads), read, "{body}");
        assert_eq!(name(SpendKind::Reply), write, "{body}");
    }
}

#[rstest]
#[case("youtube_errors/403_quotaExceeded_recorded.json", 403, "Throttled")]
#[case(
    "python-youtube/testdata/apidata/error_permission_resp.json",
    403,
    "PermissionMissing"
)]
#[case("python-youtube/testdata/error_response.json", 400, "Refused")]
#[case("python-youtube/testdata/error_response_simple.json", 400, "Unreadable")]
fn recorded_bodies_are_understood(#[case] file: &str, #[case] status: u16, #[case] expected: &str) {
    let path = format!(
        "{}/../../../../shared/fixtures/{file}",
        std::env::var("CARGO_MANIFEST_DIR").unwrap()
    );
    let body = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let (name, _) = decision(status, &body, SpendKind::ListVideos, About::Account);
    assert_eq!(name, expected, "{file}");
}

#[rstest]
#[case(
    "you have exceeded your <a href=\"/youtube/v3/getting-started#quota\">quota</a>.",
    "you have exceeded your quota."
)]
#[case(
    "<b>a</b> &lt;i&gt; &amp;amp; &quot;b&quot; &#39;c&#39;",
    "a <i> &amp; \"b\" 'c'"
)]
#[case("3 < 4 and 5 > 4", "3 < 4 and 5 > 4")]
#[case("cut <a href=", "cut <a href=")]
#[case("два\n<br/> слова", "два слова")]
fn messages_are_shown_without_their_html(#[case] html: &str, #[case] expected: &str) {
    assert_eq!(without_html(html), expected);
}
