-- A plot and a referee that begins anew look for batches by their times.
create index contest_telemetry_by_time on contest_telemetry (contest, last_at);
