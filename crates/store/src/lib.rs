//! One SQL text on two engines: SQLite, embedded, and PostgreSQL, for more than one node.
//!
//! A room keeps its statements as [`Statement`] constants in its `sql.rs` and runs them through [`Db`] (single reads),
//! [`Db::read`] (several reads of one snapshot) and [`Db::write`] (a transaction).
//!
//! # What a room can rely on
//! - **Writes run one after another**, over all nodes: SQLite by its one writer (`begin immediate`), PostgreSQL by one
//!   advisory lock taken with `begin`. So check-then-write inside a [`Tx`] is safe on both, and both behave the same.
//!   The price is the latency of one commit for each write; look again when a hall writes more than some thousand
//!   times a second.
//! - **A position of a log is gapless**: [`Tx::next_position`] counts in a row that the same transaction updates, so
//!   a reader that saw 7 has seen 1 to 7. (An identity column can't promise that.)
//! - **The database decides, the bus only wakes**: [`Tx::wake`] leaves a row in the outbox within the transaction;
//!   after the commit [`Db::wakes`] tells this process, and [`Db::outbox_take`] lets a forwarder tell the others, also
//!   after a crash. A lost wake costs delay, never content.
//! - **A failed statement ends its transaction** on both engines, even if the closure goes on and answers `Ok`.
//!   Where a conflict is expected, say `on conflict do nothing` and look at the count.
//! - **Transient failures are retried**: a busy SQLite, PostgreSQL's 40001, 40P01 and 55P03. The closure may run
//!   several times, so it must have no effect but through its [`Tx`].
//!
//! # The common SQL
//! Placeholders `$1…`; ids and JSON are text; times `bigint` in ms; marks `bigint` in hundredths; `sum()` is cast to
//! bigint; text that sorts is `collate "C"` on PostgreSQL; SQLite tables are `strict`. Text with a NUL and
//! reals that are not finite are refused before they reach an engine, because the two would differ.

mod arg;
mod bulk;
pub mod contract;
mod db;
mod engine;
mod error;
mod migrate;
mod row;
mod statement;
mod tx;
mod wake;

pub use arg::{Arg, ArgKind, IntoArg};
pub use bulk::{Cells, Rows};
pub use db::{Db, Engine, Tuning};
pub use error::{BadMigration, StoreError};
pub use futures_util::future::BoxFuture;
pub use migrate::{Migration, POSTGRES as POSTGRES_MIGRATIONS, SQLITE as SQLITE_MIGRATIONS};
pub use row::{Column, ColumnFault, Row};
pub use statement::{AsSql, Sql, Statement};
pub use tx::Tx;
pub use wake::{Wake, Wakes, Woken};
