//! The index measured on public texts: what it finds against its two halves alone, and how fast among many rows.

use anyhow::Context as _;
use domain::ports::{
    IndexFilter, IndexQuery, IndexRow, IndexSource, Offer, PassageIndex as _, TextRole, VectorSpace,
};
use domain::{Language, PassageId};
use quality::searching::{LANGUAGES, Paragraphs, many_texts, nearest, xquad};
use quality::{Folder, TaskFigure, Texts, figure};
use search_index::LanceIndex;
use std::time::Instant;

/// Found within so many counts as found.
const WITHIN: usize = 5;
/// Hits that are asked for where both halves are to be seen.
const DEEP: usize = 60;
const ROWS: usize = 100_000;
const SEARCHES: usize = 500;
/// Hits that a drafter asks for.
const WANTED: usize = 12;
const NEAREST: usize = 10;

/// Recall of paragraphs by questions on them, in each language and across.
///
/// # Errors
/// Data or index cannot be read.
pub async fn xquad_recall(folder: &Folder, texts: &mut Texts) -> anyhow::Result<Vec<TaskFigure>> {
    let mut read: Vec<(&str, Paragraphs)> = Vec::new();
    for language in LANGUAGES {
        read.extend(xquad(folder, language)?.map(|paragraphs| (language, paragraphs)));
    }
    let mut asked = Vec::new();
    for (language, paragraphs) in &read {
        let questions: Vec<&str> = paragraphs
            .questions
            .iter()
            .map(|(text, _)| text.as_str())
            .collect();
        asked.push((*language, texts.vectors(TextRole::Query, &questions)?));
    }
    let (mut figures, mut across) = (Vec::new(), Vec::new());
    for (language, paragraphs) in &read {
        let contexts: Vec<&str> = paragraphs.texts.iter().map(String::as_str).collect();
        let vectors = texts.vectors(TextRole::Passage, &contexts)?;
        let opened = Opened::with(&texts.embedder.space(), &paragraphs.texts, vectors, language).await?;
        for ((asked_in, vectors), (_, of)) in asked.iter().zip(&read) {
            let recall = opened.recall(&of.questions, vectors).await?;
            if asked_in == language {
                let mut own = figure(
                    &format!("xquad_{language}_recall_at_5"),
                    "recall@5",
                    recall.both,
                    Some(recall.keyword.max(recall.vector)),
                    of.questions.len(),
                    "questions on the paragraphs of XQuAD; the floor is the better half alone",
                );
                own.more.insert("keyword_alone".to_owned(), recall.keyword);
                own.more.insert("vector_alone".to_owned(), recall.vector);
                figures.push(own);
            } else {
                across.push((format!("{asked_in}_to_{language}"), recall, of.questions.len()));
            }
        }
    }
    if !across.is_empty() {
        let mean = |of: &dyn Fn(&Recall) -> f64| {
            across.iter().map(|(_, recall, _)| of(recall)).sum::<f64>() / across.len() as f64
        };
        let mut all = figure(
            "xquad_across_recall_at_5",
            "recall@5",
            mean(&|recall| recall.both),
            Some(mean(&|recall| recall.keyword).max(mean(&|recall| recall.vector))),
            across.iter().map(|(_, _, count)| count).sum(),
            "questions in one language, paragraphs in another; the floor is the better half alone",
        );
        for (pair, recall, _) in &across {
            all.more.insert(format!("{pair}_both"), recall.both);
            all.more.insert(format!("{pair}_keyword"), recall.keyword);
            all.more.insert(format!("{pair}_vector"), recall.vector);
        }
        figures.push(all);
    }
    Ok(figures)
}

struct Recall {
    both: f64,
    keyword: f64,
    vector: f64,
}

/// An index in a folder that is thrown away.
struct Opened {
    index: LanceIndex,
    space: VectorSpace,
    _folder: tempfile::TempDir,
}

