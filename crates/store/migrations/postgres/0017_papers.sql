-- What an organiser writes in the letters of a contest, and portraits that competitors have shared.

create table contest_letter (
    contest    text collate "C" primary key references contest (id),
    words      text collate "C" not null,            -- JSON: appointments, addresses, what to bring, notes
    changed_at bigint not null,
    changed_by text collate "C" not null
);

create table portrait_share (
    token      text collate "C" primary key,         -- nobody guesses it: whoever has the link reads the portrait
    contest    text collate "C" not null references contest (id),
    entry      text collate "C" not null references contest_entry (id),
    created_at bigint not null,
    until      bigint,                  -- null: until it is taken back
    revoked_at bigint
);
create index portrait_share_by_entry on portrait_share (contest, entry, created_at);
