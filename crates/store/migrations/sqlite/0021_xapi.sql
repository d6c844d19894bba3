-- The record store's door: whose statements are kept apart, by which keys programs come in, their documents, and where statements go on to.

create table xapi_tenant (
    number     integer primary key,
    name       text not null,
    keep_years integer,                                   -- null: for ever
    created_by text,
    created_at integer not null
) strict;

-- A program that speaks xAPI with this hall.
create table xapi_client (
    id          text primary key,
    tenant      integer not null references xapi_tenant (number),
    name        text not null,
    login       text not null unique,                  -- the user of HTTP Basic
    secret_hash text not null,                         -- SHA-256; the secret is chance, so that nobody guesses it
    scopes      text not null,
    created_by  text,
    created_at  integer not null,
    revoked_at  integer
) strict;
create index xapi_client_of on xapi_client (tenant, id);

-- What a client got for its key (OAuth 2.0, client credentials).
create table xapi_token (
    token_hash text primary key,
    client     text not null references xapi_client (id),
    scopes     text not null,
    expires_at integer not null
) strict;
create index xapi_token_by_end on xapi_token (expires_at);

-- State, activity profiles and agent profiles. `place` is what they belong to: a digest of activity, agent and registration.
create table xapi_document (
    tenant       integer not null,
    kind         text not null,                        -- state, activity, agent
    place        blob not null,
    name         text not null,                        -- stateId or profileId
    registration text not null,                        -- '' without one; only of states
    content_type text not null,
    etag         text not null,
    updated_at   integer not null,
    content      blob not null,
    primary key (tenant, kind, place, registration, name)
) strict, without rowid;

-- Other record stores that get a tenant's statements.
create table xapi_forward (
    id         text primary key,
    tenant     integer not null references xapi_tenant (number),
    name       text not null,
    endpoint   text not null,
    login      text not null,
    secret     text not null,
    position   integer not null,                          -- up to here the other one has them
    failures   integer not null,
    failed     text,                                   -- why it failed last
    next_at    integer not null,
    created_by text,
    created_at integer not null,
    stopped_at integer
) strict;
