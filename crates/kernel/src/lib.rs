//! What every room of the hall agrees on: ids, time, randomness, marks, who acts, and what an error is called.
//!
//! Invariant: this crate does no I/O and never reads the machine's clock or its randomness by itself;
//! both come in through [`Clock`] and [`Rng`], so that a contest can be replayed to the byte.

pub mod actor;
pub mod clock;
pub mod error;
pub mod id;
pub mod lots;
pub mod mark;
pub mod rng;
pub mod suggestion;
pub mod text;

pub use actor::{Actor, Role, Scope};
pub use clock::{Clock, FakeClock, HALL_TIME, Nanos, SystemClock, Timestamp, Zone, hall_time};
pub use error::{ErrorCode, ErrorEntry};
pub use id::*;
pub use lots::{BadSeed, Lots, Seed};
pub use mark::Mark;
pub use rng::Rng;
pub use suggestion::Suggestion;
pub use text::{Lang, Text};
