//! `moderatoctl`: the engine without a window, for servers, scripts, diagnosis and tests.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line speaks through its output"
)]

use anyhow::{Context as _, bail};
use clap::{Args, Parser, Subcommand, ValueEnum};
use domain::SecretError;
use engine::EngineError;
use engine::intake::Depth;
use headless::folders::Folders;
use headless::{App, AppError, Options, logs, simulate};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;
use zeroize::Zeroizing;

/// Rows of one kind that `doctor` prints.
const MOST_SHOWN: u32 = 20;
const SECRET_CHOICES: &str = "no place for secrets; choose --secrets encrypted-file (passphrase in \
                              MODERATO_PASSPHRASE) or --secrets session (until the program ends)";

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
    /// Connect an Instagram account; its token is read from standard input.
    Connect {
        /// Stands in for Instagram's own address, as the simulator's.
        #[arg(long)]
        base_url: Option<String>,
    },
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
    #[arg(long)]
    json: bool,
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
    /// Token of the served account; otherwise one is made up and printed.
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
    match run(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("moderatoctl: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<()> {
    if let Command::Simulate(args) = &cli.command {
        return serve(args).await;
    }
    let folders = match &cli.data {
        Some(data) => Folders::new(data),
        None => Folders::usual().context("no data folder: give --data or set MODERATO_DATA")?,
    };
    let settings = engine::settings::Settings::load(&folders.settings()).unwrap_or_default();
    let _log = logs::start(&folders.logs(), &settings.log.filter, settings.log.keep_files)?;
    let works = matches!(cli.command, Command::Run(_) | Command::Approve { .. });
    let app = App::open(Options {
        folders,
        resources: None,
        start_workers: works,
    })
    .await?;
    let outcome = match choose_secrets(&app, cli.secrets).await {
        Ok(()) => act(&app, cli.command).await,
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

async fn act(app: &App, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Run(args) => work(app, &args).await,
        Command::Status { json } => {
            open_last(app).await?;
            let status = app.engine()?.context().storage.status().await?;
            if json {
                println!("{}", serde_json::to_string(&status)?);
            } else {
                println!("{}", serde_json::to_string_pretty(&status)?);
            }
            Ok(())
        }
        Command::Sync { full } => {
            open_last(app).await?;
            let depth = if full { Depth::Full } else { Depth::Incremental };
            for report in app.engine()?.sync_fully(depth).await? {
                println!(
                    "{} posts, {} pages: {} new, {} known, {} own, {} edited, {} deleted, {} set aside",
                    report.posts,
                    report.pages,
                    report.new,
                    report.known,
                    report.own,
                    report.edited,
                    report.deleted,
                    report.quarantined
                );
            }
            Ok(())
        }
        Command::Connect { base_url } => {
            let token = from_stdin()?;
            app.connect_instagram(&token, base_url.as_deref()).await?;
            println!("connected");
            Ok(())
        }
        Command::Approve {
            comments,
            confident,
            most,
        } => approve(app, comments, confident, most).await,
        Command::Export { format } => {
            open_last(app).await?;
            export(app, format).await
        }
        Command::Trace { comment } => {
            open_last(app).await?;
            let engine = app.engine()?;
            let storage = &engine.context().storage;
            let id = domain::CommentId(comment);
            let detail = storage.comment_detail(id, 1_000).await?;
            println!("comment {comment}, trace {}", detail.trace_id);
            for row in storage.trace(id).await? {
                println!("activity {} {} {} {}", row.at.0, row.actor, row.verb, row.details);
            }
            for line in logs::trace(&app.folders().logs(), &detail.trace_id)? {
                println!("log {line}");
            }
            Ok(())
        }
        Command::Doctor => doctor(app).await,
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
            println!(
                "{}",
                if off {
                    "the models inside the app are in use"
                } else {
                    "the endpoint is set"
                }
            );
            Ok(())
        }
        Command::Simulate(_) => bail!("simulate needs no data folder"),
    }
}

fn from_stdin() -> anyhow::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    std::io::stdin()
        .read_to_string(&mut text)
        .context("reading standard input")?;
    Ok(Zeroizing::new(text.trim().to_owned()))
}

async fn open_last(app: &App) -> anyhow::Result<()> {
    app.reopen_last()
        .await
        .context("opening the workspace (see --secrets for where there is no keychain)")?;
    app.engine()
        .context("no workspace yet: `moderatoctl run --sample`, or `moderatoctl connect`")
        .map(drop)
}

