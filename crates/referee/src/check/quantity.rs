//! Quantities and durations: one number with its unit.

use kernel::Suggestion;

use super::Scope;
use crate::lex::{Flaw, with_point};
use crate::parse::{Node, parse};
use crate::unit::{Unit, convert};

impl Scope<'_> {
    /// Reads a quantity such as `48`, `-48.5 N` or `2s` in the given unit, or as it stands where none is known.
    pub fn quantity(&self, text: &str, unit: Option<&Unit>) -> Result<f64, Flaw> {
        let compact: String = text.split_whitespace().collect();
        let wrong = || {
            let (zh, en) = (format!("`{text}` 不是数值"), format!("`{text}` is no quantity"));
            let such = || Suggestion::write(unit.map_or_else(|| "48.5".to_owned(), |unit| self.in_kind("48.5", unit)));
            Flaw::new(1, zh, en, with_point(&compact).unwrap_or_else(such))
        };
        let (sign, digits) = match compact.strip_prefix('-') {
            Some(digits) => (-1.0, digits),
            None => (1.0, compact.as_str()),
        };
        let tree = parse(digits, &self.own_units).map_err(|_| wrong())?;
        match tree.node {
            Node::Integer(number) => Ok(sign * number as f64),
            Node::Real(number, None) => Ok(sign * number),
            Node::Real(number, Some(written)) => {
                let Some(unit) = unit else { return Ok(sign * number) };
                let from = Unit::read(&written);
                if !from.same_kind(unit) {
                    return Err(Flaw::new(
                        1,
                        format!("`{text}` 的单位不符"),
                        format!("the unit of `{text}` doesn't fit here"),
                        match self.unit_name(unit) {
                            Some(name) => Suggestion::advice(
                                format!("写能换算成 {name} 的数值，例如 `{}{name}`", sign * number),
                                format!(
                                    "write a quantity that converts into {name}, such as `{}{name}`",
                                    sign * number
                                ),
                            ),
                            None => Suggestion::advice("写不带单位的数", "write a number without a unit"),
                        },
                    ));
                }
                Ok(sign * convert(number, &from, unit))
            }
            _ => Err(wrong()),
        }
    }

    /// Reads a duration with its unit, from 1 ns to 31 days.
    pub fn duration(&self, text: &str) -> Result<i64, Flaw> {
        const LONGEST_S: f64 = 31.0 * 86_400.0;
        let compact: String = text.split_whitespace().collect();
        if compact.parse::<f64>().is_ok() {
            let (zh, en) = (format!("时长 `{text}` 要写单位"), format!("the duration `{text}` needs a unit"));
            return Err(Flaw::new(1, zh, en, Suggestion::replace(format!("{compact}s"))));
        }
        let seconds = self.quantity(text, Some(&Unit::read("s"))).map_err(|_| {
            let (zh, en) = (format!("`{text}` 不是时长"), format!("`{text}` is no duration"));
            Flaw::new(1, zh, en, with_point(&compact).unwrap_or_else(|| Suggestion::write("2s")))
        })?;
        // Nanoseconds of the written decimal: the nearest whole number to the nearest real.
        let nanos = (seconds * 1e9).round();
        if seconds > LONGEST_S || nanos < 1.0 {
            return Err(Flaw::new(
                1,
                format!("时长 `{text}` 太{}", if nanos < 1.0 { "短" } else { "长" }),
                format!("the duration `{text}` is too {}", if nanos < 1.0 { "short" } else { "long" }),
                Suggestion::advice("写 1ns 到 31 天，例如 `2s`", "write 1 ns to 31 days, such as `2s`"),
            ));
        }
        Ok(nanos as i64)
    }
}
