-- Every version of a contest's scheme and rule set, as its organiser saved it before the contest was opened.

create table contest_scheme_version (
    contest  text not null references contest (id),
    version  integer not null,        -- 1: what the contest was made with
    scheme   text not null,           -- the YAML, to the letter
    rule_set text,                    -- null: none
    hash     text not null,           -- of the scheme
    at       integer not null,
    account  text,                    -- who saved it; null where nobody kept it
    note     text not null,
    primary key (contest, version)
) strict;

insert into contest_scheme_version (contest, version, scheme, rule_set, hash, at, account, note)
select id, 1, scheme, rule_set, scheme_hash, created_at, null, '' from contest;
