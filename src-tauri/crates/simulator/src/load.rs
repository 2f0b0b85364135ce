//! Any file of comments or posts as a platform's content: `.csv`, `.tsv`, `.jsonl` and `.json`, whatever the
//! columns are called. Text is taken as it is, HTML and all.

mod rows;
mod times;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::error::SimulatorError;
use crate::seed::{Seed, SeedAccount, SeedComment, SeedPicture, SeedPost};
use crate::world::{is_usable_id, scatter, stable_hash};
use rows::{Row, read_rows};
use times::read_time_ms;

const ID: &[&str] = &["id", "comment_id", "commentid"];
const TEXT: &[&str] = &["text", "content", "message", "body", "comment"];
const USERNAME: &[&str] = &["username", "author", "user", "author_name"];
const AUTHOR_ID: &[&str] = &["author_id", "user_id"];
const TIME: &[&str] = &[
    "timestamp",
    "date",
    "created_at",
    "created_time",
    "published_at",
    "timestamp_ms",
];
const POST: &[&str] = &["post", "post_id", "media_id", "media", "video_id"];
const PARENT: &[&str] = &["parent", "parent_id"];
const LIKES: &[&str] = &["like_count", "likes"];
const POST_ID: &[&str] = &["id", "post_id", "media_id", "post"];
const ACCOUNT: &[&str] = &["account_id", "account"];
const CAPTION: &[&str] = &["caption", "text", "title", "message", "name"];
const PERMALINK: &[&str] = &["permalink", "url", "link"];
const MEDIA_TYPE: &[&str] = &["media_type"];
const PRODUCT_TYPE: &[&str] = &["media_product_type"];
const COMMENTS_ENABLED: &[&str] = &["comments_enabled", "is_comment_enabled"];
const PICTURE: &[&str] = &["picture", "image", "picture_path"];

// Rows without a time are a minute apart from here on: 1 January 2024.
const FIRST_TIME_MS: i64 = 1_704_067_200_000;
const STEP_MS: i64 = 60_000;

/// A comment as its file tells it. Only the id and the text are always there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LooseComment {
    /// From the file, or made from a stable hash of the row.
    pub id: String,
    pub text: String,
    pub username: Option<String>,
    pub author_id: Option<String>,
    pub timestamp_ms: Option<i64>,
    pub post: Option<String>,
    pub parent: Option<String>,
    pub like_count: u64,
}

/// Every row, in the file's order. A repeated id is kept as it is. Fails on a row without a text column, a time
/// that cannot be read, or a file that cannot be parsed.
pub fn load_comments(path: &Path) -> Result<Vec<LooseComment>, SimulatorError> {
    read_rows(path)?
        .iter()
        .map(|row| loose_comment(path, row))
        .collect()
}

fn loose_comment(path: &Path, row: &Row) -> Result<LooseComment, SimulatorError> {
    let Some(text) = row.raw(TEXT) else {
        return Err(row.invalid(path, format!("no column is called any of {}", TEXT.join(", "))));
    };
    let username = row.text(USERNAME);
    let id = row.text(ID).unwrap_or_else(|| {
        made_id(&format!(
            "{}|{}|{text}",
            row.number,
            username.as_deref().unwrap_or_default()
        ))
    });
    Ok(LooseComment {
        id,
        author_id: row.text(AUTHOR_ID),
        timestamp_ms: time_of(path, row)?,
        post: row.text(POST),
        parent: row.text(PARENT),
        like_count: number_of(path, row)?.unwrap_or(0),
        text,
        username,
    })
}

