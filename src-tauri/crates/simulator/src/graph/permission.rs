//! Which permission a call needs, and the refusal when the account's owner did not grant it ("Permissions Reference").
//! Fields that expand into another edge are not looked through.

use axum::http::Method;

use super::error::GraphError;
use super::request::GraphRequest;
use crate::world::{Object, World};

/// What the person is asked for, in the order that the platform tells it.
pub const INSTAGRAM: [&str; 3] = [
    "instagram_business_basic",
    "instagram_business_manage_messages",
    "instagram_business_manage_comments",
];
/// For the Instagram account that is linked to a page, by the page's token.
pub const LINKED: [&str; 3] = [
    "instagram_basic",
    "instagram_manage_messages",
    "instagram_manage_comments",
];
pub const PAGES: [&str; 4] = [
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_manage_engagement",
    "pages_messaging",
];

/// `holder`: whose token it is. `account`: whose objects the call is about, which may be the Instagram account that is
/// linked to the holder's page.
pub fn require(
    world: &World,
    holder: u32,
    account: u32,
    request: &GraphRequest,
    segments: &[&str],
) -> Result<(), GraphError> {
    let refused = &world.account(holder).refused_permissions;
    let is_page = super::is_page(world, account);
    let needed = match is_page {
        // Who a page is may be asked by whoever has its token.
        true if is_page_itself(world, request, segments) => Vec::new(),
        true => vec![of_page(world, request, segments)],
        false => {
            let names = if holder == account { &INSTAGRAM } else { &LINKED };
            vec![names[0], of_instagram(names, world, request, segments)]
        }
    };
    match needed.iter().any(|permission| refused.contains(*permission)) {
        true if is_page => Err(GraphError::permission(200)),
        true => Err(GraphError::permission(10)),
        false => Ok(()),
    }
}

fn of_instagram(
    names: &[&'static str; 3],
    world: &World,
    request: &GraphRequest,
    segments: &[&str],
) -> &'static str {
    let [basic, messages, comments] = *names;
    match segments {
        [_, "messages"] => messages,
        _ if request.method != Method::GET || is_about_comments(world, request, segments) => comments,
        _ => basic,
    }
}

fn of_page(world: &World, request: &GraphRequest, segments: &[&str]) -> &'static str {
    let [engagement, user_content, manage, messaging] = PAGES;
    match segments {
        [_, "messages"] => messaging,
        _ if request.method != Method::GET => manage,
        _ if is_about_comments(world, request, segments) => user_content,
        _ => engagement,
    }
}

fn is_page_itself(world: &World, request: &GraphRequest, segments: &[&str]) -> bool {
    request.method == Method::GET
        && matches!(segments, [id] if *id == "me" || matches!(world.object(id), Some(Object::Account(_))))
}

fn is_about_comments(world: &World, request: &GraphRequest, segments: &[&str]) -> bool {
    let is_comment = |id: &str| matches!(world.object(id.trim()), Some(Object::Comment(_)));
    match segments {
        [.., "comments" | "replies"] => true,
        [id] => is_comment(id),
        [] => request
            .parameter("ids")
            .is_some_and(|ids| ids.split(',').any(is_comment)),
        _ => false,
    }
}
