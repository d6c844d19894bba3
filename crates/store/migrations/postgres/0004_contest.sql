-- The contest room: what is planned (tables), and what happened (one ordered log for each contest).

create table contest (
    id          text collate "C" primary key,
    name_zh     text collate "C" not null,
    name_en     text collate "C" not null,
    scheme_id   text collate "C" not null,
    scheme      text collate "C" not null,             -- the YAML as it was when the contest was made: a result never changes under its feet
    scheme_hash text collate "C" not null,
    disclosure  text collate "C" not null check (disclosure in ('named', 'blind')),
    starts_at   bigint not null,
    created_at  bigint not null
);

create table contest_venue (
    id      text collate "C" primary key,
    contest text collate "C" not null references contest (id),
    name_zh text collate "C" not null,
    name_en text collate "C" not null
);
create index contest_venue_by_contest on contest_venue (contest, id);

create table contest_station (
    id      text collate "C" primary key,
    contest text collate "C" not null references contest (id),
    venue   text collate "C" not null references contest_venue (id),
    code    text collate "C" not null,
    unique (contest, code)
);

create table contest_team (
    id           text collate "C" primary key,
    contest      text collate "C" not null references contest (id),
    name_zh      text collate "C" not null,
    name_en      text collate "C" not null,
    organisation text collate "C"
);
create index contest_team_by_contest on contest_team (contest, id);

create table contest_entry (
    id           text collate "C" primary key,
    contest      text collate "C" not null references contest (id),
    no           text collate "C" not null,            -- the blind number
    person       text collate "C" not null,
    organisation text collate "C" not null,
    team         text collate "C" references contest_team (id),
    venue        text collate "C" not null references contest_venue (id),
    group_code   text collate "C" not null,
    unique (contest, no),
    unique (contest, person)
);

create table contest_judge (
    contest      text collate "C" not null references contest (id),
    account      text collate "C" not null,
    person       text collate "C" not null,
    organisation text collate "C" not null,
    venue        text collate "C" not null references contest_venue (id),
    modules      text collate "C" not null,            -- codes, each between two spaces; '' for all
    primary key (contest, account)
);

create table contest_run (
    id      text collate "C" primary key,
    contest text collate "C" not null references contest (id),
    entry   text collate "C" not null references contest_entry (id),
    module  text collate "C" not null,
    station text collate "C" not null references contest_station (id),
    planned bigint  not null,              -- order at the station
    unique (contest, entry, module)
);
create index contest_run_by_contest on contest_run (contest, station, planned);

-- Marks, verdicts, decisions, clocks, problems, states: in the order in which they were acknowledged, without gaps.
create table contest_event (
    contest  text collate "C" not null references contest (id),
    position bigint not null,
    at       bigint not null,
    kind     text collate "C" not null,
    subject  text collate "C" not null,                -- what may happen only once: a mark's id, a verdict's id, the n-th act on a clock
    account  text collate "C",
    body     text collate "C" not null,
    primary key (contest, position),
    unique (contest, kind, subject)
);

create table contest_telemetry (
    contest  text collate "C" not null references contest (id),
    position bigint not null,
    edge     text collate "C" not null,
    seq      bigint not null,
    first_at bigint not null,             -- of the samples, ms
    last_at  bigint not null,
    samples  bigint not null,
    after    bigint not null,              -- how far the log of events had come when the batch was acknowledged
    body     bytea not null,               -- the batch as it came, zstd
    primary key (contest, position),
    unique (contest, edge, seq)
);

create table contest_edge (
    contest  text collate "C" not null references contest (id),
    edge     text collate "C" not null,
    venue    text collate "C" not null references contest_venue (id),
    next_seq bigint not null,
    backlog  bigint not null,
    lag_ms   bigint not null,
    sent_at  bigint not null,
    seen_at  bigint not null,
    primary key (contest, edge)
);
