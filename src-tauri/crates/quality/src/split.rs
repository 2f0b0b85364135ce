//! Who is measured by whom: the same folds each time, and texts that are nearly the same always in one of them.

use local_models::disguise::fold;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};

/// Which fold each text is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folds {
    pub of: Vec<usize>,
    pub count: usize,
}

/// Texts whose runs of characters overlap by more than this are nearly the same.
const NEARLY: f64 = 0.7;
const RUN: usize = 4;
const BANDS: usize = 16;
const BAND: usize = 2;
/// Shorter than this, only equal texts are the same: of three letters, one is much.
const LEAST_CHARS: usize = 12;

/// The group of each text: those of one group are copies, or nearly.
pub fn groups(texts: &[&str], together: &[Option<usize>]) -> Vec<usize> {
    let mut parents: Vec<usize> = (0..texts.len()).collect();
    let bare: Vec<String> = texts.iter().map(|text| bare(text)).collect();
    let mut first: HashMap<&str, usize> = HashMap::new();
    for (index, text) in bare.iter().enumerate() {
        // Of what is only signs and numbers, nothing is left to compare.
        let same = if text.is_empty() {
            texts[index]
        } else {
            text.as_str()
        };
        let other = *first.entry(same).or_insert(index);
        unite(&mut parents, index, other);
    }
    let mut by_mark: HashMap<usize, usize> = HashMap::new();
    for (index, mark) in together.iter().enumerate() {
        if let Some(mark) = mark {
            let other = *by_mark.entry(*mark).or_insert(index);
            unite(&mut parents, index, other);
        }
    }
    let runs: Vec<HashSet<u64>> = bare.iter().map(|text| runs(text)).collect();
    let mut buckets: HashMap<(usize, u64), Vec<usize>> = HashMap::new();
    for (index, runs) in runs.iter().enumerate() {
        if bare[index].chars().count() < LEAST_CHARS {
            continue;
        }
        for band in 0..BANDS {
            let signature = (0..BAND).fold(0u64, |sum, at| {
                let seed = (band * BAND + at) as u64 + 1;
                let least = runs.iter().map(|run| mix(run ^ mix(seed))).min().unwrap_or(0);
                mix(sum ^ least)
            });
            buckets.entry((band, signature)).or_default().push(index);
        }
    }
    let mut bands: Vec<_> = buckets
        .into_values()
        .filter(|members| members.len() > 1)
        .collect();
    bands.sort();
    for members in bands {
        for pair in members.windows(2) {
            if root(&mut parents, pair[0]) != root(&mut parents, pair[1])
                && overlap(&runs[pair[0]], &runs[pair[1]]) >= NEARLY
            {
                unite(&mut parents, pair[0], pair[1]);
            }
        }
    }
    (0..texts.len()).map(|index| root(&mut parents, index)).collect()
}

/// `count` folds in which every class has its share, a group in one of them. Depends on the texts alone.
pub fn folds(texts: &[&str], groups: &[usize], classes: &[usize], count: usize) -> Folds {
    let mut members: HashMap<usize, Vec<usize>> = HashMap::new();
    for (index, group) in groups.iter().enumerate() {
        members.entry(*group).or_default().push(index);
    }
    // The largest first, so that the small ones even out what they leave; among equals by what the texts are.
    let mut ordered: Vec<(usize, [u8; 8], Vec<usize>)> = members
        .into_values()
        .map(|members| {
            let text = members
                .iter()
                .map(|index| texts[*index])
                .min()
                .unwrap_or_default();
            (members.len(), order_of(text), members)
        })
        .collect();
    ordered.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let kinds = classes.iter().max().map_or(1, |highest| highest + 1);
    let mut filled = vec![vec![0usize; kinds]; count];
    let mut of = vec![0; texts.len()];
    for (_, _, members) in ordered {
        let class = classes[members[0]];
        let fold = (0..count)
            .min_by_key(|fold| (filled[*fold][class], filled[*fold].iter().sum::<usize>()))
            .unwrap_or(0);
        for index in members {
            of[index] = fold;
            filled[fold][classes[index]] += 1;
        }
    }
    Folds { of, count }
}

