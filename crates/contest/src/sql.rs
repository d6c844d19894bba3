//! Every statement of the contest room, one text for both engines. A test prepares each of them.

use ArgKind::{Blob, Int, Text};
use store::{ArgKind, Statement};

macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident [$($kind:expr),*] $sql:literal;)*) => {
        $($(#[$doc])* pub const $name: Statement = Statement::new(stringify!($name), $sql, &[$($kind),*]);)*
        pub const STATEMENTS: &[Statement] = &[$($name),*];
    };
}

statements! {
    INSERT_CONTEST [Text, Text, Text, Text, Text, Text, Text, Int, Int]
        "insert into contest (id, name_zh, name_en, scheme_id, scheme, scheme_hash, disclosure, starts_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    CONTESTS [Text, Int]
        "select id from contest where id > $1 order by id limit $2";
    CONTEST [Text]
        "select id, name_zh, name_en, scheme_id, scheme, scheme_hash, disclosure, starts_at from contest where id = $1";

    INSERT_VENUE [Text, Text, Text, Text] "insert into contest_venue (id, contest, name_zh, name_en) values ($1, $2, $3, $4)";
    VENUES [Text] "select id, name_zh, name_en from contest_venue where contest = $1 order by id";
    INSERT_STATION [Text, Text, Text, Text] "insert into contest_station (id, contest, venue, code) values ($1, $2, $3, $4)";
    STATIONS [Text] "select id, venue, code from contest_station where contest = $1 order by code";
    INSERT_TEAM [Text, Text, Text, Text, Text]
        "insert into contest_team (id, contest, name_zh, name_en, organisation) values ($1, $2, $3, $4, $5)";
    TEAMS [Text] "select id, name_zh, name_en, organisation from contest_team where contest = $1 order by id";
    INSERT_ENTRY [Text, Text, Text, Text, Text, Text, Text, Text]
        "insert into contest_entry (id, contest, no, person, organisation, team, venue, group_code) values ($1, $2, $3, $4, $5, $6, $7, $8)";
    ENTRIES [Text]
        "select entry.id, entry.no, entry.person, entry.organisation, entry.team, entry.venue, entry.group_code,
                person.name as person_name, organisation.name_zh, organisation.name_en
         from contest_entry entry
         join person on person.id = entry.person
         join organisation on organisation.id = entry.organisation
         where entry.contest = $1 order by entry.no";
    INSERT_JUDGE [Text, Text, Text, Text, Text, Text, Int]
        "insert into contest_judge (contest, account, person, organisation, venue, modules, joined) values ($1, $2, $3, $4, $5, $6, $7)";
    JUDGES [Text]
        "select judge.account, judge.person, judge.organisation, judge.venue, judge.modules, judge.joined, person.name as person_name,
                organisation.name_zh, organisation.name_en
         from contest_judge judge
         join person on person.id = judge.person
         join organisation on organisation.id = judge.organisation
         where judge.contest = $1 order by judge.joined, judge.account";
    INSERT_RUN [Text, Text, Text, Text, Text, Int]
        "insert into contest_run (id, contest, entry, module, station, planned) values ($1, $2, $3, $4, $5, $6)";
    RUNS [Text] "select id, entry, module, station, planned from contest_run where contest = $1 order by station, planned, id";

    INSERT_EVENT [Text, Int, Int, Text, Text, Text, Text]
        "insert into contest_event (contest, position, at, kind, subject, account, body) values ($1, $2, $3, $4, $5, $6, $7)";
    EVENTS_SINCE [Text, Int, Int]
        "select position, at, subject, account, body from contest_event where contest = $1 and position > $2 order by position limit $3";

    NEWEST_EVENT [Text] "select coalesce(max(position), 0) as position from contest_event where contest = $1";

    EDGE [Text, Text] "select edge, venue, next_seq, backlog, lag_ms, sent_at, seen_at from contest_edge where contest = $1 and edge = $2";
    EDGES [Text] "select edge, venue, next_seq, backlog, lag_ms, sent_at, seen_at from contest_edge where contest = $1 order by edge";
    KEEP_EDGE [Text, Text, Text, Int, Int, Int, Int, Int]
        "insert into contest_edge (contest, edge, venue, next_seq, backlog, lag_ms, sent_at, seen_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (contest, edge) do update set
            next_seq = excluded.next_seq, backlog = excluded.backlog, lag_ms = excluded.lag_ms,
            sent_at = excluded.sent_at, seen_at = excluded.seen_at";
    INSERT_TELEMETRY [Text, Int, Text, Int, Int, Int, Int, Int, Blob]
        "insert into contest_telemetry (contest, position, edge, seq, first_at, last_at, samples, after, body)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    TELEMETRY_SINCE [Text, Int, Int]
        "select position, edge, after, body from contest_telemetry where contest = $1 and position > $2 order by position limit $3";
    /// Batches that may hold samples of a time, both ends included.
    TELEMETRY_BETWEEN [Text, Int, Int, Int, Int]
        "select position, body from contest_telemetry
         where contest = $1 and last_at >= $2 and first_at <= $3 and position > $4 order by position limit $5";
    /// Where to begin to read in order to see all samples since a time: at the end when there are none.
    TELEMETRY_BEFORE [Text, Int]
        "select coalesce(min(position) - 1, (select max(position) from contest_telemetry where contest = $1), 0) as position
         from contest_telemetry where contest = $1 and last_at >= $2";
    TELEMETRY_LAST [Text] "select coalesce(max(position), 0) as position from contest_telemetry where contest = $1";
}
