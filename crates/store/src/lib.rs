//! One SQL text on SQLite and PostgreSQL: Db, Tx, Row; migrations, ordered logs, outbox.