#[derive(Serialize)]
struct RunSummary {
    comments: i64,
    by_stage: BTreeMap<String, i64>,
    by_label: BTreeMap<String, i64>,
    drafts: i64,
    declined: i64,
    quarantined: i64,
    stuck: i64,
    seconds: f64,
    comments_per_second: f64,
    peak_rss_bytes: Option<u64>,
}

async fn work(app: &App, args: &RunArgs) -> anyhow::Result<()> {
    let start = Instant::now();
    if args.sample || !app.folders().last_workspace().exists() {
        if let Some(why) = app.secrets().unavailable_because() {
            eprintln!("moderatoctl: {why}; the sample's token is kept for this session only");
            app.choose_secret_backend("session_only", None).await?;
        }
        app.start_sample().await?;
    } else {
        open_last(app).await?;
    }
    if let contract::ModelState::Fallback { model, why } = app.state().await.models {
        eprintln!("moderatoctl: {why}; {model} stands in, and finds and labels less well");
    }
    if !args.until_idle {
        if let Some(url) = app.simulator_url().await {
            println!("simulator at {url}");
        }
        println!("running; interrupt to stop");
        std::io::stdout().flush()?;
        interrupted().await?;
        println!("stopping");
        return Ok(());
    }
    app.run_until_idle().await?;
    let seconds = start.elapsed().as_secs_f64();
    let status = app.engine()?.context().storage.status().await?;
    #[allow(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = status.comments as f64 / seconds;
    let summary = RunSummary {
        comments: status.comments,
        by_stage: status.by_stage,
        by_label: status.by_label,
        drafts: status.drafts,
        declined: status.declined,
        quarantined: status.quarantined,
        stuck: status.stuck,
        seconds,
        comments_per_second: rate,
        peak_rss_bytes: peak_rss_bytes(),
    };
    if args.json {
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        println!(
            "{} comments in {seconds:.1} s ({rate:.0} a second)",
            summary.comments
        );
        println!("by stage: {}", listed(&summary.by_stage));
        println!("by label: {}", listed(&summary.by_label));
        println!(
            "{} drafts with sources, {} declined with a reason, {} set aside, {} stuck",
            summary.drafts, summary.declined, summary.quarantined, summary.stuck
        );
        if let Some(bytes) = summary.peak_rss_bytes {
            println!("peak memory {} MiB", bytes / (1024 * 1024));
        }
    }
    Ok(())
}

fn listed(counts: &BTreeMap<String, i64>) -> String {
    counts
        .iter()
        .map(|(name, n)| format!("{name} {n}"))
        .collect::<Vec<_>>()
        .join(", ")
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

/// The most memory this process has held, where the system says (Linux: VmHWM of /proc/self/status, proc(5)).
fn peak_rss_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}

