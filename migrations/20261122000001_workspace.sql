-- One workspace: the truth about accounts, posts, comments, drafts and actions.
-- Times are milliseconds since 1970-01-01T00:00:00Z. Platform ids are text.

create table meta (
    key   text primary key,
    value text not null
) strict;

create table account (
    id              integer primary key,
    platform        text not null,
    platform_id     text not null,
    username        text not null,
    name            text not null default '',
    mode            text not null default 'draft' check (mode in ('off', 'simulate', 'draft', 'auto')),
    connection      text not null default 'waiting'
        check (connection in ('waiting', 'syncing', 'connected', 'troubled', 'signed_out')),
    connection_note text,
    last_synced_at  integer,
    simulated       integer not null default 0 check (simulated in (0, 1)),
    created_at      integer not null,
    unique (platform, platform_id)
) strict;

create table post (
    id             integer primary key,
    account_id     integer not null references account (id) on delete cascade,
    platform_id    text not null,
    kind           text not null check (kind in ('image', 'carousel', 'reel', 'video')),
    caption        text not null default '',
    permalink      text,
    published_at   integer not null,
    comments_count integer,
    like_count     integer,
    fetched_at     integer not null,
    -- When every comment of the post was last listed; late replies are found by such sweeps.
    swept_at       integer,
    unique (account_id, platform_id)
) strict;
create index post_newest_first on post (account_id, published_at desc, id desc);

create table picture (
    post_id      integer primary key references post (id) on delete cascade,
    content_type text not null,
    bytes        blob not null,
    fetched_at   integer not null
) strict;

create table author (
    id            integer primary key,
    platform      text not null,
    platform_id   text not null,
    username      text not null,
    name          text not null default '',
    strikes       integer not null default 0,
    comments      integer not null default 0,
    answered      integer not null default 0,
    complaints    integer not null default 0,
    first_seen_at integer not null,
    unique (platform, platform_id)
) strict;

create table comment (
    id                  integer primary key,
    account_id          integer not null references account (id) on delete cascade,
    post_id             integer not null references post (id) on delete cascade,
    platform_id         text not null,
    -- The top-level comment of the thread; null when this is it.
    parent_platform_id  text,
    author_id           integer references author (id),
    author_username     text not null default '',
    text                text not null,
    authorship          text not null check (authorship in ('person', 'own', 'echo')),
    stage               text not null check (stage in
        ('to_classify', 'to_draft', 'to_review', 'snoozed', 'escalated', 'in_outbox', 'stuck', 'done')),
    -- Grows with every change that a person or a worker must not overlook.
    version             integer not null default 1,
    published_at        integer not null,
    received_at         integer not null,
    edited_at           integer,
    deleted_at          integer,
    hidden              integer not null default 0 check (hidden in (0, 1)),
    like_count          integer,
    language            text not null default 'und',
    language_confidence real not null default 0,
    primary_label       text,
    -- 0 is most urgent; see Label::urgency. 9 while not classified.
    urgency             integer not null default 9,
    unsure              integer not null default 0 check (unsure in (0, 1)),
    label_reason        text,
    -- A later own comment stands in its thread, or our reply was confirmed.
    answered_at         integer,
    second_complaint    integer not null default 0 check (second_complaint in (0, 1)),
    declined            text,
    declined_detail     text,
    draft_marker        text not null default 'none'
        check (draft_marker in ('none', 'drafting', 'draft', 'edited', 'no_draft')),
    snoozed_until       integer,
    stuck_reason        text,
    attempts            integer not null default 0,
    next_attempt_at     integer not null default 0,
    lease_until         integer not null default 0,
    read_at             integer,
    trace_id            text not null,
    -- One key for "most urgent first, then newest": a page can be sought by it alone.
    urgent_first        integer not null generated always as (urgency * 100000000000000 - published_at) virtual,
    unique (account_id, platform_id)
) strict;
-- One for each kind of worker. The account is in it so that those switched off are passed over without reading
-- their rows.
create index comment_to_classify on comment (next_attempt_at, lease_until, id, account_id) where stage = 'to_classify';
create index comment_to_draft on comment (next_attempt_at, lease_until, id, account_id) where stage = 'to_draft';
create index comment_leased on comment (lease_until) where lease_until > 0;
-- Every queue, for one account and for all, by time and by urgency.
create index comment_stage_newest on comment (stage, published_at desc, id desc) where authorship = 'person';
create index comment_stage_urgent on comment (stage, urgent_first, id) where authorship = 'person';
create index comment_stage_newest_of_account on comment (account_id, stage, published_at desc, id desc)
    where authorship = 'person';
