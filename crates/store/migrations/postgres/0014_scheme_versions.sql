-- Every version of a contest's scheme and rule set, as its organiser saved it before the contest was opened.

create table contest_scheme_version (
    contest  text collate "C" not null references contest (id),
    version  bigint not null,                     -- 1: what the contest was made with
    scheme   text collate "C" not null,           -- the YAML, to the letter
    rule_set text collate "C",                    -- null: none
    hash     text collate "C" not null,           -- of the scheme
    at       bigint not null,
    account  text collate "C",                    -- who saved it; null where nobody kept it
    note     text collate "C" not null,
    primary key (contest, version)
);

insert into contest_scheme_version (contest, version, scheme, rule_set, hash, at, account, note)
select id, 1, scheme, rule_set, scheme_hash, created_at, null, '' from contest;
