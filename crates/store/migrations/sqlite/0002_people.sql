-- Organisations, persons, accounts, roles by scope, open sessions, edge keys, the sign-in throttle and the audit trail.

create table organisation (
    id text primary key,
    parent text references organisation (id),
    kind text not null check (kind in ('federation', 'enterprise', 'department', 'region')),
    name_zh text not null,
    name_en text not null,
    -- the ids from the root to this node, each followed by a slash: an ancestor's path is a prefix of its descendants'
    path text not null unique,
    created_at integer not null
) strict;
create index organisation_parent on organisation (parent);

create table person (
    id text primary key,
    name text not null,
    gender text check (gender in ('female', 'male', 'other')),
    organisation text not null references organisation (id),
    phone text,
    created_at integer not null
) strict;
create index person_organisation on person (organisation, id);

create table account (
    id text primary key,
    person text not null references person (id),
    -- in lower case
    login text not null unique,
    -- argon2id in PHC form; null while nobody can sign in by password
    password_hash text,
    created_at integer not null,
    disabled_at integer
) strict;
create index account_person on account (person);

create table role_grant (
    account text not null references account (id),
    role text not null,
    -- 'hall', 'organisation/org_…', 'contest/con_…', 'venue/con_…/ven_…'
    scope text not null,
    contest text,
    granted_by text,
    granted_at integer not null,
    primary key (account, role, scope)
) strict;
create index role_grant_contest on role_grant (contest, role);

create table session (
    -- sha-256 of the cookie, in hexadecimal
    token_hash text primary key,
    account text not null references account (id),
    created_at integer not null,
    expires_at integer not null
) strict;
create index session_account on session (account);
create index session_expires on session (expires_at);

create table api_key (
    id text primary key,
    token_hash text not null unique,
    edge text not null,
    contest text not null,
    created_by text not null,
    created_at integer not null,
    revoked_at integer
) strict;
create index api_key_contest on api_key (contest, id);

create table sign_in_throttle (
    -- 'login/…' or 'address/…' and a sha-256
    subject text primary key,
    failures integer not null,
    failed_at integer not null,
    blocked_until integer not null
) strict;
create index sign_in_throttle_failed on sign_in_throttle (failed_at);

create table audit (
    position integer primary key,
    at integer not null,
    account text,
    act text not null,
    subject text,
    request_id text
) strict;
