//! Tasks with a public set: what vectors, n-grams and signs are worth when a small head is fitted on them.

use super::{Outcome, figure};
use crate::data::{Example, Folder, example};
use crate::features::{EVERYTHING, Looked, Texts, Weights, look};
use crate::learner::{Settings, Several, cross_scored};
use crate::metrics;
use crate::split::{Folds, folds, groups};
use std::collections::HashMap;

const SETTINGS: Settings = Settings {
    weights: EVERYTHING,
    cost: 1.0,
    balanced: false,
};

type Found = anyhow::Result<Outcome>;

fn no_data(what: &str) -> Found {
    Ok(Outcome::NoData(what.to_owned()))
}

fn texts_of<T>(examples: &[Example<T>]) -> Vec<&str> {
    examples.iter().map(|example| example.text.as_str()).collect()
}

fn targets_of(examples: &[Example<bool>]) -> Vec<bool> {
    examples.iter().map(|example| example.label).collect()
}

/// Copies, and nearly copies, in one fold.
fn folds_of(examples: &[Example<bool>], count: usize) -> Folds {
    let texts = texts_of(examples);
    let together: Vec<Option<usize>> = examples.iter().map(|example| example.together).collect();
    let classes: Vec<usize> = examples.iter().map(|e| usize::from(e.label)).collect();
    folds(&texts, &groups(&texts, &together), &classes, count)
}

fn looked_at<T>(texts: &mut Texts, examples: &[Example<T>]) -> anyhow::Result<Vec<Looked>> {
    look(texts, &texts_of(examples))
}

pub fn youtube_spam(data: &Folder, texts: &mut Texts) -> Found {
    let mut examples = Vec::new();
    for (source, file) in data.files("youtube_spam_en", ".csv").iter().enumerate() {
        let rows = data.rows(file, b',', &["CONTENT", "CLASS"])?.unwrap_or_default();
        examples.extend(rows.into_iter().map(|row| Example {
            source,
            ..example(&row[0], row[1] == "1")
        }));
    }
    if examples.is_empty() {
        return no_data("youtube_spam_en/*.csv");
    }
    let looked = looked_at(texts, &examples)?;
    let targets = targets_of(&examples);
    let n = examples.len();

    let ten = folds_of(&examples, 10);
    let scores = cross_scored(&looked, &targets, &ten, SETTINGS);
    let counts = metrics::counts(&scores, &targets, 0.0);
    let mut random = figure(
        "youtube_spam",
        "F1",
        counts.f1(),
        Some(0.96),
        n,
        "10 folds by hash, copies in one fold",
    );
    random.more.insert("precision".to_owned(), counts.precision());
    random.more.insert("recall".to_owned(), counts.recall());
    random
        .more
        .insert("auc".to_owned(), metrics::auc(&scores, &targets));

    // As it is usually published: copies may stand on both sides.
    let alone: Vec<usize> = (0..n).collect();
    let classes: Vec<usize> = targets.iter().map(|t| usize::from(*t)).collect();
    let plain = folds(&texts_of(&examples), &alone, &classes, 10);
    let scores = cross_scored(&looked, &targets, &plain, SETTINGS);
    let published = metrics::counts(&scores, &targets, 0.0).f1();
    random
        .more
        .insert("f1_copies_on_both_sides".to_owned(), published);

    let by_video = Folds {
        of: examples.iter().map(|example| example.source).collect(),
        count: examples
            .iter()
            .map(|example| example.source + 1)
            .max()
            .unwrap_or(1),
    };
    let scores = cross_scored(&looked, &targets, &by_video, SETTINGS);
    let counts = metrics::counts(&scores, &targets, 0.0);
    let mut left_out = figure(
        "youtube_spam_leave_one_video_out",
        "F1",
        counts.f1(),
        None,
        n,
        "each video by the others",
    );
    left_out
        .more
        .insert("auc".to_owned(), metrics::auc(&scores, &targets));
    Ok(Outcome::Measured(vec![random, left_out]))
}

pub fn telegram_spam(data: &Folder, texts: &mut Texts) -> Found {
    let path = "telegram_spam_ru/combined.csv";
    let Some(rows) = data.rows(path, b',', &["text", "label"])? else {
        return no_data(path);
    };
    let examples: Vec<Example<bool>> = rows
        .iter()
        .map(|row| example(&row[0], row[1] == "spam"))
        .collect();
    let looked = looked_at(texts, &examples)?;
    let targets = targets_of(&examples);
    let scores = cross_scored(&looked, &targets, &folds_of(&examples, 10), SETTINGS);
    let counts = metrics::counts(&scores, &targets, 0.0);
    let mut f1 = figure(
        "telegram_spam_ru",
        "F1",
        counts.f1(),
        Some(0.955),
        examples.len(),
        "10 folds by hash, copies in one fold",
    );
    f1.more.insert("precision".to_owned(), counts.precision());
    f1.more.insert("recall".to_owned(), counts.recall());
    f1.more.insert("auc".to_owned(), metrics::auc(&scores, &targets));
    Ok(Outcome::Measured(vec![f1]))
}

