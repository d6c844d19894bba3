//! The program as it is shipped, from outside: started, used, cut, killed, started again.

#[path = "../common/mod.rs"]
mod common;

mod demonstration;
mod edge_killed;
mod graceful_stop;
mod hall_killed;
mod measures;
mod replayed;
mod starting;
mod two_nodes;
