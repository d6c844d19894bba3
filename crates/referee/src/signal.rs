//! What a station's equipment says: named, typed signals and their samples.

use std::sync::Arc;
use std::time::Duration;

use kernel::Nanos;

/// A signal that a scheme declares. Its place in the list of declarations is its [`SignalIx`].
#[derive(Debug, Clone, PartialEq)]
pub struct SignalDecl {
    /// A word of ASCII letters, digits and `_` that begins with a letter, at most 64 long.
    pub name: String,
    pub kind: SignalKind,
    /// A sample is good for this long, the last instant included; after that the signal is unknown until the next
    /// sample. `None`: the source only speaks when something changes, so silence means nothing.
    pub stale_after: Option<Duration>,
}

/// The type of a signal's values.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SignalKind {
    Bool,
    Integer,
    /// A number in a unit; the empty text is a number without one.
    Real {
        unit: String,
    },
    Text,
}

impl SignalKind {
    /// The word that scheme files use.
    pub const fn code(&self) -> &'static str {
        match self {
            SignalKind::Bool => "bool",
            SignalKind::Integer => "integer",
            SignalKind::Real { .. } => "real",
            SignalKind::Text => "text",
        }
    }

    /// The unit, or the empty text where there is none.
    pub fn unit(&self) -> &str {
        match self {
            SignalKind::Real { unit } => unit,
            _ => "",
        }
    }
}

/// The place of a signal among the declarations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignalIx(pub u32);

impl SignalIx {
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A value as it was measured.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Bool(bool),
    Integer(i64),
    Real(f64),
    Text(Arc<str>),
}

/// What the source says about its own value. Only `Good` counts as known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Quality {
    #[default]
    Good,
    Uncertain,
    Bad,
}

impl Quality {
    pub const fn code(self) -> &'static str {
        match self {
            Quality::Good => "good",
            Quality::Uncertain => "uncertain",
            Quality::Bad => "bad",
        }
    }

    pub fn from_code(code: &str) -> Option<Quality> {
        [Quality::Good, Quality::Uncertain, Quality::Bad].into_iter().find(|quality| quality.code() == code)
    }
}

/// One value of one signal at one instant of the source's clock.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    pub at: Nanos,
    pub signal: SignalIx,
    pub value: Value,
    pub quality: Quality,
}
