//! What a person's own token shows: the pages that they manage, with a token for each, and what they granted
//! ("Access Tokens", "User Accounts", "User Permissions").

use axum::http::Method;
use serde_json::{Map, Value, json};

use super::error::GraphError;
use super::fields::parse_fields;
use super::permission;
use super::request::GraphRequest;
use super::view::check_known;
use crate::world::World;

const ACCOUNT_FIELDS: [&str; 5] = [
    "id",
    "name",
    "access_token",
    "tasks",
    "instagram_business_account",
];

/// `pages`: those that the person manages.
pub fn answer(
    world: &World,
    pages: &[u32],
    request: &GraphRequest,
    segments: &[&str],
) -> Result<Value, GraphError> {
    match (&request.method, segments) {
        (&Method::GET, ["me", "accounts"]) => accounts(world, pages, request),
        (&Method::GET, ["me", "permissions"]) => Ok(permissions(world, pages)),
        _ => Err(GraphError::unknown_path(&request.path)),
    }
}

/// All on one page: nobody here manages more than a few.
fn accounts(world: &World, pages: &[u32], request: &GraphRequest) -> Result<Value, GraphError> {
    let fields: Vec<String> = match request.parameter("fields").filter(|text| !text.is_empty()) {
        Some(text) => parse_fields(text)?.into_iter().map(|field| field.name).collect(),
        None => ["name", "access_token", "tasks"].map(str::to_owned).to_vec(),
    };
    for field in &fields {
        check_known(field, &ACCOUNT_FIELDS, "Page")?;
    }
    let page = |at: &u32| {
        let page = world.account(*at);
        let mut node = Map::new();
        for field in &fields {
            let value = match field.as_str() {
                "name" => json!(page.seed.name),
                "access_token" => json!(page.token),
                "tasks" => json!(["ANALYZE", "MODERATE", "CREATE_CONTENT"]),
                "instagram_business_account" => match linked(world, *at) {
                    Some(linked) => linked,
                    None => continue,
                },
                _ => continue,
            };
            node.insert(field.clone(), value);
        }
        node.insert("id".into(), json!(page.seed.id));
        Value::Object(node)
    };
    Ok(json!({ "data": pages.iter().map(page).collect::<Vec<_>>() }))
}

/// The Instagram account that a page names as its own, where the permission for that was granted.
pub fn linked(world: &World, page: u32) -> Option<Value> {
    let is_granted = |name: &str| !world.account(page).refused_permissions.contains(name);
    let linked = world
        .linked_instagram(page)
        .filter(|_| is_granted(permission::LINKED[0]))?;
    let seed = &world.account(linked).seed;
    Some(json!({ "id": seed.id, "username": seed.username }))
}

/// A permission counts as declined when it is refused for any of the pages.
fn permissions(world: &World, pages: &[u32]) -> Value {
    let refused = |name: &str| {
        pages
            .iter()
            .any(|page| world.account(*page).refused_permissions.contains(name))
    };
    let all = std::iter::once("pages_show_list")
        .chain(permission::PAGES)
        .chain(permission::LINKED);
    let data: Vec<Value> = all
        .map(|name| {
            let status = if refused(name) { "declined" } else { "granted" };
            json!({ "permission": name, "status": status })
        })
        .collect();
    json!({ "data": data })
}