fn area(name: &str, floor: f64, examples: &[Example<bool>], texts: &mut Texts) -> Found {
    let looked = looked_at(texts, examples)?;
    let targets = targets_of(examples);
    let settings = Settings {
        balanced: true,
        ..SETTINGS
    };
    let scores = cross_scored(&looked, &targets, &folds_of(examples, 5), settings);
    let auc = metrics::auc(&scores, &targets);
    let counts = metrics::counts(&scores, &targets, 0.0);
    let split = "5 folds by hash, copies and rewrites in one fold";
    let mut figure = figure(name, "AUC", auc, Some(floor), examples.len(), split);
    figure.more.insert("f1".to_owned(), counts.f1());
    Ok(Outcome::Measured(vec![figure]))
}

/// Hate and offence against neither.
pub fn toxicity_en(data: &Folder, texts: &mut Texts) -> Found {
    let path = "davidson_hate_en/labeled_data.csv";
    let Some(rows) = data.rows(path, b',', &["tweet", "class"])? else {
        return no_data(path);
    };
    // All that is neither, and as many of the others, evenly over the file.
    let (harmless, harmful): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row[1] == "2");
    let step = (harmful.len() / harmless.len().max(1)).max(1);
    let examples: Vec<Example<bool>> = harmful
        .iter()
        .step_by(step)
        .map(|row| example(&row[0], true))
        .chain(harmless.iter().map(|row| example(&row[0], false)))
        .collect();
    area("toxicity_en", 0.965, &examples, texts)
}

/// Toxic comments against their neutral rewrites, and against tweets.
pub fn toxicity_ru(data: &Folder, texts: &mut Texts) -> Found {
    let path = "russe_detox_ru/train.tsv";
    let Some(rows) = data.rows(path, b'\t', &["toxic_comment", "neutral_comment1"])? else {
        return no_data(path);
    };
    let mut examples = Vec::new();
    for (pair, row) in rows.iter().enumerate() {
        for (text, toxic) in [(&row[0], true), (&row[1], false)] {
            if !text.trim().is_empty() {
                examples.push(Example {
                    together: Some(pair),
                    ..example(text, toxic)
                });
            }
        }
    }
    let tweets = data.rows("rusentitweet_ru/rusentitweet_train.csv", b',', &["text", "label"])?;
    let neutral = tweets.unwrap_or_default();
    let neutral = neutral.iter().filter(|row| row[1] == "neutral");
    examples.extend(neutral.map(|row| example(&row[0], false)));
    area("toxicity_ru", 0.945, &examples, texts)
}

/// The official split: 77 intents, trained on one file, measured on the other.
pub fn banking77(data: &Folder, texts: &mut Texts) -> Found {
    let read = |path: &str| data.rows(path, b',', &["text", "category"]);
    let (Some(train), Some(test)) = (read("banking77_en/train.csv")?, read("banking77_en/test.csv")?) else {
        return no_data("banking77_en/train.csv and test.csv");
    };
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    for row in train.iter().chain(&test) {
        let next = numbers.len();
        numbers.entry(row[1].as_str()).or_insert(next);
    }
    let examples = |rows: &[Vec<String>]| -> Vec<Example<usize>> {
        rows.iter()
            .map(|row| example(&row[0], numbers[row[1].as_str()]))
            .collect()
    };
    let (train, test) = (examples(&train), examples(&test));
    let (seen, unseen) = (looked_at(texts, &train)?, looked_at(texts, &test)?);
    let classes: Vec<usize> = train.iter().map(|example| example.label).collect();
    let is: Vec<usize> = test.iter().map(|example| example.label).collect();
    let measure = |weights: Weights, cost: f32| {
        let settings = Settings {
            weights,
            cost,
            balanced: true,
        };
        let model = Several::fit(&seen.iter().collect::<Vec<_>>(), &classes, settings);
        let said: Vec<usize> = unseen.iter().map(|looked| model.class(looked)).collect();
        metrics::accuracy(&said, &is)
    };
    let vector_alone = Weights {
        vector: 1.0,
        signs: 0.0,
        grams: 0.0,
    };
    let split = "official: train.csv to test.csv";
    let mut accuracy = figure(
        "banking77",
        "accuracy",
        measure(vector_alone, 1.0),
        Some(0.91),
        is.len(),
        split,
    );
    accuracy
        .more
        .insert("with_grams".to_owned(), measure(EVERYTHING, 1.0));
    Ok(Outcome::Measured(vec![accuracy]))
}

