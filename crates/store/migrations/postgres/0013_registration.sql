-- Applications to take part, and what was done with each. What became of one stands in contest_entry as well when it was admitted.

create table contest_registration (
    contest   text collate "C" primary key references contest (id),
    opens_at  bigint,                     -- as the organiser said; null: as the rule set says
    closes_at bigint
);

create table contest_application (
    id           text collate "C" primary key,
    contest      text collate "C" not null references contest (id),
    person       text collate "C" not null,
    organisation text collate "C" not null,            -- when he applied
    group_code   text collate "C" not null,
    team         text collate "C",                     -- its name; the team itself is made when the first of it is admitted
    answers      text collate "C" not null,            -- what the rules ask, and nothing else: {"field": "answer"}
    state        text collate "C" not null,
    queue        bigint,                  -- on the waiting list: who has less comes first
    venue        text collate "C",
    entry        text collate "C",                     -- while it is admitted
    replaces     text collate "C" references contest_application (id),
    reason       text collate "C",                     -- of the last step
    applied_at   bigint not null,
    changed_at   bigint not null,
    version      bigint not null          -- counts the steps
);
create index contest_application_by_contest on contest_application (contest, id);
create index contest_application_by_person on contest_application (person, id);
-- One at a time: who has withdrawn may apply once more.
create unique index contest_application_once on contest_application (contest, person) where state not in ('withdrawn', 'substituted');

-- Only ever appended to.
create table contest_application_step (
    application text collate "C" not null references contest_application (id),
    position    bigint not null,
    at          bigint not null,
    account     text collate "C",                      -- null: the hall by itself
    act         text collate "C" not null,
    as_role     text collate "C" not null,             -- applicant, staff, organiser or hall
    reason      text collate "C",
    primary key (application, position)
);
