-- Venues stand in the order in which the contest names them; an id sorts by time, and two of one millisecond by chance.
alter table contest_venue add column place bigint not null default 0;
