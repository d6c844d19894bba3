//! Times as the standard writes them: of the day, and of the contest.

use kernel::{Mark, Timestamp};
use web::wire::Text;

use crate::arena::Arena;

/// Where the contest's own time begins: when it really started, and until then when it is to start.
#[derive(Debug, Clone, Copy)]
pub struct Moments {
    pub start: Timestamp,
}

impl Moments {
    pub fn of(arena: &Arena) -> Moments {
        Moments { start: arena.started_at.unwrap_or(arena.plan.starts_at) }
    }

    pub fn since_start(&self, at: Timestamp) -> String {
        relative(at.millis_since(self.start))
    }

    /// Where the standard knows no time before the start.
    pub fn since_start_or_zero(&self, at: Timestamp) -> String {
        relative(at.millis_since(self.start).max(0))
    }
}

/// `-0:15:32.457`, `101:00:00.000`.
pub fn relative(ms: i64) -> String {
    let (sign, ms) = (if ms < 0 { "-" } else { "" }, ms.unsigned_abs());
    let (s, ms) = (ms / 1000, ms % 1000);
    format!("{sign}{}:{:02}:{:02}.{ms:03}", s / 3600, s / 60 % 60, s % 60)
}

/// A mark as a number. Shortest form: `27.5`.
pub fn number(mark: Mark) -> f64 {
    // Exact to the hundredth far beyond any contest's marks.
    mark.hundredths() as f64 / 100.0
}

/// Both languages in one text, since the standard knows one.
pub fn both(text: &Text) -> String {
    if text.en.is_empty() || text.en == text.zh { text.zh.clone() } else { format!("{} / {}", text.zh, text.en) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_the_contest() {
        for (ms, text) in [
            (0, "0:00:00.000"),
            (1, "0:00:00.001"),
            (3_599_999, "0:59:59.999"),
            (3_600_000, "1:00:00.000"),
            (363_600_000, "101:00:00.000"),
            (-932_457, "-0:15:32.457"),
        ] {
            assert_eq!(relative(ms), text);
        }
    }

    #[test]
    fn marks_are_written_short() {
        for (hundredths, text) in [(0, "0.0"), (2750, "27.5"), (2675, "26.75"), (1, "0.01"), (10_000, "100.0")] {
            assert_eq!(serde_json::to_string(&number(Mark::from_hundredths(hundredths))).unwrap(), text);
        }
    }
}
