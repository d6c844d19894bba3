-- Seasons: contests of several tiers, and who goes on from one to the next. And what a calendar needs to know of a contest without its log.

-- The newest state of the contest's log, written with the event that says it.
alter table contest add column state text collate "C" not null default 'draft';
update contest set state = coalesce(
    (select (body::json ->> 'to') from contest_event event where event.contest = contest.id and event.kind = 'state' order by event.position desc limit 1), 'draft');
create index contest_starts on contest (starts_at);
create index contest_ends on contest (ends_at);

create table season (
    id         text collate "C" primary key,
    code       text collate "C" not null,
    version    bigint not null,
    title_zh   text collate "C" not null,
    title_en   text collate "C" not null,
    source     text collate "C" not null,             -- the YAML as it was when the season was made
    hash       text collate "C" not null,
    created_by text collate "C" not null,
    created_at bigint not null
);

create table season_tier (
    season  text collate "C" not null references season (id),
    code    text collate "C" not null,
    place   bigint not null,
    name_zh text collate "C" not null,
    name_en text collate "C" not null,
    level   text collate "C" not null check (level in ('enterprise', 'town', 'district', 'city')),
    primary key (season, code)
);

create table season_contest (
    contest text collate "C" primary key references contest (id),
    season  text collate "C" not null,
    tier    text collate "C" not null,
    trades  text collate "C" not null,                -- codes, each between two spaces
    host    text collate "C" references organisation (id),
    target  text collate "C" references contest (id),  -- where those who advance go
    foreign key (season, tier) references season_tier (season, code)
);
create index season_contest_by_season on season_contest (season, tier);
create index season_contest_by_target on season_contest (target);

create table contest_advance (
    id       text collate "C" primary key,
    contest  text collate "C" not null references contest (id),
    entry    text collate "C" not null references contest_entry (id),
    target   text collate "C" not null references contest (id),
    person   text collate "C" not null,
    seat     text collate "C",                        -- his entry in the target; null once he has declined
    made     bigint not null,             -- 1: the entry was made for this place; 0: he was there already
    state    text collate "C" not null check (state in ('offered', 'accepted', 'declined', 'replaced')),
    result   text collate "C" not null,               -- the fingerprint of the result by which he advanced
    why_zh   text collate "C" not null,
    why_en   text collate "C" not null,
    replaces text collate "C" references contest_advance (id),
    at       bigint not null,             -- of the newest change, as by and note are
    by_name  text collate "C" not null,
    note     text collate "C",
    unique (contest, entry)
);
create index contest_advance_into on contest_advance (target);
