//! Telemetry on the wire and on disk.
//!
//! A station's equipment says something at an instant: a [`Tick`], the values of some of its signals. Ticks travel from a
//! venue's edge to the hall in NDJSON [`batch`]es, and they are kept in [`Recorder`]'s MCAP files, from which
//! [`Recording`] gives them back, a plot draws them ([`series()`]) and the referee judges them again ([`replay`]).
//! [`convert`] makes recordings of what others recorded.
//!
//! Invariants: a value is never invented (what a source left out is absent, what it could not say is bad); a tick that was
//! written is read back equal, to the last bit of a number; the ticks of one station never go back in time; and this crate
//! never reads the clock, so the same recording and the same scheme give the same lines, byte for byte.

pub mod batch;
mod bind;
mod complete;
pub mod convert;
mod fault;
mod record;
mod recording;
pub mod replay;
mod series;
mod spoken;
mod tick;

pub use batch::{Batch, Header, Limits};
pub use bind::{Binding, Misfit};
pub use complete::complete;
pub use fault::{BatchFault, RecordingFault};
pub use record::{Finished, Recorder, RunMetadata};
pub use recording::{RecordedSignal, Recording, Request, Ticks};
pub use series::{Drawing, Series, SeriesPoint, draw, series, thinned};
pub use spoken::{Listener, Spoken};
pub use tick::{
    BadName, Names, Reading, Readings, SIGNAL_NAME_LEN_MAX, STATION_NAME_LEN_MAX, Tick, check_signal, check_station,
};