/// Every row as a post of the sample account unless the row names another. A picture is a path beside the file.
pub fn load_posts(path: &Path) -> Result<Vec<SeedPost>, SimulatorError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut posts = Vec::new();
    for (at, row) in (0..).zip(read_rows(path)?) {
        let caption = row.text(CAPTION);
        let id = row.text(POST_ID).unwrap_or_else(|| {
            made_id(&format!(
                "{}|{}",
                row.number,
                caption.as_deref().unwrap_or_default()
            ))
        });
        posts.push(SeedPost {
            id,
            account_id: row.text(ACCOUNT).unwrap_or_else(|| SeedAccount::sample().id),
            caption,
            media_type: row.text(MEDIA_TYPE).unwrap_or_default(),
            media_product_type: row.text(PRODUCT_TYPE).unwrap_or_default(),
            permalink: row.text(PERMALINK).unwrap_or_default(),
            timestamp_ms: time_of(path, &row)?.unwrap_or(FIRST_TIME_MS + at * STEP_MS),
            like_count: number_of(path, &row)?,
            comments_enabled: row.text(COMMENTS_ENABLED).is_none_or(|text| !is_no(&text)),
            picture: row
                .text(PICTURE)
                .map(|name| load_picture(&folder.join(name)))
                .transpose()?,
        });
    }
    Ok(posts)
}

/// One platform from files: the posts of `posts`, the comments of each file under the post that its rows name,
/// else under the post called like the file, else under the only post, else under a new one called like the file.
/// Every row is kept: an id that was seen before, or that cannot stand in an address, is replaced by a stable one.
pub fn seed_from_files(comments: &[PathBuf], posts: Option<&Path>) -> Result<Seed, SimulatorError> {
    let posts = posts.map(load_posts).transpose()?.unwrap_or_default();
    let mut gathering = Gathering::new(posts);
    for path in comments {
        gathering.add_file(path)?;
    }
    Ok(gathering.finish())
}

struct Gathering {
    posts: Vec<SeedPost>,
    /// What a file may call a post: its id or its caption.
    post_ids: HashMap<String, String>,
    given_posts: usize,
    comments: Vec<SeedComment>,
    taken: HashSet<String>,
}

impl Gathering {
    fn new(mut posts: Vec<SeedPost>) -> Self {
        let mut post_ids = HashMap::new();
        for post in &mut posts {
            let named = std::mem::take(&mut post.id);
            post.id = usable_id(&named);
            for name in [Some(&named), post.caption.as_ref()].into_iter().flatten() {
                post_ids.entry(name.clone()).or_insert_with(|| post.id.clone());
            }
        }
        let taken = posts.iter().map(|post| post.id.clone()).collect();
        Self {
            given_posts: posts.len(),
            posts,
            post_ids,
            comments: Vec::new(),
            taken,
        }
    }

    fn add_file(&mut self, path: &Path) -> Result<(), SimulatorError> {
        let stem = path
            .file_stem()
            .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        let rows = load_comments(path)?;
        let earliest = rows.iter().filter_map(|row| row.timestamp_ms).min();
        let mut time_ms = earliest.unwrap_or(FIRST_TIME_MS);
        // The first row that carries an id is the one that its replies mean.
        let mut renamed: HashMap<String, String> = HashMap::new();
        let mut added = Vec::with_capacity(rows.len());
        for row in rows {
            let id = self.claim(&row.id);
            renamed.entry(row.id).or_insert_with(|| id.clone());
            time_ms = row
                .timestamp_ms
                .unwrap_or(time_ms + if earliest.is_none() { STEP_MS } else { 0 });
            let post_id = self.post_for(row.post.as_deref(), &stem, time_ms);
            let author_id = row.author_id.or_else(|| row.username.as_deref().map(made_id));
            added.push(SeedComment {
                id,
                post_id,
                parent_id: row.parent,
                author_id,
                username: row.username,
                text: row.text,
                timestamp_ms: time_ms,
                like_count: row.like_count,
            });
        }
        for comment in &mut added {
            comment.parent_id = comment.parent_id.take().and_then(|parent| {
                let known = renamed.get(&parent).cloned();
                if known.is_none() {
                    tracing::warn!(
                        comment = comment.id,
                        "the parent is in no row; the comment becomes top-level"
                    );
                }
                known
            });
        }
        self.comments.append(&mut added);
        Ok(())
    }

