//! From names to a scheme's signals, and from readings to samples of the declared kinds.

use std::collections::HashMap;

use kernel::{Nanos, Text};
use referee::{Quality, Sample, SignalDecl, SignalIx, SignalKind, Value};

use crate::{Reading, Tick};

/// Knows which of a tick's signals a scheme watches. Signals that it does not watch are passed over.
#[derive(Debug, Clone)]
pub struct Binding {
    by_name: HashMap<String, (SignalIx, SignalKind)>,
}

/// A reading that does not fit its declaration. It becomes a bad sample: the referee then knows that it does not know.
#[derive(Debug, Clone, PartialEq)]
pub struct Misfit {
    pub signal: String,
    pub declared: SignalKind,
    pub value: Value,
}

impl Misfit {
    pub fn text(&self) -> Text {
        let (signal, declared) = (&self.signal, self.declared.code());
        let got = match &self.value {
            Value::Bool(_) => "bool",
            Value::Integer(_) => "integer",
            Value::Real(_) => "real",
            Value::Text(_) => "text",
        };
        Text::new(
            format!("信号 {signal} 声明为 {declared}，收到的是 {got}"),
            format!("signal {signal} is declared {declared}, a value of kind {got} came"),
        )
    }
}

impl Binding {
    pub fn new(signals: &[SignalDecl]) -> Binding {
        let by_name = signals
            .iter()
            .enumerate()
            .map(|(ix, signal)| (signal.name.clone(), (SignalIx(ix as u32), signal.kind.clone())))
            .collect();
        Binding { by_name }
    }

    pub fn knows(&self, signal: &str) -> bool {
        self.by_name.contains_key(signal)
    }

    /// A sample that says that nobody knows a signal's value from an instant on.
    pub fn unknown(at: Nanos, signal: SignalIx, kind: &SignalKind) -> Sample {
        Sample { at, signal, value: nothing(kind), quality: Quality::Bad }
    }

    /// The samples of a tick, in the order of the declarations. A reading that is absent or misfits is a bad sample;
    /// `misfits` hears of the latter.
    pub fn samples(&self, tick: &Tick, mut misfits: impl FnMut(Misfit)) -> Vec<Sample> {
        let mut samples = Vec::with_capacity(tick.readings.len());
        for (name, reading) in &tick.readings {
            let Some((signal, kind)) = self.by_name.get(&**name) else { continue };
            let (value, quality) = match fitted(kind, reading) {
                Some(value) => (value, tick.quality),
                None => {
                    if let Some(value) = reading {
                        misfits(Misfit { signal: name.to_string(), declared: kind.clone(), value: value.clone() });
                    }
                    (nothing(kind), Quality::Bad)
                }
            };
            samples.push(Sample { at: tick.at, signal: *signal, value, quality });
        }
        samples.sort_by_key(|sample| sample.signal);
        samples
    }
}

/// JSON knows one kind of number, so an integer is a good real, and a real without a fraction a good integer.
fn fitted(kind: &SignalKind, reading: &Reading) -> Option<Value> {
    match (kind, reading.as_ref()?) {
        (SignalKind::Bool, Value::Bool(value)) => Some(Value::Bool(*value)),
        (SignalKind::Integer, Value::Integer(value)) => Some(Value::Integer(*value)),
        (SignalKind::Integer, Value::Real(value)) if value.fract() == 0.0 && value.abs() <= WHOLE_MAX => {
            Some(Value::Integer(*value as i64))
        }
        (SignalKind::Real { .. }, Value::Real(value)) if value.is_finite() => Some(Value::Real(*value)),
        (SignalKind::Real { .. }, Value::Integer(value)) => Some(Value::Real(*value as f64)),
        (SignalKind::Text, Value::Text(value)) => Some(Value::Text(value.clone())),
        _ => None,
    }
}

/// Up to 2^53 a real holds every integer.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// What stands in a bad sample; nobody reads it.
fn nothing(kind: &SignalKind) -> Value {
    match kind {
        SignalKind::Bool => Value::Bool(false),
        SignalKind::Integer => Value::Integer(0),
        SignalKind::Real { .. } => Value::Real(0.0),
        SignalKind::Text => Value::Text("".into()),
    }
}

#[cfg(test)]
mod tests {
    use kernel::Nanos;

    use super::*;

    #[test]
    fn readings_become_what_was_declared_or_bad() {
        let declared = |name: &str, kind: SignalKind| SignalDecl { name: name.to_owned(), kind, stale_after: None };
        let real = SignalKind::Real { unit: "N".to_owned() };
        let binding = Binding::new(&[
            declared("force", real),
            declared("count", SignalKind::Integer),
            declared("estop", SignalKind::Bool),
        ]);
        let table = [
            ("force", Some(Value::Integer(3)), Value::Real(3.0), Quality::Good),
            ("force", Some(Value::Text("3".into())), Value::Real(0.0), Quality::Bad),
            ("force", None, Value::Real(0.0), Quality::Bad),
            ("count", Some(Value::Real(4.0)), Value::Integer(4), Quality::Good),
            ("count", Some(Value::Real(4.5)), Value::Integer(0), Quality::Bad),
            ("count", Some(Value::Real(1e17)), Value::Integer(0), Quality::Bad),
            ("estop", Some(Value::Integer(1)), Value::Bool(false), Quality::Bad),
        ];
        for (name, reading, value, quality) in table {
            let tick = Tick {
                station: "S1".into(),
                at: Nanos(5),
                readings: vec![("unwatched".into(), Some(Value::Bool(true))), (name.into(), reading.clone())],
                quality: Quality::Good,
            };
            let mut misfits = Vec::new();
            let samples = binding.samples(&tick, |misfit| misfits.push(misfit));
            assert_eq!(
                (samples.len(), &samples[0].value, samples[0].quality),
                (1, &value, quality),
                "{name} {reading:?}"
            );
            assert_eq!(misfits.len(), usize::from(reading.is_some() && quality == Quality::Bad));
        }
    }
}
