//! Random faults against every kind of action, on a real database: whatever the dice say, the platform holds each
//! thing once, and every action comes to an end.

use crate::platform::{Fate, TestPlatform, everything};
use crate::support::{Desk, desk_with};
use domain::{ActionId, ActionKind, Capabilities, CommentId, PlatformError};
use engine::outbox::Verdict;
use proptest::prelude::*;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

fn fate() -> impl Strategy<Value = Option<Fate>> {
    let refused = |error| Some(Fate::Refused(error));
    prop_oneof![
        4 => Just(None),
        2 => Just(Some(Fate::Lost { done: true })),
        2 => Just(Some(Fate::Lost { done: false })),
        1 => Just(refused(PlatformError::Unavailable { detail: "503".to_owned() })),
        1 => Just(refused(PlatformError::Throttled { retry_after: Some(Duration::from_secs(90)) })),
    ]
}

#[derive(Debug, Clone)]
struct Script {
    kind: ActionKind,
    fates: Vec<Option<Fate>>,
    /// Seconds without any answer, right after it was queued.
    outage: u64,
}

fn script() -> impl Strategy<Value = Script> {
    let kinds = vec![
        ActionKind::Reply,
        ActionKind::Hide,
        ActionKind::Delete,
        ActionKind::Ban,
        ActionKind::PrivateReply,
    ];
    (
        prop::sample::select(kinds),
        prop::collection::vec(fate(), 0..4),
        prop_oneof![3 => Just(0u64), 1 => 1u64..600],
    )
        .prop_map(|(kind, fates, outage)| Script { kind, fates, outage })
}

/// Faults of the writes to come. One that succeeds at once ends the script: the rest is not left for the next action.
fn apply(desk: &Desk, fates: &[Option<Fate>]) {
    let mut state = desk.platform.state();
    state.fates.clear();
    state.fates.extend(fates.iter().flatten().cloned());
}

async fn run_to_the_end(desk: &Desk, action: ActionId, script: &Script) -> String {
    apply(desk, &script.fates);
    if script.outage > 0 {
        desk.platform.state().down = Some(PlatformError::Unavailable {
            detail: "no route".to_owned(),
        });
        desk.work_for(Duration::from_secs(script.outage), 5 * SECOND)
            .await;
        desk.platform.state().down = None;
    }
    for _ in 0..2_000 {
        desk.work().await;
        let state = desk.state(action).await;
        match state.as_str() {
            "confirmed" | "failed" | "cancelled" => return state,
            // A person decides, who cannot see the messages and asks for another try.
            "unknown" if script.kind == ActionKind::PrivateReply => {
                let _too_early = desk.engine.settle_unknown(action, Verdict::SendAgain).await;
            }
            _ => {}
        }
        desk.wait(5 * SECOND);
    }
    panic!("{action} never ends: {:?}", desk.shown(action).await);
}

fn expected(kind: ActionKind, id: &str) -> String {
    match kind {
        ActionKind::Reply => format!("reply {id} Thank you!"),
        ActionKind::Hide => format!("hide {id} true"),
        ActionKind::Delete => format!("delete {id}"),
        ActionKind::Ban => format!("ban {id}"),
        ActionKind::PrivateReply => format!("private {id} Thank you!"),
        other => panic!("not in the script: {other}"),
    }
}

async fn replaced_in_the_end(desk: &Desk, comment: CommentId, script: &Script) {
    let version = desk.version(comment).await;
    let asked = desk
        .engine
        .replace_reply(comment, version, "Thank you very much!")
        .await
        .unwrap();
    let state = run_to_the_end(desk, ActionId(asked.id), script).await;
    assert_eq!(state, "confirmed");
    for _ in 0..2_000 {
        desk.work().await;
        if desk.engine.context().storage.live_actions().await.unwrap() == 0 {
            return;
        }
        desk.wait(5 * SECOND);
    }
    panic!("the old reply is never taken away");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_lost_each_thing_is_done_once(
        scripts in prop::collection::vec(script(), 1..5),
        edits in any::<bool>(),
        replaced in script(),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let desk = desk_with(TestPlatform::new(Capabilities {
                can_edit_own_reply: edits,
                ..everything()
            }))
            .await;
            for (n, script) in scripts.iter().enumerate() {
                let id = format!("c{n}");
                let comment = desk.in_review(&id).await;
                let text = script.kind.has_text().then_some("Thank you!");
                let action = desk.queue(comment, script.kind, text).await;
                let state = run_to_the_end(&desk, action, script).await;
                let wanted = expected(script.kind, &id);
                let done = desk.platform.state().ledger.iter().filter(|line| **line == wanted).count();
                assert_eq!((state.as_str(), done), ("confirmed", 1), "{script:?}");
            }
            let comment = desk.in_review("r").await;
            let first = desk.queue(comment, ActionKind::Reply, Some("Thank you!")).await;
            let plain = Script { kind: ActionKind::Reply, fates: Vec::new(), outage: 0 };
            assert_eq!(run_to_the_end(&desk, first, &plain).await, "confirmed");
            replaced_in_the_end(&desk, comment, &replaced).await;
            assert_eq!(
                desk.platform.replies_under("r"),
                ["Thank you very much!"],
                "one reply, in the new words: {replaced:?}"
            );
        });
    }
}
