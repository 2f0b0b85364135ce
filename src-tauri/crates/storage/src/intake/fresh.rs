//! Comments seen for the first time. The whole listing goes in by three statements, whatever its size.

use super::{Incoming, Place, json_list};
use crate::IntakeReport;
use crate::convert::{sha256_hex, to_json};
use crate::pool::Result;
use crate::write::Write;
use domain::comment::{Authorship, authorship};
use domain::text::normalised;
use domain::{CommentId, Stage};
use std::collections::{BTreeSet, HashMap, HashSet};

#[derive(serde::Serialize)]
struct NewRow<'a> {
    id: &'a str,
    parent: Option<&'a str>,
    author: Option<&'a str>,
    username: &'a str,
    text: &'a str,
    authorship: &'static str,
    stage: &'static str,
    published_at: i64,
    hidden: bool,
    likes: Option<i64>,
    trace: String,
}

#[derive(serde::Serialize)]
struct NewAuthor<'a> {
    id: &'a str,
    username: &'a str,
    first_seen_at: i64,
    comments: i64,
}

/// Returns the platform ids of the threads that the new comments belong to.
pub(super) async fn insert(
    write: &mut Write<'_>,
    place: &Place,
    mut fresh: Vec<Incoming>,
    report: &mut IntakeReport,
) -> Result<BTreeSet<String>> {
    if fresh.is_empty() {
        return Ok(BTreeSet::new());
    }
    fresh.sort_by(|a, b| (a.published_at, &a.platform_id).cmp(&(b.published_at, &b.platform_id)));
    let echoes = echoes(write, place, &fresh).await?;
    let rows: Vec<NewRow<'_>> = fresh.iter().map(|comment| row(comment, place, &echoes)).collect();
    save_authors(write, place, &rows).await?;
    let ids = save_comments(write, place, &rows).await?;
    for new in &rows {
        match new.authorship {
            "own" => report.own += 1,
            "echo" => report.echoes += 1,
            _ => {
                let id = ids[new.id];
                report.new.push(CommentId(id));
                report.traces.push(new.trace.clone());
                write.changed_comment(id);
            }
        }
    }
    write.changes.arrived += u32::try_from(report.new.len()).unwrap_or(u32::MAX);
    Ok(fresh
        .iter()
        .map(|c| c.parent.as_ref().unwrap_or(&c.platform_id).clone())
        .collect())
}

fn row<'a>(comment: &'a Incoming, place: &Place, echoes: &HashSet<String>) -> NewRow<'a> {
    let authorship = authorship(
        comment.author.as_deref(),
        &place.account_platform_id,
        comment.flagged_own,
        echoes.contains(&comment.platform_id),
    );
    let stage = match authorship {
        Authorship::Person => Stage::ToClassify,
        Authorship::Own | Authorship::Echo => Stage::Done,
    };
    let mut trace = sha256_hex(&[&place.account_platform_id, &comment.platform_id]);
    trace.truncate(16);
    NewRow {
        id: &comment.platform_id,
        parent: comment.parent.as_deref(),
        author: comment.author.as_deref(),
        username: &comment.username,
        text: &comment.text,
        authorship: authorship.as_str(),
        stage: stage.as_str(),
        published_at: comment.published_at,
        hidden: comment.hidden.unwrap_or(false),
        likes: comment.like_count,
        trace,
    }
}

