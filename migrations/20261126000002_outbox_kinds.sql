-- More that can be done on a platform: ban, private reply, and an edited, replaced or withdrawn reply of ours.
-- A check cannot be altered, so the table is written anew. Dropping the old one would take its attempts along, which
-- hang on it: they are put aside first. SQLite drops indexes with their table; all of them are created again below.

create table attempt_kept (
    action_id  integer not null,
    number     integer not null,
    intent_at  integer not null,
    outcome    text,
    note       text,
    settled_at integer
) strict;
insert into attempt_kept (action_id, number, intent_at, outcome, note, settled_at)
    select action_id, number, intent_at, outcome, note, settled_at from attempt;
drop table attempt;

create table action_wider (
    id                 integer primary key,
    account_id         integer not null references account (id) on delete cascade,
    comment_id         integer not null references comment (id) on delete cascade,
    -- The top-level comment of the thread for what is done in it, a reply or with one. For other kinds the comment.
    target_platform_id text not null,
    kind               text not null check (kind in
        ('reply', 'hide', 'unhide', 'delete', 'ban', 'private_reply', 'edit_reply', 'delete_reply')),
    text               text,
    normalised_text    text,
    draft_id           integer references draft (id),
    state              text not null check (state in
        ('held', 'ready', 'sending', 'retry_wait', 'unknown', 'confirmed', 'failed', 'cancelled')),
    -- Stage to return to when it is undone.
    from_stage         text not null,
    requested_by       text not null,
    created_at         integer not null,
    -- Not sent before this; end of the hold, later the end of a wait.
    due_at             integer not null,
    attempts           integer not null default 0,
    intent_at          integer,
    -- The first attempt.
    first_intent_at    integer,
    confirmed_at       integer,
    reply_platform_id  text,
    note               text,
    -- Reads of the platform that could not tell the outcome.
    checks             integer not null default 0,
    -- What happened to the comment while a request was on its way: the team answered it, or its author edited it.
    overtaken          text check (overtaken in ('answered', 'edited')),
    -- The newest comment, in the order of storing, that was there when the first request may have left.
    seen_up_to         integer,
    -- The reply of ours that this one replaces, edits or takes away.
    reply_action_id    integer references action_wider (id) on delete cascade,
    -- What the reply said before it was edited.
    text_before        text,
    -- The reply stands on the platform no longer.
    withdrawn_at       integer,
    check (kind not in ('reply', 'private_reply', 'edit_reply') or (text is not null and normalised_text is not null)),
    check (kind not in ('edit_reply', 'delete_reply') or reply_action_id is not null),
    check (kind in ('reply', 'edit_reply', 'delete_reply') or reply_action_id is null)
) strict;
insert into action_wider (id, account_id, comment_id, target_platform_id, kind, text, normalised_text, draft_id, state,
                          from_stage, requested_by, created_at, due_at, attempts, intent_at, first_intent_at,
                          confirmed_at, reply_platform_id, note, checks, overtaken, seen_up_to)
    select id, account_id, comment_id, target_platform_id, kind, text, normalised_text, draft_id, state, from_stage,
           requested_by, created_at, due_at, attempts, intent_at, first_intent_at, confirmed_at, reply_platform_id,
           note, checks, overtaken, seen_up_to
    from action;
drop table action;
alter table action_wider rename to action;

-- Exactly one reply: a second one cannot even be written down while the first is alive or stands there.
create unique index action_one_reply on action (comment_id)
    where kind = 'reply' and reply_action_id is null and withdrawn_at is null and state not in ('failed', 'cancelled');
-- A reply is replaced by one other.
create unique index action_one_replacement on action (reply_action_id)
    where kind = 'reply' and reply_action_id is not null and withdrawn_at is null
        and state not in ('failed', 'cancelled');
-- The platforms take one private reply per comment.
create unique index action_one_private_reply on action (comment_id)
    where kind = 'private_reply' and state not in ('failed', 'cancelled');
create unique index action_one_other on action (comment_id, kind)
    where kind <> 'reply' and state not in ('failed', 'cancelled', 'confirmed');
create index action_due on action (account_id, due_at, id) where state in ('held', 'ready', 'retry_wait');
create index action_live on action (due_at, id)
    where state in ('held', 'ready', 'sending', 'retry_wait', 'unknown');
create index action_in_flight on action (account_id, target_platform_id) where state in ('sending', 'unknown');
create index action_unknown on action (due_at, id) where state = 'unknown';
create index action_of_comment on action (comment_id, id desc);
create index action_of_thread on action (account_id, target_platform_id) where kind = 'reply';
create index action_recent_replies on action (account_id, id desc) where kind = 'reply';
create index action_by_reply on action (account_id, reply_platform_id) where reply_platform_id is not null;
create index action_failed on action (id) where state = 'failed';
-- Deleting an action looks here for what hangs on it.
create index action_about_reply on action (reply_action_id) where reply_action_id is not null;

create table attempt (
    action_id  integer not null references action (id) on delete cascade,
    number     integer not null,
    intent_at  integer not null,
    outcome    text,
    note       text,
    settled_at integer,
    primary key (action_id, number)
) strict, without rowid;
insert into attempt (action_id, number, intent_at, outcome, note, settled_at)
    select action_id, number, intent_at, outcome, note, settled_at from attempt_kept;
drop table attempt_kept;

-- Accounts for which a person lets nothing be read or sent for the time being. What is in flight is still read back.
create table account_pause (
    account_id integer primary key references account (id) on delete cascade,
    since      integer not null
) strict;

-- How long a platform told an account to make no calls; it holds over a restart too.
create table account_rest (
    account_id integer not null references account (id) on delete cascade,
    -- Listings may rest alone, where a platform keeps part of a budget back for what people decide.
    what       text not null check (what in ('looking', 'acting')),
    until      integer not null,
    why        text not null,
    primary key (account_id, what)
) strict, without rowid;

-- The newest errors are asked for by a screen that people leave open.
create index activity_troubles on activity (id) where verb in ('stuck', 'failed', 'unknown');
-- People paste the reference of a comment from a log line or an error.
create index comment_by_trace on comment (trace_id);
