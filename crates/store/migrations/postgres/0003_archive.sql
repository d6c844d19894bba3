-- The one ordered log: every fact about a person or a union, as an xAPI statement. Only ever appended to.

create table archive_statement (
    position    bigint primary key,
    id          text collate "C" not null unique,      -- the statement's UUID
    actor       text collate "C",                      -- the person, if the actor is one of this hall's
    verb        text collate "C" not null,
    object      text collate "C" not null,             -- the activity's IRI, or what the object is instead
    happened_at bigint not null,
    stored_at   bigint not null,
    hash        text collate "C" not null,             -- SHA-256 over the hash before it and this body
    body        text not null                          -- the statement as JSON
);
create index archive_statement_by_actor on archive_statement (actor, position);
create index archive_statement_by_object on archive_statement (object, position);

create function archive_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'the archive is append-only';
end
$$;
create trigger archive_statement_is_never_changed before update or delete or truncate on archive_statement
    for each statement execute function archive_is_append_only();
