//! People who manage pages, and the Instagram accounts that are linked to pages.

use std::collections::HashMap;

use super::ids::token_after;
use super::{Object, World};
use crate::seed::SeedPlatform;

#[derive(Default)]
pub(super) struct People {
    /// By page.
    linked: HashMap<u32, u32>,
    /// The pages that each manages, by the person's token.
    pages: HashMap<String, Vec<u32>>,
}

impl World {
    pub fn linked_instagram(&self, page: u32) -> Option<u32> {
        self.people.linked.get(&page).copied()
    }

    pub fn pages_of_person(&self, token: &str) -> Option<&[u32]> {
        self.people.pages.get(token).map(Vec::as_slice)
    }

    /// The token of the next person who signs in; nothing is stored of it but its number.
    pub fn next_person_token(&self, page_ids: &[String]) -> String {
        let secret = page_ids
            .first()
            .and_then(|id| self.account_of_id(id))
            .map(|page| self.account(page).seed.token.as_str())
            .unwrap_or_default();
        let number = u64::try_from(self.people.pages.len()).unwrap_or(u64::MAX);
        token_after(&format!("person|{secret}"), number)
    }

    pub fn account_of_id(&self, id: &str) -> Option<u32> {
        match self.object(id) {
            Some(Object::Account(at)) => Some(at),
            _ => None,
        }
    }

    pub fn first_account(&self, platform: SeedPlatform) -> Option<u32> {
        let found = self
            .accounts
            .iter()
            .position(|account| account.seed.platform == platform)?;
        u32::try_from(found).ok()
    }

    pub fn owner_of(&self, object: Object) -> u32 {
        match object {
            Object::Account(at) => at,
            Object::Post(at) => self.post(at).account,
            Object::Comment(at) => self.post(self.entry(at).post).account,
        }
    }

    pub(super) fn link_instagram(&mut self, page_id: &str, instagram_id: Option<&str>) {
        let Some(page) = self.account_of_id(page_id) else {
            return;
        };
        match instagram_id.map(|id| self.account_of_id(id)) {
            Some(Some(instagram)) => {
                self.people.linked.insert(page, instagram);
            }
            Some(None) => {}
            None => {
                self.people.linked.remove(&page);
            }
        }
    }

    pub(super) fn add_person(&mut self, page_ids: &[String]) {
        let token = self.next_person_token(page_ids);
        let pages = page_ids.iter().filter_map(|id| self.account_of_id(id)).collect();
        self.people.pages.insert(token, pages);
    }
}
