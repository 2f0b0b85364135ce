use crate::google::{
    CHANNEL, COMMENTS, EMPTY, Google, MODERATE, THREADS, comments_by_id, fault, json, serve, serve_once,
    threads, youtube,
};
use domain::PlatformId;
use domain::error::PlatformError;
use domain::ports::ActionSink;
use domain::quota::SpendKind;
use wiremock::matchers::{method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// What the platform shows of comments, in its three lists and by id.
#[derive(Default)]
struct Shown<'a> {
    by_id: &'a str,
    held: &'a str,
    threads: &'a str,
}

impl Shown<'_> {
    async fn mount(&self, server: &MockServer) {
        let or_empty = |body: &str| json(if body.is_empty() { EMPTY } else { body });
        Mock::given(method("GET"))
            .and(path(THREADS))
            .and(query_param("moderationStatus", "heldForReview"))
            .respond_with(or_empty(self.held))
            .mount(server)
            .await;
        Mock::given(method("GET"))
            .and(path(THREADS))
            .and(query_param("moderationStatus", "likelySpam"))
            .respond_with(json(EMPTY))
            .mount(server)
            .await;
        serve(server, "GET", THREADS, or_empty(self.threads)).await;
        serve(server, "GET", COMMENTS, or_empty(self.by_id)).await;
    }
}

fn no_content() -> ResponseTemplate {
    ResponseTemplate::new(204)
}

async fn moderations(server: &MockServer) -> Vec<Request> {
    let all = server.received_requests().await.unwrap();
    all.into_iter()
        .filter(|request| request.url.path() == MODERATE)
        .collect()
}

fn ids_of(request: &Request) -> Vec<String> {
    let ids = request
        .url
        .query_pairs()
        .find(|(name, _)| name == "id")
        .unwrap()
        .1;
    ids.split(',').map(str::to_owned).collect()
}

