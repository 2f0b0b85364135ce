//! Many files, one platform.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::{FIRST_TIME_MS, STEP_MS, load_comments, load_posts, made_id, usable_id};
use crate::error::SimulatorError;
use crate::seed::{Seed, SeedAccount, SeedComment, SeedPost};

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
