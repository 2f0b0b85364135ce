-- What was read from a platform may be kept only as long as the platform still shows it; some terms say how long one may
-- go on without looking.

-- When the platform last showed the comment, to the day: a listing that is read again writes nothing.
alter table comment add column seen_at integer not null default 0;
update comment set seen_at = received_at;
-- Since when what its author wrote, and who that was, is kept no longer.
alter table comment add column purged_at integer;
-- The longest unseen first.
create index comment_unseen on comment (account_id, seen_at, id, deleted_at)
    where authorship = 'person' and purged_at is null;
