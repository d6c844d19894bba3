-- Organisations, persons, accounts, roles by scope, open sessions, edge keys, the sign-in throttle and the audit trail.

create table organisation (
    id text collate "C" primary key,
    parent text collate "C" references organisation (id),
    kind text collate "C" not null check (kind in ('federation', 'enterprise', 'department', 'region')),
    name_zh text collate "C" not null,
    name_en text collate "C" not null,
    -- the ids from the root to this node, each followed by a slash: an ancestor's path is a prefix of its descendants'
    path text collate "C" not null unique,
    created_at bigint not null
);
create index organisation_parent on organisation (parent);

create table person (
    id text collate "C" primary key,
    name text collate "C" not null,
    gender text collate "C" check (gender in ('female', 'male', 'other')),
    organisation text collate "C" not null references organisation (id),
    phone text collate "C",
    created_at bigint not null
);
create index person_organisation on person (organisation, id);

create table account (
    id text collate "C" primary key,
    person text collate "C" not null references person (id),
    -- in lower case
    login text collate "C" not null unique,
    -- argon2id in PHC form; null while nobody can sign in by password
    password_hash text collate "C",
    created_at bigint not null,
    disabled_at bigint
);
create index account_person on account (person);

create table role_grant (
    account text collate "C" not null references account (id),
    role text collate "C" not null,
    -- 'hall', 'organisation/org_…', 'contest/con_…', 'venue/con_…/ven_…'
    scope text collate "C" not null,
    contest text collate "C",
    granted_by text collate "C",
    granted_at bigint not null,
    primary key (account, role, scope)
);
create index role_grant_contest on role_grant (contest, role);

create table session (
    -- sha-256 of the cookie, in hexadecimal
    token_hash text collate "C" primary key,
    account text collate "C" not null references account (id),
    created_at bigint not null,
    expires_at bigint not null
);
create index session_account on session (account);
create index session_expires on session (expires_at);

create table api_key (
    id text collate "C" primary key,
    token_hash text collate "C" not null unique,
    edge text collate "C" not null,
    contest text collate "C" not null,
    created_by text collate "C" not null,
    created_at bigint not null,
    revoked_at bigint
);
create index api_key_contest on api_key (contest, id);

create table sign_in_throttle (
    -- 'login/…' or 'address/…' and a sha-256
    subject text collate "C" primary key,
    failures bigint not null,
    failed_at bigint not null,
    blocked_until bigint not null
);
create index sign_in_throttle_failed on sign_in_throttle (failed_at);

create table audit (
    position bigint primary key,
    at bigint not null,
    account text collate "C",
    act text collate "C" not null,
    subject text collate "C",
    request_id text collate "C"
);
