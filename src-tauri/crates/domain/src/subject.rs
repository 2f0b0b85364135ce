//! What a question to a shop is about.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Subjects that customers ask about, whatever the shop sells. `other` is everything else.
const NAMES: &[&str] = &[
    // products
    "price",
    "stock",
    "variants",
    "size",
    "weight",
    "capacity",
    "material",
    "ingredients",
    "origin_ingredients",
    "comes_with",
    "fits",
    "choose",
    // use and care
    "oven",
    "induction",
    "dishwasher",
    "microwave",
    "washing",
    "first_use",
    "seasoning",
    "rust",
    "sticking",
    "acid",
    "metal_utensils",
    "descaling",
    "wood_care",
    "textile_washing",
    "storing",
    "shelf_life",
    "coating",
    // food
    "allergens",
    "gluten",
    "vegan",
    "nuts",
    "salt_sugar",
    "additives",
    "organic",
    "halal",
    "hotness",
    // parcels
    "ships_from",
    "delivery_time",
    "delivery_cost",
    "free_delivery",
    "countries",
    "express",
    "pickup",
    "locker",
    "tracking",
    "customs",
    "damaged",
    "late",
    "wrong_item",
    "packaging",
    // after the sale
    "return_period",
    "return_how",
    "return_cost",
    "refund_time",
    "exchange",
    "not_returnable",
    "warranty",
    "warranty_exclusions",
    "warranty_claim",
    "cancel_order",
    "gift_return",
    // buying
    "payment_methods",
    "instalments",
    "cash_on_delivery",
    "gift_wrap",
    "gift_card",
    "first_order_discount",
    "sales",
    "made_where",
    "about_company",
    "spare_parts",
    "monogram",
    "invoice",
    "notify_stock",
    "change_order",
    "how_to_order",
    // the shop
    "hours",
    "weekend_hours",
    "holiday_hours",
    "address",
    "parking",
    "other_cities",
    "contact",
    "phone",
    "support_hours",
    "workshops",
    "sharpening",
    "accessibility",
    "dogs",
    "children",
    "restoration",
    // business
    "wholesale_minimum",
    "wholesale_discount",
    "wholesale_who",
    "wholesale_account",
    "wholesale_delivery",
    "wholesale_payment",
    "samples",
    "corporate_gifts",
    "logo_engraving",
    "marketplaces",
    "collab",
    "suppliers",
    "other",
];

/// A line for each subject but `other`: its name, and its titles in these languages.
const TITLES: &str = include_str!("subject/titles.tsv");
const TITLED: [&str; 5] = ["en", "es", "kk", "ru", "uk"];

/// One of [`Subject::all`]. Text form: its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Subject(u8);

impl Subject {
    pub const COUNT: usize = NAMES.len();

    pub fn all() -> impl Iterator<Item = Self> {
        (0..NAMES.len()).filter_map(Self::at)
    }

    /// By its place in [`Subject::all`].
    pub fn at(place: usize) -> Option<Self> {
        let place = u8::try_from(place).ok()?;
        (usize::from(place) < NAMES.len()).then_some(Self(place))
    }

    pub fn place(self) -> usize {
        usize::from(self.0)
    }

    pub fn name(self) -> &'static str {
        NAMES[self.place()]
    }

    /// What a shop may call a section about it, in `language`. `None` for `other` and in languages without titles.
    pub fn title(self, language: &str) -> Option<&'static str> {
        let column = TITLED.iter().position(|known| *known == language)?;
        let line = TITLES.lines().find(|line| {
            let name = line.split('\t').next();
            name == Some(self.name())
        })?;
        line.split('\t').nth(column + 1)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl TryFrom<String> for Subject {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let place = NAMES.iter().position(|known| **known == *name);
        place
            .and_then(Self::at)
            .ok_or_else(|| format!("{name} is no subject of questions"))
    }
}

impl From<Subject> for String {
    fn from(subject: Subject) -> Self {
        subject.name().to_owned()
    }
}

/// How sure a text asks about a subject, 0..=1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SubjectScore {
    pub subject: Subject,
    pub confidence: f32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_told_apart_and_lead_back() {
        let names: BTreeSet<&str> = Subject::all().map(Subject::name).collect();
        assert_eq!(names.len(), Subject::COUNT);
        for subject in Subject::all() {
            assert_eq!(Subject::try_from(subject.to_string()), Ok(subject));
        }
        assert!(Subject::try_from("weather".to_owned()).is_err());
        assert_eq!(Subject::at(Subject::COUNT), None);
    }

    #[test]
    fn every_subject_but_other_has_a_title_of_its_own_in_each_language() {
        for language in TITLED {
            let mut seen = BTreeSet::new();
            for subject in Subject::all() {
                let title = subject.title(language);
                assert_eq!(
                    title.is_none(),
                    subject.name() == "other",
                    "{subject} in {language}"
                );
                let Some(title) = title else { continue };
                assert!(
                    !title.trim().is_empty() && title.trim() == title,
                    "{subject} in {language}"
                );
                assert!(seen.insert(title), "{title}");
            }
        }
        let price = Subject::try_from("price".to_owned()).expect("a subject");
        assert_eq!((price.title("de"), price.title("en")), (None, Some("Prices")));
    }
}
