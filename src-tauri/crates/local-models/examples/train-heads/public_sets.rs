//! Public sets that may be trained on. Their texts stay where they are; only weights go into the app.

use domain::Label;
use local_models::lexicon::{Topic, hits};
use local_models::train::Seed;
use std::error::Error;
use std::path::Path;

pub struct LabelledText {
    pub set: &'static str,
    pub text: String,
    pub positive: bool,
}

pub struct Sources {
    pub abuse: Vec<LabelledText>,
    pub spam: Vec<LabelledText>,
    /// Name, licence and rows of each set, for the provenance.
    pub lines: Vec<String>,
}

/// Longer texts are cut: the beginning of a comment says what it is.
const MAX_CHARS: usize = 300;

impl Sources {
    pub fn read(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let mut sources = Self {
            abuse: Vec::new(),
            spam: Vec::new(),
            lines: Vec::new(),
        };
        let youtube = youtube(folder)?;
        let telegram = csv_rows(&folder.join("telegram_spam_ru/combined.csv"), b',', &[0, 1])?;
        let telegram = || telegram.iter().map(|row| (row[0].clone(), row[1] == "spam"));
        let sms = std::fs::read_to_string(folder.join("sms_spam_en/SMSSpamCollection"))?;
        let sms: Vec<_> = sms
            .lines()
            .skip(1)
            .filter_map(|l| l.split_once('\t'))
            .map(|(l, t)| (t.to_owned(), l == "spam"))
            .collect();
        sources.add_spam("youtube_spam_en", "CC BY 4.0", youtube, 1_000);
        sources.add_spam("telegram_spam_ru", "MIT", telegram().collect(), 1_000);
        sources.add_spam("sms_spam_en", "CC BY 4.0", sms, 400);

        let tweets = csv_rows(&folder.join("davidson_hate_en/labeled_data.csv"), b',', &[5, 6])?;
        let hate = tweets
            .iter()
            .filter(|r| r[0] != "1")
            .map(|r| (tweet(&r[1]), r[0] == "0"))
            .collect();
        let rough = tweets
            .iter()
            .filter(|r| r[0] == "1")
            .map(|r| (tweet(&r[1]), true))
            .collect();
        let pairs = csv_rows(&folder.join("paradetox_en/paradetox.tsv"), b'\t', &[0, 1])?;
        let pairs = pairs.into_iter().flat_map(|row| {
            let [toxic, neutral] = [row[0].clone(), row[1].clone()];
            [(toxic, true), (neutral, false)]
        });
        let russian = std::fs::read_to_string(folder.join("rudetoxifier_toxic_ru/ru_test_10k_toxic.txt"))?;
        let russian = russian.lines().map(|line| (line.to_owned(), true));
        // The messages were marked for spam only: those with profanity are no examples of clean talk.
        let clean = telegram().filter(|(text, spam)| !spam && hits(text).0[Topic::Profanity as usize] == 0);
        sources.add_abuse("davidson_hate_en (hate, neither)", "MIT", hate, 1_300);
        sources.add_abuse("davidson_hate_en (offensive)", "MIT", rough, 600);
        sources.add_abuse("paradetox_en", "CC0 1.0", pairs.collect(), 1_200);
        sources.add_abuse("rudetoxifier_toxic_ru", "MIT", russian.collect(), 1_800);
        sources.add_abuse(
            "telegram_spam_ru (not spam)",
            "MIT",
            clean.map(|(text, _)| (text, false)).collect(),
            1_800,
        );
        Ok(sources)
    }

    fn add_spam(&mut self, set: &'static str, licence: &str, rows: Vec<(String, bool)>, per_class: usize) {
        let taken = evenly(set, rows, per_class);
        self.lines.push(format!(
            "{set}: {licence}, {} rows for the spam guard",
            taken.len()
        ));
        self.spam.extend(taken);
    }

