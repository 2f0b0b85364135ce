-- What platforms push through the relay, as it came: written down before it is answered, read afterwards. A row is
-- appended and settled once; of the settled ones the newest are kept, to see what a platform sent.
create table delivery (
    id              integer primary key,
    received_at     integer not null,
    size_bytes      integer not null,
    state           text not null default 'waiting' check (state in ('waiting', 'read', 'given_up')),
    attempts        integer not null default 0,
    next_attempt_at integer not null default 0,
    settled_at      integer,
    -- Comments stored for the first time, whoever wrote them.
    stored          integer not null default 0,
    -- Changes that could not be read.
    quarantined     integer not null default 0,
    -- Changes about accounts that are not known here, or of no concern.
    ignored         integer not null default 0,
    -- Why it was put off or given up.
    note            text,
    -- Last, so that the other columns are read without it.
    body            blob not null,
    check ((state = 'waiting') = (settled_at is null))
) strict;
create index delivery_waiting on delivery (next_attempt_at, id, size_bytes, state) where state = 'waiting';
create index delivery_settled on delivery (id, state, size_bytes, ignored) where state <> 'waiting';
create index delivery_noted on delivery (id) where note is not null;
create trigger delivery_stays_as_it_came before update of received_at, size_bytes, body on delivery begin
    select raise(abort, 'a delivery is kept as it came');
end;
