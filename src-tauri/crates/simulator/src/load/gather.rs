//! Many files, one platform.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::{FIRST_TIME_MS, LooseComment, STEP_MS, load_comments, load_posts, made_id, usable_id};
use crate::error::SimulatorError;
use crate::seed::{Seed, SeedAccount, SeedComment, SeedPost};

// Threads are two levels deep on the platform and a few elsewhere; the bound is for parents in a circle.
const DEEPEST_THREAD: usize = 1_000;

/// One platform from files: the posts of `posts`, the comments of each file under the post that its rows name,
/// else under the post called like the file, else under the only post, else under a new one called like the file;
/// replies are where their thread is. Every row is kept: an id that was seen before, or that cannot stand in an
/// address, is replaced by a stable one. The accounts are those that own a post, and there is always one.
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
    fn new(posts: Vec<SeedPost>) -> Self {
        let mut gathering = Self {
            given_posts: posts.len(),
            posts: Vec::with_capacity(posts.len()),
            post_ids: HashMap::new(),
            comments: Vec::new(),
            taken: HashSet::new(),
        };
        for mut post in posts {
            let named = std::mem::take(&mut post.id);
            post.id = gathering.claim(&named);
            for name in [Some(named), post.caption.clone()].into_iter().flatten() {
                gathering.post_ids.entry(name).or_insert_with(|| post.id.clone());
            }
            gathering.posts.push(post);
        }
        gathering
    }

    fn add_file(&mut self, path: &Path) -> Result<(), SimulatorError> {
        let stem = path
            .file_stem()
            .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        let rows = load_comments(path)?;
        let ids: Vec<String> = rows.iter().map(|row| self.claim(&row.id)).collect();
        let parents = parents_of(&rows);
        let posts_named: Vec<Option<String>> = (0..rows.len())
            .map(|at| rows[top_of(&parents, at)].post.clone())
            .collect();
        let earliest = rows.iter().filter_map(|row| row.timestamp_ms).min();
        let mut time_ms = earliest.unwrap_or(FIRST_TIME_MS);
        for (at, row) in rows.into_iter().enumerate() {
            time_ms = row
                .timestamp_ms
                .unwrap_or(time_ms + if earliest.is_none() { STEP_MS } else { 0 });
            let post_id = self.post_for(posts_named[at].as_deref(), &stem, time_ms);
            let author_id = row.author_id.or_else(|| row.username.as_deref().map(made_id));
            self.comments.push(SeedComment {
                id: ids[at].clone(),
                post_id,
                parent_id: parents[at].map(|parent| ids[parent].clone()),
                author_id,
                username: row.username,
                text: row.text,
                timestamp_ms: time_ms,
                like_count: row.like_count,
            });
        }
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
        let accounts = self.take_accounts();
        Seed {
            accounts,
            posts: self.posts,
            comments: self.comments,
        }
    }

    /// The accounts that own a post, in the order of their posts; the sample account where there is no post at all.
    /// Posts and comments keep their ids: an account called like one of them is given an id of its own.
    fn take_accounts(&mut self) -> Vec<SeedAccount> {
        let mut accounts = Vec::new();
        let mut ids: HashMap<String, String> = HashMap::new();
        for at in 0..self.posts.len() {
            let named = self.posts[at].account_id.clone();
            let id = match ids.get(&named) {
                Some(id) => id.clone(),
                None => {
                    let id = self.claim(&named);
                    accounts.push(account_called(&named, &id));
                    ids.insert(named, id.clone());
                    id
                }
            };
            self.posts[at].account_id = id;
        }
        // The brand's own comments are known by the account's id.
        for comment in &mut self.comments {
            let own = comment.author_id.as_ref().and_then(|author| ids.get(author));
            if let Some(account_id) = own.cloned() {
                comment.author_id = Some(account_id);
            }
        }
        if accounts.is_empty() {
            accounts.push(SeedAccount::sample());
        }
        accounts
    }
}

fn account_called(named: &str, id: &str) -> SeedAccount {
    let sample = SeedAccount::sample();
    if named == sample.id {
        return SeedAccount {
            id: id.to_owned(),
            ..sample
        };
    }
    SeedAccount {
        id: id.to_owned(),
        username: format!("brand.{id}"),
        name: named.to_owned(),
        token: format!("{}-{id}", sample.token),
        app_scoped_id: made_id(id),
        ..sample
    }
}

/// The row that each row answers. The first row that carries an id is the one that its replies mean; a row that
/// answers itself is how some exports write a top-level comment.
fn parents_of(rows: &[LooseComment]) -> Vec<Option<usize>> {
    let mut first_with: HashMap<&str, usize> = HashMap::new();
    for (at, row) in rows.iter().enumerate() {
        first_with.entry(&row.id).or_insert(at);
    }
    let parent_of = |row: &LooseComment| {
        let parent = row.parent.as_deref().filter(|parent| *parent != row.id)?;
        let known = first_with.get(parent).copied();
        if known.is_none() {
            tracing::warn!(
                comment = row.id,
                "the parent is in no row; the comment becomes top-level"
            );
        }
        known
    };
    rows.iter().map(parent_of).collect()
}

fn top_of(parents: &[Option<usize>], from: usize) -> usize {
    let mut at = from;
    for _ in 0..DEEPEST_THREAD {
        match parents[at] {
            Some(parent) => at = parent,
            None => break,
        }
    }
    at
}
