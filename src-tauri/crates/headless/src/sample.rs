//! The sample workspace: a fictional brand with products, documents, posts and comments, served by the simulator.
//! Everything is inside the program: no file of the source tree is needed.

use anyhow::Context as _;
use chrono::{Local, NaiveDate, NaiveTime, TimeDelta, TimeZone as _};
use domain::draft::ProductFacts;
use domain::{BrandVoice, Language, Synonyms, Timestamp};
use engine::find::local_date;
use serde::Deserialize;
use simulator::{Seed, SeedAccount, SeedComment, SeedPicture, SeedPlatform, SeedPost};
use std::collections::BTreeMap;

macro_rules! sample {
    ($name:literal) => {
        include_str!(concat!("../../../sample/", $name))
    };
}

const DOCUMENTS: [(&str, &str); 8] = [
    ("delivery.md", sample!("documents/delivery.md")),
    ("returns.md", sample!("documents/returns.md")),
    ("care.md", sample!("documents/care.md")),
    ("ingredients.md", sample!("documents/ingredients.md")),
    ("opening-hours.md", sample!("documents/opening-hours.md")),
    ("sizes.md", sample!("documents/sizes.md")),
    ("wholesale.md", sample!("documents/wholesale.md")),
    ("faq.md", sample!("documents/faq.md")),
];

include!(concat!(env!("OUT_DIR"), "/pictures.rs"));

const NOON: NaiveTime = NaiveTime::from_hms_opt(12, 0, 0).expect("a time of day");

#[derive(Debug, Deserialize)]
struct Brand {
    name: String,
    handle: String,
    account_id: String,
    link_allow_list: Vec<String>,
    default_language: String,
    /// The day on which the dates of the catalogue are as they stand in the file.
    written_on: NaiveDate,
}

#[derive(Debug, Deserialize)]
struct ProductRow {
    sku: String,
    name: String,
    name_ru: String,
    name_uk: String,
    name_kk: String,
    name_es: String,
    category: String,
    price: String,
    currency: String,
    availability: String,
    stock: Option<i64>,
    restock_on: String,
    sizes: String,
    materials: String,
    ingredients: String,
    care: String,
    description: String,
    url: String,
    synonyms: String,
    valid_from: String,
    valid_to: String,
}

#[derive(Debug, Deserialize)]
struct PostRow {
    id: String,
    caption: String,
    media_type: String,
    media_product_type: String,
    permalink: String,
    minutes_ago: i64,
    picture: String,
    #[serde(default)]
    like_count: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct CommentRow {
    id: String,
    post: String,
    parent: Option<String>,
    author_id: Option<String>,
    username: Option<String>,
    text: String,
    minutes_ago: i64,
    #[serde(default)]
    like_count: u64,
}

fn brand() -> anyhow::Result<Brand> {
    serde_json::from_str(sample!("brand.json")).context("brand.json of the sample")
}

/// Noon of the day on which the dates of the catalogue are as they stand in the file.
pub fn written_on() -> anyhow::Result<Timestamp> {
    let noon = brand()?.written_on.and_time(NOON);
    let here = Local
        .from_local_datetime(&noon)
        .earliest()
        .context("the day of the sample has no noon here")?;
    Ok(Timestamp(here.timestamp_millis()))
}

pub fn voice() -> anyhow::Result<BrandVoice> {
    let brand = brand()?;
    Ok(BrandVoice {
        brand: brand.name,
        tone: "warm".to_owned(),
        default_language: Language(brand.default_language),
        link_hosts: brand.link_allow_list,
    })
}

fn some(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|t| !t.is_empty())
}

fn list(text: &str) -> Vec<String> {
    text.split(';').filter_map(some).collect()
}

/// The catalogue as it stands on the day of `base_ms`, the moment the sample was first opened. Its dates move with
/// that day, as those of the comments do: what was due back in three weeks when it was written still is.
pub fn products(base_ms: i64) -> anyhow::Result<Vec<ProductFacts>> {
    let moved = local_date(Timestamp(base_ms)) - brand()?.written_on;
    let date = |text: &str| moved_by(text, moved);
    let mut reader = csv::Reader::from_reader(sample!("products.csv").as_bytes());
    let mut products = Vec::new();
    for row in reader.deserialize() {
        let row: ProductRow = row.context("products.csv of the sample")?;
        let names: BTreeMap<String, String> = [
            ("en", &row.name),
            ("ru", &row.name_ru),
            ("uk", &row.name_uk),
            ("kk", &row.name_kk),
            ("es", &row.name_es),
        ]
        .into_iter()
        .filter_map(|(code, name)| some(name).map(|name| (code.to_owned(), name)))
        .collect();
        products.push(ProductFacts {
            sku: row.sku,
            name: row.name,
            names,
            category: row.category,
            price: some(&row.price),
            currency: some(&row.currency),
            availability: some(&row.availability),
            stock: row.stock,
            restock_on: date(&row.restock_on)?,
            sizes: list(&row.sizes),
            materials: some(&row.materials),
            ingredients: some(&row.ingredients),
            care: some(&row.care),
            description: some(&row.description),
            url: some(&row.url),
            synonyms: list(&row.synonyms),
            valid_from: date(&row.valid_from)?,
            valid_to: date(&row.valid_to)?,
        });
    }
    Ok(products)
}

