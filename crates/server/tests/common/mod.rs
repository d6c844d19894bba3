//! What the whole-binary tests share: the program as a process, somebody who uses it over HTTP, a contest that is staged through
//! its own doors, a judge who never gives up, a spectator who merges frames, a program's key to the record store, and samples of every kind of
//! statement that the hall tells.

pub mod board;
pub mod gateway;
pub mod judge;
pub mod key;
pub mod program;
pub mod stage;
pub mod telemeter;
pub mod told;
pub mod visitor;
