#![allow(clippy::unwrap_used)]
use super::*;
use crate::journal::Record;

fn comment(id: &str, parent: Option<&str>, timestamp_ms: i64) -> SeedComment {
    SeedComment {
        id: id.into(),
        post_id: "10".into(),
        parent_id: parent.map(str::to_owned),
        text: format!("text of {id}"),
        timestamp_ms,
        ..SeedComment::default()
    }
}

fn world(comments: Vec<SeedComment>) -> Result<World, SimulatorError> {
    let post = SeedPost {
        id: "10".into(),
        account_id: SeedAccount::sample().id,
        ..SeedPost::default()
    };
    World::from_seed(Seed {
        accounts: vec![SeedAccount::sample()],
        posts: vec![post],
        comments,
    })
}

fn at(world: &World, id: &str) -> u32 {
    match world.object(id) {
        Some(Object::Comment(at)) => at,
        other => panic!("{id} is {other:?}"),
    }
}

fn listed(world: &World, window: Window) -> Vec<String> {
    let Some(Object::Post(post)) = world.object("10") else {
        panic!("the post is there")
    };
    let page = Page::cut(&world.post(post).comments, &window);
    page.keys
        .iter()
        .map(|(_, at)| world.comment(*at).unwrap().id.clone())
        .collect()
}

#[test]
fn a_reply_to_a_reply_joins_the_thread_even_when_it_comes_first_in_the_seed() {
    let world = world(vec![
        comment("3", Some("2"), 3),
        comment("2", Some("1"), 2),
        comment("1", None, 1),
    ])
    .unwrap();
    assert_eq!(world.entry(at(&world, "3")).parent, Some(at(&world, "1")));
    assert_eq!(world.entry(at(&world, "1")).replies.len(), 2);
}

#[test]
fn seeds_that_do_not_hold_together_are_refused() {
    for (comments, why) in [
        (
            vec![comment("1", None, 1), comment("1", None, 1)],
            "the same id twice",
        ),
        (vec![comment("1", Some("9"), 1)], "a parent that is not there"),
        (
            vec![comment("1", Some("2"), 1), comment("2", Some("1"), 1)],
            "a circle",
        ),
        (vec![comment("a/b", None, 1)], "an id that breaks addresses"),
        (
            vec![comment("..", None, 1)],
            "an id that climbs to another address",
        ),
        (
            vec![SeedComment {
                post_id: "11".into(),
                ..comment("1", None, 1)
            }],
            "a post that is not there",
        ),
    ] {
        assert!(world(comments).is_err(), "{why} must be refused");
    }
}

#[test]
fn a_deleted_thread_takes_its_replies_along_and_its_ids_never_come_back() {
    let mut world = world(vec![
        comment("1", None, 1),
        comment("2", Some("1"), 2),
        comment("3", None, 3),
    ])
    .unwrap();
    world.apply(Record {
        change: Some(Change::CommentDeleted {
            comment_id: "1".into(),
        }),
        write: None,
    });
    assert_eq!(world.object("2"), None);
    let counts = world.counts();
    assert_eq!((counts.comments, counts.replies, counts.deleted), (1, 0, 2));
    assert!(!world.is_free("2"));
    let Some(Object::Post(post)) = world.object("10") else {
        panic!("the post is there")
    };
    assert_eq!(world.post(post).comment_count, 1);
}

#[test]
fn a_page_goes_on_after_the_comment_its_cursor_points_at_was_deleted() {
    let mut world = world((1..=6).map(|n| comment(&n.to_string(), None, n)).collect()).unwrap();
    assert_eq!(
        listed(
            &world,
            Window {
                limit: 3,
                ..Window::default()
            }
        ),
        ["6", "5", "4"]
    );
    let cursor = Cursor::After((4, at(&world, "4")));
    world.apply(Record {
        change: Some(Change::CommentDeleted {
            comment_id: "4".into(),
        }),
        write: None,
    });
    assert_eq!(
        listed(
            &world,
            Window {
                cursor,
                limit: 3,
                ..Window::default()
            }
        ),
        ["3", "2", "1"]
    );
}

#[test]
fn pages_know_their_neighbours_in_both_directions_and_keep_within_the_times_asked_for() {
    let world = world((1..=5).map(|n| comment(&n.to_string(), None, n)).collect()).unwrap();
    let Some(Object::Post(post)) = world.object("10") else {
        panic!("the post is there")
    };
    let cut = |window: Window| Page::cut(&world.post(post).comments, &window);
    let key = |id: &str| (id.parse().unwrap(), at(&world, id));

    let first = cut(Window {
        limit: 2,
        ..Window::default()
    });
    assert_eq!((first.has_previous, first.has_next), (false, true));
    let middle = cut(Window {
        cursor: Cursor::After(key("4")),
        limit: 2,
        ..Window::default()
    });
    assert_eq!(middle.keys, [key("3"), key("2")]);
    assert_eq!((middle.has_previous, middle.has_next), (true, true));
    let back = cut(Window {
        cursor: Cursor::Before(key("2")),
        limit: 2,
        ..Window::default()
    });
    assert_eq!(back.keys, [key("4"), key("3")]);
    let between = cut(Window {
        limit: 9,
        since_ms: Some(2),
        until_ms: Some(4),
        ..Window::default()
    });
    assert_eq!(between.keys, [key("4"), key("3"), key("2")]);
    assert_eq!((between.has_previous, between.has_next), (false, false));
    let nothing = cut(Window {
        limit: 9,
        since_ms: Some(4),
        until_ms: Some(2),
        ..Window::default()
    });
    assert_eq!(nothing, Page::default());
    let outside = cut(Window {
        cursor: Cursor::After(key("1")),
        limit: 9,
        since_ms: Some(4),
        ..Window::default()
    });
    assert_eq!(outside, Page::default());
}

#[test]
fn the_same_write_is_counted_and_another_text_is_another_write() {
    let mut world = world(vec![comment("1", None, 1)]).unwrap();
    let mut times = |text: &str| {
        let write = LedgerEntry {
            what: WriteKind::Reply,
            target: "1".into(),
            thread_id: None,
            text: Some(text.into()),
            result_id: None,
            account_id: SeedAccount::sample().id,
            at_ms: 0,
            changed: true,
            times: 0,
        };
        world.apply(Record {
            change: None,
            write: Some(write),
        });
        world.ledger().last().unwrap().times
    };
    assert_eq!([times("Hello"), times("Hello"), times("Hi")], [1, 2, 1]);
}

#[test]
fn issued_ids_are_decimal_and_beyond_what_a_float_holds_exactly() {
    let mut world = World::default();
    let ids: HashSet<String> = (0..1000).map(|_| world.issue_id()).collect();
    assert_eq!(ids.len(), 1000);
    assert!(ids.iter().all(|id| id.parse::<u64>().unwrap() > 1 << 53));
}

#[test]
fn a_hundred_thousand_comments_of_few_moments_are_walked_without_a_gap_or_a_repetition() {
    let listing: BTreeSet<ListKey> = (0..100_000_u32).map(|at| (i64::from(at % 13), at)).collect();
    let mut window = Window {
        limit: 50,
        ..Window::default()
    };
    let mut walked = Vec::new();
    loop {
        let page = Page::cut(&listing, &window);
        walked.extend_from_slice(&page.keys);
        if !page.has_next {
            break;
        }
        let cursor = encode_cursor(*page.keys.last().unwrap());
        window.cursor = Cursor::After(decode_cursor(&cursor).unwrap());
    }
    assert!(
        walked.iter().eq(listing.iter().rev()),
        "newest first, every key once"
    );
}
