//! Live topics: what the contest room publishes, and how it reaches thousands of screens.
//!
//! A [`Topic`] is a versioned map from key to encoded JSON. Publishers [`apply`](Topic::apply) changes; the first few
//! after a rest go out at once, later ones together at the end of a window, so a topic has at most 20 versions in any
//! second. A reader gets one frame that brings him from the version he has to the newest: a delta, or a
//! snapshot when the delta would reach too far back. Merging frames always gives the newest map, so who is slow skips
//! versions and is right again with one frame. Nothing is ever queued for a reader.
//!
//! Frames leave by two ways. Public views are served by [shards](crate::Hub::adopt), threads with an epoll loop of our
//! own that write shared bytes to sockets. Spectators reach them at the live listener ([`Hub::listen`]), where every shard
//! has a door of its own, with TLS where there is a [`Seal`]; and at the hall's port, where the [`Front`] finds their
//! connections among all that arrive. Staff views, and connections that the HTTP server owns already, use a [`Subscription`], a stream of the same
//! bytes.
//!
//! The [`Bus`] wakes the nodes of one hall: "the log of this contest has reached position 120". It carries no facts;
//! who is woken reads the database.
//!
//! Invariants: publishing never waits for a reader; a public request never reaches a topic whose name doesn't begin
//! with `contests/`; positions on the bus are hints, and losing one costs delay only.

mod answer;
mod bus;
mod clock;
mod core;
mod frame;
mod front;
#[cfg(fuzzing)]
pub mod fuzzed;
mod hub;
mod key;
mod path;
mod request;
mod seal;
mod shard;
mod stats;
mod stream;
mod topic;

pub use crate::answer::STREAM_HEADERS;
pub use crate::bus::{Bus, BusError, Wakes};
pub use crate::clock::{Steady, SteadyClock};
pub use crate::frame::{Frame, FrameKind};
pub use crate::front::Front;
pub use crate::hub::{Hub, LiveConfig, Topic, Whole, encode, raise_descriptor_limit};
pub use crate::key::Key;
pub use crate::path::resume_id;
pub use crate::seal::{Seal, SealError};
pub use crate::stats::{Stats, TopicStats};
pub use crate::stream::Subscription;
