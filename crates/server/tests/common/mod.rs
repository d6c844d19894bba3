//! What the whole-binary tests share: the program as a process, somebody who uses it over HTTP, a contest that is staged through
//! its own doors, a judge who never gives up, and a spectator who merges frames.

pub mod board;
pub mod gateway;
pub mod judge;
pub mod program;
pub mod stage;
pub mod telemeter;
pub mod visitor;