    fn claim(&mut self, id: &str) -> String {
        let mut free = usable_id(id);
        let mut attempt = 1;
        while !self.taken.insert(free.clone()) {
            attempt += 1;
            free = made_id(&format!("{id}|{attempt}"));
        }
        if attempt > 1 {
            tracing::warn!(
                id,
                given = free,
                "an id came twice; the later row was given its own"
            );
        }
        free
    }

    fn post_for(&mut self, named: Option<&str>, stem: &str, time_ms: i64) -> String {
        let name = match named {
            Some(name) => name,
            None if self.given_posts == 1 && !self.post_ids.contains_key(stem) => {
                return self.posts[0].id.clone();
            }
            None => stem,
        };
        if let Some(id) = self.post_ids.get(name) {
            return id.clone();
        }
        let id = if named.is_some() {
            self.claim(name)
        } else {
            self.claim(&made_id(name))
        };
        self.post_ids.insert(name.to_owned(), id.clone());
        self.posts.push(SeedPost {
            id: id.clone(),
            account_id: SeedAccount::sample().id,
            caption: Some(name.to_owned()),
            timestamp_ms: time_ms,
            comments_enabled: true,
            ..SeedPost::default()
        });
        id
    }

    fn finish(mut self) -> Seed {
        // A post is older than what was said about it.
        let mut earliest: HashMap<&str, i64> = HashMap::new();
        for comment in &self.comments {
            let time = earliest.entry(&comment.post_id).or_insert(comment.timestamp_ms);
            *time = (*time).min(comment.timestamp_ms);
        }
        for post in &mut self.posts[self.given_posts..] {
            if let Some(time) = earliest.get(post.id.as_str()) {
                post.timestamp_ms = time - STEP_MS;
            }
        }
        let mut accounts = vec![SeedAccount::sample()];
        for post in &self.posts {
            if !accounts.iter().any(|account| account.id == post.account_id) {
                accounts.push(SeedAccount {
                    id: post.account_id.clone(),
                    username: format!("brand.{}", post.account_id),
                    token: format!("simulator-token-{}", post.account_id),
                    app_scoped_id: made_id(&post.account_id),
                    ..SeedAccount::sample()
                });
            }
        }
        Seed {
            accounts,
            posts: self.posts,
            comments: self.comments,
        }
    }
}

fn time_of(path: &Path, row: &Row) -> Result<Option<i64>, SimulatorError> {
    row.text(TIME)
        .map(|text| {
            read_time_ms(&text).ok_or_else(|| row.invalid(path, format!("{text:?} is no date or time")))
        })
        .transpose()
}

fn number_of(path: &Path, row: &Row) -> Result<Option<u64>, SimulatorError> {
    row.text(LIKES)
        .map(|text| {
            text.parse()
                .map_err(|_| row.invalid(path, format!("{text:?} is no number of likes")))
        })
        .transpose()
}

fn is_no(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "false" | "0" | "no" | "off")
}

fn load_picture(path: &Path) -> Result<SeedPicture, SimulatorError> {
    let bytes = std::fs::read(path).map_err(|source| SimulatorError::Read {
        path: path.to_owned(),
        source,
    })?;
    let content_type = if bytes.starts_with(&[0xff, 0xd8]) {
        "image/jpeg"
    } else {
        "image/png"
    };
    Ok(SeedPicture {
        content_type: content_type.into(),
        bytes,
    })
}

fn usable_id(id: &str) -> String {
    if is_usable_id(id) {
        id.to_owned()
    } else {
        made_id(id)
    }
}

/// Seventeen digits like the platform's own ids, the same for the same text on every machine.
fn made_id(text: &str) -> String {
    (17_000_000_000_000_000 + scatter(stable_hash(text.as_bytes())) % 700_000_000_000_000).to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
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
}
