//! The program as it is shipped, from outside: started, used, cut, killed, started again.

// These tests measure how long a real process takes; the hall's own clock is another process's.
#![allow(clippy::disallowed_methods)]

#[path = "../common/mod.rs"]
mod common;

mod archived_contest;
mod award_log;
mod blind_walk;
mod demonstration;
mod edge_killed;
mod graceful_stop;
mod hall_killed;
mod live_listener;
mod measures;
mod record_store_clients;
mod record_store_killed;
mod replayed;
mod seeded;
mod starting;
mod two_nodes;
