-- Applications to take part, and what was done with each. What became of one stands in contest_entry as well when it was admitted.

create table contest_registration (
    contest   text primary key references contest (id),
    opens_at  integer,                     -- as the organiser said; null: as the rule set says
    closes_at integer
) strict;

create table contest_application (
    id           text primary key,
    contest      text not null references contest (id),
    person       text not null,
    organisation text not null,            -- when he applied
    group_code   text not null,
    team         text,                     -- its name; the team itself is made when the first of it is admitted
    answers      text not null,            -- what the rules ask, and nothing else: {"field": "answer"}
    state        text not null,
    queue        integer,                  -- on the waiting list: who has less comes first
    venue        text,
    entry        text,                     -- while it is admitted
    replaces     text references contest_application (id),
    reason       text,                     -- of the last step
    applied_at   integer not null,
    changed_at   integer not null,
    version      integer not null          -- counts the steps
) strict;
create index contest_application_by_contest on contest_application (contest, id);
create index contest_application_by_person on contest_application (person, id);
-- One at a time: who has withdrawn may apply once more.
create unique index contest_application_once on contest_application (contest, person) where state not in ('withdrawn', 'substituted');

-- Only ever appended to.
create table contest_application_step (
    application text not null references contest_application (id),
    position    integer not null,
    at          integer not null,
    account     text,                      -- null: the hall by itself
    act         text not null,
    as_role     text not null,             -- applicant, staff, organiser or hall
    reason      text,
    primary key (application, position)
) strict;
