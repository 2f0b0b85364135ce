//! Who writes what, and what staff decides about it.

use super::trouble::Trouble;
use crate::decisions::{Act, Decision};
use domain::ports::Clock as _;
use engine::clock::SystemClock;
use rand::Rng as _;
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use serde_json::{Value, json};
use simulator::{Seed, SeedAccount, SeedComment, SeedPlatform, SeedPost};
use std::collections::{HashMap, VecDeque};

const ACCOUNTS: usize = 4;
/// Of the accounts: pages on Facebook; the others are on Instagram.
const PAGES: usize = 1;
const POSTS_OF_EACH: usize = 10;
/// Of all comments; the others come while the program runs.
const THERE_AT_FIRST_PERCENT: usize = 60;
/// One comment in so many is a follow-up in a thread.
const FOLLOW_UP_EVERY: usize = 6;
/// Of the decisions: taken back, and hidden.
const UNDONE_PERCENT: u32 = 6;
const HIDDEN_PERCENT: u32 = 12;

const SAID: [&str; 8] = [
    "I love this pan, thank you!",
    "And my mother loves hers too!",
    "The best pan I have ever had.",
    "We cook with it every day and love it.",
    "So happy with this one!",
    "What a beautiful pan, thank you so much!",
    "This is wonderful, well done!",
    "Great quality, I am really happy with it.",
];
const OPENINGS: [&str; 12] = [
    "Thank you",
    "Thanks a lot",
    "Many thanks",
    "Thank you so much",
    "Thanks so much",
    "Oh, thank you",
    "A big thank you",
    "Our warmest thanks",
    "Thank you kindly",
    "Thank you very much",
    "Thanks for writing",
    "Thank you for this",
];
const MIDDLES: [&str; 18] = [
    "that is good to hear",
    "that is kind of you",
    "this made our day",
    "we are glad to read this",
    "that means a lot to us",
    "we are happy about it",
    "what a nice thing to say",
    "it is lovely to read that",
    "we passed it on to the team",
    "the whole team smiled",
    "that is why we do this",
    "we enjoyed reading it",
    "it is a joy to hear that",
    "you made us smile",
    "we are touched",
    "that is wonderful to read",
    "such words keep us going",
    "we could not be happier",
];
const CLOSINGS: [&str; 18] = [
    "Enjoy your cooking!",
    "Have a lovely day!",
    "Happy cooking!",
    "Enjoy every meal!",
    "Warm greetings to you!",
    "All the best to you!",
    "Have a nice evening!",
    "Enjoy it!",
    "Take care!",
    "Greetings from all of us!",
    "Have fun in the kitchen!",
    "Have a good week!",
    "Have a great time!",
    "See you soon!",
    "Enjoy your kitchen!",
    "Be well!",
    "Cheers!",
    "Have a good one!",
];

pub struct World {
    seed: Seed,
    pub accounts: Vec<Account>,
    /// Comments that have not been written yet, in the order in which they will be.
    later: VecDeque<Value>,
    pub decisions: Vec<Decision>,
    /// Those with a decision: they may be edited, deleted or answered by hand.
    pub decided: Vec<Written>,
    places: HashMap<String, Written>,
    pub comments: usize,
}

/// An account and what signs it in.
#[derive(Clone)]
pub struct Account {
    pub id: String,
    /// As the command line names it.
    pub platform: &'static str,
    pub token: String,
}

/// A comment and whose post it stands under.
#[derive(Clone)]
pub struct Written {
    pub id: String,
    pub thread: String,
    pub post: String,
    pub account: String,
}

/// No two are the same, so that a reply is known again wherever it stands.
fn words(n: usize) -> String {
    let opening = OPENINGS[n % OPENINGS.len()];
    let middle = MIDDLES[n / OPENINGS.len() % MIDDLES.len()];
    let closing = CLOSINGS[n / (OPENINGS.len() * MIDDLES.len()) % CLOSINGS.len()];
    format!("{opening}, {middle}. {closing}")
}

/// As many different replies as [`words`] makes.
const MOST_WORDS: usize = OPENINGS.len() * MIDDLES.len() * CLOSINGS.len();