async fn approve(app: &App, comments: Vec<i64>, confident: Option<f64>, most: u32) -> anyhow::Result<()> {
    open_last(app).await?;
    let engine = app.engine()?;
    let mut wanted = comments;
    if let Some(floor) = confident {
        let mut after = None;
        while wanted.len() < usize::try_from(most)? {
            let page = engine
                .list_comments(&contract::ListComments {
                    queue: contract::QueueName::NeedsReview,
                    account_id: None,
                    search: None,
                    label: None,
                    sort: contract::SortOrder::MostUrgent,
                    after,
                    limit: 200,
                })
                .await?;
            for row in &page.rows {
                if matches!(
                    row.draft,
                    contract::DraftMarker::Draft | contract::DraftMarker::Edited
                ) && wanted.len() < usize::try_from(most)?
                {
                    let detail = engine.comment(domain::CommentId(row.id)).await?;
                    if detail.draft.is_some_and(|d| d.confidence >= floor) {
                        wanted.push(row.id);
                    }
                }
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    let mut refused = 0;
    for id in wanted {
        let comment = domain::CommentId(id);
        let detail = engine.comment(comment).await?;
        let Some(draft) = detail.draft else {
            eprintln!("comment {id} has no draft");
            refused += 1;
            continue;
        };
        match engine.approve(comment, detail.row.version, &draft.text).await {
            Ok(action) => println!("{}", serde_json::to_string(&action)?),
            Err(error) => {
                eprintln!("comment {id}: {error}");
                refused += 1;
            }
        }
    }
    if refused > 0 {
        bail!("{refused} not approved");
    }
    Ok(())
}

async fn export(app: &App, format: ExportFormat) -> anyhow::Result<()> {
    let engine = app.engine()?;
    let storage = &engine.context().storage;
    let mut csv =
        matches!(format, ExportFormat::Csv).then(|| csv::Writer::from_writer(std::io::stdout().lock()));
    let mut after = 0;
    loop {
        let rows = storage.export_comments(after, 1_000).await?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        for row in &rows {
            match &mut csv {
                Some(writer) => writer.serialize(CsvRow::of(row))?,
                None => println!("{}", serde_json::to_string(row)?),
            }
        }
    }
    if let Some(mut writer) = csv {
        writer.flush()?;
    }
    Ok(())
}

/// `storage::ExportRow` with a value in each cell; labels are parted by "; ".
#[derive(Serialize)]
struct CsvRow<'a> {
    id: i64,
    platform_id: &'a str,
    account: &'a str,
    post: &'a str,
    parent: Option<&'a str>,
    author: &'a str,
    text: &'a str,
    language: &'a str,
    labels: String,
    stage: &'a str,
    draft: Option<&'a str>,
    reply: Option<&'a str>,
    published_at: i64,
}

impl<'a> CsvRow<'a> {
    fn of(row: &'a storage::ExportRow) -> Self {
        Self {
            id: row.id,
            platform_id: &row.platform_id,
            account: &row.account,
            post: &row.post,
            parent: row.parent.as_deref(),
            author: &row.author,
            text: &row.text,
            language: &row.language,
            labels: row.labels.join("; "),
            stage: &row.stage,
            draft: row.draft.as_deref(),
            reply: row.reply.as_deref(),
            published_at: row.published_at,
        }
    }
}

async fn doctor(app: &App) -> anyhow::Result<()> {
    let mut failures = 0;
    let mut say = |what: &str, ok: bool, detail: String| {
        println!("{} {what}: {detail}", if ok { "ok  " } else { "FAIL" });
        failures += usize::from(!ok);
    };
    say("data folder", true, app.folders().data.display().to_string());
    match engine::settings::Settings::load(&app.folders().settings()) {
        Ok(_) => say("settings", true, app.folders().settings().display().to_string()),
        Err(error) => say("settings", false, error.to_string()),
    }
    match app.secrets().unavailable_because() {
        None => say(
            "secrets",
            true,
            format!(
                "{:?}",
                domain::ports::SecretStore::backend(app.secrets().as_ref())
            ),
        ),
        Some(why) => say("secrets", false, format!("{why}; {SECRET_CHOICES}")),
    }
    match headless::models::load(&headless::folders::models_folder(None)).map(|models| models.state) {
        Ok(contract::ModelState::Ready { model }) => say("models", true, model),
        Ok(contract::ModelState::Fallback { model, why }) => {
            say("models", false, format!("{model}, because {why}"))
        }
        Ok(contract::ModelState::Loading) => say("models", false, "not loaded".to_owned()),
        Err(error) => say("models", false, error.to_string()),
    }
    app.reopen_last().await?;
    match app.engine() {
        Err(_) => say("workspace", true, "none yet".to_owned()),
        Ok(engine) => {
            let report = engine.context().storage.check_integrity().await?;
            say(
                "database",
                report.sqlite_ok,
                if report.sqlite_ok {
                    "whole".into()
                } else {
                    "damaged".into()
                },
            );
            let detail = match report.broken_at {
                None => format!("{} rows, unbroken", report.activity_rows),
                Some(id) => format!("the chain is broken at row {id}"),
            };
            say("activity", report.activity_ok, detail);
            match engine.context().index.summary().await {
                Ok(index) => {
                    let model = index
                        .space
                        .map_or_else(|| "not built yet".to_owned(), |s| s.model);
                    say(
                        "index",
                        true,
                        format!(
                            "{} products, {} passages, {model}",
                            index.products, index.passages
                        ),
                    );
                }
                Err(error) => say("index", false, error.to_string()),
            }
            let status = engine.context().storage.status().await?;
            say("stuck comments", status.stuck == 0, status.stuck.to_string());
            say("set aside as unreadable", true, status.quarantined.to_string());
            for row in engine.context().storage.quarantined(MOST_SHOWN).await? {
                let post = row.post.as_deref().unwrap_or("no post");
                println!("     {post}: {}: {}", row.reason, row.raw);
            }
        }
    }
    if failures > 0 {
        bail!("{failures} checks failed");
    }
    Ok(())
}

async fn serve(args: &SimulateArgs) -> anyhow::Result<()> {
    let (simulator, token) = simulate::start(simulate::Simulate {
        comments: &args.comments,
        posts: args.posts.as_deref(),
        port: args.port,
        journal: args.journal.clone(),
        token: args.token.clone(),
    })
    .await?;
    println!(
        "{}",
        serde_json::json!({ "base_url": simulator.base_url(), "token": token })
    );
    std::io::stdout().flush()?;
    interrupted().await?;
    simulator.stop().await;
    Ok(())
}
