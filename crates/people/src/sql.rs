//! Every statement of this room, one text for both engines.
//!
//! `reaches`: whether staff or administrator rights of account `$1` cover an organisation's path: held in the hall, or at
//! an organisation whose path begins that path.

use store::ArgKind::{Int, Text};

web::statements! {
    SIGN_IN_ACCOUNT "find the account that signs in" [Text]
        "select id, password_hash, disabled_at from account where login = $1";
    ACCOUNT_SECRET "find an account's login and password hash" [Text]
        "select login, password_hash from account where id = $1";
    PASSWORD_SET "set an account's password" [Text, Text]
        "update account set password_hash = $2 where id = $1";
    SESSION_ANSWER "find what a session's answer tells" [Text]
        "select a.id, a.person, p.name, g.role, g.scope from account a join person p on p.id = a.person
         left join role_grant g on g.account = a.id where a.id = $1 order by g.role, g.scope";

    THROTTLE "find how often a sign-in failed" [Text]
        "select failures, failed_at, blocked_until from sign_in_throttle where subject = $1";
    THROTTLE_SET "count a failed sign-in" [Text, Int, Int, Int]
        "insert into sign_in_throttle (subject, failures, failed_at, blocked_until) values ($1, $2, $3, $4)
         on conflict (subject) do update
         set failures = excluded.failures, failed_at = excluded.failed_at, blocked_until = excluded.blocked_until";
    THROTTLE_CLEAR "forget failed sign-ins" [Text]
        "delete from sign_in_throttle where subject = $1";
    THROTTLE_CLEAR_BEFORE "clear old failed sign-ins away" [Int]
        "delete from sign_in_throttle where failed_at < $1";

    ORGANISATIONS "list organisations that an account reaches" [Text, Text, Text, Text, Int]
        "select o.id, o.parent, o.kind, o.name_zh, o.name_en, o.path from organisation o
         where exists (
             select 1 from role_grant g left join organisation held on g.scope = 'organisation/' || held.id
             where g.account = $1
               and (g.role = 'organiser' or g.role in ('administrator', 'staff')
                   and (g.scope = 'hall' or substr(o.path, 1, length(held.path)) = held.path)))
           and (cast($2 as text) is null or o.parent = $2)
           and (cast($3 as text) is null or lower(o.name_zh) like $3 escape '!' or lower(o.name_en) like $3 escape '!'
               or lower(o.id) like $3 escape '!')
           and (cast($4 as text) is null or o.path > $4)
         order by o.path limit $5";
    ORGANISATION "find an organisation" [Text]
        "select id, parent, kind, name_zh, name_en, path from organisation where id = $1";
    ORGANISATION_REACHED "find whether an account reaches an organisation" [Text, Text]
        "select g.role from role_grant g
         join organisation o on o.id = $2
         left join organisation held on g.scope = 'organisation/' || held.id
         where g.account = $1 and g.role in ('administrator', 'staff')
           and (g.scope = 'hall' or substr(o.path, 1, length(held.path)) = held.path)
         order by g.role";
    ORGANISATION_CHANGE "change an organisation" [Text, Text, Text, Text, Text]
        "update organisation set parent = $2, kind = $3, name_zh = $4, name_en = $5 where id = $1";
    ORGANISATION_MOVE "move a branch of the tree" [Text, Text]
        "update organisation set path = $2 || substr(path, length($1) + 1) where substr(path, 1, length($1)) = $1";
    ORGANISATION_SIBLING "find a sibling of the same name" [Text, Text, Text]
        "select id from organisation
         where name_zh = $2 and id <> $3 and (parent = $1 or (cast($1 as text) is null and parent is null)) limit 1";
    ORGANISATION_DEPTH "find how deep a branch goes" [Text]
        "select path from organisation where substr(path, 1, length($1)) = $1
         order by length(path) - length(replace(path, '/', '')) desc limit 1";
    ORGANISATION_ROOT "find the first root of the tree" []
        "select id from organisation where parent is null order by id limit 1";

    PERSONS "list persons that an account reaches" [Text, Text, Text, Text, Int]
        "select p.id, p.name, p.gender, p.phone, p.organisation, o.name_zh, o.name_en
         from person p join organisation o on o.id = p.organisation
         where exists (
             select 1 from role_grant g left join organisation held on g.scope = 'organisation/' || held.id
             where g.account = $1 and g.role in ('administrator', 'staff')
               and (g.scope = 'hall' or substr(o.path, 1, length(held.path)) = held.path))
           and (cast($2 as text) is null or exists (
             select 1 from organisation under where under.id = $2 and substr(o.path, 1, length(under.path)) = under.path))
           and (cast($3 as text) is null or lower(p.name) like $3 escape '!')
           and (cast($4 as text) is null or p.id > $4)
         order by p.id limit $5";
    PERSON_ORGANISATION "find a person's organisation" [Text]
        "select organisation from person where id = $1";

    ACCOUNTS "list accounts that an account reaches" [Text, Text, Text, Text, Int]
        "select a.id, a.person, p.name, a.login, a.created_at, a.disabled_at,
                cast(case when a.password_hash is null then 0 else 1 end as bigint) as has_password
         from account a join person p on p.id = a.person join organisation o on o.id = p.organisation
         where exists (
             select 1 from role_grant g left join organisation held on g.scope = 'organisation/' || held.id
             where g.account = $1 and g.role in ('administrator', 'staff')
               and (g.scope = 'hall' or substr(o.path, 1, length(held.path)) = held.path))
           and (cast($2 as text) is null or a.person = $2)
           and (cast($3 as text) is null or a.login like $3 escape '!' or lower(p.name) like $3 escape '!')
           and (cast($4 as text) is null or a.id > $4)
         order by a.id limit $5";
    GRANTS_BETWEEN "list the grants of a page of accounts" [Text, Text]
        "select account, role, scope from role_grant where account >= $1 and account <= $2 order by account, role, scope";
    GRANTS "list an account's grants" [Text]
        "select role, scope from role_grant where account = $1 order by role, scope";
    ACCOUNT "find an account and its person's organisation" [Text]
        "select a.id, a.person, a.login, a.disabled_at, p.organisation
         from account a join person p on p.id = a.person where a.id = $1";
    // A contest that is final has nothing more to mark.
    JUDGES_IN "list the contests in which an account's person sits as a judge and there is still something to mark" [Text]
        "select contest.id, contest.name_zh, contest.name_en from contest
         where exists (
             select 1 from contest_judge judge join account on account.person = judge.person
             where judge.contest = contest.id and account.id = $1)
           and not exists (
             select 1 from contest_event event
             where event.contest = contest.id and event.kind = 'state' and event.body like '{\"kind\":\"state\",\"to\":\"final\"%')
         order by contest.id";
    ACCOUNT_SHOWN "find an account as it is shown" [Text]
        "select a.id, a.person, p.name, a.login, a.created_at, a.disabled_at,
                cast(case when a.password_hash is null then 0 else 1 end as bigint) as has_password
         from account a join person p on p.id = a.person where a.id = $1";
    ACCOUNT_DISABLE "close or open an account" [Text, Int]
        "update account set disabled_at = $2 where id = $1";
    ADMINISTRATORS "count open administrators of the hall" []
        "select cast(count(*) as bigint) as many from role_grant g join account a on a.id = g.account
         where g.role = 'administrator' and g.scope = 'hall' and a.disabled_at is null";

    EDGE_KEYS "list a contest's edge keys" [Text, Text, Int]
        "select id, edge, venue, created_by, created_at, revoked_at, retired_after from api_key
         where contest = $1 and (cast($2 as text) is null or id > $2) order by id limit $3";
    EDGE_KEY_INSERT "keep a new edge key" [Text, Text, Text, Text, Text, Text, Int]
        "insert into api_key (id, token_hash, edge, contest, venue, created_by, created_at) values ($1, $2, $3, $4, $5, $6, $7)";
    EDGE_KEY "find an edge key" [Text, Text]
        "select id, edge, venue, created_by, created_at, revoked_at, retired_after from api_key where contest = $1 and id = $2";
    EDGE_KEY_REVOKE "revoke an edge key" [Text, Text, Int]
        "update api_key set revoked_at = $3 where contest = $1 and id = $2 and revoked_at is null";
    EDGE_KEYS_LEFT "count an edge's keys that still work" [Text, Text]
        "select cast(count(*) as bigint) as many from api_key where contest = $1 and edge = $2 and revoked_at is null";
    EDGE_RETIRE "say that nobody waits for an edge any more" [Text, Text, Int]
        "update api_key set retired_after = $3 where contest = $1 and edge = $2 and retired_after is null";
    VENUE_OF "find a venue of a contest" [Text, Text] "select id from contest_venue where contest = $1 and id = $2";
    EDGE_ELSEWHERE "find whether an edge stands at another venue" [Text, Text, Text]
        "select venue from (
             select venue from api_key where contest = $1 and edge = $2 and venue is not null
             union select venue from contest_edge where contest = $1 and edge = $2) named
         where venue <> $3 limit 1";
}
