-- The record store's door: whose statements are kept apart, by which keys programs come in, their documents, and where statements go on to.

create table xapi_tenant (
    number     bigint primary key,
    name       text collate "C" not null,
    keep_years bigint,                                   -- null: for ever
    created_by text collate "C",
    created_at bigint not null
);

-- A program that speaks xAPI with this hall.
create table xapi_client (
    id          text collate "C" primary key,
    tenant      bigint not null references xapi_tenant (number),
    name        text collate "C" not null,
    login       text collate "C" not null unique,                  -- the user of HTTP Basic
    secret_hash text collate "C" not null,                         -- SHA-256; the secret is chance, so that nobody guesses it
    scopes      text collate "C" not null,
    created_by  text collate "C",
    created_at  bigint not null,
    revoked_at  bigint
);
create index xapi_client_of on xapi_client (tenant, id);

-- What a client got for its key (OAuth 2.0, client credentials).
create table xapi_token (
    token_hash text collate "C" primary key,
    client     text collate "C" not null references xapi_client (id),
    scopes     text collate "C" not null,
    expires_at bigint not null
);
create index xapi_token_by_end on xapi_token (expires_at);

-- State, activity profiles and agent profiles. `place` is what they belong to: a digest of activity, agent and registration.
create table xapi_document (
    tenant       bigint not null,
    kind         text collate "C" not null,                        -- state, activity, agent
    place        bytea not null,
    name         text collate "C" not null,                        -- stateId or profileId
    registration text collate "C" not null,                        -- '' without one; only of states
    content_type text collate "C" not null,
    etag         text collate "C" not null,
    updated_at   bigint not null,
    content      bytea not null,
    primary key (tenant, kind, place, registration, name)
);

-- Other record stores that get a tenant's statements.
create table xapi_forward (
    id         text collate "C" primary key,
    tenant     bigint not null references xapi_tenant (number),
    name       text collate "C" not null,
    endpoint   text collate "C" not null,
    login      text collate "C" not null,
    secret     text collate "C" not null,
    position   bigint not null,                          -- up to here the other one has them
    failures   bigint not null,
    failed     text collate "C",                                   -- why it failed last
    next_at    bigint not null,
    created_by text collate "C",
    created_at bigint not null,
    stopped_at bigint
);
