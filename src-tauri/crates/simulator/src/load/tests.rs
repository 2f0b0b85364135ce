#![allow(clippy::unwrap_used)]
use std::collections::HashSet;
use std::path::PathBuf;

use super::*;

fn file(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

#[test]
fn the_same_comments_are_read_from_every_format_and_spelling() {
    let sources = [
        (
            "a.csv",
            "COMMENT_ID,AUTHOR,DATE,CONTENT\nc1,Ann,2013-11-07T06:20:48,\"Hi, <b>you</b>\"\n",
        ),
        (
            "a.tsv",
            "id\tusername\tcreated_at\tmessage\nc1\tAnn\t2013-11-07 06:20:48\tHi, <b>you</b>\n",
        ),
        (
            "a.jsonl",
            "{\"id\":\"c1\",\"author\":\"Ann\",\"timestamp\":1383805248,\"body\":\"Hi, <b>you</b>\"}\n\n",
        ),
        (
            "a.json",
            r#"{"data":[{"comment_id":"c1","username":"Ann","date":"2013-11-07T06:20:48+0000","text":"Hi, <b>you</b>"}]}"#,
        ),
    ];
    for (name, text) in sources {
        let (_folder, path) = file(name, text);
        let comments = load_comments(&path).unwrap();
        assert_eq!(comments.len(), 1, "{name}");
        assert_eq!(comments[0].id, "c1", "{name}");
        assert_eq!(comments[0].username.as_deref(), Some("Ann"), "{name}");
        assert_eq!(comments[0].timestamp_ms, Some(1_383_805_248_000), "{name}");
        assert_eq!(
            comments[0].text, "Hi, <b>you</b>",
            "{name}: HTML is left as it is"
        );
    }
}

#[test]
fn a_bad_row_is_named_by_its_number() {
    for (name, text, row) in [
        (
            "a.csv",
            "id,text,date\n1,fine,2020-01-01\n2,bad,the day after\n",
            2,
        ),
        ("a.jsonl", "{\"text\":\"fine\"}\n{\"text\":\n", 2),
        ("a.jsonl", "{\"caption\":\"no text\"}\n", 1),
        ("a.json", "[{\"text\":\"fine\"},{\"text\":\"fine\"},7]", 3),
    ] {
        let (_folder, path) = file(name, text);
        match load_comments(&path) {
            Err(SimulatorError::InvalidRow { row: found, .. }) => assert_eq!(found, row, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn missing_ids_are_made_and_stay_the_same() {
    let (_folder, path) = file("a.csv", "text,parent\nsame,\nsame,\n");
    let first = load_comments(&path).unwrap();
    assert_eq!(first, load_comments(&path).unwrap());
    assert_ne!(first[0].id, first[1].id, "two rows are two comments");
    assert!(first[0].id.bytes().all(|byte| byte.is_ascii_digit()));
}

#[test]
fn a_repeated_id_keeps_its_row_under_an_id_of_its_own() {
    let (_folder, path) = file(
        "post.csv",
        "id,text,parent\n1,first,\n1,second,\n2,reply,1\n3,orphan,9\n",
    );
    let seed = seed_from_files(&[path], None).unwrap();
    let ids: HashSet<_> = seed.comments.iter().map(|comment| &comment.id).collect();
    assert_eq!(ids.len(), 4, "every row is a comment");
    assert_eq!(
        seed.comments[2].parent_id.as_deref(),
        Some("1"),
        "the first row is the parent"
    );
    assert_eq!(
        seed.comments[3].parent_id, None,
        "a parent that is in no row leaves a top-level comment"
    );
}

#[test]
fn rows_go_to_the_post_they_name_then_to_the_one_called_like_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let posts = write(
        "posts.csv",
        "id,caption,date\n10,Honey soap,2024-01-01\n11,Balm,2024-01-02\n",
    );
    let balm = write("Balm.csv", "id,text,post\n1,under balm,\n2,under soap,10\n");
    let other = write("Other.csv", "id,text\n3,elsewhere\n");
    let seed = seed_from_files(&[balm, other], Some(&posts)).unwrap();
    let posts_of: Vec<_> = seed
        .comments
        .iter()
        .map(|comment| comment.post_id.as_str())
        .collect();
    assert_eq!(posts_of[..2], ["11", "10"]);
    assert_eq!(seed.posts.len(), 3, "a file that names no post makes one");
    assert_eq!(seed.posts[2].id, posts_of[2]);
    assert_eq!(seed.posts[2].caption.as_deref(), Some("Other"));
}

/// What the only comment of a file says.
fn only(name: &str, text: &str) -> LooseComment {
    let (_folder, path) = file(name, text);
    let mut comments = load_comments(&path).unwrap();
    assert_eq!(comments.len(), 1, "{text}");
    comments.remove(0)
}

#[test]
fn spreadsheets_part_their_columns_as_their_country_does() {
    for text in [
        "\u{feff}id;text;note, with a comma\r\nc1;\"two\nlines; one \"\"quote\"\"\";\r\n",
        "\u{feff}\"id\",\"text\",\"a;b;c\"\r\nc1,\"two\nlines; one \"\"quote\"\"\",\r\n",
        "id\ttext\r\nc1\t\"two\nlines; one \"\"quote\"\"\"\r\n",
    ] {
        let comment = only("a.csv", text);
        assert_eq!(comment.id, "c1", "{text}");
        assert_eq!(comment.text, "two\nlines; one \"quote\"", "{text}");
    }
}

#[test]
fn a_column_is_known_in_every_usual_spelling() {
    for heading in ["COMMENT_ID", "commentId", "CommentID", "Comment ID", "comment-id"] {
        let comment = only("a.csv", &format!("{heading},Text\nc1,hello\n"));
        assert_eq!(comment.id, "c1", "{heading}");
    }
}

#[test]
fn a_text_that_a_row_leaves_out_is_empty() {
    for (name, text) in [
        (
            "a.jsonl",
            "{\"id\":1,\"text\":\"one\"}\n{\"id\":2,\"text\":null}\n{\"id\":3}\n",
        ),
        ("a.csv", "id,text\n1,one\n2,\n3\n"),
    ] {
        let (_folder, path) = file(name, text);
        let comments = load_comments(&path).unwrap();
        let texts: Vec<_> = comments.iter().map(|comment| comment.text.as_str()).collect();
        assert_eq!(texts, ["one", "", ""], "{name}: a picture alone is a comment too");
    }
    let filled = only("a.jsonl", r#"{"text":null,"body":"from the other column"}"#);
    assert_eq!(filled.text, "from the other column");
}

#[test]
fn numbers_are_read_as_tables_with_gaps_write_them() {
    for (likes, expected) in [("3", 3), ("3.0", 3), ("", 0), ("NaN", 0), ("-1", 0), ("some", 0)] {
        let comment = only(
            "a.csv",
            &format!("id,text,like_count,date\n1,hello,{likes},NaT\n"),
        );
        assert_eq!(comment.like_count, expected, "{likes:?}");
        assert_eq!(comment.timestamp_ms, None);
    }
    let (_folder, path) = file("a.csv", "id,text,parent_id\n7,top,\n8,reply,7.0\n");
    let seed = seed_from_files(&[path], None).unwrap();
    assert_eq!(
        seed.comments[1].parent_id.as_deref(),
        Some("7"),
        "a column with gaps makes its ids fractions"
    );
}

#[test]
fn json_lines_are_known_whatever_the_ending_and_an_empty_file_has_no_rows() {
    let (_folder, path) = file("a.json", "\n{\"text\":\"one\"}\r\n{\"text\":\"two\"}\r\n");
    assert_eq!(load_comments(&path).unwrap().len(), 2);
    for name in ["a.json", "a.jsonl", "a.csv", "a.tsv"] {
        for text in ["", "\n"] {
            let (_folder, path) = file(name, text);
            assert!(load_comments(&path).unwrap().is_empty(), "{name}");
            let seed = seed_from_files(&[path], None).unwrap();
            assert_eq!(seed.accounts.len(), 1, "{name}: there is somebody to sign in as");
        }
    }
}

#[test]
fn a_file_without_a_text_column_says_what_it_has() {
    let (_folder, path) = file("a.csv", "id,Star Rating\n1,5\n");
    let reason = load_comments(&path).unwrap_err().to_string();
    assert!(reason.contains("there are id, star_rating"), "{reason}");
}

#[test]
fn only_accounts_that_own_a_post_are_served() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let comments = write(
        "comments.csv",
        "id,text,post,author_id\n1,hello,1,9\n2,ours,2,Acme Tea\n",
    );
    let posts = write(
        "posts.csv",
        "id,caption,account\n1,Soap,1\n2,Tea,Acme Tea\n1,again,1\n",
    );
    let seed = seed_from_files(&[comments], Some(&posts)).unwrap();
    assert_eq!(seed.accounts.len(), 2, "nobody could see anything as a third one");
    let tokens: HashSet<_> = seed.accounts.iter().map(|account| &account.token).collect();
    assert_eq!(tokens.len(), 2, "each is opened by a token of its own");
    for post in &seed.posts {
        assert!(
            seed.accounts.iter().any(|account| account.id == post.account_id),
            "{post:?}"
        );
    }
    assert_eq!(
        (
            seed.posts[0].id.as_str(),
            seed.posts[0].account_id == seed.posts[1].account_id
        ),
        ("1", false)
    );
    assert_eq!(
        seed.comments[1].author_id.as_deref(),
        Some(seed.posts[1].account_id.as_str()),
        "the brand's own comment stays its own"
    );
    let world = crate::world::World::from_seed(seed);
    assert!(
        world.is_ok_and(|world| world.counts().posts == 3),
        "ids that meet do not stop the platform"
    );
}

#[test]
fn a_reply_is_under_the_post_of_its_thread() {
    let (_folder, path) = file(
        "a.csv",
        "id,text,post,parent\n3,answer to the answer,,2\n2,answer,,1\n1,top,soap,1\n",
    );
    let seed = seed_from_files(&[path], None).unwrap();
    assert_eq!(seed.posts.len(), 1, "no post is made for replies alone");
    assert!(
        seed.comments
            .iter()
            .all(|comment| comment.post_id == seed.posts[0].id)
    );
    assert_eq!(
        seed.comments[2].parent_id, None,
        "what answers itself is top-level"
    );
    assert!(crate::world::World::from_seed(seed).is_ok());
}

#[test]
fn a_post_s_picture_may_be_an_address_which_is_not_followed() {
    let (_folder, path) = file("posts.csv", "id,image\n1,https://example.com/a.jpg\n");
    assert_eq!(load_posts(&path).unwrap()[0].picture, None);
}

#[test]
fn real_data_sets_load_as_they_come() {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
    let data = std::path::Path::new(&here).join("../../../../shared/data");
    for (name, rows, first) in [
        (
            "youtube_spam_en/Youtube04-Eminem.csv",
            448,
            "+447935454150 lovely girl",
        ),
        (
            "cucom_ecommerce_en/ecommerce.first1500.jsonl",
            1_500,
            "My order number is 502-2345678-9012345.",
        ),
        ("kazsandra_kk/04_pc_valid.csv", 16_796, "Бәрі жақсы"),
    ] {
        let comments = load_comments(&data.join(name)).unwrap();
        assert_eq!(comments.len(), rows, "{name}");
        assert!(
            comments[0].text.starts_with(first),
            "{name}: {}",
            comments[0].text
        );
    }
}
