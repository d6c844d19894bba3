-- Photographs that judges took of a run. What they are of, and their digests, stand in the contest's log; the pictures stand here.

create table contest_photo (
    contest      text collate "C" not null references contest (id),
    id           text collate "C" not null,        -- the tablet made it: sent twice it is kept once
    run          text collate "C" not null,
    aspect       text collate "C",                 -- null: of the run as a whole
    account      text collate "C" not null references account (id),
    at           bigint not null,
    kind         text collate "C" not null check (kind in ('image/jpeg', 'image/png', 'image/webp')),
    width        bigint not null,
    height       bigint not null,
    sha256       text collate "C" not null,        -- of the body
    body         bytea not null,
    withdrawn_at bigint,              -- null: shown; otherwise the body is kept and given to nobody
    primary key (contest, id)
);