impl World {
    pub fn new(comments: usize, actions: usize, random: &mut StdRng) -> Self {
        let start = SystemClock::new().now().0;
        let mut seed = Seed::default();
        for n in 0..ACCOUNTS {
            let is_page = n >= ACCOUNTS - PAGES;
            let id = format!("1784140000000010{n}");
            seed.accounts.push(SeedAccount {
                platform: match is_page {
                    true => SeedPlatform::Facebook,
                    false => SeedPlatform::Instagram,
                },
                username: format!("brand.{n}"),
                name: format!("Brand {n}"),
                token: format!("IGSIM{:032x}", random.random::<u128>()),
                app_scoped_id: format!("2400000000000010{n}"),
                id: id.clone(),
                ..SeedAccount::sample()
            });
            for post in 0..POSTS_OF_EACH {
                let number = format!("1790000{n}{post:03}");
                seed.posts.push(SeedPost {
                    id: match is_page {
                        true => format!("{id}_{number}"),
                        false => number,
                    },
                    account_id: id.clone(),
                    caption: Some("A pan for every day".to_owned()),
                    timestamp_ms: start - 86_400_000 * (1 + i64::try_from(post).unwrap_or(0)),
                    comments_enabled: true,
                    ..SeedPost::default()
                });
            }
        }
        let all: Vec<(Written, SeedComment)> = (0..comments)
            .map(|n| comment(&seed, n, comments, start, random))
            .collect();
        let mut chosen: Vec<usize> = (0..comments).collect();
        chosen.shuffle(random);
        chosen.truncate(actions.min(MOST_WORDS));
        let decisions = chosen
            .iter()
            .enumerate()
            .map(|(n, at)| decision(&all[*at].0.id, n, random))
            .collect();
        let decided = chosen.iter().map(|at| all[*at].0.clone()).collect();
        let places = all
            .iter()
            .map(|(written, _)| (written.id.clone(), written.clone()))
            .collect();
        let first = comments * THERE_AT_FIRST_PERCENT / 100;
        let mut later = VecDeque::new();
        for (n, (_, comment)) in all.into_iter().enumerate() {
            if n < first {
                seed.comments.push(comment);
            } else {
                later.push_back(json!({
                    "id": comment.id, "post_id": comment.post_id, "parent_id": comment.parent_id,
                    "author_id": comment.author_id, "username": comment.username, "text": comment.text,
                }));
            }
        }
        Self {
            accounts: seed.accounts.iter().map(account).collect(),
            seed,
            later,
            decisions,
            decided,
            places,
            comments,
        }
    }

    pub fn take_seed(&mut self) -> Seed {
        std::mem::take(&mut self.seed)
    }

    pub fn all_ids(&self) -> impl Iterator<Item = &String> {
        self.places.keys()
    }

    pub fn written(&self, id: &str) -> Option<&Written> {
        self.places.get(id)
    }

    /// The next comments that people write.
    pub fn next(&mut self, most: usize) -> Vec<Value> {
        let some = most.min(self.later.len());
        self.later.drain(..some).collect()
    }

    pub async fn send_the_rest(&mut self, trouble: &mut Trouble) -> anyhow::Result<()> {
        let rest = self.next(usize::MAX);
        trouble.people_write(&rest).await
    }
}

fn comment(seed: &Seed, n: usize, all: usize, start: i64, random: &mut StdRng) -> (Written, SeedComment) {
    let is_follow_up = n % FOLLOW_UP_EVERY == FOLLOW_UP_EVERY - 1;
    // A follow-up stands in the thread of a comment shortly before it, which is none itself.
    let opener = if is_follow_up { n - 1 } else { n };
    let post = &seed.posts[opener / FOLLOW_UP_EVERY % seed.posts.len()];
    // A page's comment carries the number of its post.
    let id = |n: usize| match post.id.split_once('_') {
        Some((_, number)) => format!("{number}_18{n:08}"),
        None => format!("18{n:08}"),
    };
    let author = random.random_range(0..5_000);
    let seconds_ago = i64::try_from(all - n).unwrap_or(0);
    let written = Written {
        id: id(n),
        thread: id(opener),
        post: post.id.clone(),
        account: post.account_id.clone(),
    };
    let comment = SeedComment {
        id: id(n),
        post_id: post.id.clone(),
        parent_id: is_follow_up.then(|| id(opener)),
        author_id: Some(format!("90{author:06}")),
        username: Some(format!("person.{author}")),
        text: SAID[random.random_range(0..SAID.len())].to_owned(),
        timestamp_ms: start - seconds_ago * 1_000,
        like_count: 0,
    };
    (written, comment)
}

fn account(seed: &SeedAccount) -> Account {
    Account {
        id: seed.id.clone(),
        platform: match seed.platform {
            SeedPlatform::Facebook => "facebook",
            _ => "instagram",
        },
        token: seed.token.clone(),
    }
}

fn decision(comment: &str, n: usize, random: &mut StdRng) -> Decision {
    let act = match random.random_range(0..100) {
        share if share < UNDONE_PERCENT => Act::ReplyAndUndo,
        share if share < UNDONE_PERCENT + HIDDEN_PERCENT => Act::Hide,
        _ => Act::Reply,
    };
    Decision {
        comment: comment.to_owned(),
        act,
        text: (act != Act::Hide).then(|| words(n)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rand::SeedableRng as _;
    use std::collections::HashSet;

    #[test]
    fn no_two_decisions_have_the_same_words_and_a_seed_makes_the_same_world() {
        let world = |seed| World::new(2_000, 900, &mut StdRng::seed_from_u64(seed));
        let one = world(3);
        let said: Vec<_> = one.decisions.iter().filter_map(|it| it.text.as_ref()).collect();
        let different: HashSet<_> = said.iter().collect();
        assert_eq!(said.len(), different.len());
        assert_eq!(one.decisions.len(), 900);
        assert_eq!(one.seed.comments.len() + one.later.len(), 2_000);
        assert_eq!(one.decisions, world(3).decisions);
        assert_ne!(one.decisions, world(4).decisions);
    }
}
