-- When a contest is planned to end: the public board may stop so long before it, and a calendar shows it.

alter table contest add column ends_at integer;   -- null: nobody has said
