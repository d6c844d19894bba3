//! Telemetry on the wire and on disk: NDJSON, MCAP recordings, and their replay through the referee.
