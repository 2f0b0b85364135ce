#![allow(clippy::unwrap_used)]
use super::*;
use serde_json::json;

fn fault(value: Value) -> Fault {
    serde_json::from_value(value).unwrap()
}

#[test]
fn a_fault_strikes_as_often_as_asked_and_only_where_it_matches() {
    let faults = Faults::default();
    faults.queue(vec![fault(
        json!({"kind": "server_error", "status": 503, "match": {"method": "post", "path_contains": "/replies"}, "times": 2}),
    )]);
    assert!(faults.strike("GET", "/1/replies").fault.is_none());
    assert!(faults.strike("POST", "/1/comments").fault.is_none());
    for _ in 0..2 {
        assert!(faults.strike("POST", "/v26.0/1/replies").fault.is_some());
    }
    assert!(
        faults.strike("POST", "/1/replies").fault.is_none(),
        "two times are used up"
    );
    assert!(faults.statuses().is_empty());
}

#[test]
fn the_same_seed_strikes_the_same_calls() {
    let struck = |seed: u64| {
        let faults = Faults::default();
        faults.queue(vec![fault(
            json!({"kind": "duplicate_items", "probability": 0.5, "seed": seed}),
        )]);
        (0..64)
            .map(|_| faults.strike("GET", "/").fault.is_some())
            .collect::<Vec<_>>()
    };
    assert_eq!(struck(7), struck(7));
    assert_ne!(struck(7), struck(8));
    assert!(struck(7).contains(&true) && struck(7).contains(&false));
}

#[test]
fn delays_add_up_and_leave_room_for_another_fault() {
    let faults = Faults::default();
    faults.queue(vec![
        fault(json!({"kind": "delay_ms", "ms": 5})),
        fault(json!({"kind": "timeout_after_write"})),
        fault(json!({"kind": "delay", "delay_ms": 6})),
        fault(json!({"kind": "html_body"})),
    ]);
    let first = faults.strike("GET", "/");
    assert_eq!(first.delay_ms, 11);
    assert_eq!(
        first.fault,
        Some(FaultKind::TimeoutAfterWrite { ending: Ending::Drop })
    );
    let second = faults.strike("GET", "/");
    assert_eq!(
        second.fault,
        Some(FaultKind::HtmlBody {
            status: 502,
            after_write: false
        })
    );
}

#[test]
fn two_items_never_keep_their_order() {
    for draw in 0..20 {
        let mut answer = json!({"data": [1, 2]});
        reorder_items(&mut answer, draw);
        assert_eq!(answer, json!({"data": [2, 1]}));
    }
}

#[test]
fn a_refusal_of_one_dialect_waits_for_a_call_in_it() {
    let faults = Faults::default();
    faults.queue(vec![
        fault(json!({"kind": "youtube_error", "reason": "processingFailure"})),
        fault(json!({"kind": "graph_error", "code": 368})),
    ]);
    let struck = faults.strike("GET", "/v26.0/1/comments").fault;
    assert!(matches!(struck, Some(FaultKind::GraphError { code: 368, .. })));
    let struck = faults.strike("GET", "/youtube/v3/comments").fault;
    assert!(matches!(struck, Some(FaultKind::YoutubeError { .. })));
}
