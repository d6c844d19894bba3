//! Telemetry becomes verdicts: rules compiled to incremental monitors on event time. Pure.
