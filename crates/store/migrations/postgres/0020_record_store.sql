-- The archive as a learning record store: tenants, sealed bodies, and what statements are looked up by.
--
-- A position counts within its tenant: tenant * 2^40 + 1, 2, 3 … The hall itself is tenant 0, so that its positions are what they were.

create table archive_record (
    position  bigint primary key,
    id        bytea not null unique,                   -- the tenant (4 bytes, most significant first) and the statement's UUID
    owner     bigint,                                  -- whose key seals the payload; null for what is not sealed
    stored_at bigint not null,
    hash      bytea not null,                          -- SHA-256 over the hash before it, in hexadecimal digits, and this payload
    payload   bytea not null                           -- the statement as JSON, sealed with its owner's key
);
-- What is sealed doesn't shrink: no time is lost on trying.
alter table archive_record alter column payload set storage external;

insert into archive_record (position, id, owner, stored_at, hash, payload)
select position, decode('00000000' || replace(id, '-', ''), 'hex'), null, stored_at, decode(hash, 'hex'), convert_to(body, 'UTF8')
from archive_statement order by position;

-- One row a tenant: where its log stands. Changed in each transaction that appends.
create table archive_head (
    tenant    bigint primary key,
    position  bigint not null,
    hash      bytea not null,
    stored_at bigint not null,
    dangling  bigint not null,                         -- statements that refer to one that isn't here
    erasures  bigint not null                          -- how often keys were shredded
);

insert into archive_head (tenant, position, hash, stored_at, dangling, erasures)
select 0, position, hash, stored_at, 0, 0 from archive_record order by position desc limit 1;

-- The last position of each moment in which something was stored.
create table archive_moment (
    tenant    bigint not null,
    stored_at bigint not null,
    position  bigint not null,
    primary key (tenant, stored_at)
);

insert into archive_moment (tenant, stored_at, position)
select 0, stored_at, max(position) from archive_record group by stored_at;

-- The keys that seal payloads, one for each agent and year. To erase somebody is to forget the key.
create table archive_owner (
    id        bigint primary key,
    tenant    bigint not null,
    agent     bigint,                                  -- by what he is looked up; null once he is erased
    year      bigint not null,
    secret    bytea,                                   -- null once it is shredded
    made_at   bigint not null,
    shredded_at bigint,
    unique (tenant, agent, year)
);

-- What a statement is looked up by. A projection of the log: it can be built anew.
create table archive_ref (
    key      bigint not null,
    position bigint not null,
    primary key (key, position)
);

-- The same for statements that refer to another: they are found by what the other one is looked up by.
create table archive_via (
    key      bigint not null,
    position bigint not null,
    via      bigint not null,
    primary key (key, position, via)
);
create index archive_via_of on archive_via (position);

-- Which statement refers to which id.
create table archive_target (
    target   bytea not null,
    position bigint not null,
    voids    bigint not null,
    primary key (target, position)
);

create table archive_voided (
    position bigint primary key,
    by       bigint not null
);

create table archive_attachment (
    position     bigint not null,
    sha2         text collate "C" not null,
    content_type text collate "C" not null,
    owner        bigint,
    payload      bytea not null,
    primary key (position, sha2)
);

-- What has to be done before the projections are whole.
create table archive_rebuild (
    tenant   bigint primary key,
    position bigint not null                           -- up to here it is done
);

insert into archive_rebuild (tenant, position) select 0, 0 from archive_head;

drop table archive_statement;

create trigger archive_record_is_never_changed before update or delete or truncate on archive_record
    for each statement execute function archive_is_append_only();
