-- What a person decided of an account, and how far its history was read.
-- Comments published before it are kept and understood, and ask for no reply; null: every comment does.
alter table account add column drafts_from integer;
alter table account add column import text not null default 'none'
    check (import in ('none', 'running', 'paused', 'done'));
alter table account add column token_expires_at integer;
-- ["instagram_business_basic"], as the platform named them when the account was connected.
alter table account add column permissions text not null default '[]' check (json_valid(permissions));
-- The person took the account off; what is stored of it was kept.
alter table account add column disconnected_at integer;

-- Cursor of the next page of a post whose history is being read; swept_at is set when there is none.
alter table post add column import_cursor text;
create index post_to_import on post (account_id, published_at desc, id desc) where swept_at is null;

-- Ended unanswered because it was older than account.drafts_from.
alter table comment add column history integer not null default 0 check (history in (0, 1));
create index comment_history on comment (account_id, published_at desc, id desc) where history = 1;

-- The units of a project, as domain::quota::QuotaLedger writes itself.
create table quota_ledger (
    project    text primary key,
    ledger     text not null check (json_valid(ledger)),
    updated_at integer not null
) strict, without rowid;

-- What concerns an account or the workspace as a whole, for notices.
create index activity_of_workspace on activity (id desc) where comment_id is null and action_id is null;

-- Deleting an account's comments follows these references; without an index each comment would read both tables.
create index draft_source_to_comment on draft_source (comment_id);
create index action_to_draft on action (draft_id) where draft_id is not null;
