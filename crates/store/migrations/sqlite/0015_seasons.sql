-- Seasons: contests of several tiers, and who goes on from one to the next. And what a calendar needs to know of a contest without its log.

-- The newest state of the contest's log, written with the event that says it.
alter table contest add column state text not null default 'draft';
update contest set state = coalesce(
    (select json_extract(body, '$.to') from contest_event event where event.contest = contest.id and event.kind = 'state' order by event.position desc limit 1), 'draft');
create index contest_starts on contest (starts_at);
create index contest_ends on contest (ends_at);

create table season (
    id         text primary key,
    code       text not null,
    version    integer not null,
    title_zh   text not null,
    title_en   text not null,
    source     text not null,             -- the YAML as it was when the season was made
    hash       text not null,
    created_by text not null,
    created_at integer not null
) strict;

create table season_tier (
    season  text not null references season (id),
    code    text not null,
    place   integer not null,
    name_zh text not null,
    name_en text not null,
    level   text not null check (level in ('enterprise', 'town', 'district', 'city')),
    primary key (season, code)
) strict;

create table season_contest (
    contest text primary key references contest (id),
    season  text not null,
    tier    text not null,
    trades  text not null,                -- codes, each between two spaces
    host    text references organisation (id),
    target  text references contest (id),  -- where those who advance go
    foreign key (season, tier) references season_tier (season, code)
) strict;
create index season_contest_by_season on season_contest (season, tier);
create index season_contest_by_target on season_contest (target);

create table contest_advance (
    id       text primary key,
    contest  text not null references contest (id),
    entry    text not null references contest_entry (id),
    target   text not null references contest (id),
    person   text not null,
    seat     text,                        -- his entry in the target; null once he has declined
    made     integer not null,             -- 1: the entry was made for this place; 0: he was there already
    state    text not null check (state in ('offered', 'accepted', 'declined', 'replaced')),
    result   text not null,               -- the fingerprint of the result by which he advanced
    why_zh   text not null,
    why_en   text not null,
    replaces text references contest_advance (id),
    at       integer not null,             -- of the newest change, as by and note are
    by_name  text not null,
    note     text,
    unique (contest, entry)
) strict;
create index contest_advance_into on contest_advance (target);
