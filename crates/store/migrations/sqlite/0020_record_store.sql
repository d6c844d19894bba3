-- The archive as a learning record store: tenants, sealed bodies, and what statements are looked up by.
--
-- A position counts within its tenant: tenant * 2^40 + 1, 2, 3 … The hall itself is tenant 0, so that its positions are what they were.

create table archive_record (
    position  integer primary key,
    id        blob not null unique,                    -- the tenant (4 bytes, most significant first) and the statement's UUID
    owner     integer,                                 -- whose key seals the payload; null for what is not sealed
    stored_at integer not null,
    hash      blob not null,                           -- SHA-256 over the hash before it, in hexadecimal digits, and this payload
    payload   blob not null                            -- the statement as JSON, sealed with its owner's key
) strict;

insert into archive_record (position, id, owner, stored_at, hash, payload)
select position, cast(x'00000000' || unhex(replace(id, '-', '')) as blob), null, stored_at, unhex(hash), cast(body as blob)
from archive_statement order by position;

-- One row a tenant: where its log stands. Changed in each transaction that appends.
create table archive_head (
    tenant    integer primary key,
    position  integer not null,
    hash      blob not null,
    stored_at integer not null,
    dangling  integer not null,                        -- statements that refer to one that isn't here
    erasures  integer not null                         -- how often keys were shredded
) strict;

insert into archive_head (tenant, position, hash, stored_at, dangling, erasures)
select 0, position, hash, stored_at, 0, 0 from archive_record order by position desc limit 1;

-- The last position of each moment in which something was stored.
create table archive_moment (
    tenant    integer not null,
    stored_at integer not null,
    position  integer not null,
    primary key (tenant, stored_at)
) strict, without rowid;

insert into archive_moment (tenant, stored_at, position)
select 0, stored_at, max(position) from archive_record group by stored_at;

-- The keys that seal payloads, one for each agent and year. To erase somebody is to forget the key.
create table archive_owner (
    id        integer primary key,
    tenant    integer not null,
    agent     integer,                                 -- by what he is looked up; null once he is erased
    year      integer not null,
    secret    blob,                                    -- null once it is shredded
    made_at   integer not null,
    shredded_at integer,
    unique (tenant, agent, year)
) strict;

-- What a statement is looked up by. A projection of the log: it can be built anew.
create table archive_ref (
    key      integer not null,
    position integer not null,
    primary key (key, position)
) strict, without rowid;

-- The same for statements that refer to another: they are found by what the other one is looked up by.
create table archive_via (
    key      integer not null,
    position integer not null,
    via      integer not null,
    primary key (key, position, via)
) strict, without rowid;
create index archive_via_of on archive_via (position);

-- Which statement refers to which id.
create table archive_target (
    target   blob not null,
    position integer not null,
    voids    integer not null,
    primary key (target, position)
) strict, without rowid;

create table archive_voided (
    position integer primary key,
    by       integer not null
) strict;

create table archive_attachment (
    position     integer not null,
    sha2         text not null,
    content_type text not null,
    owner        integer,
    payload      blob not null,
    primary key (position, sha2)
) strict;

-- What has to be done before the projections are whole.
create table archive_rebuild (
    tenant   integer primary key,
    position integer not null                          -- up to here it is done
) strict;

insert into archive_rebuild (tenant, position) select 0, 0 from archive_head;

drop table archive_statement;

create trigger archive_record_is_never_changed before update on archive_record
begin
    select raise(abort, 'the archive is append-only');
end;
create trigger archive_record_is_never_deleted before delete on archive_record
begin
    select raise(abort, 'the archive is append-only');
end;
