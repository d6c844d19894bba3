//! Rows: values of many signals at one instant, as a station's tick or a table has them.

use crate::rules::{Kind, RuleSet, Signal};
use crate::{SignalIx, SignalKind};

/// A good value in the kind of its column's signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell(u64);

impl Cell {
    #[inline(always)]
    pub(crate) fn bits(self) -> u64 {
        self.0
    }
}

impl From<bool> for Cell {
    #[inline(always)]
    fn from(value: bool) -> Cell {
        Cell(u64::from(value))
    }
}

impl From<i64> for Cell {
    #[inline(always)]
    fn from(value: i64) -> Cell {
        Cell(value as u64)
    }
}

impl From<f64> for Cell {
    #[inline(always)]
    fn from(value: f64) -> Cell {
        Cell(value.to_bits())
    }
}

/// Which signal each column of a row is. Texts have no column: they come as samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// Column and signal, of those that a rule reads: the reals, and the others.
    pub(crate) reals: Box<[(u32, u32)]>,
    pub(crate) others: Box<[(u32, u32)]>,
    /// How many columns are signals.
    pub(crate) declared: u64,
}

impl Columns {
    /// How many columns are declared signals.
    pub fn len(&self) -> u64 {
        self.declared
    }

    pub fn is_empty(&self) -> bool {
        self.declared == 0
    }
}

impl RuleSet {
    /// Columns for rows in this order; `None` where a column is nobody's signal. `Err` names the first column whose
    /// signal is a text or is unknown.
    pub fn columns(&self, order: &[Option<SignalIx>]) -> Result<Columns, usize> {
        let (mut reals, mut others) = (Vec::new(), Vec::new());
        let mut declared = 0;
        for (column, signal) in order.iter().enumerate() {
            let Some(signal) = signal else { continue };
            match self.signals().get(signal.index()) {
                Some(decl) if decl.kind != SignalKind::Text => {}
                _ => return Err(column),
            }
            declared += 1;
            let Signal { read, kind, .. } = &self.signals[signal.index()];
            if *read {
                let columns = if *kind == Kind::Real { &mut reals } else { &mut others };
                columns.push((column as u32, signal.0));
            }
        }
        Ok(Columns { reals: reals.into(), others: others.into(), declared })
    }
}
