-- Photographs that judges took of a run. What they are of, and their digests, stand in the contest's log; the pictures stand here.

create table contest_photo (
    contest      text not null references contest (id),
    id           text not null,        -- the tablet made it: sent twice it is kept once
    run          text not null,
    aspect       text,                 -- null: of the run as a whole
    account      text not null references account (id),
    at           integer not null,
    kind         text not null check (kind in ('image/jpeg', 'image/png', 'image/webp')),
    width        integer not null,
    height       integer not null,
    sha256       text not null,        -- of the body
    body         blob not null,
    withdrawn_at integer,              -- null: shown; otherwise the body is kept and given to nobody
    primary key (contest, id)
) strict;
