//! `connect`: an account, by what its platform asks for.

use crate::output::Output;
use anyhow::{Context as _, bail};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use clap::{Args, ValueEnum};
use domain::Timestamp;
use engine::intake::DraftsFrom;
use headless::App;
use headless::app::{Connected, Credentials, Granted, Permission};
use platforms::youtube::OAuthClient;
use platforms::youtube::oauth::PageLanguage;
use zeroize::Zeroizing;

#[derive(Args)]
pub struct ConnectArgs {
    #[arg(long, value_enum, default_value_t = PlatformChoice::Instagram)]
    platform: PlatformChoice,
    /// Stands in for the platform's own address, as the simulator's.
    #[arg(long)]
    base_url: Option<String>,
    /// Id of the page, where the token's owner manages several.
    #[arg(long)]
    page: Option<String>,
    /// `@name` or number of the channel or of its discussion group.
    #[arg(long, required_if_eq("platform", "telegram"))]
    chat: Option<String>,
    /// Of your own Google client, whose secret is then read from standard input.
    #[arg(long, required_if_eq("platform", "youtube"))]
    client_id: Option<String>,
    /// Comments that ask for a reply: `all`, those from `now` on, or from a date (`2026-03-01`, UTC) on. What is older
    /// is kept and understood.
    #[arg(long, default_value = "now", value_parser = drafts_from)]
    drafts_from: DraftsFrom,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PlatformChoice {
    Instagram,
    Facebook,
    Youtube,
    Telegram,
}

fn drafts_from(text: &str) -> Result<DraftsFrom, String> {
    match text {
        "all" => Ok(DraftsFrom::Everything),
        "now" => Ok(DraftsFrom::Connecting),
        date => {
            let date: NaiveDate = date
                .parse()
                .map_err(|_| "one of all, now, or a date as 2026-03-01".to_owned())?;
            let midnight = DateTime::<Utc>::from_naive_utc_and_offset(date.and_time(NaiveTime::MIN), Utc);
            Ok(DraftsFrom::Date(Timestamp(midnight.timestamp_millis())))
        }
    }
}

/// `secret`: the token (of the bot, with Telegram), or the secret of the Google client.
pub async fn connect(
    app: &App,
    args: ConnectArgs,
    secret: Zeroizing<String>,
    out: &mut Output,
) -> anyhow::Result<()> {
    let credentials = match args.platform {
        PlatformChoice::Instagram => Credentials::InstagramToken(secret),
        PlatformChoice::Facebook => Credentials::FacebookToken {
            token: secret,
            page: args.page.map(Into::into),
        },
        PlatformChoice::Youtube => Credentials::Google {
            client: OAuthClient::new(args.client_id.context("--client-id is missing")?, secret),
            language: PageLanguage::English,
        },
        PlatformChoice::Telegram => Credentials::Telegram {
            token: secret,
            chat: args.chat.context("--chat is missing")?,
        },
    };
    let connected = app
        .connect(
            credentials,
            args.base_url.as_deref(),
            args.drafts_from,
            |address| {
                eprintln!("open this address in a browser, and sign in:\n{address}");
                Ok(())
            },
        )
        .await?;
    match connected {
        Connected::Account { permissions, .. } => {
            out.line("connected")?;
            for permission in permissions.iter().filter(|it| it.granted == Granted::No) {
                out.line(format_args!("without {}", in_words(permission)))?;
            }
            Ok(())
        }
        Connected::ChoosePage(pages) => {
            for page in pages {
                let may = if page.can_moderate {
                    ""
                } else {
                    " (you may not moderate it)"
                };
                out.line(format_args!("{}  {}{may}", page.id, page.name))?;
            }
            bail!("this token manages several pages: name one with --page")
        }
        Connected::Missing(permissions) => {
            let missing: Vec<String> = permissions
                .iter()
                .filter(|permission| permission.granted == Granted::No)
                .map(in_words)
                .collect();
            bail!("a permission is missing: {}", missing.join("; "))
        }
    }
}

fn in_words(permission: &Permission) -> String {
    format!(
        "{}, which is needed to {}",
        permission.name,
        permission.needed_for.in_words()
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_date_is_its_first_moment_and_anything_else_is_refused_with_what_is_allowed() {
        assert_eq!(drafts_from("all").unwrap(), DraftsFrom::Everything);
        assert_eq!(drafts_from("now").unwrap(), DraftsFrom::Connecting);
        assert_eq!(
            drafts_from("2026-03-01").unwrap(),
            DraftsFrom::Date(Timestamp(1_772_323_200_000))
        );
        assert!(drafts_from("yesterday").unwrap_err().contains("2026-03-01"));
    }
}
