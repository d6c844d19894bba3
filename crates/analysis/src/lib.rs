//! Figures about a contest after it.

pub mod aspects;
pub mod facets;
pub mod icc;
pub mod interval;
pub mod krippendorff;
mod lack;
pub mod reliability;
mod special;
mod square;
pub mod table;
pub use lack::Lack;
