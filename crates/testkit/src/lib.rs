//! Halls, clocks and databases for tests: private PostgreSQL, NATS and MQTT servers on free ports.
