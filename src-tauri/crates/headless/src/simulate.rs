//! The simulator on any data, for trying out and testing.

use anyhow::Context as _;
use serde::Serialize;
use simulator::{Simulator, SimulatorConfig};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

pub struct Simulate<'a> {
    pub comments: &'a [PathBuf],
    pub posts: Option<&'a Path>,
    pub port: u16,
    pub journal: Option<PathBuf>,
    /// Opens the first account; without one a token is made up, as for every other account. The journal keeps no
    /// token: whoever wants to stay signed in over a restart gives one.
    pub token: Option<String>,
}

/// An account to sign in as.
#[derive(Serialize)]
pub struct ServedAccount {
    pub id: String,
    pub username: String,
    pub token: String,
}

/// The running simulator and the accounts that own what it serves: at least one, in the order of their posts.
pub async fn start(options: Simulate<'_>) -> anyhow::Result<(Simulator, Vec<ServedAccount>)> {
    let mut seed =
        simulator::seed_from_files(options.comments, options.posts).context("reading the data to serve")?;
    let mut given = options.token;
    for account in &mut seed.accounts {
        account.token = given.take().unwrap_or_else(made_up_token);
    }
    let accounts = seed
        .accounts
        .iter()
        .map(|account| ServedAccount {
            id: account.id.clone(),
            username: account.username.clone(),
            token: account.token.clone(),
        })
        .collect();
    let bind = SocketAddr::from(([127, 0, 0, 1], options.port));
    let simulator = Simulator::start(SimulatorConfig {
        bind,
        journal: options.journal,
        seed,
    })
    .await?;
    Ok((simulator, accounts))
}

/// With a token that everybody knows, any web page that calls loopback could write as the account.
fn made_up_token() -> String {
    format!("IGSIM{:032x}", rand::random::<u128>())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const POSTS: &str = "id,caption,account\n10,Honey soap,acme\n11,Green tea,tea.house\n";
    const COMMENTS: &str = "id,text,post\n1,hello,10\n2,hi,11\n";

    /// Serves a file of comments and one of posts; how many posts each account sees with its token.
    async fn served(posts: Option<&str>, token: Option<&str>) -> Vec<(ServedAccount, usize)> {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let comments = [write("comments.csv", COMMENTS)];
        let posts = posts.map(|text| write("posts.csv", text));
        let (simulator, accounts) = start(Simulate {
            comments: &comments,
            posts: posts.as_deref(),
            port: 0,
            journal: None,
            token: token.map(str::to_owned),
        })
        .await
        .unwrap();
        let http = platforms::http_client();
        let mut seen = Vec::new();
        for account in accounts {
            let url = format!("{}/v26.0/me/media", simulator.base_url());
            let answer = http.get(url).bearer_auth(&account.token).send().await.unwrap();
            let page: serde_json::Value = answer.json().await.unwrap();
            seen.push((account, page["data"].as_array().unwrap().len()));
        }
        simulator.stop().await;
        seen
    }

    #[tokio::test]
    async fn every_served_account_is_named_with_a_token_that_opens_its_posts() {
        let seen = served(Some(POSTS), None).await;
        let posts: Vec<(&str, usize)> = seen.iter().map(|(it, posts)| (it.id.as_str(), *posts)).collect();
        assert_eq!(
            posts,
            [("acme", 1), ("tea.house", 1)],
            "none that owns nothing, and none left out"
        );
    }

    #[tokio::test]
    async fn a_token_is_made_up_anew_unless_one_is_given() {
        let mut tokens = Vec::new();
        for _ in 0..2 {
            let seen = served(None, None).await;
            assert_eq!((seen.len(), seen[0].1), (1, 2), "the sample account owns all");
            tokens.push(seen[0].0.token.clone());
        }
        assert_ne!(tokens[0], tokens[1], "nobody can know it beforehand");
        let seen = served(Some(POSTS), Some("mine")).await;
        assert_eq!(seen[0].0.token, "mine");
        assert_ne!(seen[1].0.token, "mine", "the other account has its own");
    }
}