    fn add_abuse(&mut self, set: &'static str, licence: &str, rows: Vec<(String, bool)>, per_class: usize) {
        let taken = evenly(set, rows, per_class);
        self.lines.push(format!(
            "{set}: {licence}, {} rows for the abuse guard",
            taken.len()
        ));
        self.abuse.extend(taken);
    }
}

/// Up to `per_class` texts of each class, spread over the whole set, in a fixed order.
fn evenly(set: &'static str, rows: Vec<(String, bool)>, per_class: usize) -> Vec<LabelledText> {
    let mut seen = std::collections::HashSet::new();
    let (yes, no): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .map(|(text, positive)| (clean(&text), positive))
        .filter(|(text, _)| text.len() > 2 && seen.insert(text.clone()))
        .partition(|(_, positive)| *positive);
    let pick = |rows: Vec<(String, bool)>| -> Vec<LabelledText> {
        let step = (rows.len() as f64 / per_class as f64).max(1.0);
        let count = rows.len().min(per_class);
        (0..count)
            .map(|i| &rows[(i as f64 * step) as usize])
            .map(|(text, positive)| LabelledText {
                set,
                text: text.clone(),
                positive: *positive,
            })
            .collect()
    };
    let (yes, no) = (pick(yes), pick(no));
    let longer = yes.len().max(no.len());
    let mut mixed = Vec::with_capacity(yes.len() + no.len());
    let (mut yes, mut no) = (yes.into_iter(), no.into_iter());
    for _ in 0..longer {
        mixed.extend(yes.next());
        mixed.extend(no.next());
    }
    mixed
}

/// Texts of seven classes by another hand, in English and Russian.
pub fn seven_classes(folder: &Path) -> Result<Vec<Seed>, Box<dyn Error>> {
    let text = std::fs::read_to_string(folder.join("seven_class_sanity/train.tsv"))?;
    let mut seeds = Vec::new();
    for line in text.lines() {
        if let [class, language, text] = line.split('\t').collect::<Vec<_>>()[..] {
            let label = match class {
                "positive" => Label::Praise,
                "critical" => Label::Criticism,
                "urgent" => Label::Complaint,
                "toxic" => Label::Abuse,
                other => other.parse()?,
            };
            seeds.push(Seed {
                language: language.to_owned(),
                labels: vec![label],
                text: text.to_owned(),
            });
        }
    }
    Ok(seeds)
}

fn youtube(folder: &Path) -> Result<Vec<(String, bool)>, Box<dyn Error>> {
    let mut rows = Vec::new();
    for name in [
        "Youtube01-Psy",
        "Youtube02-KatyPerry",
        "Youtube03-LMFAO",
        "Youtube04-Eminem",
        "Youtube05-Shakira",
    ] {
        let path = folder.join("youtube_spam_en").join(format!("{name}.csv"));
        rows.extend(
            csv_rows(&path, b',', &[3, 4])?
                .into_iter()
                .map(|row| (row[0].clone(), row[1] == "1")),
        );
    }
    Ok(rows)
}

pub fn csv_rows(path: &Path, delimiter: u8, columns: &[usize]) -> Result<Vec<Vec<String>>, Box<dyn Error>> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .quoting(delimiter != b'\t')
        .flexible(true)
        .from_path(path)?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record?;
        let row: Option<Vec<String>> = columns
            .iter()
            .map(|c| record.get(*c).map(str::to_owned))
            .collect();
        rows.extend(row);
    }
    Ok(rows)
}

/// Without the marks of a retweet.
fn tweet(text: &str) -> String {
    text.trim_start_matches(['!', '"', ' '])
        .trim_start_matches("RT ")
        .to_owned()
}

/// Web marks turned back into text.
pub fn clean(text: &str) -> String {
    let text = text
        .replace("<br />", " ")
        .replace("&amp;", "&")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#39;", "'")
        .replace("&quot;", "\"");
    text.trim()
        .trim_matches('\u{feff}')
        .chars()
        .take(MAX_CHARS)
        .collect()
}
