-- Results that are signed and can be checked by anybody.

-- The rule set's YAML as it was when the contest was made; null where it has none.
alter table contest add column rule_set text collate "C";

-- The key by which this hall seals what leaves it: one row.
create table hall_key (
    id         text collate "C" primary key check (id = 'hall'),
    secret     text collate "C" not null,
    created_at bigint not null
);
