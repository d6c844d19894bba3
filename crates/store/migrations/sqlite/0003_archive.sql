-- The one ordered log: every fact about a person or a union, as an xAPI statement. Only ever appended to.

create table archive_statement (
    position    integer primary key,
    id          text not null unique,                  -- the statement's UUID
    actor       text,                                  -- the person, if the actor is one of this hall's
    verb        text not null,
    object      text not null,                         -- the activity's IRI, or what the object is instead
    happened_at integer not null,
    stored_at   integer not null,
    hash        text not null,                         -- SHA-256 over the hash before it and this body
    body        text not null                          -- the statement as JSON
) strict;
create index archive_statement_by_actor on archive_statement (actor, position);
create index archive_statement_by_object on archive_statement (object, position);

create trigger archive_statement_is_never_changed before update on archive_statement
begin
    select raise(abort, 'the archive is append-only');
end;
create trigger archive_statement_is_never_deleted before delete on archive_statement
begin
    select raise(abort, 'the archive is append-only');
end;
