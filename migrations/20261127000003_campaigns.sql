-- Comments of one account that say nearly the same or link to the same page. domain::likeness says which do.
create table campaign (
    id         integer primary key,
    account_id integer not null references account (id) on delete cascade,
    started_at integer not null,
    -- Kept by triggers, so that no list counts rows.
    comments   integer not null default 0,
    -- Of these, in review.
    waiting    integer not null default 0
) strict;
-- Deleting an account looks here.
create index campaign_of_account on campaign (account_id);

alter table comment add column campaign_id integer references campaign (id) on delete set null;
-- Urgency is in it for the one that stands for all in a list.
create index comment_of_campaign on comment (campaign_id, stage, urgency, id) where campaign_id is not null;

create trigger campaign_changed after update of campaign_id, stage on comment
    when (old.campaign_id, old.stage) is not (new.campaign_id, new.stage)
        and (old.campaign_id is not null or new.campaign_id is not null) begin
    update campaign set comments = comments - 1, waiting = waiting - (old.stage = 'to_review')
        where id = old.campaign_id;
    update campaign set comments = comments + 1, waiting = waiting + (new.stage = 'to_review')
        where id = new.campaign_id;
    delete from campaign where id = old.campaign_id and comments = 0;
end;
create trigger campaign_left after delete on comment when old.campaign_id is not null begin
    update campaign set comments = comments - 1, waiting = waiting - (old.stage = 'to_review')
        where id = old.campaign_id;
    delete from campaign where id = old.campaign_id and comments = 0;
end;

-- Numbers by which nearly equal texts are found (domain::likeness::marks), as long as new ones may join them.
create table text_mark (
    account_id integer not null references account (id) on delete cascade,
    mark       integer not null,
    comment_id integer not null references comment (id) on delete cascade,
    marked_at  integer not null,
    primary key (account_id, mark, comment_id)
) strict, without rowid;
-- Deleting, editing and purging a comment look here.
create index text_mark_of_comment on text_mark (comment_id);
create index text_mark_oldest on text_mark (marked_at);
