-- What an organiser writes in the letters of a contest, and portraits that competitors have shared.

create table contest_letter (
    contest    text primary key references contest (id),
    words      text not null,            -- JSON: appointments, addresses, what to bring, notes
    changed_at integer not null,
    changed_by text not null
) strict;

create table portrait_share (
    token      text primary key,         -- nobody guesses it: whoever has the link reads the portrait
    contest    text not null references contest (id),
    entry      text not null references contest_entry (id),
    created_at integer not null,
    until      integer,                  -- null: until it is taken back
    revoked_at integer
) strict;
create index portrait_share_by_entry on portrait_share (contest, entry, created_at);