impl Opened {
    async fn with(
        space: &VectorSpace,
        texts: &[String],
        vectors: Vec<Vec<f32>>,
        language: &str,
    ) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let index = LanceIndex::open(folder.path()).await?;
        let rows = texts
            .iter()
            .zip(vectors)
            .zip(0..)
            .map(|((text, vector), id)| IndexRow {
                source: IndexSource::Passage(PassageId(id)),
                text: text.clone(),
                language: Language::from(language),
                vector,
                // A tenth cannot be had, for the searches that ask for it.
                offer: Offer {
                    in_stock: id % 10 != 0,
                    ..Offer::default()
                },
            })
            .collect();
        index.rebuild(space, rows).await?;
        index.optimize().await?;
        Ok(Self {
            index,
            space: space.clone(),
            _folder: folder,
        })
    }

    /// Places of the rows found, best first, with their ranks by words and by meaning.
    async fn found(&self, text: &str, vector: &[f32], limit: usize) -> anyhow::Result<Vec<Hit>> {
        self.found_among(text, vector, limit, IndexFilter::default())
            .await
    }

    async fn found_among(
        &self,
        text: &str,
        vector: &[f32],
        limit: usize,
        filter: IndexFilter,
    ) -> anyhow::Result<Vec<Hit>> {
        let query = IndexQuery {
            text: text.to_owned(),
            alternatives: Vec::new(),
            vector: vector.to_vec(),
            filter,
            limit,
        };
        let hits = self.index.search(&self.space, &query).await?;
        Ok(hits
            .into_iter()
            .filter_map(|hit| match hit.source {
                IndexSource::Passage(id) => Some(Hit {
                    place: usize::try_from(id.0).ok()?,
                    keyword: hit.keyword_rank,
                    vector: hit.vector_rank,
                }),
                IndexSource::Product(_) => None,
            })
            .collect())
    }

    async fn recall(&self, questions: &[(String, usize)], vectors: &[Vec<f32>]) -> anyhow::Result<Recall> {
        let mut met = [0usize; 3];
        for ((text, wanted), vector) in questions.iter().zip(vectors) {
            let hits = self.found(text, vector, DEEP).await?;
            let hit = hits.iter().position(|hit| hit.place == *wanted);
            let within = |rank: Option<usize>| usize::from(rank.is_some_and(|rank| rank <= WITHIN));
            met[0] += within(hit.map(|at| at + 1));
            met[1] += within(hit.and_then(|at| hits[at].keyword));
            met[2] += within(hit.and_then(|at| hits[at].vector));
        }
        let [both, keyword, vector] = met.map(|met| met as f64 / questions.len().max(1) as f64);
        Ok(Recall {
            both,
            keyword,
            vector,
        })
    }
}

struct Hit {
    place: usize,
    keyword: Option<usize>,
    vector: Option<usize>,
}

/// Time of a search among a hundred thousand rows, and how many of the nearest it finds.
///
/// # Errors
/// Data or index cannot be read.
pub async fn among_many(folder: &Folder, texts: &mut Texts) -> anyhow::Result<Vec<TaskFigure>> {
    let mut all = many_texts(folder, ROWS + SEARCHES)?;
    if all.len() < ROWS + SEARCHES {
        return Ok(Vec::new());
    }
    let queries = all.split_off(ROWS);
    let vectors = texts.vectors(
        TextRole::Query,
        &all.iter().map(String::as_str).collect::<Vec<_>>(),
    )?;
    let asked = texts.vectors(
        TextRole::Query,
        &queries.iter().map(String::as_str).collect::<Vec<_>>(),
    )?;
    texts.save()?;
    let exact: Vec<Vec<usize>> = asked
        .iter()
        .map(|vector| nearest(&vectors, vector, NEAREST))
        .collect();
    let opened = Opened::with(&texts.embedder.space(), &all, vectors, "und").await?;
    let mut times = Vec::with_capacity(SEARCHES);
    let mut narrowed = Vec::with_capacity(SEARCHES);
    let mut met = 0usize;
    for ((text, vector), exact) in queries.iter().zip(&asked).zip(&exact) {
        let begun = Instant::now();
        opened.found(text, vector, WANTED).await?;
        times.push(begun.elapsed().as_secs_f64() * 1_000.0);
        let begun = Instant::now();
        let in_stock = IndexFilter {
            in_stock: true,
            ..IndexFilter::default()
        };
        opened.found_among(text, vector, WANTED, in_stock).await?;
        narrowed.push(begun.elapsed().as_secs_f64() * 1_000.0);
        let hits = opened.found(text, vector, DEEP).await?;
        met += hits
            .iter()
            .filter(|hit| hit.vector.is_some_and(|rank| rank <= NEAREST) && exact.contains(&hit.place))
            .count();
    }
    times.sort_by(f64::total_cmp);
    narrowed.sort_by(f64::total_cmp);
    let p99 = |times: &[f64]| times.get(times.len() * 99 / 100).copied();
    let p99_in_stock = p99(&narrowed).context("nothing was searched for")?;
    let p99 = p99(&times).context("nothing was searched for")?;
    let split = "100,000 public comments, 500 others looked for, words and meaning together";
    let mut time = figure("search_among_100000_p99", "ms", p99, Some(50.0), SEARCHES, split);
    time.less_is_better = true;
    time.noise = 0.0;
    time.more.insert("p50".to_owned(), times[times.len() / 2]);
    time.more.insert("in_stock_p99".to_owned(), p99_in_stock);
    let recall = met as f64 / (SEARCHES * NEAREST) as f64;
    let recall = figure(
        "search_among_100000_recall",
        "recall@10",
        recall,
        Some(0.97),
        SEARCHES * NEAREST,
        "the same, the ten nearest by meaning against an exact search",
    );
    Ok(vec![time, recall])
}