fn moved_by(text: &str, days: TimeDelta) -> anyhow::Result<Option<String>> {
    some(text)
        .map(|text| {
            let date: NaiveDate = text
                .parse()
                .with_context(|| format!("{text} in products.csv of the sample"))?;
            Ok((date + days).to_string())
        })
        .transpose()
}

/// Words for the same thing, as the brand's staff would write them.
pub fn synonyms() -> anyhow::Result<Vec<Synonyms>> {
    let lists: Vec<Vec<String>> =
        serde_json::from_str(sample!("synonyms.json")).context("synonyms.json of the sample")?;
    lists
        .iter()
        .map(|words| Synonyms::parse(words).context("synonyms.json of the sample"))
        .collect()
}

/// `(file name, Markdown)`.
pub fn documents() -> &'static [(&'static str, &'static str)] {
    &DOCUMENTS
}

/// What the simulator serves: the same every time for the same `base_ms`, the moment the sample was first opened.
pub fn seed(token: &str, base_ms: i64) -> anyhow::Result<Seed> {
    let brand = brand()?;
    let at = |minutes_ago: i64| base_ms - minutes_ago * 60_000;
    let posts: Vec<PostRow> =
        serde_json::from_str(sample!("posts.json")).context("posts.json of the sample")?;
    let posts = posts
        .into_iter()
        .map(|post| SeedPost {
            picture: PICTURES
                .iter()
                .find(|(name, _)| *name == post.picture)
                .map(|(_, bytes)| SeedPicture {
                    content_type: "image/png".to_owned(),
                    bytes: bytes.to_vec(),
                }),
            id: post.id,
            account_id: brand.account_id.clone(),
            caption: Some(post.caption),
            media_type: post.media_type,
            media_product_type: post.media_product_type,
            permalink: post.permalink,
            timestamp_ms: at(post.minutes_ago),
            like_count: post.like_count,
            comments_enabled: true,
        })
        .collect();
    let mut comments = Vec::new();
    for line in sample!("comments.jsonl")
        .lines()
        .filter(|line| !line.trim().is_empty())
    {
        let row: CommentRow = serde_json::from_str(line).context("comments.jsonl of the sample")?;
        comments.push(SeedComment {
            id: row.id,
            post_id: row.post,
            parent_id: row.parent,
            author_id: row.author_id,
            username: row.username,
            text: row.text,
            timestamp_ms: at(row.minutes_ago),
            like_count: row.like_count,
        });
    }
    let account = SeedAccount {
        platform: SeedPlatform::Instagram,
        app_scoped_id: format!("9{}", &brand.account_id[1..]),
        id: brand.account_id,
        username: brand.handle,
        name: brand.name,
        token: token.to_owned(),
        token_expires_at: None,
    };
    Ok(Seed {
        accounts: vec![account],
        posts,
        comments,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 86_400_000;

    #[test]
    fn what_is_due_back_is_still_to_come_whenever_the_sample_is_opened() {
        for year in 0..30 {
            let opened = Timestamp(1_795_000_000_000 + year * 365 * DAY_MS);
            let today = local_date(opened);
            let products = products(opened.0).unwrap();
            let due: Vec<NaiveDate> = products
                .iter()
                .filter_map(|p| p.restock_on.as_deref())
                .map(|date| date.parse().unwrap())
                .collect();
            assert!(due.len() >= 5, "the sample has goods that are sold out");
            assert!(due.iter().all(|date| *date > today), "{due:?} on {today}");
        }
    }

    #[test]
    fn one_product_is_on_sale_only_now_and_one_is_not_any_more() {
        let opened = Timestamp(1_795_000_000_000);
        let today = local_date(opened).to_string();
        let products = products(opened.0).unwrap();
        let of = |sku: &str| products.iter().find(|p| p.sku == sku).unwrap();
        let winter = of("GB-03");
        assert!(
            winter.valid_from.as_ref() < Some(&today) && winter.valid_to.as_ref() > Some(&today),
            "{winter:?}"
        );
        let garden = of("TC-30");
        assert!(garden.valid_to.as_ref() < Some(&today), "{garden:?}");
    }
}