/// Which of these are replies that the outbox has posted: by the id it was given, or, while that id is not known
/// yet, by thread and text: what stood in the thread before was stored by the look before sending, and is not fresh.
/// One that waits for another send may have landed late.
async fn echoes(write: &mut Write<'_>, place: &Place, fresh: &[Incoming]) -> Result<HashSet<String>> {
    let ids = json_list(fresh.iter().map(|c| c.platform_id.as_str()));
    let mut found: HashSet<String> = sqlx::query_scalar!(
        r#"select a.reply_platform_id as "id!: String" from json_each(?) listed
           cross join action a on a.account_id = ? and a.reply_platform_id = listed.value
           where a.reply_platform_id is not null"#,
        ids,
        place.account
    )
    .fetch_all(write.connection())
    .await?
    .into_iter()
    .collect();
    let own: Vec<&Incoming> = fresh
        .iter()
        .filter(|c| c.parent.is_some() && !found.contains(&c.platform_id))
        .filter(|c| c.flagged_own || c.author.as_deref() == Some(&place.account_platform_id))
        .collect();
    if own.is_empty() {
        return Ok(found);
    }
    let threads: BTreeSet<&str> = own.iter().filter_map(|c| c.parent.as_deref()).collect();
    let threads = json_list(threads);
    let mut sent = sqlx::query!(
        r#"select a.target_platform_id as "thread!: String", a.normalised_text as "text!: String"
           from json_each(?) listed
           cross join action a on a.account_id = ? and a.target_platform_id = listed.value
           where a.kind = 'reply' and a.reply_platform_id is null
             and (a.state in ('sending', 'unknown', 'confirmed')
                  or (a.state in ('ready', 'retry_wait') and a.attempts > 0))"#,
        threads,
        place.account
    )
    .fetch_all(write.connection())
    .await?;
    if sent.is_empty() {
        return Ok(found);
    }
    // One that came back before, and whose id is not known yet either, is no second one.
    let came_before = sqlx::query!(
        r#"select c.parent_platform_id as "thread!: String", c.text as "text!: String"
           from json_each(?) listed
           cross join comment c on c.account_id = ? and c.parent_platform_id = listed.value
           where c.authorship = 'echo'
             and not exists (select 1 from action a
                             where a.account_id = c.account_id and a.reply_platform_id = c.platform_id)"#,
        threads,
        place.account
    )
    .fetch_all(write.connection())
    .await?;
    for echo in came_before {
        let text = normalised(&echo.text);
        if let Some(at) = sent
            .iter()
            .position(|reply| reply.thread == echo.thread && reply.text == text)
        {
            sent.swap_remove(at);
        }
    }
    for comment in own {
        let text = normalised(&comment.text);
        let ours = sent
            .iter()
            .position(|reply| comment.parent.as_deref() == Some(reply.thread.as_str()) && reply.text == text);
        if let Some(at) = ours {
            sent.swap_remove(at);
            found.insert(comment.platform_id.clone());
        }
    }
    Ok(found)
}

async fn save_authors(write: &mut Write<'_>, place: &Place, rows: &[NewRow<'_>]) -> Result<()> {
    let mut authors: HashMap<&str, NewAuthor<'_>> = HashMap::new();
    for row in rows.iter().filter(|row| row.authorship == "person") {
        let Some(id) = row.author else { continue };
        let author = authors.entry(id).or_insert(NewAuthor {
            id,
            username: row.username,
            first_seen_at: row.published_at,
            comments: 0,
        });
        author.comments += 1;
        if !row.username.is_empty() {
            author.username = row.username;
        }
    }
    if authors.is_empty() {
        return Ok(());
    }
    let authors = to_json(&authors.into_values().collect::<Vec<_>>());
    sqlx::query!(
        "insert into author (platform, platform_id, username, first_seen_at, comments)
         select ?, new.value ->> 'id', new.value ->> 'username', new.value ->> 'first_seen_at',
                new.value ->> 'comments'
         from json_each(?) new where true
         on conflict (platform, platform_id) do update
             set username = case when excluded.username = '' then author.username else excluded.username end,
                 first_seen_at = min(author.first_seen_at, excluded.first_seen_at),
                 comments = author.comments + excluded.comments",
        place.platform,
        authors
    )
    .execute(write.connection())
    .await?;
    Ok(())
}

/// Local ids by platform id.
async fn save_comments(
    write: &mut Write<'_>,
    place: &Place,
    rows: &[NewRow<'_>],
) -> Result<HashMap<String, i64>> {
    let listed = to_json(rows);
    let stored = sqlx::query!(
        r#"insert into comment (account_id, post_id, platform_id, parent_platform_id, author_id, author_username,
                                text, authorship, stage, published_at, received_at, seen_at, hidden, like_count,
                                trace_id)
           select ?1, ?2, new.value ->> 'id', new.value ->> 'parent',
                  (select id from author
                   where platform = ?3 and platform_id = new.value ->> 'author'
                     and new.value ->> 'authorship' = 'person'),
                  new.value ->> 'username', new.value ->> 'text', new.value ->> 'authorship',
                  new.value ->> 'stage', new.value ->> 'published_at', ?4, ?4, new.value ->> 'hidden',
                  new.value ->> 'likes', new.value ->> 'trace'
           from json_each(?5) new order by new.key
           returning id as "id!: i64", platform_id as "platform_id!: String""#,
        place.account,
        place.post,
        place.platform,
        place.now.0,
        listed
    )
    .fetch_all(write.connection())
    .await?;
    Ok(stored.into_iter().map(|row| (row.platform_id, row.id)).collect())
}