create index comment_stage_urgent_of_account on comment (account_id, stage, urgent_first, id)
    where authorship = 'person';
create index comment_newest on comment (published_at desc, id desc) where authorship = 'person';
create index comment_urgent on comment (urgent_first, id) where authorship = 'person';
create index comment_newest_of_account on comment (account_id, published_at desc, id desc)
    where authorship = 'person';
create index comment_urgent_of_account on comment (account_id, urgent_first, id) where authorship = 'person';
create index comment_hidden_newest on comment (published_at desc, id desc) where hidden = 1 and authorship = 'person';
create index comment_hidden_urgent on comment (urgent_first, id) where hidden = 1 and authorship = 'person';
create index comment_thread on comment (account_id, parent_platform_id, published_at, id)
    where parent_platform_id is not null;
create index comment_of_post on comment (post_id, published_at desc, id desc);
create index comment_of_author on comment (author_id, published_at desc, id desc) where author_id is not null;
create index comment_snooze_over on comment (snoozed_until) where stage = 'snoozed';

-- Every language works by trigrams; the table holds no copy of the text.
create virtual table comment_text using fts5 (
    text, author_username, content = 'comment', content_rowid = 'id', tokenize = 'trigram'
);
create trigger comment_text_added after insert on comment begin
    insert into comment_text (rowid, text, author_username) values (new.id, new.text, new.author_username);
end;
create trigger comment_text_changed after update of text, author_username on comment begin
    insert into comment_text (comment_text, rowid, text, author_username)
        values ('delete', old.id, old.text, old.author_username);
    insert into comment_text (rowid, text, author_username) values (new.id, new.text, new.author_username);
end;
create trigger comment_text_removed after delete on comment begin
    insert into comment_text (comment_text, rowid, text, author_username)
        values ('delete', old.id, old.text, old.author_username);
end;

-- Queue counts, kept by triggers so that drawing the side bar never counts rows.
create table queue_count (
    account_id integer not null references account (id) on delete cascade,
    stage      text not null,
    comments   integer not null default 0,
    hidden     integer not null default 0,
    primary key (account_id, stage)
) strict, without rowid;
create trigger queue_count_added after insert on comment when new.authorship = 'person' begin
    insert into queue_count (account_id, stage, comments, hidden) values (new.account_id, new.stage, 1, new.hidden)
        on conflict (account_id, stage) do update
            set comments = comments + 1, hidden = hidden + excluded.hidden;
end;
create trigger queue_count_removed after delete on comment when old.authorship = 'person' begin
    update queue_count set comments = comments - 1, hidden = hidden - old.hidden
        where account_id = old.account_id and stage = old.stage;
end;
create trigger queue_count_moved after update of stage, hidden, authorship on comment
    when (old.stage, old.hidden, old.authorship) is not (new.stage, new.hidden, new.authorship) begin
    update queue_count set comments = comments - 1, hidden = hidden - old.hidden
        where account_id = old.account_id and stage = old.stage and old.authorship = 'person';
    insert into queue_count (account_id, stage, comments, hidden)
        select new.account_id, new.stage, 1, new.hidden where new.authorship = 'person'
        on conflict (account_id, stage) do update
            set comments = comments + 1, hidden = hidden + excluded.hidden;
end;

-- What a model or a person said a comment is. One row set is current; the older stay as history.
create table classification (
    id         integer primary key,
    comment_id integer not null references comment (id) on delete cascade,
    current    integer not null check (current in (0, 1)),
    by_person  integer not null check (by_person in (0, 1)),
    model      text not null,
    language   text not null,
    reason     text not null,
    -- [{"label":"question","confidence":0.94,"sure":true}], strongest first.
    labels     text not null check (json_valid(labels)),
    created_at integer not null
) strict;
create unique index classification_current on classification (comment_id) where current = 1;
create index classification_history on classification (comment_id, id);

