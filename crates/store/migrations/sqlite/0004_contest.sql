-- The contest room: what is planned (tables), and what happened (one ordered log for each contest).

create table contest (
    id          text primary key,
    name_zh     text not null,
    name_en     text not null,
    scheme_id   text not null,
    scheme      text not null,             -- the YAML as it was when the contest was made: a result never changes under its feet
    scheme_hash text not null,
    disclosure  text not null check (disclosure in ('named', 'blind')),
    starts_at   integer not null,
    created_at  integer not null
) strict;

create table contest_venue (
    id      text primary key,
    contest text not null references contest (id),
    name_zh text not null,
    name_en text not null
) strict;
create index contest_venue_by_contest on contest_venue (contest, id);

create table contest_station (
    id      text primary key,
    contest text not null references contest (id),
    venue   text not null references contest_venue (id),
    code    text not null,
    unique (contest, code)
) strict;

create table contest_team (
    id           text primary key,
    contest      text not null references contest (id),
    name_zh      text not null,
    name_en      text not null,
    organisation text
) strict;
create index contest_team_by_contest on contest_team (contest, id);

create table contest_entry (
    id           text primary key,
    contest      text not null references contest (id),
    no           text not null,            -- the blind number
    person       text not null,
    organisation text not null,
    team         text references contest_team (id),
    venue        text not null references contest_venue (id),
    group_code   text not null,
    unique (contest, no),
    unique (contest, person)
) strict;

create table contest_judge (
    contest      text not null references contest (id),
    account      text not null,
    person       text not null,
    organisation text not null,
    venue        text not null references contest_venue (id),
    modules      text not null,            -- codes, each between two spaces; '' for all
    primary key (contest, account)
) strict;

create table contest_run (
    id      text primary key,
    contest text not null references contest (id),
    entry   text not null references contest_entry (id),
    module  text not null,
    station text not null references contest_station (id),
    planned integer not null,              -- order at the station
    unique (contest, entry, module)
) strict;
create index contest_run_by_contest on contest_run (contest, station, planned);

-- Marks, verdicts, decisions, clocks, problems, states: in the order in which they were acknowledged, without gaps.
create table contest_event (
    contest  text not null references contest (id),
    position integer not null,
    at       integer not null,
    kind     text not null,
    subject  text not null,                -- what may happen only once: a mark's id, a verdict's id, the n-th act on a clock
    account  text,
    body     text not null,
    primary key (contest, position),
    unique (contest, kind, subject)
) strict;

create table contest_telemetry (
    contest  text not null references contest (id),
    position integer not null,
    edge     text not null,
    seq      integer not null,
    first_at integer not null,             -- of the samples, ms
    last_at  integer not null,
    samples  integer not null,
    after    integer not null,             -- how far the log of events had come when the batch was acknowledged
    body     blob not null,               -- the batch as it came, zstd
    primary key (contest, position),
    unique (contest, edge, seq)
) strict;

create table contest_edge (
    contest  text not null references contest (id),
    edge     text not null,
    venue    text not null references contest_venue (id),
    next_seq integer not null,
    backlog  integer not null,
    lag_ms   integer not null,
    sent_at  integer not null,
    seen_at  integer not null,
    primary key (contest, edge)
) strict;
