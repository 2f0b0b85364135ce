//! `connect`: an account, by what its platform asks for.

use crate::output::Output;
use crate::{from_stdin, line_from_stdin};
use anyhow::{Context as _, bail};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use clap::{Args, ValueEnum};
use domain::Timestamp;
use engine::intake::DraftsFrom;
use headless::App;
use headless::app::{Connected, Credentials, Granted, Permission};
use platforms::instagram::tokens::InstagramApp;
use platforms::youtube::OAuthClient;
use platforms::youtube::oauth::PageLanguage;
use url::Url;

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
    /// The Instagram account that is linked to a Facebook Page, by a token of yours or of the page.
    #[arg(long, conflicts_with = "app_id")]
    through_page: bool,
    /// Of your own Meta app, to sign in on Instagram with it. Two lines are then read from standard input: the app's
    /// secret, and once you signed in the whole address that the browser ended at.
    #[arg(long, requires = "redirect")]
    app_id: Option<String>,
    /// An https address that is registered for that app.
    #[arg(long, requires = "app_id")]
    redirect: Option<String>,
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

pub async fn connect(app: &App, args: ConnectArgs, out: &mut Output) -> anyhow::Result<()> {
    let (base_url, drafts_from) = (args.base_url.clone(), args.drafts_from);
    let credentials = credentials(app, args)?;
    let connected = app
        .connect(credentials, base_url.as_deref(), drafts_from, |address| {
            show(address);
            Ok(())
        })
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

fn show(address: &Url) {
    eprintln!("open this address in a browser, and sign in:\n{address}");
}

/// Reads the secrets from standard input.
fn credentials(app: &App, args: ConnectArgs) -> anyhow::Result<Credentials> {
    let page = args.page.map(Into::into);
    Ok(match args.platform {
        PlatformChoice::Instagram => match (args.app_id, args.redirect) {
            (Some(id), Some(redirect)) => {
                let secret = line_from_stdin()?;
                let base_url = args.base_url.as_deref();
                show(&app.begin_instagram_sign_in(&id, &redirect, base_url)?);
                eprintln!("then paste the whole address that the browser ended at:");
                Credentials::InstagramCode {
                    app: InstagramApp { id, secret },
                    redirect,
                    address: line_from_stdin()?,
                }
            }
            _ if args.through_page => Credentials::InstagramPage {
                token: from_stdin()?,
                page,
            },
            _ => Credentials::InstagramToken(from_stdin()?),
        },
        PlatformChoice::Facebook => Credentials::FacebookToken {
            token: from_stdin()?,
            page,
        },
        PlatformChoice::Youtube => Credentials::Google {
            client: OAuthClient::new(args.client_id.context("--client-id is missing")?, from_stdin()?),
            language: PageLanguage::English,
        },
        PlatformChoice::Telegram => Credentials::Telegram {
            token: from_stdin()?,
            chat: args.chat.context("--chat is missing")?,
        },
    })
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
