//! Figures about a contest after it: how good the aspects, the judges and the abilities measured.
//!
//! Who acts: after the decode the organisers ask which aspects were too easy or told nobody apart, whether the total is
//! reliable, which judges were severe or erratic, whether venue or hour mattered, where machine and people disagree,
//! what to train and by what to select. A competitor's portrait asks where he stands in each ability, and how sure that
//! is.
//!
//! Flow: [`Observations::new`] checks marks and setting, naming all faults → [`analyse`] → [`Analysis`], whose
//! [`Finding`]s are the sentences. Each statistic is also a function of its own, over a [`Table`](table::Table) or a
//! list:
//!
//! | question | function | in | out |
//! | --- | --- | --- | --- |
//! | how hard, and does it tell apart | [`aspects::aspect_figures`] | competitors × aspects | share, −1 to 1 |
//! | is the total reliable | [`reliability::reliability`] | competitors × aspects | Cronbach's α, marks |
//! | do judges agree on competitors | [`icc::icc`] | competitors × judges | ICC, six forms |
//! | do judges agree on things, marks missing | [`krippendorff::krippendorff`] | units × judges | Krippendorff's α |
//! | who is able, hard, severe on one scale | [`facets::facets`] | ratings | logits |
//! | who is severe, who wanders | [`judges::judge_figures`] | judges' shares | shares |
//! | do hour and venue matter | [`drift::drift`], [`drift::by_hour`], [`drift::venues`] | cells | shares (per hour) |
//! | machine and people | [`machine::machine_figures`] | cells | rate, shares |
//! | who masters what | [`abilities::ability_figures`] | marks of an ability | shares |
//! | what one competitor is strong and weak in | [`portrait::remarks`] | figures of abilities | sentences |
//!
//! Invariants:
//! - Marks come in as exact integers. What comes out is statistics in floating point: nothing here decides a mark, a
//!   rank or a prize.
//! - A figure that can't be computed is a [`Lack`] by name or `None`; no figure is ever NaN.
//! - The order of observations changes nothing. Chance comes from a seed that is given, and is published with the
//!   figure.
//! - No I/O, no clock, no wire format.

pub mod abilities;
mod analyse;
pub mod aspects;
pub mod drift;
pub mod facets;
mod finding;
pub mod icc;
pub mod interval;
pub mod judges;
pub mod krippendorff;
mod lack;
mod limits;
pub mod machine;
mod observation;
pub mod panels;
pub mod portrait;
pub mod reliability;
mod special;
mod square;
pub mod table;
mod words;

pub use analyse::{Agreement, Analysis, analyse, judge_marks, ratings};
pub use finding::{About, Finding, Kind, findings};
pub use interval::{Estimate, Interval};
pub use lack::Lack;
pub use limits::{Limit, Limits, Scales, Source};
pub use observation::{Aspect, By, Cell, Fault, Observation, Observations, Setting};
