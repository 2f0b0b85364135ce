-- The newest comment, in the order of storing, that was there when the first request of an action may have left. What
-- was stored by then was on the platform before and cannot be that request's doing. No clock is asked: the computer's
-- may be hours away from the platform's.
alter table action add column seen_up_to integer;

update action set seen_up_to =
    (select coalesce(max(c.id), 0) from comment c where c.received_at < action.first_intent_at)
where first_intent_at is not null and state in ('ready', 'sending', 'retry_wait', 'unknown');
