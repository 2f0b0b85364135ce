-- Which lesson labels come from. Lessons are counted in meta ("lesson"): one for each time that a person corrects a
-- label, takes a correction back or has all forgotten. Null where no model inside the app gave the labels.
alter table classification add column lesson integer;
-- That of the current classification.
alter table comment add column lesson integer;

-- The models inside the app sign with their heads. What is closed is not labelled again.
update comment set lesson = 0
    where stage <> 'done'
      and id in (select comment_id from classification
                 where current = 1 and by_person = 0 and model like '% + heads/%');

-- What waits in review and was labelled before the newest lesson: the one that was labelled last comes first, and of
-- one lesson the newest. The account is in it so that those switched off are passed over without reading their rows.
create index comment_to_relabel on comment (lesson desc, published_at desc, id desc, account_id)
    where stage = 'to_review' and lesson is not null and answered_at is null;
