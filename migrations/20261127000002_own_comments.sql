-- Whether people may comment under the post, as the platform said last; null where it does not say.
alter table post add column comments_enabled integer check (comments_enabled in (0, 1));

-- Comments that the brand posts under its own posts. They answer nobody, so they are no actions on a comment; their
-- states and the rules between them are those of actions.
create table own_comment (
    id                  integer primary key,
    account_id          integer not null references account (id) on delete cascade,
    post_id             integer not null references post (id) on delete cascade,
    text                text not null,
    normalised_text     text not null,
    state               text not null check (state in
        ('held', 'ready', 'sending', 'retry_wait', 'unknown', 'confirmed', 'failed', 'cancelled')),
    created_at          integer not null,
    -- Not sent, or not looked for, before this.
    due_at              integer not null,
    attempts            integer not null default 0,
    -- The last attempt, and the first.
    intent_at           integer,
    first_intent_at     integer,
    -- The newest comment, in the order of storing, that was there when the first request may have left.
    seen_up_to          integer,
    -- Reads of the platform that could not tell the outcome.
    checks              integer not null default 0,
    comment_platform_id text,
    note                text,
    confirmed_at        integer
) strict;
-- The same words twice under one post would be a mistake while the first are on their way.
create unique index own_comment_once on own_comment (post_id, normalised_text)
    where state not in ('confirmed', 'failed', 'cancelled');
create index own_comment_live on own_comment (account_id, due_at, id)
    where state in ('held', 'ready', 'sending', 'retry_wait', 'unknown');
create index own_comment_of_post on own_comment (post_id, id desc);
create index own_comment_posted on own_comment (account_id, comment_platform_id) where comment_platform_id is not null;
