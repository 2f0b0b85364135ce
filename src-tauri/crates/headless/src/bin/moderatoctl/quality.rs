//! `quality`: what the models inside the app are worth, on labelled data.

use crate::output::Output;
use anyhow::{Context as _, bail};
use clap::Args;
use domain::ports::Embedder;
use headless::folders::models_folder;
use headless::searching;
use headless::trial::Trial;
use local_models::{E5_FILE, E5Embedder};
use quality::answers::{self, Query, Verdict};
use quality::{Baseline, Folder, Lab, Report, TaskFigure, Texts};
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Args)]
pub struct QualityArgs {
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// Only tasks whose names begin so.
    #[arg(long)]
    only: Vec<String>,
    /// Keep the vectors of texts in this folder, for the next run.
    #[arg(long)]
    cache: Option<PathBuf>,
    /// Tell each question and query that is answered wrong, on standard error.
    #[arg(long)]
    misses: bool,
    /// Ask these questions over the sample's catalogue in place of the app's own: a file of JSON lines of their shape.
    #[arg(long)]
    questions: Option<PathBuf>,
    /// Write the report as a page of tables and plots.
    #[arg(long)]
    page: Option<PathBuf>,
    /// Fail when a figure is below its floor, or has fallen below the stored baseline by more than chance.
    #[arg(long)]
    check: bool,
    /// Store the figures measured as the baseline in this file, in place of those it has.
    #[arg(long)]
    baseline: Option<PathBuf>,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Printed {
    #[serde(flatten)]
    report: Report,
    ms_per_comment_p50: f64,
    ms_per_comment_p99: f64,
    /// Memory that all models add to the program.
    model_rss_bytes: u64,
}

pub async fn quality(args: &QualityArgs, data: Option<PathBuf>, out: &mut Output) -> anyhow::Result<()> {
    let folder = data
        .or_else(|| std::env::var_os("MODERATO_QUALITY_DATA").map(PathBuf::from))
        .unwrap_or_else(|| PathBuf::from("../shared/data"));
    if !folder.is_dir() {
        bail!("no data at {}: give its folder with --data", folder.display());
    }
    let before = resident_bytes();
    let model = models_folder(None).join(E5_FILE);
    let embedder: Arc<dyn Embedder> =
        Arc::new(E5Embedder::open(&model).with_context(|| model.display().to_string())?);
    let speed = quality::speed(&embedder)?;
    let model_rss_bytes = resident_bytes().saturating_sub(before);
    let data = Folder(folder);
    let lab = Lab {
        data: data.clone(),
        embedder: Arc::clone(&embedder),
        cache: args.cache.clone(),
        only: args.only.clone(),
    };
    let measuring = move || quality::run(&lab, &mut |task| eprintln!("moderatoctl: {task}"));
    let mut report = tokio::task::spawn_blocking(measuring).await??;
    report.tasks.extend(by_the_index(args, &data, embedder).await?);
    report.tasks.extend(on_the_sample(args).await?);
    let printed = Printed {
        report,
        ms_per_comment_p50: speed.p50_ms,
        ms_per_comment_p99: speed.p99_ms,
        model_rss_bytes,
    };
    if args.json {
        out.line(serde_json::to_string(&printed)?)?;
    } else {
        table(&printed, out)?;
    }
    if let Some(file) = &args.page {
        std::fs::write(file, quality::page(&printed.report, &[closing(&printed)]))
            .with_context(|| file.display().to_string())?;
    }
    if let Some(file) = &args.baseline {
        let before = match std::fs::read(file) {
            Ok(bytes) => serde_json::from_slice(&bytes).with_context(|| file.display().to_string())?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Baseline::default(),
            Err(error) => return Err(error).with_context(|| file.display().to_string()),
        };
        let renewed = before.renewed(Baseline::of(&printed.report));
        std::fs::write(file, serde_json::to_string_pretty(&renewed)? + "\n")
            .with_context(|| file.display().to_string())?;
    }
    if args.check {
        let falls: Vec<String> = Baseline::stored()?
            .falls(&printed.report)
            .into_iter()
            .map(|fall| format!("{} from {:.4} to {:.4}", fall.name, fall.before, fall.now))
            .collect();
        if !falls.is_empty() {
            bail!("fallen by more than chance: {}", falls.join(", "));
        }
        let short: Vec<&str> = printed
            .report
            .tasks
            .iter()
            .filter(|task| !task.holds())
            .map(|task| task.name.as_str())
            .collect();
        if !short.is_empty() {
            bail!("below the floor: {}", short.join(", "));
        }
    }
    Ok(())
}

/// Finding by the index itself, on public texts.
async fn by_the_index(
    args: &QualityArgs,
    data: &Folder,
    embedder: Arc<dyn Embedder>,
) -> anyhow::Result<Vec<TaskFigure>> {
    let wanted =
        |name: &str| args.only.is_empty() || args.only.iter().any(|only| name.starts_with(only.as_str()));
    let mut figures = Vec::new();
    if !wanted("xquad") && !wanted("search_among") {
        return Ok(figures);
    }
    let mut texts = Texts::new(embedder, args.cache.clone())?;
    if wanted("xquad") {
        eprintln!("moderatoctl: xquad");
        figures.extend(searching::xquad_recall(data, &mut texts).await?);
        texts.save()?;
    }
    if wanted("search_among") {
        eprintln!("moderatoctl: search_among_100000");
        figures.extend(searching::among_many(data, &mut texts).await?);
    }
    Ok(figures)
}

/// Finding and answering over the sample's catalogue, by the engine itself.
async fn on_the_sample(args: &QualityArgs) -> anyhow::Result<Vec<TaskFigure>> {
    let wanted =
        |name: &str| args.only.is_empty() || args.only.iter().any(|only| name.starts_with(only.as_str()));
    let mut figures = Vec::new();
    if !wanted("answers") && !wanted("catalogue") {
        return Ok(figures);
    }
    let folder = tempfile::tempdir()?;
    let trial = Trial::open(&models_folder(None), folder.path()).await?;
    if wanted("catalogue") {
        eprintln!("moderatoctl: catalogue");
        let queries = answers::queries()?;
        let misspelt: Vec<Query> = queries.iter().filter_map(answers::misspelt).collect();
        let found = found_by(args, &trial, &queries).await?;
        figures.extend(answers::found_measured(&queries, &found));
        let found = found_by(args, &trial, &misspelt).await?;
        figures.extend(answers::found_misspelt(&misspelt, &found));
    }
    if wanted("answers") {
        eprintln!("moderatoctl: answers");
        let questions = match &args.questions {
            None => answers::questions()?,
            Some(file) => {
                let lines = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
                answers::read(&lines)?
            }
        };
        let texts: Vec<String> = questions.iter().map(|question| question.text.clone()).collect();
        let tried = trial.ask(&texts).await?;
        for (question, tried) in questions.iter().zip(&tried).filter(|_| args.misses) {
            let verdict = answers::verdict(question, tried.draft.as_deref());
            let as_wanted =
                verdict == Verdict::Exact || (verdict == Verdict::Declined && !question.answerable);
            if !as_wanted {
                let mut found = trial.find(&question.text).await?;
                found.truncate(4);
                let (id, text, facts) = (&question.id, &question.text, &question.facts);
                eprintln!("{verdict:?}: {id} {text}: {tried:?}; wanted {facts:?}; found {found:?}");
            }
        }
        let drafts: Vec<Option<String>> = tried.into_iter().map(|tried| tried.draft).collect();
        figures.extend(answers::measured(&questions, &drafts));
    }
    Ok(figures)
}

/// What is found for each query, best first.
async fn found_by(args: &QualityArgs, trial: &Trial, queries: &[Query]) -> anyhow::Result<Vec<Vec<String>>> {
    let mut all = Vec::with_capacity(queries.len());
    for query in queries {
        let best = trial.find(&query.query).await?;
        let found: Vec<String> = best.into_iter().map(|(title, _)| title).collect();
        if args.misses && !found.iter().take(5).any(|title| query.relevant.contains(title)) {
            eprintln!("missed: {query:?}: {found:?}");
        }
        all.push(found);
    }
    Ok(all)
}

fn table(printed: &Printed, out: &mut Output) -> anyhow::Result<()> {
    for task in &printed.report.tasks {
        let floor = match task.floor {
            None => "reported".to_owned(),
            Some(floor) if task.less_is_better => format!("at most {floor}"),
            Some(floor) => format!("at least {floor}"),
        };
        let verdict = if task.holds() { "" } else { "  BELOW" };
        out.line(format_args!(
            "{:34} {:10} {:.4} ± {:.4}  {floor}{verdict}  n {}  {}",
            task.name, task.metric, task.value, task.noise, task.n, task.split
        ))?;
        for (name, value) in &task.more {
            out.line(format_args!("{:34} {name} {value:.4}", ""))?;
        }
    }
    for (task, why) in &printed.report.left_out {
        out.line(format_args!("{task:34} left out: no {why}"))?;
    }
    out.line(closing(printed))?;
    Ok(())
}

fn closing(printed: &Printed) -> String {
    format!(
        "per comment {:.1} ms (p99 {:.1} ms), models {:.0} MiB",
        printed.ms_per_comment_p50,
        printed.ms_per_comment_p99,
        printed.model_rss_bytes as f64 / 1_048_576.0
    )
}

/// 0 where the system does not tell.
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}
