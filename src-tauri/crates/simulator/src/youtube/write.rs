//! Everything that changes the platform through the Data API. What a write changed, its line in the ledger and what
//! it cost are kept together; a refused one costs a unit.

use serde_json::Value;

use super::access::{Caller, Method};
use super::answer::Answer;
use super::error::YoutubeError;
use super::request::Call;
use super::view::{Place, ThreadParts, View};
use crate::journal::Record;
use crate::ledger::{LedgerEntry, WriteKind};
use crate::seed::SeedComment;
use crate::store::Stored;
use crate::world::{Change, ChannelChange, ModerationStatus};

// Not in the reference, which only says "too many characters".
const MAX_TEXT_CHARACTERS: usize = 10_000;

/// A write that is allowed, and what its answer shows.
struct Planned {
    records: Vec<Record>,
    shows: Shows,
}

enum Shows {
    Nothing,
    Comment(String),
    Thread(String),
}

pub fn write(
    stored: &mut Stored,
    caller: &Caller,
    method: Method,
    call: &Call,
    base_url: &str,
    now_ms: i64,
) -> Result<Answer, YoutubeError> {
    let account = caller.account.ok_or_else(YoutubeError::login_required)?;
    let mut writing = Writing {
        stored,
        account,
        now_ms,
    };
    let planned = match method {
        Method::CommentsInsert => writing.reply(call),
        Method::CommentsUpdate => writing.edit(call),
        Method::CommentsDelete => writing.delete(call),
        Method::CommentThreadsInsert => writing.start_thread(call),
        Method::CommentsSetModerationStatus => writing.moderate(call),
        _ => Err(YoutubeError::unknown_method()),
    };
    let (mut records, outcome) = match planned {
        Ok(planned) => (planned.records, Ok(planned.shows)),
        Err(error) => (Vec::new(), Err(error)),
    };
    let units = if outcome.is_ok() { method.units() } else { 1 };
    records.push(caller.spent(method, units, now_ms));
    stored.commit(records)?;
    let view = View {
        world: &stored.world,
        account: Some(account),
        base_url,
        plain_text: call.parameter("textFormat") == Some("plainText"),
    };
    Ok(match outcome? {
        Shows::Nothing => Answer::NoContent,
        Shows::Comment(id) => Answer::json(view.comment(made(&view, &id), CREATED)),
        Shows::Thread(id) => {
            let parts = ThreadParts {
                snippet: true,
                replies: false,
                pass: None,
            };
            Answer::json(view.thread(made(&view, &id), parts))
        }
    })
}

/// What was just written is shown without its moderation status, as it was recorded.
const CREATED: Place = Place {
    in_thread: false,
    by_id: true,
};

fn made(view: &View<'_>, id: &str) -> u32 {
    view.world
        .comment_on_video(id)
        .expect("what was just committed is there")
}

struct Writing<'a> {
    stored: &'a mut Stored,
    account: u32,
    now_ms: i64,
}

