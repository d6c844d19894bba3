//! Every statement of the contest room, one text for both engines. A test prepares each of them.

use store::ArgKind::{Blob, Int, Text};

web::statements! {
    INSERT_CONTEST "add a contest" [Text, Text, Text, Text, Text, Text, Text, Int, Int, Text]
        "insert into contest (id, name_zh, name_en, scheme_id, scheme, scheme_hash, disclosure, starts_at, created_at, rule_set)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    CONTESTS "list contests" [Text, Int]
        "select id, name_zh, name_en, starts_at from contest where id > $1 order by id limit $2";
    CONTEST_COUNTS "count the entries and venues of a contest" [Text]
        "select (select count(*) from contest_entry where contest = $1) as entries,
                (select count(*) from contest_venue where contest = $1) as venues";
    CONTEST "find a contest" [Text]
        "select id, name_zh, name_en, scheme_id, scheme, scheme_hash, disclosure, starts_at, created_at, rule_set from contest where id = $1";

    INSERT_VENUE "add a venue" [Text, Text, Text, Text, Int]
        "insert into contest_venue (id, contest, name_zh, name_en, place) values ($1, $2, $3, $4, $5)";
    VENUES "list the venues of a contest as it names them" [Text]
        "select id, name_zh, name_en from contest_venue where contest = $1 order by place, id";
    INSERT_STATION "add a station" [Text, Text, Text, Text] "insert into contest_station (id, contest, venue, code) values ($1, $2, $3, $4)";
    STATIONS "list the stations of a contest" [Text] "select id, venue, code from contest_station where contest = $1 order by code";
    INSERT_TEAM "add a team" [Text, Text, Text, Text, Text]
        "insert into contest_team (id, contest, name_zh, name_en, organisation) values ($1, $2, $3, $4, $5)";
    TEAMS "list the teams of a contest" [Text] "select id, name_zh, name_en, organisation from contest_team where contest = $1 order by id";
    INSERT_ENTRY "add an entry" [Text, Text, Text, Text, Text, Text, Text, Text]
        "insert into contest_entry (id, contest, no, person, organisation, team, venue, group_code) values ($1, $2, $3, $4, $5, $6, $7, $8)";
    ENTRIES "list the entries of a contest with their names" [Text]
        "select entry.id, entry.no, entry.person, entry.organisation, entry.team, entry.venue, entry.group_code,
                person.name as person_name, organisation.name_zh, organisation.name_en
         from contest_entry entry
         join person on person.id = entry.person
         join organisation on organisation.id = entry.organisation
         where entry.contest = $1 order by entry.no";
    INSERT_JUDGE "add a judge" [Text, Text, Text, Text, Text, Text, Int]
        "insert into contest_judge (contest, account, person, organisation, venue, modules, joined) values ($1, $2, $3, $4, $5, $6, $7)";
    JUDGES "list the judges of a contest in the order in which they joined" [Text]
        "select judge.account, judge.person, judge.organisation, judge.venue, judge.modules, judge.joined, person.name as person_name,
                organisation.name_zh, organisation.name_en
         from contest_judge judge
         join person on person.id = judge.person
         join organisation on organisation.id = judge.organisation
         where judge.contest = $1 order by judge.joined, judge.account";
    UNIONS "list the federations at or above the organisations that send somebody to a contest, the nearest first" [Text]
        "with recursive above (organisation, node, kind, parent, steps) as (
            select sent.id, sent.id, sent.kind, sent.parent, 0 from organisation sent
             where sent.id in (select organisation from contest_entry where contest = $1
                               union select organisation from contest_judge where contest = $1)
            union all
            select above.organisation, up.id, up.kind, up.parent, above.steps + 1
              from above join organisation up on up.id = above.parent where above.steps < 64)
         select organisation, node as federation from above
         where kind = 'federation' and parent is not null order by organisation, steps";
    PERSON_OF_ACCOUNT "find whose an account is" [Text] "select person from account where id = $1";
    ORGANISATION_OF_PERSON "find a person's organisation" [Text] "select organisation from person where id = $1";
    PERSON_NAME "find a person's name" [Text] "select name from person where id = $1";
    INSERT_RUN "plan a run" [Text, Text, Text, Text, Text, Int]
        "insert into contest_run (id, contest, entry, module, station, planned) values ($1, $2, $3, $4, $5, $6)";
    RUNS "list the runs of a contest" [Text] "select id, entry, module, station, planned from contest_run where contest = $1 order by station, planned, id";

    FORGET_RUNS "plan the runs of a contest anew" [Text] "delete from contest_run where contest = $1";
    RENUMBER_ENTRY "give an entry another number" [Text, Text, Text] "update contest_entry set no = $3 where contest = $1 and id = $2";
    KEEP_DRAW "keep the secret of a draw in the place of the one before" [Text, Text]
        "insert into contest_draw (contest, secret) values ($1, $2)
         on conflict (contest) do update set secret = excluded.secret, public_part = null, drawn_at = null, undone_at = null";
    DRAW_SECRET "find the secret of a draw" [Text] "select secret, public_part from contest_draw where contest = $1";
    DRAW "find whether a draw is sealed" [Text] "select drawn_at, undone_at from contest_draw where contest = $1";
    KEEP_LOTS "keep that lots were drawn" [Text, Text, Int] "update contest_draw set public_part = $2, drawn_at = $3 where contest = $1";
    DRAW_UNDONE "keep that a draw was undone" [Text, Int] "update contest_draw set undone_at = $2 where contest = $1";

    INSERT_EVENT "append to a contest's log" [Text, Int, Int, Text, Text, Text, Text]
        "insert into contest_event (contest, position, at, kind, subject, account, body) values ($1, $2, $3, $4, $5, $6, $7)";
    EVENTS_SINCE "read a contest's log" [Text, Int, Int]
        "select position, at, subject, account, body from contest_event where contest = $1 and position > $2 order by position limit $3";

    PLAN_CHANGED_LAST "find where a contest's plan was changed last" [Text]
        "select coalesce(max(position), 0) as position from contest_event where contest = $1 and kind in ('plan_changed', 'lots_drawn', 'draw_undone')";
    NEWEST_EVENT "find the newest position of a contest's log" [Text] "select coalesce(max(position), 0) as position from contest_event where contest = $1";

    INSERT_PHOTO "keep a photograph" [Text, Text, Text, Text, Text, Int, Text, Int, Int, Text, Blob]
        "insert into contest_photo (contest, id, run, aspect, account, at, kind, width, height, sha256, body)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    PHOTO "find a photograph that was not withdrawn" [Text, Text]
        "select kind, body from contest_photo where contest = $1 and id = $2 and withdrawn_at is null";
    WITHDRAW_PHOTO "keep that a photograph was withdrawn" [Text, Text, Int]
        "update contest_photo set withdrawn_at = $3 where contest = $1 and id = $2";

    EDGE "find a gateway as it was last seen" [Text, Text] "select edge, venue, next_seq, backlog, lag_ms, sent_at, seen_at from contest_edge where contest = $1 and edge = $2";
    // Gateways that stand at a venue, by what they sent or by what their keys say. Retired is one whose keys all are.
    EDGES "list the gateways of a contest" [Text]
        "select named.edge, coalesce(spoken.venue, named.venue) as venue, named.since, spoken.backlog, spoken.lag_ms, spoken.sent_at, spoken.seen_at,
                case when named.waiting = 0 then named.retired_after end as retired_after
         from (select edge, max(venue) as venue, case when max(venue) is not null then min(created_at) end as since, max(retired_after) as retired_after,
                      sum(case when retired_after is null then 1 else 0 end) as waiting
               from api_key where contest = $1 group by edge) named
         left join contest_edge spoken on spoken.contest = $1 and spoken.edge = named.edge
         where coalesce(spoken.venue, named.venue) is not null order by named.edge";
    EDGE_VENUE "find the venue that a gateway's keys name" [Text, Text]
        "select max(venue) as venue from api_key where contest = $1 and edge = $2";
    KEEP_EDGE "keep what a gateway said last" [Text, Text, Text, Int, Int, Int, Int, Int]
        "insert into contest_edge (contest, edge, venue, next_seq, backlog, lag_ms, sent_at, seen_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (contest, edge) do update set
            next_seq = excluded.next_seq, backlog = excluded.backlog, lag_ms = excluded.lag_ms,
            sent_at = excluded.sent_at, seen_at = excluded.seen_at";
    INSERT_TELEMETRY "keep a batch" [Text, Int, Text, Int, Int, Int, Int, Int, Blob]
        "insert into contest_telemetry (contest, position, edge, seq, first_at, last_at, samples, after, body)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    TELEMETRY_SINCE "read batches in order" [Text, Int, Int]
        "select position, edge, after, body from contest_telemetry where contest = $1 and position > $2 order by position limit $3";
    TELEMETRY_BETWEEN "read batches that may hold samples of a time, both ends included" [Text, Int, Int, Int, Int]
        "select position, body from contest_telemetry
         where contest = $1 and last_at >= $2 and first_at <= $3 and position > $4 order by position limit $5";
    TELEMETRY_AFTER "find where to begin to read what was acknowledged since a position of the log: at the end when there is none" [Text, Int]
        "select coalesce(min(position) - 1, (select max(position) from contest_telemetry where contest = $1), 0) as position
         from contest_telemetry where contest = $1 and after >= $2";
    TELEMETRY_AMOUNT "count the samples between two batches, the second included" [Text, Int, Int]
        "select cast(coalesce(sum(samples), 0) as bigint) as samples from contest_telemetry
         where contest = $1 and position > $2 and position <= $3";
    TELEMETRY_LAST "find the newest batch" [Text] "select coalesce(max(position), 0) as position from contest_telemetry where contest = $1";
}