/// A place in a fixed order that has nothing to do with what a text says.
pub fn order_of(text: &str) -> [u8; 8] {
    let digest = Sha256::digest(text.as_bytes());
    std::array::from_fn(|at| digest[at])
}

/// Letters alone, without links, mentions and numbers: what two copies have in common.
fn bare(text: &str) -> String {
    let words = fold(text);
    let words = words
        .split_whitespace()
        .filter(|token| !token.contains("://") && !token.starts_with("www.") && !token.starts_with('@'));
    let letters: Vec<String> = words
        .map(|token| token.chars().filter(|c| c.is_alphabetic()).collect::<String>())
        .filter(|token| !token.is_empty())
        .collect();
    letters.join(" ")
}

fn runs(text: &str) -> HashSet<u64> {
    let chars: Vec<char> = text.chars().collect();
    chars
        .windows(RUN)
        .map(|run| {
            run.iter()
                .fold(0u64, |sum, c| mix(sum ^ u64::from(u32::from(*c))))
        })
        .collect()
}

fn overlap(a: &HashSet<u64>, b: &HashSet<u64>) -> f64 {
    let shared = a.intersection(b).count();
    shared as f64 / (a.len() + b.len() - shared).max(1) as f64
}

fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 30))
        .wrapping_mul(0xbf58_476d_1ce4_e5b9)
        .wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

fn root(parents: &mut [usize], mut index: usize) -> usize {
    while parents[index] != index {
        parents[index] = parents[parents[index]];
        index = parents[index];
    }
    index
}

fn unite(parents: &mut [usize], a: usize, b: usize) {
    let (a, b) = (root(parents, a), root(parents, b));
    parents[a.max(b)] = a.min(b);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_with_other_numbers_links_and_small_changes_are_one_group() {
        let texts = [
            "Check out my channel http://a.example/1 please subscribe",
            "CHECK OUT my channel please subscribe!!!",
            "check out my new channel please subscribe",
            "What a wonderful song, I cry every time",
        ];
        let groups = groups(&texts, &[None; 4]);
        assert_eq!(groups[0], groups[1]);
        assert_eq!(groups[0], groups[2]);
        assert_ne!(groups[0], groups[3]);
    }

    #[test]
    fn what_belongs_together_is_one_group_whatever_it_says() {
        let groups = groups(&["you are a fool", "I disagree"], &[Some(1), Some(1)]);
        assert_eq!(groups[0], groups[1]);
    }

    #[test]
    fn folds_share_out_each_class_and_keep_groups_whole() {
        let texts: Vec<String> = (0..200)
            .map(|i| format!("{} text number {}", ["a", "b"][i % 2], mix(i as u64)))
            .collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let groups: Vec<usize> = (0..200).map(|i| i / 4 * 4).collect();
        let classes: Vec<usize> = (0..200).map(|i| usize::from(i / 4 % 5 == 0)).collect();
        let folds = folds(&texts, &groups, &classes, 5);
        for fold in 0..5 {
            let yes = (0..200)
                .filter(|i| folds.of[*i] == fold && classes[*i] == 1)
                .count();
            assert_eq!(yes, 8);
        }
        for (fold, group) in folds.of.iter().zip(&groups) {
            assert_eq!(*fold, folds.of[*group]);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_texts_are_split_the_same_way_twice(texts in proptest::collection::vec(".{0,40}", 1..60)) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let none = vec![None; texts.len()];
            let (first, second) = (groups(&texts, &none), groups(&texts, &none));
            proptest::prop_assert_eq!(&first, &second);
            let classes = vec![0; texts.len()];
            proptest::prop_assert_eq!(folds(&texts, &first, &classes, 3), folds(&texts, &second, &classes, 3));
        }
    }
}
