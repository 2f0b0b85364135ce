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