/// Positive against negative tweets.
pub fn sentiment_ru(data: &Folder, texts: &mut Texts) -> Found {
    let path = "rusentitweet_ru/rusentitweet_train.csv";
    let Some(rows) = data.rows(path, b',', &["text", "label"])? else {
        return no_data(path);
    };
    let examples: Vec<Example<bool>> = rows
        .iter()
        .filter(|row| row[1] == "positive" || row[1] == "negative")
        .map(|row| example(&row[0], row[1] == "positive"))
        .collect();
    let looked = looked_at(texts, &examples)?;
    let targets = targets_of(&examples);
    let settings = Settings {
        balanced: true,
        ..SETTINGS
    };
    let scores = cross_scored(&looked, &targets, &folds_of(&examples, 10), settings);
    let said: Vec<usize> = scores.iter().map(|score| usize::from(*score > 0.0)).collect();
    let is: Vec<usize> = targets.iter().map(|target| usize::from(*target)).collect();
    let mut f1 = figure(
        "sentiment_ru",
        "macro-F1",
        metrics::macro_f1(&said, &is),
        Some(0.80),
        is.len(),
        "positive and negative, 10 folds by hash, copies in one fold",
    );
    f1.more.insert("auc".to_owned(), metrics::auc(&scores, &targets));
    Ok(Outcome::Measured(vec![f1]))
}

/// Positive against negative reviews, on the set's own split. The training part is evened out and the other is not, so
/// each half of the other part is cut where the macro-F1 of its other half is best.
pub fn sentiment_kk(data: &Folder, texts: &mut Texts) -> Found {
    let read = |path: &str| data.rows(path, b',', &["text", "label"]);
    let train = read("kazsandra_kk/03_pc_train_rus.csv")?;
    let test = match read("kazsandra_kk/05_pc_test.csv")? {
        Some(test) => Some(test),
        None => read("kazsandra_kk/04_pc_valid.csv")?,
    };
    let (Some(train), Some(test)) = (train, test) else {
        return no_data("kazsandra_kk/03_pc_train_rus.csv with 05_pc_test.csv or 04_pc_valid.csv");
    };
    let examples = |rows: &[Vec<String>]| -> Vec<Example<bool>> {
        rows.iter().map(|row| example(&row[0], row[1] == "1")).collect()
    };
    let test = examples(&test);
    let held_out: std::collections::HashSet<&str> = texts_of(&test).into_iter().collect();
    let mut train = examples(&train);
    train.retain(|example| !held_out.contains(example.text.as_str()));
    let (seen, unseen) = (looked_at(texts, &train)?, looked_at(texts, &test)?);
    let settings = Settings {
        balanced: true,
        ..SETTINGS
    };
    let model = crate::learner::Binary::fit(&seen.iter().collect::<Vec<_>>(), &targets_of(&train), settings);
    let scores: Vec<f32> = unseen.iter().map(|looked| model.score(looked)).collect();
    let targets = targets_of(&test);
    let is: Vec<usize> = targets.iter().map(|target| usize::from(*target)).collect();
    let halves: Vec<bool> = test
        .iter()
        .map(|example| crate::split::order_of(&example.text)[0].is_multiple_of(2))
        .collect();
    let cut_for = |half: bool| {
        let other = || (0..is.len()).filter(|at| halves[*at] != half);
        let (scores, is): (Vec<f32>, Vec<usize>) = other().map(|at| (scores[at], is[at])).unzip();
        metrics::best_cut(&scores, &is)
    };
    let cuts = [cut_for(false), cut_for(true)];
    let said: Vec<usize> = scores
        .iter()
        .zip(&halves)
        .map(|(score, half)| usize::from(*score > cuts[usize::from(*half)]))
        .collect();
    let mut f1 = figure(
        "sentiment_kk",
        "macro-F1",
        metrics::macro_f1(&said, &is),
        Some(0.76),
        is.len(),
        "the set's own, equal texts only on one side; the cut from the other half of the part measured",
    );
    let plain: Vec<usize> = scores.iter().map(|score| usize::from(*score > 0.0)).collect();
    f1.more
        .insert("cut_at_0".to_owned(), metrics::macro_f1(&plain, &is));
    f1.more.insert("auc".to_owned(), metrics::auc(&scores, &targets));
    Ok(Outcome::Measured(vec![f1]))
}
