//! `moderatoctl`: the engine without a window, for servers, scripts, diagnosis and tests.
#![allow(
    clippy::print_stderr,
    reason = "a command line says there what is not its output"
)]

mod approve;
mod bench;
mod chaos;
mod classify;
mod connect;
mod copies;
mod decisions;
mod doctor;
mod look;
mod output;
mod quality;
mod run;

use anyhow::{Context as _, bail};
use approve::Approval;
use clap::{Args, Parser, Subcommand, ValueEnum};
use contract::WorkspaceKind;
use domain::SecretError;
use engine::EngineError;
use headless::folders::Folders;
use headless::{App, AppError, Options, logs, settings, simulate};
use output::Output;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use zeroize::Zeroizing;

const SECRET_CHOICES: &str = "no place for secrets; choose --secrets encrypted-file (passphrase in \
                              MODERATO_PASSPHRASE) or --secrets session (until the program ends)";
const NO_WORKSPACE: &str = "no workspace yet: `moderatoctl run --sample`, or `moderatoctl connect`";

#[derive(Parser)]
#[command(name = "moderatoctl", version, about = "Moderato's engine without a window")]
struct Cli {
    /// Data folder; otherwise MODERATO_DATA, otherwise the system's folder for application data.
    #[arg(long, global = true)]
    data: Option<PathBuf>,
    /// Where secrets are kept; otherwise the keychain, and for the sample workspace this session where there is
    /// no keychain. `encrypted-file` reads its passphrase from MODERATO_PASSPHRASE.
    #[arg(long, global = true, value_enum)]
    secrets: Option<SecretsChoice>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SecretsChoice {
    Keychain,
    EncryptedFile,
    /// In memory until the program ends; the sample workspace makes a new token each time.
    Session,
}

#[derive(Subcommand)]
enum Command {
    /// Run the engine on a workspace.
    Run(RunArgs),
    /// Comments by stage and label, drafts, actions.
    Status {
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Look at every connected account once and store what is there.
    Sync {
        /// Every post to its end.
        #[arg(long)]
        full: bool,
    },
    /// Connect an account; its token or secret is read from standard input.
    Connect(connect::ConnectArgs),
    /// Approve drafts as they are: the named comments, or the most confident ones.
    Approve {
        /// Ids of comments, as `export` writes them.
        comments: Vec<i64>,
        /// Approve every draft of at least this confidence (0 to 1).
        #[arg(long)]
        confident: Option<f64>,
        /// At most this many.
        #[arg(long, default_value_t = 50)]
        most: u32,
    },
    /// Write all comments to standard output.
    Export {
        #[arg(long, value_enum, default_value_t = ExportFormat::Jsonl)]
        format: ExportFormat,
    },
    /// What happened to one comment, from the activity and the log.
    Trace {
        /// Id of the comment, as `export` writes it.
        comment: i64,
    },
    /// List the copies of the database that `restore` can put back.
    Backups,
    /// Put a copy of the database in its place; the replaced one is kept among the copies. Sending is off afterwards.
    Restore {
        /// Name of the copy, as `backups` writes it.
        name: String,
    },
    /// Check the data folder, the models, the keychain, the database and the index.
    Doctor,
    /// Set the AI endpoint; its key is read from standard input. With --off: the models inside the app.
    Provider {
        /// Address of an OpenAI-compatible server, up to and with its `/v1`.
        #[arg(long, required_unless_present = "off")]
        base_url: Option<String>,
        /// Name of the model, as the server lists it.
        #[arg(long, required_unless_present = "off")]
        model: Option<String>,
        /// Back to the models inside the app.
        #[arg(long)]
        off: bool,
    },
    /// Receive what platforms push, on loopback, while `run` works; polling goes on. Reads the verify token from the
    /// first line of standard input and the secrets of the apps that sign from the others.
    Relay {
        /// Where the tunnel or relay forwards to.
        #[arg(long, required_unless_present = "off")]
        port: Option<u16>,
        #[arg(long, conflicts_with = "port")]
        off: bool,
    },
    /// Measure speed and memory on data of its own.
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Measure what the models inside the app are worth, on labelled data: --data names its folder, otherwise
    /// MODERATO_QUALITY_DATA, otherwise `../shared/data`.
    Quality(quality::QualityArgs),
    /// Label the comments of a CSV, TSV or JSONL file by the models inside the app, a line each.
    Classify(classify::ClassifyArgs),
    /// Drive this program and the simulator through random faults and kills, and compare what each holds in the end.
    Chaos(chaos::Plan),
    /// Serve comments from files on loopback, in the Instagram Graph dialect, until interrupted.
    Simulate(SimulateArgs),
}

#[derive(Args)]
struct RunArgs {
    /// The sample workspace; also what runs while you have none of your own.
    #[arg(long)]
    sample: bool,
    /// Look once, work until nothing is left to do, and stop.
    #[arg(long)]
    until_idle: bool,
    /// Print one JSON object at the end.
    #[arg(long, requires = "until_idle")]
    json: bool,
    /// Carry out what this file decides as its comments come to review: a JSON object a line, with the platform's
    /// id as `comment`, `act` (`reply`, `reply_and_undo` or `hide`) and `text`.
    #[arg(long)]
    decisions: Option<PathBuf>,
}

#[derive(Args)]
struct SimulateArgs {
    /// CSV or JSON lines; several files become several posts unless --posts names them.
    #[arg(long, required = true, num_args = 1..)]
    comments: Vec<PathBuf>,
    /// CSV or JSON lines of posts; otherwise the posts that the comments name, or one for each file.
    #[arg(long)]
    posts: Option<PathBuf>,
    /// 0 takes any free port.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Keeps replies and hides over a restart.
    #[arg(long)]
    journal: Option<PathBuf>,
    /// Token of the first account that is served; one is made up and printed for every account without.
    #[arg(long, env = "MODERATO_SIMULATOR_TOKEN")]
    token: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum ExportFormat {
    Jsonl,
    Csv,
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut out = Output::lock();
    let done = run(cli, &mut out).await;
    match done.and_then(|()| Ok(out.flush()?)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if output::reader_is_gone(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // What was said before it failed is read first.
            let _reader_may_be_gone = out.flush();
            eprintln!("moderatoctl: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli, out: &mut Output) -> anyhow::Result<()> {
    if let Command::Simulate(args) = &cli.command {
        return serve(args, out).await;
    }
    if let Command::Chaos(plan) = cli.command {
        return chaos::chaos(plan, out).await;
    }
    if let Command::Bench(what) = cli.command {
        return bench::bench(what, out).await;
    }
    if let Command::Quality(args) = &cli.command {
        return quality::quality(args, cli.data, out).await;
    }
    if let Command::Classify(args) = &cli.command {
        return classify::classify(args, out);
    }
    let folders = match &cli.data {
        Some(data) => Folders::new(data),
        None => Folders::usual().context("no data folder: give --data or set MODERATO_DATA")?,
    };
    let loaded = settings::load(&folders.settings());
    for fault in loaded.faults.iter() {
        eprintln!("moderatoctl: {fault}");
    }
    if loaded.faults.summary().is_some() {
        eprintln!(
            "moderatoctl: the settings file is left as it is; the sections named stand at their defaults"
        );
    }
    let _log = logs::start(&folders.logs(), &loaded.settings.log)?;
    if matches!(
        cli.command,
        Command::Status { .. } | Command::Export { .. } | Command::Trace { .. }
    ) {
        return look(&folders, &cli.command, out).await;
    }
    match &cli.command {
        Command::Backups => return copies::list(&folders, out).await,
        Command::Restore { name } => return copies::restore(&folders, name, out).await,
        _ => {}
    }
    let runs_on = match &cli.command {
        Command::Run(args) => !args.until_idle,
        Command::Approve { .. } => true,
        _ => false,
    };
    let app = App::open(Options {
        folders,
        resources: None,
        start_workers: runs_on,
    })
    .await?;
    let outcome = match choose_secrets(&app, cli.secrets).await {
        Ok(()) if matches!(cli.command, Command::Doctor) => doctor::doctor(&app, &loaded.faults, out).await,
        Ok(()) => act(&app, cli.command, out).await,
        Err(error) => Err(error),
    };
    app.stop().await;
    outcome.map_err(name_the_choices)
}

async fn choose_secrets(app: &App, choice: Option<SecretsChoice>) -> anyhow::Result<()> {
    match choice {
        None => {}
        Some(SecretsChoice::Keychain) => app.choose_secret_backend("keychain", None).await?,
        Some(SecretsChoice::Session) => app.choose_secret_backend("session_only", None).await?,
        Some(SecretsChoice::EncryptedFile) => {
            let passphrase =
                std::env::var("MODERATO_PASSPHRASE").context("MODERATO_PASSPHRASE is not set")?;
            app.choose_secret_backend("encrypted_file", Some(passphrase))
                .await?;
        }
    }
    Ok(())
}

/// Without a keychain an error alone leaves people stuck.
fn name_the_choices(error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref::<AppError>() {
        Some(
            AppError::Secret(SecretError::NoKeychain { .. })
            | AppError::Engine(EngineError::Secret(SecretError::NoKeychain { .. })),
        ) => error.context(SECRET_CHOICES),
        _ => error,
    }
}

/// Commands that only read the database, and so need neither the workspace nor its secrets.
async fn look(folders: &Folders, command: &Command, out: &mut Output) -> anyhow::Result<()> {
    let storage = look::database(folders).await?;
    let looked = match command {
        Command::Status { json } => look::status(&storage, *json, out).await,
        Command::Export { format } => look::export(&storage, *format, out).await,
        Command::Trace { comment } => look::trace(&storage, folders, *comment, out).await,
        _ => bail!("this command does more than look"),
    };
    storage.close().await;
    looked
}

async fn act(app: &App, command: Command, out: &mut Output) -> anyhow::Result<()> {
    match command {
        Command::Run(args) => run::run(app, &args, out).await,
        Command::Sync { full } => run::sync(app, full, out).await,
        Command::Connect(args) => connect::connect(app, args, out).await,
        Command::Approve {
            comments,
            confident,
            most,
        } => {
            let approval = Approval {
                comments,
                confident,
                most: usize::try_from(most)?,
            };
            approve::approve(app, approval, out).await
        }
        Command::Provider { base_url, model, off } => {
            let key = if off {
                None
            } else {
                Some(from_stdin()?.to_string()).filter(|key| !key.is_empty())
            };
            let request = contract::SetProvider {
                base_url: base_url.filter(|_| !off),
                model,
                key,
            };
            app.set_provider(request).await?;
            out.line(if off {
                "the models inside the app are in use"
            } else {
                "the endpoint is set"
            })?;
            Ok(())
        }
        Command::Relay { port, off } => relay(app, port.filter(|_| !off), out).await,
        Command::Status { .. } | Command::Export { .. } | Command::Trace { .. } | Command::Doctor => {
            bail!("this command only looks")
        }
        Command::Backups | Command::Restore { .. } => bail!("a copy is put back while nothing is open"),
        Command::Simulate(_)
        | Command::Bench(_)
        | Command::Chaos(_)
        | Command::Quality(_)
        | Command::Classify(_) => {
            bail!("this command needs no data folder")
        }
    }
}

/// `port`: `None` switches it off.
async fn relay(app: &App, port: Option<u16>, out: &mut Output) -> anyhow::Result<()> {
    let given = match port {
        Some(_) => from_stdin()?,
        None => Zeroizing::default(),
    };
    let mut lines = given.lines().map(|line| line.trim().to_owned());
    let verify_token = lines.next();
    let app_secrets: Vec<String> = lines.collect();
    let view = app
        .set_relay(contract::SetRelay {
            enabled: port.is_some(),
            port: port.unwrap_or(app.settings().relay.port),
            verify_token,
            app_secrets: (!app_secrets.is_empty()).then_some(app_secrets),
        })
        .await?;
    match view.enabled {
        true => out.line(format_args!(
            "forward to http://127.0.0.1:{}{} while `moderatoctl run` or the app works",
            view.port,
            headless::RELAY_PATH
        ))?,
        false => out.line("nothing is received")?,
    }
    Ok(())
}

fn from_stdin() -> anyhow::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    std::io::stdin()
        .read_to_string(&mut text)
        .context("reading standard input")?;
    Ok(Zeroizing::new(text.trim().to_owned()))
}

/// For what is asked for in turn.
fn line_from_stdin() -> anyhow::Result<Zeroizing<String>> {
    let mut line = Zeroizing::new(String::new());
    std::io::stdin()
        .read_line(&mut line)
        .context("reading standard input")?;
    Ok(Zeroizing::new(line.trim().to_owned()))
}

async fn open_last(app: &App) -> anyhow::Result<()> {
    match app.folders().last()? {
        None => bail!(NO_WORKSPACE),
        Some(WorkspaceKind::Sample) => open_sample(app).await,
        Some(WorkspaceKind::Own) => app
            .open_own()
            .await
            .context("opening the workspace (see --secrets for where there is no keychain)"),
    }
}

/// The sample's token opens nothing but the simulator of this very run, so it needs no better place than memory.
async fn open_sample(app: &App) -> anyhow::Result<()> {
    if let Some(why) = app.secrets().unavailable_because() {
        eprintln!("moderatoctl: {why}; the sample's token is kept for this session only");
        app.choose_secret_backend("session_only", None).await?;
    }
    Ok(app.start_sample().await?)
}

async fn interrupted() -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            done = tokio::signal::ctrl_c() => done?,
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await?;
    Ok(())
}

async fn serve(args: &SimulateArgs, out: &mut Output) -> anyhow::Result<()> {
    let (simulator, accounts) = simulate::start(simulate::Simulate {
        comments: &args.comments,
        posts: args.posts.as_deref(),
        port: args.port,
        journal: args.journal.clone(),
        token: args.token.clone(),
    })
    .await?;
    let token = accounts.first().map(|account| &account.token);
    out.line(serde_json::json!({
        "base_url": simulator.base_url(), "token": token, "accounts": accounts
    }))?;
    out.flush()?;
    interrupted().await?;
    simulator.stop().await;
    Ok(())
}