impl Writing<'_> {
    fn reply(&mut self, call: &Call) -> Result<Planned, YoutubeError> {
        call.parts(&["id", "snippet"])?;
        let body = call.json()?;
        let parent_id = body["snippet"]["parentId"].as_str().unwrap_or_default();
        if parent_id.is_empty() {
            return Err(YoutubeError::missing_in_body(
                "parentIdMissing",
                "The comment that is being inserted must be linked to a parent comment.",
            ));
        }
        let text = text_of(&body["snippet"])?;
        let world = &self.stored.world;
        let parent = world
            .comment_on_video(parent_id)
            .filter(|at| world.entry(*at).parent.is_none())
            .ok_or_else(YoutubeError::parent_not_found)?;
        match world.verdict(parent) {
            Some(ModerationStatus::Published) => {}
            Some(ModerationStatus::HeldForReview | ModerationStatus::LikelySpam) => {
                return Err(YoutubeError::refused_comment(
                    "parentCommentIsPrivate",
                    "The specified parent comment is private.",
                ));
            }
            Some(ModerationStatus::Rejected) | None => return Err(YoutubeError::parent_not_found()),
        }
        let post = world.post(world.entry(parent).post);
        if !post.comments_enabled {
            return Err(YoutubeError::comments_disabled());
        }
        let post_id = post.seed.id.clone();
        let reply = self.own_comment(post_id, Some(parent_id), &text);
        let write = LedgerEntry {
            thread_id: Some(parent_id.to_owned()),
            result_id: Some(reply.id.clone()),
            ..self.entry(WriteKind::Reply, parent_id, Some(text))
        };
        Ok(Planned {
            shows: Shows::Comment(reply.id.clone()),
            records: vec![record(Change::CommentAdded { comment: reply }, write)],
        })
    }

    fn start_thread(&mut self, call: &Call) -> Result<Planned, YoutubeError> {
        call.parts(&["id", "snippet"])?;
        let body = call.json()?;
        let snippet = &body["snippet"];
        let video_id = snippet["videoId"].as_str().unwrap_or_default();
        if video_id.is_empty() {
            return Err(YoutubeError::missing_in_body(
                "channelOrVideoIdMissing",
                "The comment thread that is being inserted must be linked to a channel or video.",
            ));
        }
        let text = text_of(&snippet["topLevelComment"]["snippet"])?;
        let world = &self.stored.world;
        let video = world.video(video_id).ok_or_else(YoutubeError::video_not_found)?;
        let video = world.post(video);
        // Without a channel it is the video's own.
        if let Some(channel_id) = snippet["channelId"].as_str()
            && channel_id != world.account(video.account).seed.id
        {
            return Err(YoutubeError::channel_not_found());
        }
        if !video.comments_enabled {
            return Err(YoutubeError::comments_disabled());
        }
        let comment = self.own_comment(video_id.to_owned(), None, &text);
        let write = LedgerEntry {
            result_id: Some(comment.id.clone()),
            ..self.entry(WriteKind::Comment, video_id, Some(text))
        };
        Ok(Planned {
            shows: Shows::Thread(comment.id.clone()),
            records: vec![record(Change::CommentAdded { comment }, write)],
        })
    }

    fn edit(&mut self, call: &Call) -> Result<Planned, YoutubeError> {
        call.parts(&["id", "snippet"])?;
        let body = call.json()?;
        let id = body["id"].as_str().unwrap_or_default();
        let at = self.find(id)?;
        let text = text_of(&body["snippet"])?;
        if !self.is_own(at) {
            return Err(YoutubeError::forbidden(
                "youtube.comment",
                "The comment could not be updated due to insufficient permissions. The request might not be \
                 properly authorized.",
            ));
        }
        let write = self.entry(WriteKind::Edit, id, Some(text.clone()));
        let change = Change::TextEdited {
            comment_id: id.to_owned(),
            text,
            at_ms: Some(self.now_ms),
        };
        Ok(Planned {
            records: vec![record(change, write)],
            shows: Shows::Comment(id.to_owned()),
        })
    }

    /// "Only the comment's own author": others' comments can be rejected, not deleted.
    fn delete(&mut self, call: &Call) -> Result<Planned, YoutubeError> {
        let id = call
            .parameter("id")
            .ok_or_else(|| YoutubeError::missing_parameter("id"))?;
        let at = self.find(id)?;
        if !self.is_own(at) {
            return Err(YoutubeError::forbidden(
                "youtube.comment",
                "The comment could not be deleted due to insufficient permissions. The request might not be \
                 properly authorized.",
            ));
        }
        let write = self.entry(WriteKind::Delete, id, None);
        let comment_id = id.to_owned();
        Ok(Planned {
            records: vec![record(Change::CommentDeleted { comment_id }, write)],
            shows: Shows::Nothing,
        })
    }

    /// All of the ids or none of them.
    fn moderate(&mut self, call: &Call) -> Result<Planned, YoutubeError> {
        let ids = call.ids("id")?;
        if ids.is_empty() {
            return Err(YoutubeError::missing_parameter("id"));
        }
        let (status, what) = match call.parameter("moderationStatus") {
            Some("heldForReview") => (ModerationStatus::HeldForReview, WriteKind::Hold),
            Some("published") => (ModerationStatus::Published, WriteKind::Publish),
            Some("rejected") => (ModerationStatus::Rejected, WriteKind::Reject),
            Some(other) => return Err(super::read::unknown_value("moderationStatus", other)),
            None => return Err(YoutubeError::missing_parameter("moderationStatus")),
        };
        let bans = call.flag("banAuthor")?;
        if bans && status != ModerationStatus::Rejected {
            return Err(YoutubeError::refused_comment(
                "banWithoutReject",
                "The banAuthor parameter can only be used if the moderationStatus parameter value is rejected.",
            ));
        }
        let mut records = Vec::new();
        for id in ids {
            self.moderate_one(id, status, what, bans, &mut records)?;
        }
        Ok(Planned {
            records,
            shows: Shows::Nothing,
        })
    }

    fn moderate_one(
        &self,
        id: &str,
        status: ModerationStatus,
        what: WriteKind,
        bans: bool,
        records: &mut Vec<Record>,
    ) -> Result<(), YoutubeError> {
        let at = self.find(id)?;
        let world = &self.stored.world;
        let channel = world.channel_of_comment(at);
        if channel != self.account {
            return Err(YoutubeError::forbidden(
                "youtube.comment",
                "The moderation status of one or more comments could not be set due to insufficient permissions. \
                 The request might not be properly authorized.",
            ));
        }
        let comment = world
            .comment(at)
            .expect("an id names a comment, never a malformed element");
        if comment.moderation == ModerationStatus::Rejected && status != ModerationStatus::Rejected {
            return Err(YoutubeError::refused_comment(
                "operationNotSupported",
                "A comment that was rejected cannot be given another moderation status.",
            ));
        }
        let changed = comment.moderation != status;
        let comment_id = id.to_owned();
        let change = ChannelChange::ModerationSet { comment_id, status };
        records.push(Record {
            change: changed.then_some(Change::Channel(change)),
            write: Some(LedgerEntry {
                changed,
                ..self.entry(what, id, None)
            }),
        });
        if bans && let Some(author_id) = comment.author_id.clone() {
            let channel_id = world.account(channel).seed.id.clone();
            let write = LedgerEntry {
                result_id: Some(author_id.clone()),
                ..self.entry(WriteKind::BanAuthor, id, None)
            };
            let change = ChannelChange::AuthorBanned {
                channel_id,
                author_id,
            };
            records.push(record(Change::Channel(change), write));
        }
        Ok(())
    }

    fn find(&self, id: &str) -> Result<u32, YoutubeError> {
        let found = self.stored.world.comment_on_video(id);
        found.ok_or_else(|| YoutubeError::comment_not_found("id"))
    }

    fn is_own(&self, at: u32) -> bool {
        let world = &self.stored.world;
        let author = world.comment(at).and_then(|comment| comment.author_id.as_ref());
        author == Some(&world.account(self.account).seed.id)
    }

    fn own_comment(&mut self, post_id: String, parent_id: Option<&str>, text: &str) -> SeedComment {
        let id = self.stored.world.issue_comment_id(&post_id, parent_id);
        let author = &self.stored.world.account(self.account).seed;
        SeedComment {
            id,
            post_id,
            parent_id: parent_id.map(str::to_owned),
            author_id: Some(author.id.clone()),
            username: Some(format!("@{}", author.username)),
            text: text.to_owned(),
            timestamp_ms: self.now_ms,
            like_count: 0,
        }
    }

    fn entry(&self, what: WriteKind, target: &str, text: Option<String>) -> LedgerEntry {
        LedgerEntry {
            what,
            target: target.to_owned(),
            thread_id: None,
            text,
            result_id: None,
            account_id: self.stored.world.account(self.account).seed.id.clone(),
            at_ms: self.now_ms,
            changed: true,
            times: 0,
        }
    }
}

fn text_of(snippet: &Value) -> Result<String, YoutubeError> {
    let text = snippet["textOriginal"].as_str().unwrap_or_default();
    if text.trim().is_empty() {
        return Err(YoutubeError::missing_in_body(
            "commentTextRequired",
            "The comment resource must specify a value for the snippet.textOriginal property. Comments cannot be \
             empty.",
        ));
    }
    if text.chars().count() > MAX_TEXT_CHARACTERS {
        return Err(YoutubeError::missing_in_body(
            "commentTextTooLong",
            "The comment resource contains too many characters in the snippet.textOriginal property.",
        ));
    }
    Ok(text.to_owned())
}

fn record(change: Change, write: LedgerEntry) -> Record {
    Record {
        change: Some(change),
        write: Some(write),
    }
}
