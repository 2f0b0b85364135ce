//! What a look reads, and when it goes on without something.

use super::*;
use domain::PostId;
use rstest::rstest;

const SHORTEST: Duration = Duration::from_secs(900);
const NOW: Timestamp = Timestamp(1_790_000_000_000);

fn days(days: u64) -> Duration {
    Duration::from_secs(days * 86_400)
}

#[rstest]
#[case(0, 900)]
#[case(2, 900)]
#[case(4, 1_800)]
#[case(28, 12_600)]
#[case(365, 164_250)]
fn an_older_post_is_swept_less_often(#[case] age_days: u64, #[case] seconds: u64) {
    assert_eq!(
        sweep_interval(days(age_days), SHORTEST),
        Duration::from_secs(seconds)
    );
}

#[rstest]
#[case::as_before(Some(5), Counted::Is(5), 901, Reading::Nothing)]
#[case::as_before_for_long(Some(5), Counted::Is(5), 1_801, Reading::Sweep)]
#[case::one_more(Some(5), Counted::Is(6), 899, Reading::Newest)]
#[case::one_less(Some(5), Counted::Is(4), 899, Reading::Newest)]
#[case::unaccounted_for(Some(5), Counted::Is(6), 900, Reading::Sweep)]
#[case::never_counted(None, Counted::Is(6), 899, Reading::Newest)]
#[case::the_platform_does_not_count(None, Counted::Unknown, 901, Reading::Newest)]
#[case::further_down(Some(5), Counted::NotListed, 901, Reading::Nothing)]
#[case::further_down_for_long(Some(5), Counted::NotListed, 1_801, Reading::Sweep)]
fn a_post_of_four_days_is_read_by_its_count_and_its_last_sweep(
    #[case] accounted_for: Option<i64>,
    #[case] counted: Counted,
    #[case] swept_ago: u64,
    #[case] expected: Reading,
) {
    let row = PostRow {
        id: PostId(1),
        account_id: AccountId(1),
        platform_id: "p".into(),
        kind: "image".to_owned(),
        caption: String::new(),
        published_at: NOW.minus(days(4)),
        comments_count: accounted_for,
        swept_at: Some(NOW.minus(Duration::from_secs(swept_ago))),
        import_cursor: None,
    };
    assert_eq!(Listed { row, counted }.reading(NOW, SHORTEST, false), expected);
}

#[test]
fn one_post_in_trouble_is_noted_and_a_platform_that_is_down_ends_the_look() {
    let refused = || PlatformError::Refused {
        code: 3,
        detail: "no".to_owned(),
    };
    let down = || PlatformError::Unavailable {
        detail: String::new(),
    };
    let mut unread = Unread::default();
    for _ in 0..10 {
        assert!(unread.note("post 1".to_owned(), refused()).is_ok());
    }
    let note = unread.note_for_people().unwrap_or_default();
    assert!(
        note.starts_with("post 1 could not be read") && note.contains("9 more"),
        "{note}"
    );
    assert!(unread.note("post 2".to_owned(), down()).is_ok());
    assert!(unread.note("post 3".to_owned(), down()).is_ok());
    assert!(
        unread.note("post 4".to_owned(), down()).is_err(),
        "nothing answers any more"
    );
    let throttled = PlatformError::Throttled { retry_after: None };
    let mut unread = Unread::default();
    assert!(
        unread.note("post 1".to_owned(), throttled).is_err(),
        "another call would only make it worse"
    );
}
