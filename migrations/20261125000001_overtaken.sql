-- What happened to the comment while a request was on its way: the team answered it, or its author edited it.
-- Such a request cannot be called back; the look before the next one finds here why there must be none.
alter table action add column overtaken text check (overtaken in ('answered', 'edited'));

-- How long a comment was snoozed before its action was queued is asked by the comment, when the action is taken back.
create index undo_step_of_comment on undo_step (comment_id);