#[tokio::test]
async fn holding_is_believed_only_when_the_platform_shows_it() {
    let shown = comments_by_id(&[("T1", "UCother")]);
    let held_now = threads(&[("T1", r#","moderationStatus":"heldForReview""#)], false);
    let published = shown.replace(
        "\"textOriginal\"",
        "\"moderationStatus\":\"published\",\"textOriginal\"",
    );
    let (public, private) = (threads(&[("T1", "")], true), threads(&[("T1", "")], false));
    for (case, shown, expected) in [
        ("gone from what is asked by id", Shown::default(), "Ok"),
        (
            "in the list of held ones",
            Shown {
                by_id: &shown,
                held: &held_now,
                ..Shown::default()
            },
            "Ok",
        ),
        (
            "its thread is not public",
            Shown {
                by_id: &shown,
                threads: &private,
                ..Shown::default()
            },
            "Ok",
        ),
        (
            "still public",
            Shown {
                by_id: &shown,
                threads: &public,
                ..Shown::default()
            },
            "Err(OutcomeUnknown",
        ),
        (
            "still published",
            Shown {
                by_id: &published,
                threads: &public,
                ..Shown::default()
            },
            "Err(OutcomeUnknown",
        ),
        (
            "unreadable",
            Shown {
                by_id: "<html>",
                ..Shown::default()
            },
            "Err(OutcomeUnknown",
        ),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .and(path(MODERATE))
            .and(query_param("id", "T1"))
            .and(query_param("moderationStatus", "heldForReview"))
            .and(query_param_is_missing("banAuthor"))
            .respond_with(no_content())
            .expect(1)
            .mount(&server)
            .await;
        shown.mount(&server).await;
        let outcome = youtube(&server.uri()).set_hidden(&"T1".into(), true).await;
        assert!(
            format!("{outcome:?}").starts_with(expected),
            "{case}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn publishing_is_believed_only_when_the_platform_shows_it() {
    let shown = comments_by_id(&[("T1", "UCother")]);
    let held = threads(&[("T1", r#","moderationStatus":"heldForReview""#)], false);
    for (case, shown, expected) in [
        (
            "shown and not held",
            Shown {
                by_id: &shown,
                ..Shown::default()
            },
            "Ok",
        ),
        (
            "still held",
            Shown {
                by_id: &shown,
                held: &held,
                ..Shown::default()
            },
            "Err(OutcomeUnknown",
        ),
        ("nowhere to be seen", Shown::default(), "Err(OutcomeUnknown"),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .and(path(MODERATE))
            .and(query_param("moderationStatus", "published"))
            .respond_with(no_content())
            .expect(1)
            .mount(&server)
            .await;
        shown.mount(&server).await;
        let outcome = youtube(&server.uri()).set_hidden(&"T1".into(), false).await;
        assert!(
            format!("{outcome:?}").starts_with(expected),
            "{case}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn the_platform_is_given_a_moment_to_show_what_it_took() {
    let server = MockServer::start().await;
    serve_once(&server, "POST", MODERATE, no_content()).await;
    Mock::given(method("GET"))
        .and(path(COMMENTS))
        .respond_with(json(comments_by_id(&[("T1", "UCother")])))
        .up_to_n_times(2)
        .mount(&server)
        .await;
    Shown {
        threads: &threads(&[("T1", "")], true),
        ..Shown::default()
    }
    .mount(&server)
    .await;
    assert_eq!(
        youtube(&server.uri()).set_hidden(&"T1".into(), true).await,
        Ok(()),
        "the third look finds it"
    );
}

#[tokio::test]
async fn fifty_comments_are_held_by_one_call() {
    let server = MockServer::start().await;
    serve(&server, "POST", MODERATE, no_content()).await;
    Shown::default().mount(&server).await;
    let google = Google::at(&server.uri());
    let (quota, now) = (google.quota.clone(), domain::ports::Clock::now(&*google.clock));
    let ids: Vec<PlatformId> = (0..120).map(|n| PlatformId(format!("T{n}"))).collect();
    let results = google.youtube().set_hidden_many(&ids, true).await;
    assert_eq!(results, vec![Ok(()); 120], "one result each, in order");
    let sizes: Vec<usize> = moderations(&server)
        .await
        .iter()
        .map(|request| ids_of(request).len())
        .collect();
    assert_eq!(sizes, [50, 50, 20]);
    assert_eq!(quota.ledger().spent_by_kind(now)[&SpendKind::Moderate], 150);
}

#[tokio::test]
async fn one_comment_that_is_gone_does_not_stop_its_batch() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path(MODERATE))
        .and(query_param("id", "T1,T2,T3"))
        .respond_with(fault(404, "commentNotFound"))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(path(MODERATE))
        .and(query_param("id", "T1,T3"))
        .respond_with(no_content())
        .expect(1)
        .mount(&server)
        .await;
    let by_id = comments_by_id(&[("T1", "UCother"), ("T3", "UCother")]);
    let held = threads(
        &[("T1", r#","moderationStatus":"heldForReview""#), ("T3", "")],
        false,
    );
    Shown {
        by_id: &by_id,
        held: &held,
        ..Shown::default()
    }
    .mount(&server)
    .await;
    let results = youtube(&server.uri())
        .set_hidden_many(&["T1".into(), "T2".into(), "T3".into()], true)
        .await;
    assert!(
        matches!(results[..], [Ok(()), Err(PlatformError::Gone { .. }), Ok(())]),
        "{results:?}"
    );
}

#[tokio::test]
async fn a_batch_that_stays_refused_is_to_be_tried_one_by_one() {
    let server = MockServer::start().await;
    serve(&server, "POST", MODERATE, fault(400, "operationNotSupported")).await;
    Shown {
        by_id: &comments_by_id(&[("T1", "UCother"), ("T2", "UCother")]),
        ..Shown::default()
    }
    .mount(&server)
    .await;
    let youtube = youtube(&server.uri());
    let results = youtube.set_hidden_many(&["T1".into(), "T2".into()], true).await;
    assert!(
        results
            .iter()
            .all(|result| matches!(result, Err(PlatformError::Unavailable { .. }))),
        "which one it was is not known: {results:?}"
    );
    assert_eq!(
        moderations(&server).await.len(),
        2,
        "two calls, then no more guessing"
    );
    let alone = youtube.set_hidden(&"T1".into(), true).await;
    assert!(
        matches!(alone, Err(PlatformError::Refused { code: 400, .. })),
        "alone it is final: {alone:?}"
    );
}

#[tokio::test]
async fn a_failure_of_the_whole_call_is_that_of_each() {
    for (answer, expected) in [
        (ResponseTemplate::new(500), "OutcomeUnknown"),
        (fault(403, "quotaExceeded"), "Throttled"),
        (fault(403, "insufficientPermissions"), "PermissionMissing"),
    ] {
        let server = MockServer::start().await;
        serve_once(&server, "POST", MODERATE, answer).await;
        let results = youtube(&server.uri())
            .set_hidden_many(&["T1".into(), "T2".into()], true)
            .await;
        for result in results {
            assert!(format!("{:?}", result.unwrap_err()).starts_with(expected));
        }
    }
}

#[tokio::test]
async fn others_comments_are_rejected_and_own_ones_deleted() {
    let server = MockServer::start().await;
    let shown = comments_by_id(&[("T1", "UCother"), ("T2.mine", CHANNEL), ("T4", "UCother")]);
    // T3 is only found among the held ones, T5 nowhere.
    let held = threads(&[("T3", r#","moderationStatus":"heldForReview""#)], false);
    Mock::given(method("GET"))
        .and(path(COMMENTS))
        .respond_with(json(shown))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Shown {
        held: &held,
        ..Shown::default()
    }
    .mount(&server)
    .await;
    Mock::given(method("POST"))
        .and(path(MODERATE))
        .and(query_param("id", "T1,T3,T4"))
        .and(query_param("moderationStatus", "rejected"))
        .respond_with(no_content())
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("DELETE"))
        .and(path(COMMENTS))
        .and(query_param("id", "T2.mine"))
        .respond_with(no_content())
        .expect(1)
        .mount(&server)
        .await;
    let ids: Vec<PlatformId> = ["T1", "T2.mine", "T3", "T4", "T5"].map(PlatformId::from).to_vec();
    let results = youtube(&server.uri()).delete_many(&ids).await;
    assert_eq!(results, vec![Ok(()); 5], "what is gone already is deleted too");
}

#[tokio::test]
async fn a_rejection_that_the_platform_does_not_show_is_an_open_question() {
    let server = MockServer::start().await;
    serve_once(&server, "POST", MODERATE, no_content()).await;
    Shown {
        by_id: &comments_by_id(&[("T1", "UCother")]),
        ..Shown::default()
    }
    .mount(&server)
    .await;
    let outcome = youtube(&server.uri()).delete(&"T1".into()).await;
    assert!(
        matches!(outcome, Err(PlatformError::OutcomeUnknown { .. })),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn deleting_one_s_own_says_what_the_platform_says() {
    for (answer, expected) in [
        (no_content(), "Ok"),
        (fault(404, "commentNotFound"), "Ok"),
        (fault(403, "forbidden"), "Err(Refused"),
        (fault(400, "processingFailure"), "Err(OutcomeUnknown"),
        (ResponseTemplate::new(502), "Err(OutcomeUnknown"),
    ] {
        let server = MockServer::start().await;
        serve(
            &server,
            "GET",
            COMMENTS,
            json(comments_by_id(&[("T1.r", CHANNEL)])),
        )
        .await;
        serve_once(&server, "DELETE", COMMENTS, answer).await;
        let outcome = youtube(&server.uri()).delete(&"T1.r".into()).await;
        assert!(format!("{outcome:?}").starts_with(expected), "{outcome:?}");
    }
}

#[tokio::test]
async fn banning_rejects_and_never_hits_the_account_itself() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path(COMMENTS))
        .and(query_param("id", "T1"))
        .respond_with(json(comments_by_id(&[("T1", "UCother")])))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .and(path(COMMENTS))
        .and(query_param("id", "T2"))
        .respond_with(json(comments_by_id(&[("T2", CHANNEL)])))
        .mount(&server)
        .await;
    Shown::default().mount(&server).await;
    Mock::given(method("POST"))
        .and(path(MODERATE))
        .and(query_param("id", "T1"))
        .and(query_param("moderationStatus", "rejected"))
        .and(query_param("banAuthor", "true"))
        .respond_with(no_content())
        .expect(1)
        .mount(&server)
        .await;
    let youtube = youtube(&server.uri());
    assert_eq!(youtube.ban(&"T1".into()).await, Ok(()));
    assert!(
        matches!(
            youtube.ban(&"T2".into()).await,
            Err(PlatformError::Refused { .. })
        ),
        "its own comment"
    );
    assert!(matches!(
        youtube.ban(&"T3".into()).await,
        Err(PlatformError::Gone { .. })
    ));
}