create table draft (
    id             integer primary key,
    comment_id     integer not null references comment (id) on delete cascade,
    current        integer not null check (current in (0, 1)),
    -- As the model wrote it; null when a person wrote it from nothing.
    original_text  text,
    -- What stands in the editor.
    text           text not null,
    language       text not null,
    confidence     real not null,
    model          text not null,
    prompt_version text not null,
    -- [{"fact":0,"start":3,"end":9}] in bytes of original_text; fact counts draft_source.ordinal.
    citations      text not null check (json_valid(citations)),
    created_at     integer not null,
    edited_at      integer
) strict;
create unique index draft_current on draft (comment_id) where current = 1;
create index draft_history on draft (comment_id, id);

-- The sources as they read when the draft was written or declined (draft_id null).
create table draft_source (
    id         integer primary key,
    comment_id integer not null references comment (id) on delete cascade,
    draft_id   integer references draft (id) on delete cascade,
    ordinal    integer not null,
    fact       text not null check (json_valid(fact))
) strict;
create index draft_source_of_draft on draft_source (draft_id, ordinal) where draft_id is not null;
create index draft_source_of_comment on draft_source (comment_id, ordinal) where draft_id is null;

create table action (
    id                 integer primary key,
    account_id         integer not null references account (id) on delete cascade,
    comment_id         integer not null references comment (id) on delete cascade,
    -- Where a reply goes: the top-level comment. For other kinds the comment itself.
    target_platform_id text not null,
    kind               text not null check (kind in ('reply', 'hide', 'unhide', 'delete')),
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
    -- The first attempt whose outcome was lost; replies older than this are not ours.
    first_intent_at    integer,
    confirmed_at       integer,
    reply_platform_id  text,
    note               text,
    -- Reads of the platform that could not tell the outcome.
    checks             integer not null default 0,
    check (kind <> 'reply' or (text is not null and normalised_text is not null))
) strict;
-- Exactly one reply: a second one cannot even be written down while the first is alive or done.
create unique index action_one_reply on action (comment_id) where kind = 'reply' and state not in ('failed', 'cancelled');
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

-- Every time a request may have left.
create table attempt (
    action_id  integer not null references action (id) on delete cascade,
    number     integer not null,
    intent_at  integer not null,
    outcome    text,
    note       text,
    settled_at integer,
    primary key (action_id, number)
) strict, without rowid;

-- Elements of a listing that could not be read.
create table quarantine (
    id         integer primary key,
    account_id integer not null references account (id) on delete cascade,
    post_id    integer references post (id) on delete cascade,
    raw        text not null,
    raw_hash   text not null,
    reason     text not null,
    first_seen integer not null,
    unique (account_id, raw_hash)
) strict;

create table undo_step (
    id         integer primary key,
    comment_id integer not null references comment (id) on delete cascade,
    what       text not null,
    -- What to restore, by kind.
    before     text not null check (json_valid(before)),
    version    integer not null,
    created_at integer not null,
    undone_at  integer
) strict;
create index undo_step_open on undo_step (id desc) where undone_at is null;

create table product (
    id           integer primary key,
    sku          text not null unique,
    facts        text not null check (json_valid(facts)),
    search_text  text not null,
    content_hash text not null,
    valid_from   integer,
    valid_to     integer,
    updated_at   integer not null
) strict;

create table document (
    id           integer primary key,
    name         text not null unique,
    title        text not null,
    content_hash text not null,
    updated_at   integer not null
) strict;

create table passage (
    id           integer primary key,
    document_id  integer not null references document (id) on delete cascade,
    ordinal      integer not null,
    section      text not null,
    language     text not null,
    text         text not null,
    content_hash text not null,
    unique (document_id, ordinal)
) strict;

-- Vectors by content and model: indexing the same text again costs nothing.
create table embedding_cache (
    model        text not null,
    content_hash text not null,
    vector       blob not null,
    primary key (model, content_hash)
) strict, without rowid;

create table activity (
    id         integer primary key,
    at         integer not null,
    -- `person`, `engine`, or the model and version.
    actor      text not null,
    verb       text not null,
    comment_id integer,
    action_id  integer,
    details    text not null check (json_valid(details)),
    prev_hash  text not null,
    hash       text not null unique
) strict;
create index activity_of_comment on activity (comment_id, id) where comment_id is not null;
create trigger activity_is_append_only_update before update on activity begin
    select raise(abort, 'activity is append-only');
end;
create trigger activity_is_append_only_delete before delete on activity begin
    select raise(abort, 'activity is append-only');
end;
