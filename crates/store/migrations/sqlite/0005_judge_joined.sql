-- Seats on a panel stand once a run has begun: it matters which judges were there then.

-- The position in the contest's log at which the judge was imported; 0 for those who were there before this was kept.
alter table contest_judge add column joined integer not null default 0;
