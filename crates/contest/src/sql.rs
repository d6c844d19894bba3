//! Every statement of the contest room, one text for both engines. A test prepares each of them.

use store::ArgKind::{Blob, Int, Text};

web::statements! {
    INSERT_CONTEST "add a contest" [Text, Text, Text, Text, Text, Text, Text, Int, Int, Text, Int]
        "insert into contest (id, name_zh, name_en, scheme_id, scheme, scheme_hash, disclosure, starts_at, created_at, rule_set, ends_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    CONTESTS "list contests" [Text, Int]
        "select id, name_zh, name_en, starts_at from contest where id > $1 order by id limit $2";
    CONTEST_COUNTS "count the entries and venues of a contest" [Text]
        "select (select count(*) from contest_entry where contest = $1) as entries,
                (select count(*) from contest_venue where contest = $1) as venues";
    CONTEST "find a contest" [Text]
        "select id, name_zh, name_en, scheme_id, scheme, scheme_hash, disclosure, starts_at, ends_at, created_at, rule_set, state from contest where id = $1";
    SCHEDULE "plan when a contest begins and ends" [Text, Int, Int] "update contest set starts_at = $2, ends_at = $3 where id = $1";

    REPLACE_SCHEME "give a contest another scheme and rule set" [Text, Text, Text, Text, Text]
        "update contest set scheme_id = $2, scheme = $3, scheme_hash = $4, rule_set = $5 where id = $1";
    INSERT_SCHEME_VERSION "keep a version of a contest's scheme" [Text, Int, Text, Text, Text, Int, Text, Text]
        "insert into contest_scheme_version (contest, version, scheme, rule_set, hash, at, account, note)
         values ($1, $2, $3, $4, $5, $6, $7, $8)";
    SCHEME_VERSION_NEWEST "find the newest version of a contest's scheme" [Text]
        "select coalesce(max(version), 0) as version from contest_scheme_version where contest = $1";
    SCHEME_VERSIONS "list the versions of a contest's scheme, newest first" [Text, Int, Int]
        "select kept.version, kept.hash, kept.at, kept.note, person.name as by_name
         from contest_scheme_version kept
         left join account on account.id = kept.account
         left join person on person.id = account.person
         where kept.contest = $1 and kept.version < $2 order by kept.version desc limit $3";
    SCHEME_VERSION "find a version of a contest's scheme" [Text, Int]
        "select kept.version, kept.scheme, kept.rule_set, kept.hash, kept.at, kept.note, person.name as by_name
         from contest_scheme_version kept
         left join account on account.id = kept.account
         left join person on person.id = account.person
         where kept.contest = $1 and kept.version = $2";

    INSERT_VENUE "add a venue" [Text, Text, Text, Text, Int]
        "insert into contest_venue (id, contest, name_zh, name_en, place) values ($1, $2, $3, $4, $5)";
    VENUES "list the venues of a contest as it names them" [Text]
        "select id, name_zh, name_en from contest_venue where contest = $1 order by place, id";
    INSERT_STATION "add a station" [Text, Text, Text, Text] "insert into contest_station (id, contest, venue, code) values ($1, $2, $3, $4)";
    STATIONS "list the stations of a contest" [Text] "select id, venue, code from contest_station where contest = $1 order by code";
    INSERT_TEAM "add a team" [Text, Text, Text, Text, Text]
        "insert into contest_team (id, contest, name_zh, name_en, organisation) values ($1, $2, $3, $4, $5)";
    TEAMS "list the teams of a contest" [Text] "select id, name_zh, name_en, organisation from contest_team where contest = $1 order by id";
    // The federation is the nearest at or above the organisation as the tree stands now. The root holds the contest: it is nobody's own.
    INSERT_ENTRY "add an entry" [Text, Text, Text, Text, Text, Text, Text, Text]
        "insert into contest_entry (id, contest, no, person, organisation, team, venue, group_code, federation)
         values ($1, $2, $3, $4, $5, $6, $7, $8,
                (with recursive above (node, kind, parent, steps) as (
                    select own.id, own.kind, own.parent, 0 from organisation own where own.id = $5
                    union all
                    select up.id, up.kind, up.parent, above.steps + 1
                      from above join organisation up on up.id = above.parent where above.steps < 64)
                 select node from above where kind = 'federation' and parent is not null order by steps limit 1))";
    ENTRIES "list the entries of a contest with their names" [Text]
        "select entry.id, entry.no, entry.person, entry.organisation, entry.federation, entry.team, entry.venue, entry.group_code,
                person.name as person_name, organisation.name_zh, organisation.name_en
         from contest_entry entry
         join person on person.id = entry.person
         join organisation on organisation.id = entry.organisation
         where entry.contest = $1 order by entry.no";
    INSERT_JUDGE "add a judge" [Text, Text, Text, Text, Text, Text, Int]
        "insert into contest_judge (contest, account, person, organisation, venue, modules, joined, federation)
         values ($1, $2, $3, $4, $5, $6, $7,
                (with recursive above (node, kind, parent, steps) as (
                    select own.id, own.kind, own.parent, 0 from organisation own where own.id = $4
                    union all
                    select up.id, up.kind, up.parent, above.steps + 1
                      from above join organisation up on up.id = above.parent where above.steps < 64)
                 select node from above where kind = 'federation' and parent is not null order by steps limit 1))";
    JUDGES "list the judges of a contest in the order in which they joined" [Text]
        "select judge.account, judge.person, judge.organisation, judge.federation, judge.venue, judge.modules, judge.joined, person.name as person_name,
                organisation.name_zh, organisation.name_en
         from contest_judge judge
         join person on person.id = judge.person
         join organisation on organisation.id = judge.organisation
         where judge.contest = $1 order by judge.joined, judge.account";
    UNIONS_OF_PERSON "list the federations at or above a person's organisation, the nearest first" [Text]
        "with recursive above (node, kind, parent, steps) as (
            select own.id, own.kind, own.parent, 0 from organisation own
             where own.id = (select organisation from person where id = $1)
            union all
            select up.id, up.kind, up.parent, above.steps + 1
              from above join organisation up on up.id = above.parent where above.steps < 64)
         select node as federation from above where kind = 'federation' and parent is not null order by steps";
    HOLDERS "list who holds a role in the whole of a contest" [Text, Text]
        "select distinct holder.person from role_grant held join account holder on holder.id = held.account
         where held.role = $1 and held.scope in ('hall', 'contest/' || $2) and holder.disabled_at is null order by holder.person";
    PERSON_OF_ACCOUNT "find whose an account is" [Text] "select person from account where id = $1";
    ORGANISATION_OF_PERSON "find a person's organisation" [Text] "select organisation from person where id = $1";
    ACCOUNT_NAME "find the name of whose an account is" [Text]
        "select person.name from account join person on person.id = account.person where account.id = $1";
    PERSON_NAME "find a person's name" [Text] "select name from person where id = $1";
    INSERT_RUN "plan a run" [Text, Text, Text, Text, Text, Int]
        "insert into contest_run (id, contest, entry, module, station, planned) values ($1, $2, $3, $4, $5, $6)";
    RUNS "list the runs of a contest" [Text] "select id, entry, module, station, planned from contest_run where contest = $1 order by station, planned, id";

    FORGET_RUNS "plan the runs of a contest anew" [Text] "delete from contest_run where contest = $1";
    RENUMBER_ENTRY "give an entry another number" [Text, Text, Text] "update contest_entry set no = $3 where contest = $1 and id = $2";
    RENAME_ENTRY "give an entry another id" [Text, Text, Text] "update contest_entry set id = $3 where contest = $1 and id = $2";
    RENAME_ENTRY_OF_APPLICATION "tell an application its entry's new id" [Text, Text, Text]
        "update contest_application set entry = $3 where contest = $1 and entry = $2";
    COPY_TEAM "let a team stand under another id as well" [Text, Text, Text]
        "insert into contest_team (id, contest, name_zh, name_en, organisation)
         select cast($3 as text), contest, name_zh, name_en, organisation from contest_team where contest = $1 and id = $2";
    MOVE_TEAM "put the entries of a team under its other id" [Text, Text, Text]
        "update contest_entry set team = $3 where contest = $1 and team = $2";
    RENAME_SEAT "tell a place its entry's new id" [Text, Text, Text] "update contest_advance set seat = $3 where target = $1 and seat = $2";
    KEEP_DRAW "keep the secret of a draw in the place of the one before" [Text, Text]
        "insert into contest_draw (contest, secret) values ($1, $2)
         on conflict (contest) do update set secret = excluded.secret, public_part = null, drawn_at = null, undone_at = null";
    DRAW_SECRET "find the secret of a draw" [Text] "select secret, public_part from contest_draw where contest = $1";
    DRAW "find whether a draw is sealed" [Text] "select drawn_at, undone_at from contest_draw where contest = $1";
    KEEP_LOTS "keep that lots were drawn" [Text, Text, Int] "update contest_draw set public_part = $2, drawn_at = $3 where contest = $1";
    DRAW_UNDONE "keep that a draw was undone" [Text, Int] "update contest_draw set undone_at = $2 where contest = $1";

    REGISTRATION "find the times that an organiser has set" [Text]
        "select opens_at, closes_at from contest_registration where contest = $1";
    KEEP_REGISTRATION "set the times of a registration" [Text, Int, Int]
        "insert into contest_registration (contest, opens_at, closes_at) values ($1, $2, $3)
         on conflict (contest) do update set opens_at = excluded.opens_at, closes_at = excluded.closes_at";
    INSERT_APPLICATION "add an application" [Text, Text, Text, Text, Text, Text, Text, Text, Text, Int, Int]
        "insert into contest_application
            (id, contest, person, organisation, group_code, team, answers, state, replaces, applied_at, changed_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0)";
    KEEP_APPLICATION "keep what became of an application" [Text, Text, Text, Text, Text, Int, Text, Text, Text, Int, Int]
        "update contest_application set group_code = $2, team = $3, answers = $4, state = $5, queue = $6, venue = $7, entry = $8, reason = $9,
                changed_at = $10, version = $11 where id = $1";
    ENTRY_OF_APPLICATION "keep as what somebody came into the field" [Text, Text] "update contest_application set entry = $2 where id = $1";
    APPLICATIONS "list the applications of a contest in the order in which they came" [Text]
        "select a.id, a.contest, a.person, a.organisation, a.group_code, a.team, a.answers, a.state, a.queue, a.venue, a.entry, a.replaces, a.reason,
                a.applied_at, a.changed_at, a.version, person.name as person_name, organisation.name_zh, organisation.name_en
         from contest_application a
         join person on person.id = a.person
         join organisation on organisation.id = a.organisation
         where a.contest = $1 order by a.id";
    APPLICATIONS_OF_PERSON "list the applications of a person, the newest first" [Text]
        "select a.id, a.contest, a.person, a.organisation, a.group_code, a.team, a.answers, a.state, a.queue, a.venue, a.entry, a.replaces, a.reason,
                a.applied_at, a.changed_at, a.version, person.name as person_name, organisation.name_zh, organisation.name_en
         from contest_application a
         join person on person.id = a.person
         join organisation on organisation.id = a.organisation
         where a.person = $1 order by a.id desc limit 200";
    APPLICATION_LIVE "find a person's application to a contest that has not ended" [Text, Text]
        "select id from contest_application where contest = $1 and person = $2 and state not in ('withdrawn', 'substituted')";
    APPLICATION_COUNTS "count the applications of a contest by group and state" [Text]
        "select group_code, state, cast(count(*) as bigint) as many from contest_application where contest = $1
         group by group_code, state order by group_code, state";
    QUEUE_LAST "find the end of a waiting list" [Text]
        "select coalesce(max(queue), 0) as queue from contest_application where contest = $1";
    INSERT_STEP "add a step of an application" [Text, Int, Int, Text, Text, Text, Text]
        "insert into contest_application_step (application, position, at, account, act, as_role, reason) values ($1, $2, $3, $4, $5, $6, $7)";
    STEPS "list the steps of an application" [Text]
        "select step.position, step.at, step.act, step.as_role, step.reason, person.name as by_name
         from contest_application_step step
         left join account on account.id = step.account left join person on person.id = account.person
         where step.application = $1 order by step.position";
    // A staff member's role reaches its organisation and all below, as in the people room.
    ORGANISATION_STAFFED "find whether an account is staff over an organisation" [Text, Text]
        "select o.id from role_grant g
         join organisation o on o.id = $2
         left join organisation held on g.scope = 'organisation/' || held.id
         where g.account = $1 and g.role = 'staff' and (g.scope = 'hall' or substr(o.path, 1, length(held.path)) = held.path)
         limit 1";
    ORGANISATIONS_STAFFED "list the organisations of applicants over which an account is staff" [Text, Text]
        "select distinct o.id from contest_application a
         join organisation o on o.id = a.organisation
         join role_grant g on g.account = $2 and g.role = 'staff'
         left join organisation held on g.scope = 'organisation/' || held.id
         where a.contest = $1 and (g.scope = 'hall' or substr(o.path, 1, length(held.path)) = held.path)
         order by o.id";
    PEOPLE_NAMED "find persons whose name may have a part in it, all of them or those over whom an account is staff" [Text, Text, Int, Text, Text, Int]
        "select p.id, p.name, p.organisation, o.name_zh, o.name_en from person p join organisation o on o.id = p.organisation
         where lower(p.name) like $2 escape '!' and (p.name > $4 or (p.name = $4 and p.id > $5)) and (cast($3 as bigint) = 1 or exists (
             select 1 from role_grant g left join organisation held on g.scope = 'organisation/' || held.id
             where g.account = $1 and g.role = 'staff' and (g.scope = 'hall' or substr(o.path, 1, length(held.path)) = held.path)))
         order by p.name, p.id limit $6";
    ACCOUNTS_OF_PERSON "list a person's accounts that are open" [Text]
        "select id from account where person = $1 and disabled_at is null order by id";
    FORGET_RUNS_OF "plan no runs for an entry" [Text, Text] "delete from contest_run where contest = $1 and entry = $2";
    TAKE_ENTRY_OUT "take an entry out of the field" [Text, Text] "delete from contest_entry where contest = $1 and id = $2";
    TAKE_TEAM_OUT "take a team out in which nobody is left" [Text, Text]
        "delete from contest_team where contest = $1 and id = $2 and not exists (select 1 from contest_entry where team = $2)";

    INSERT_EVENT "append to a contest's log" [Text, Int, Int, Text, Text, Text, Text]
        "insert into contest_event (contest, position, at, kind, subject, account, body)
        values ($1, $2, coalesce((select above.at from contest_event above where above.contest = $1 and above.position = $2 - 1 and above.at > $3), $3), $4, $5, $6, $7)";
    EVENTS_SINCE "read a contest's log" [Text, Int, Int]
        "select position, at, subject, account, body from contest_event where contest = $1 and position > $2 order by position limit $3";

    PLAN_CHANGED_LAST "find where a contest's plan was changed last" [Text]
        "select coalesce(max(position), 0) as position from contest_event where contest = $1 and kind in ('plan_changed', 'draw_committed', 'lots_drawn', 'draw_undone')";
    STATES "list a contest's changes of state" [Text] "select position, body from contest_event where contest = $1 and kind = 'state' order by position";
    NEWEST_EVENT "find the newest position of a contest's log" [Text] "select coalesce(max(position), 0) as position from contest_event where contest = $1";

    INSERT_PHOTO "keep a photograph" [Text, Text, Text, Text, Text, Int, Text, Int, Int, Text, Blob]
        "insert into contest_photo (contest, id, run, aspect, account, at, kind, width, height, sha256, body)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    PHOTO "find a photograph that was not withdrawn" [Text, Text]
        "select kind, body from contest_photo where contest = $1 and id = $2 and withdrawn_at is null";
    WITHDRAW_PHOTO "keep that a photograph was withdrawn" [Text, Text, Int]
        "update contest_photo set withdrawn_at = $3 where contest = $1 and id = $2";

    KEEP_PACK "keep a results pack as it was published" [Text, Int, Text, Int, Blob]
        "insert into contest_pack (contest, position, sha256, made_at, body) values ($1, $2, $3, $4, $5)
         on conflict (contest, position) do nothing";
    PACK_DIGEST "find the digest of a results pack" [Text, Int] "select sha256 from contest_pack where contest = $1 and position = $2";
    PACK "find a results pack" [Text, Int] "select sha256, body from contest_pack where contest = $1 and position = $2";

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
    TELEMETRY_NEWEST "read the newest batches" [Text, Int]
        "select body from contest_telemetry where contest = $1 order by position desc limit $2";
    TELEMETRY_LAST "find the newest batch" [Text] "select coalesce(max(position), 0) as position from contest_telemetry where contest = $1";

    ROOT_ORGANISATION "find the organisation that is nobody's part" []
        "select name_zh, name_en from organisation where parent is null order by created_at, id limit 1";
    LETTER "find what an organiser writes in the letters of a contest" [Text] "select words from contest_letter where contest = $1";
    KEEP_LETTER "keep what an organiser writes in the letters of a contest" [Text, Text, Int, Text]
        "insert into contest_letter (contest, words, changed_at, changed_by) values ($1, $2, $3, $4)
         on conflict (contest) do update set words = excluded.words, changed_at = excluded.changed_at, changed_by = excluded.changed_by";
    INSERT_SHARE "share a portrait" [Text, Text, Text, Int, Int]
        "insert into portrait_share (token, contest, entry, created_at, until) values ($1, $2, $3, $4, $5)";
    SHARES "list how a portrait is shared" [Text, Text]
        "select token, created_at, until, revoked_at from portrait_share where contest = $1 and entry = $2 order by created_at, token";
    SHARE "find a shared portrait" [Text]
        "select token, contest, entry, created_at, until, revoked_at from portrait_share where token = $1";
    REVOKE_SHARE "take a shared portrait back" [Text, Text, Text, Int]
        "update portrait_share set revoked_at = $4 where token = $1 and contest = $2 and entry = $3 and revoked_at is null";

    KEEP_STATE "keep the newest state of a contest's log" [Text, Text] "update contest set state = $2 where id = $1";

    // A contest that began before the time asked for stands in it when it is planned to end in it or later.
    // In stretches: those after the one that was read last. An empty state or tier is any.
    CALENDAR "list the contests of a time" [Int, Int, Int, Text, Text, Text, Int]
        "select contest.id, contest.name_zh, contest.name_en, contest.state, contest.starts_at, contest.ends_at,
                link.season, link.tier, link.trades, tier.name_zh as tier_zh, tier.name_en as tier_en, tier.level,
                host.name_zh as host_zh, host.name_en as host_en
         from contest
         left join season_contest link on link.contest = contest.id
         left join season_tier tier on tier.season = link.season and tier.code = link.tier
         left join organisation host on host.id = link.host
         where ((contest.starts_at >= $1 and contest.starts_at < $2) or (contest.ends_at >= $1 and contest.starts_at < $1))
           and (contest.starts_at > $3 or (contest.starts_at = $3 and contest.id > $4))
           and ($5 = '' or contest.state = $5) and ($6 = '' or link.tier = $6 or tier.level = $6)
         order by contest.starts_at, contest.id limit $7";
    CALENDAR_VENUES "list the venues of the contests of a stretch of a time" [Int, Int, Int, Text, Int, Text]
        "select venue.contest, venue.name_zh, venue.name_en
         from contest join contest_venue venue on venue.contest = contest.id
         where ((contest.starts_at >= $1 and contest.starts_at < $2) or (contest.ends_at >= $1 and contest.starts_at < $1))
           and (contest.starts_at > $3 or (contest.starts_at = $3 and contest.id > $4))
           and (contest.starts_at < $5 or (contest.starts_at = $5 and contest.id <= $6))
         order by venue.contest, venue.place, venue.id";

    INSERT_SEASON "add a season" [Text, Text, Int, Text, Text, Text, Text, Text, Int]
        "insert into season (id, code, version, title_zh, title_en, source, hash, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    INSERT_TIER "add a tier of a season" [Text, Text, Int, Text, Text, Text]
        "insert into season_tier (season, code, place, name_zh, name_en, level) values ($1, $2, $3, $4, $5, $6)";
    SEASONS "list seasons, the newest first" []
        "select season.id, season.code, season.version, season.title_zh, season.title_en, season.hash, season.created_at,
                (select count(*) from season_contest link where link.season = season.id) as contests,
                (select count(*) from season_tier tier where tier.season = season.id) as tiers
         from season order by season.created_at desc, season.id desc limit 500";
    SEASON "find a season" [Text] "select id, source, hash, created_at from season where id = $1";
    CONTESTS_OF_SEASON "list the contests of a season" [Text]
        "select contest.id, contest.name_zh, contest.name_en, contest.state, contest.starts_at, contest.ends_at,
                link.tier, link.trades, link.target, host.name_zh as host_zh, host.name_en as host_en,
                (select count(*) from contest_entry entry where entry.contest = contest.id) as entries,
                (select count(*) from contest_advance place where place.contest = contest.id and place.seat is not null) as advanced
         from season_contest link
         join contest on contest.id = link.contest
         left join organisation host on host.id = link.host
         where link.season = $1 order by contest.starts_at, contest.id";
    LINK "find where a contest stands in its season" [Text]
        "select link.season, link.tier, link.trades, link.host, link.target, season.source
         from season_contest link join season on season.id = link.season where link.contest = $1";
    KEEP_LINK "put a contest into a season" [Text, Text, Text, Text, Text, Text]
        "insert into season_contest (contest, season, tier, trades, host, target) values ($1, $2, $3, $4, $5, $6)
         on conflict (contest) do update set season = excluded.season, tier = excluded.tier, trades = excluded.trades,
            host = excluded.host, target = excluded.target";
    FORGET_LINK "take a contest out of its season" [Text] "delete from season_contest where contest = $1";
    FEEDERS "list the contests from which one goes on to another" [Text] "select contest, season, tier from season_contest where target = $1 order by contest";

    INSERT_ADVANCE "offer a place in the next contest" [Text, Text, Text, Text, Text, Text, Int, Text, Text, Text, Text, Int, Text]
        "insert into contest_advance (id, contest, entry, target, person, seat, made, state, result, why_zh, why_en, replaces, at, by_name)
         values ($1, $2, $3, $4, $5, $6, $7, 'offered', $8, $9, $10, $11, $12, $13)";
    ADVANCES "list the places that a contest's competitors were offered" [Text]
        "select id, entry, target, person, seat, made, state, result, why_zh, why_en, replaces, at, by_name, note
         from contest_advance where contest = $1 order by at, id";
    PLACES_OF_PERSON "list the places that a person was offered, the newest first" [Text]
        "select place.id, place.contest, place.target, place.seat, place.state, place.why_zh, place.why_en, place.at, place.note,
                origin.name_zh as from_zh, origin.name_en as from_en, target.name_zh as to_zh, target.name_en as to_en, target.starts_at
         from contest_advance place
         join contest origin on origin.id = place.contest
         join contest target on target.id = place.target
         where place.person = $1 order by place.at desc, place.id desc limit 200";
    PLACE_OF_PERSON "find a place that a person was offered" [Text, Text]
        "select place.id, place.contest, place.target, place.seat, place.state, place.why_zh, place.why_en, place.at, place.note,
                origin.name_zh as from_zh, origin.name_en as from_en, target.name_zh as to_zh, target.name_en as to_en, target.starts_at
         from contest_advance place
         join contest origin on origin.id = place.contest
         join contest target on target.id = place.target
         where place.id = $1 and place.person = $2";
    ANSWER_ADVANCE "keep what became of an offered place" [Text, Text, Text, Text, Int, Text, Text]
        "update contest_advance set state = $2, seat = $3, result = $4, at = $5, by_name = $6, note = $7 where id = $1";
    PLACES_AT_SEAT "list the places by which somebody has an entry" [Text, Text]
        "select id, contest, result from contest_advance where target = $1 and seat = $2 order by at, id";
    SEAT_PASSED_ON "keep that an entry is there for the places that are left" [Text, Text]
        "update contest_advance set made = 1 where target = $1 and seat = $2";
    FORGET_RUNS_OF_ENTRY "plan no runs for an entry" [Text, Text] "delete from contest_run where contest = $1 and entry = $2";
    FORGET_ENTRY "take an entry out of a field" [Text, Text] "delete from contest_entry where contest = $1 and id = $2";
    ENTRY_OF_PERSON "find a person's entry" [Text, Text] "select id from contest_entry where contest = $1 and person = $2";
    COMPETITOR_ACCOUNTS "find by which accounts a person competes in a contest" [Text, Text]
        "select account.id from account join role_grant held on held.account = account.id
         where held.contest = $1 and account.person = $2 and held.role = 'competitor' order by account.id";
}
