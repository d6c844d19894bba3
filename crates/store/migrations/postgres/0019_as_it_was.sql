-- What was published, as it was published; and of which union somebody is in a contest, as it was when he came into it.

create table contest_pack (
    contest  text collate "C" not null references contest (id),
    position bigint not null,      -- of the log: where the result became final
    sha256   text collate "C" not null,        -- of the body
    made_at  bigint not null,
    body     bytea not null,       -- the ZIP, byte for byte: it is never made anew
    primary key (contest, position)
);

-- The nearest federation at or above the organisation, but the root: null where there is none. The tree may change while a contest runs; who
-- marks whom does not.
alter table contest_entry add column federation text collate "C" references organisation (id);
alter table contest_judge add column federation text collate "C" references organisation (id);
update contest_entry set federation = (
    with recursive above (node, kind, parent, steps) as (
        select own.id, own.kind, own.parent, 0 from organisation own where own.id = contest_entry.organisation
        union all
        select up.id, up.kind, up.parent, above.steps + 1
          from above join organisation up on up.id = above.parent where above.steps < 64)
    select node from above where kind = 'federation' and parent is not null order by steps limit 1);
update contest_judge set federation = (
    with recursive above (node, kind, parent, steps) as (
        select own.id, own.kind, own.parent, 0 from organisation own where own.id = contest_judge.organisation
        union all
        select up.id, up.kind, up.parent, above.steps + 1
          from above join organisation up on up.id = above.parent where above.steps < 64)
    select node from above where kind = 'federation' and parent is not null order by steps limit 1);
