//! From text to a monitor without a detour: what a station said, read a second time.
//!
//! Recordings and batches were checked when they were made and taken. A station says the same signals in the same order all day, so the [`Listener`] learns how its ticks look and then
//! reads values right into the cells of a row: no names, no tree, no allocation. Whatever looks different goes the long
//! way, through the strict reader, and is learnt.
//!
//! Invariant: both ways give the monitor the same samples.

use std::ops::Range;
use std::sync::Arc;

use kernel::Nanos;
use referee::{Cell, Columns, Monitor, Quality, RuleSet, Sample, SignalIx, SignalKind, Value};
use rustc_hash::FxHashMap;

use crate::batch::parse_tick;
use crate::{BatchFault, Binding, Limits, Misfit, Names, Tick};

/// Reads lines and messages for one set of rules.
#[derive(Debug)]
pub struct Listener {
    rules: Arc<RuleSet>,
    binding: Binding,
    limits: Limits,
    names: Names,
    stations: FxHashMap<Box<str>, Vec<Layout>>,
    cells: Vec<Cell>,
    /// Who was read the long way last, and what.
    speaker: Arc<str>,
    long_way: Vec<Sample>,
}

/// What a station said at one instant.
#[derive(Debug)]
pub struct Spoken<'a> {
    pub station: &'a str,
    pub at: Nanos,
    said: Said<'a>,
}

#[derive(Debug)]
enum Said<'a> {
    Row { columns: &'a Columns, cells: &'a [Cell], texts: &'a [TextColumn] },
    Samples(&'a [Sample]),
}

impl Spoken<'_> {
    /// Tells a monitor, and says of how many declared signals.
    pub fn tell(&self, monitor: &mut Monitor) -> u64 {
        match self.said {
            Said::Row { columns, cells, texts } => {
                monitor.observe_row(self.at, columns, cells);
                for text in texts {
                    let value = Value::Text(text.newest.clone());
                    monitor.observe(&Sample { at: self.at, signal: text.signal, value, quality: Quality::Good });
                }
                columns.len() + texts.len() as u64
            }
            Said::Samples(samples) => {
                monitor.observe_all(samples);
                samples.len() as u64
            }
        }
    }
}

/// How often a station may change its mind about what it says before the oldest way is forgotten.
const LAYOUTS_MAX: usize = 4;

impl Listener {
    pub fn new(rules: Arc<RuleSet>) -> Listener {
        Listener {
            binding: Binding::new(rules.signals()),
            rules,
            limits: Limits::default(),
            names: Names::default(),
            stations: FxHashMap::default(),
            cells: Vec::new(),
            speaker: "".into(),
            long_way: Vec::new(),
        }
    }

    /// Reads a tick's line of a batch; `number` is its place there. `misfits` hears of values that are not of their
    /// signal's kind; they become bad samples.
    pub fn line<'a>(
        &'a mut self,
        number: usize,
        text: &'a [u8],
        misfits: impl FnMut(Misfit),
    ) -> Result<Spoken<'a>, BatchFault> {
        if let Some((station, at, layout)) = self.short_way(text) {
            let layout = &self.stations[station][layout];
            return Ok(Spoken { station, at, said: layout.said(&self.cells) });
        }
        let tick = parse_tick(number, text, &self.limits, &mut self.names)?;
        self.learn(&tick);
        self.long_way = self.binding.samples(&tick, misfits);
        self.speaker = tick.station;
        Ok(Spoken { station: &self.speaker, at: tick.at, said: Said::Samples(&self.long_way) })
    }

    /// Reads the message of a recorded tick: `{"signals":{…},"quality":"good"}`, to the letter. `None`: it looks like
    /// none before, and the reader of recordings has to take it.
    pub(crate) fn message<'a>(&'a mut self, station: &'a str, at: Nanos, message: &[u8]) -> Option<Spoken<'a>> {
        let layouts = self.stations.get_mut(station)?;
        let object = message.strip_prefix(b"{\"signals\":")?;
        let (layout, end) = read(layouts, object, &mut self.cells)?;
        (&object[end..] == b",\"quality\":\"good\"}").then_some(())?;
        Some(Spoken { station, at, said: layouts[layout].said(&self.cells) })
    }

    /// A tick that was read the long way.
    pub fn tick<'a>(&'a mut self, tick: &'a Tick, misfits: impl FnMut(Misfit)) -> Spoken<'a> {
        self.learn(tick);
        self.long_way = self.binding.samples(tick, misfits);
        Spoken { station: &tick.station, at: tick.at, said: Said::Samples(&self.long_way) }
    }

    /// `{"station":"S1","t":1790000000000000000,"s":{…}}`, to the letter.
    fn short_way<'a>(&mut self, text: &'a [u8]) -> Option<(&'a str, Nanos, usize)> {
        let rest = text.strip_prefix(b"{\"station\":\"")?;
        let length = rest.iter().position(|byte| *byte == b'"')?;
        let station = std::str::from_utf8(&rest[..length]).ok()?;
        let layouts = self.stations.get_mut(station)?;
        let rest = rest[length..].strip_prefix(b"\",\"t\":")?;
        let (at, length) = integer(rest)?;
        let object = rest[length..].strip_prefix(b",\"s\":")?;
        let (layout, end) = read(layouts, object, &mut self.cells)?;
        (&object[end..] == b"}").then_some((station, Nanos(at), layout))
    }

    fn learn(&mut self, tick: &Tick) {
        let Some(layout) = Layout::of(tick, &self.rules) else { return };
        let layouts = match self.stations.get_mut(&*tick.station) {
            Some(layouts) => layouts,
            None => self.stations.entry((&*tick.station).into()).or_default(),
        };
        if layouts.len() == LAYOUTS_MAX {
            layouts.remove(0);
        }
        layouts.push(layout);
    }
}

/// Names in an order, and what each one's value becomes.
#[derive(Debug)]
struct Layout {
    keys: Vec<Key>,
    columns: Columns,
    texts: Vec<TextColumn>,
}

#[derive(Debug)]
struct Key {
    /// What stands before the value: `{"force":` or `,"force":`.
    text: Box<[u8]>,
    becomes: Becomes,
}

#[derive(Debug, Clone, Copy)]
enum Becomes {
    /// Nobody watches it.
    Nothing,
    Bool,
    Integer,
    Real,
    /// The text at this place of the layout.
    Text(usize),
}

#[derive(Debug)]
struct TextColumn {
    signal: SignalIx,
    newest: Arc<str>,
}

impl Layout {
    /// `None` where a reading is no good value of its signal: such ticks always go the long way.
    fn of(tick: &Tick, rules: &RuleSet) -> Option<Layout> {
        if tick.quality != Quality::Good || tick.readings.is_empty() {
            return None;
        }
        let (mut keys, mut order, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        for (ix, (name, reading)) in tick.readings.iter().enumerate() {
            let before = if ix == 0 { "{" } else { "," };
            let signal = rules.signal(name);
            let becomes = match (signal.map(|signal| &rules.signals()[signal.index()].kind), reading) {
                (None, _) => Becomes::Nothing,
                (Some(SignalKind::Bool), Some(Value::Bool(_))) => Becomes::Bool,
                (Some(SignalKind::Integer), Some(Value::Integer(_))) => Becomes::Integer,
                (Some(SignalKind::Real { .. }), Some(Value::Real(_) | Value::Integer(_))) => Becomes::Real,
                (Some(SignalKind::Text), Some(Value::Text(text))) => {
                    texts.push(TextColumn { signal: signal?, newest: text.clone() });
                    Becomes::Text(texts.len() - 1)
                }
                _ => return None,
            };
            keys.push(Key { text: format!("{before}\"{name}\":").into_bytes().into(), becomes });
            order.push(signal.filter(|_| !matches!(becomes, Becomes::Text(_))));
        }
        Some(Layout { keys, columns: rules.columns(&order).ok()?, texts })
    }

    fn said<'a>(&'a self, cells: &'a [Cell]) -> Said<'a> {
        Said::Row { columns: &self.columns, cells, texts: &self.texts }
    }

    /// Reads an object of this layout into cells, and says where it ends.
    fn read(&mut self, text: &[u8], cells: &mut Vec<Cell>) -> Option<usize> {
        cells.clear();
        let mut at = 0;
        for key in &self.keys {
            if !text[at..].starts_with(&key.text) {
                return None;
            }
            at += key.text.len();
            let value = &text[at..];
            let (cell, length) = match key.becomes {
                Becomes::Bool if value.starts_with(b"true") => (Cell::from(true), 4),
                Becomes::Bool if value.starts_with(b"false") => (Cell::from(false), 5),
                Becomes::Bool => return None,
                Becomes::Integer => {
                    let (integer, length) = integer(value)?;
                    (Cell::from(integer), length)
                }
                Becomes::Real => {
                    let (real, length) = real(value)?;
                    (Cell::from(real), length)
                }
                Becomes::Text(place) => {
                    let range = plain_text(value)?;
                    let (text, newest) =
                        (std::str::from_utf8(&value[range.clone()]).ok()?, &mut self.texts[place].newest);
                    if **newest != *text {
                        *newest = text.into();
                    }
                    (Cell::from(false), range.end + 1)
                }
                Becomes::Nothing => (Cell::from(false), scalar(value)?),
            };
            cells.push(cell);
            at += length;
        }
        (text.get(at) == Some(&b'}')).then_some(at + 1)
    }
}

fn read(layouts: &mut [Layout], text: &[u8], cells: &mut Vec<Cell>) -> Option<(usize, usize)> {
    layouts.iter_mut().enumerate().rev().find_map(|(ix, layout)| Some((ix, layout.read(text, cells)?)))
}

/// A text without escapes: where it stands inside its quotation marks.
fn plain_text(text: &[u8]) -> Option<Range<usize>> {
    let inside = text.strip_prefix(b"\"")?;
    let end = inside.iter().position(|byte| *byte == b'"' || *byte == b'\\' || *byte < b' ')?;
    (inside[end] == b'"').then_some(1..end + 1)
}

/// How long a value is that nobody watches.
fn scalar(text: &[u8]) -> Option<usize> {
    match text.first()? {
        b'"' => plain_text(text).map(|range| range.end + 1),
        b't' => text.starts_with(b"true").then_some(4),
        b'f' => text.starts_with(b"false").then_some(5),
        b'n' => text.starts_with(b"null").then_some(4),
        _ => real(text).map(|(_, length)| length),
    }
}

/// A run of digits: their value, and how many. More than fit are left to the long way.
#[inline(always)]
fn digits(text: &[u8]) -> (u64, usize) {
    let (mut value, mut count) = (0u64, 0);
    while let Some(byte) = text.get(count)
        && byte.is_ascii_digit()
    {
        value = value.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
        count += 1;
    }
    (value, count)
}

/// So many digits fit into 64 bits with a sign.
const DIGITS_MAX: usize = 18;
/// Up to here a real holds every integer, and a power of ten up to here is exact: one division then rounds once.
const EXACT_MAX: u64 = 1 << 53;
const POWERS: [f64; DIGITS_MAX + 1] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18];

/// The whole part of a number: its sign, its digits' value and its length. JSON has no leading zeros.
#[inline(always)]
fn whole(text: &[u8]) -> Option<(bool, u64, usize)> {
    let negative = text.first() == Some(&b'-');
    let sign = usize::from(negative);
    let (value, count) = digits(&text[sign..]);
    (count == 1 || (count > 1 && text[sign] != b'0')).then_some((negative, value, sign + count))
}

#[inline(always)]
fn integer(text: &[u8]) -> Option<(i64, usize)> {
    let (negative, value, length) = whole(text)?;
    // A fraction is no integer.
    if matches!(text.get(length), Some(b'.' | b'e' | b'E')) {
        return None;
    }
    if length > DIGITS_MAX {
        return std::str::from_utf8(&text[..length]).ok()?.parse().ok().map(|value| (value, length));
    }
    // JSON's `-0` is a real.
    if negative && value == 0 {
        return None;
    }
    let value = value as i64;
    Some((if negative { -value } else { value }, length))
}

#[inline(always)]
fn real(text: &[u8]) -> Option<(f64, usize)> {
    let (negative, mut mantissa, mut length) = whole(text)?;
    if length > DIGITS_MAX {
        return long_real(text);
    }
    let mut decimals = 0;
    if text.get(length) == Some(&b'.') {
        let before = length - usize::from(negative);
        let (fraction, count) = digits(&text[length + 1..]);
        if count == 0 {
            return None;
        }
        if before + count > DIGITS_MAX {
            return long_real(text);
        }
        mantissa = mantissa * TENS[count] + fraction;
        decimals = count;
        length += 1 + count;
    }
    if mantissa > EXACT_MAX || matches!(text.get(length), Some(b'e' | b'E')) {
        return long_real(text);
    }
    let value = mantissa as f64 / POWERS[decimals];
    Some((if negative { -value } else { value }, length))
}

const TENS: [u64; DIGITS_MAX + 1] = {
    let mut tens = [1; DIGITS_MAX + 1];
    let mut at = 1;
    while at <= DIGITS_MAX {
        tens[at] = tens[at - 1] * 10;
        at += 1;
    }
    tens
};

/// Many digits or an exponent: the standard library reads it.
#[cold]
fn long_real(text: &[u8]) -> Option<(f64, usize)> {
    let length = text.iter().position(|byte| matches!(byte, b',' | b'}')).unwrap_or(text.len());
    let text = std::str::from_utf8(&text[..length]).ok()?;
    // What JSON knows and nothing else: the standard library would take `1.` and `inf` too.
    let json: f64 = serde_json::from_str(text).ok()?;
    json.is_finite().then_some((json, length))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use referee::{PatternSpec, PhaseSpec, RuleSpec, SignalDecl, TriggerSpec, Unfinished, compile};

    use super::*;
    use crate::Reading;
    use crate::batch::encode_tick;

    fn rules() -> Arc<RuleSet> {
        let decl = |name: &str, kind| SignalDecl { name: name.into(), kind, stale_after: None };
        let signals = [
            decl("estop", SignalKind::Bool),
            decl("force", SignalKind::Real { unit: "N".into() }),
            decl("count", SignalKind::Integer),
            decl("mode", SignalKind::Text),
        ];
        let rule = |(ix, condition): (usize, &str)| RuleSpec {
            id: format!("R{ix}"),
            aspect: "A".into(),
            says: kernel::Text::new("规则", "rule"),
            during: PhaseSpec::Run,
            pattern: PatternSpec::On { event: TriggerSpec::Rises(condition.into()), check: None },
            met: Some(kernel::Mark::from_hundredths(100)),
            missed: None,
            once: false,
            at_most: None,
            min_total: None,
            gate: Vec::new(),
            best_of: None,
            unfinished: Unfinished::Undecided,
        };
        let conditions = ["estop", "force > 1.5", "count > 2", "mode == \"run\""];
        Arc::new(compile(&signals, &conditions.into_iter().enumerate().map(rule).collect::<Vec<_>>()).unwrap())
    }

    fn reading() -> impl Strategy<Value = (&'static str, Reading)> {
        let force = prop_oneof![
            any::<f64>().prop_filter("JSON knows finite numbers", |real| real.is_finite()).prop_map(Value::Real),
            (-40i32..40).prop_map(|eighths| Value::Real(f64::from(eighths) / 8.0)),
            any::<i64>().prop_map(Value::Integer),
        ];
        prop_oneof![
            any::<bool>().prop_map(|on| ("estop", Some(Value::Bool(on)))),
            force.prop_map(|force| ("force", Some(force))),
            prop_oneof![(-3i64..6).prop_map(Value::Integer), (-3i32..6).prop_map(|n| Value::Real(f64::from(n)))]
                .prop_map(|count| ("count", Some(count))),
            prop::sample::select(vec!["run", "stop", "", "a\"b", "力", "a\\n"])
                .prop_map(|mode| ("mode", Some(Value::Text(mode.into())))),
            any::<i64>().prop_map(|other| ("other", Some(Value::Integer(other)))),
            prop::sample::select(vec!["estop", "force", "mode", "other"]).prop_map(|name| (name, None)),
        ]
    }

    fn ticks() -> impl Strategy<Value = Vec<Tick>> {
        let tick = (prop::collection::vec(reading(), 1..6), prop::sample::select(vec!["S1", "S2"]), 0u8..12);
        prop::collection::vec(tick, 1..60).prop_map(|ticks| {
            let mut at = crate::batch::OLDEST;
            let whole = ticks.into_iter().map(|(readings, station, quality)| {
                let mut once: Vec<(Arc<str>, Reading)> = Vec::new();
                for (name, reading) in readings {
                    if !once.iter().any(|(known, _)| **known == *name) {
                        once.push((name.into(), reading));
                    }
                }
                at.0 += 1_000_000;
                let quality = if quality == 0 { Quality::Uncertain } else { Quality::Good };
                Tick { station: station.into(), at, readings: once, quality }
            });
            whole.collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn both_ways_are_one(ticks in ticks()) {
            let rules = rules();
            let binding = Binding::new(rules.signals());
            let mut listener = Listener::new(rules.clone());
            let mut monitors = [Monitor::new(rules.clone(), Nanos(0)), Monitor::new(rules, Nanos(0))];
            for tick in &ticks {
                let mut line = Vec::new();
                encode_tick(tick, &mut line);
                line.pop();
                let spoken = listener.line(1, &line, |_| {}).unwrap();
                prop_assert_eq!((spoken.station, spoken.at), (&*tick.station, tick.at));
                spoken.tell(&mut monitors[0]);
                monitors[1].observe_all(&binding.samples(tick, |_| {}));
            }
            let found = monitors.map(|mut monitor| {
                monitor.finish(Nanos(crate::batch::OLDEST.0 + 1_000_000_000));
                (monitor.counts(), monitor.drain())
            });
            prop_assert_eq!(&found[0], &found[1]);
        }

        #[test]
        fn numbers_are_read_as_the_standard_library_reads_them(number in any::<f64>(), digits in "-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,20})?(e-?[0-9]{1,2})?") {
            for text in [format!("{number:?}"), format!("{number}"), digits] {
                let ended = format!("{text},");
                if let Some((read, length)) = real(ended.as_bytes()) {
                    prop_assert_eq!(length, text.len());
                    prop_assert_eq!(read.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{}", text);
                }
            }
        }
    }

    #[test]
    fn what_looks_alike_goes_the_short_way() {
        let mut listener = Listener::new(rules());
        let line = |force: &str| {
            format!(
                "{{\"station\":\"S1\",\"t\":1790000000000000000,\"s\":{{\"estop\":false,\"force\":{force},\"mode\":\"run\",\"x\":1e3}}}}"
            )
        };
        assert!(listener.short_way(line("1.25").as_bytes()).is_none());
        listener.line(1, line("1.25").as_bytes(), |_| {}).unwrap();
        for number in ["1.25", "-0.5", "12", "3e2", "0.30000000000000004", "1234567890123456789.5"] {
            assert!(listener.short_way(line(number).as_bytes()).is_some(), "{number}");
        }
        for wrong in ["", "-", "01", "1.", ".5", "+1", "nan", "null", "true", "\"1\"", "1 ", "1e999"] {
            assert!(listener.short_way(line(wrong).as_bytes()).is_none(), "{wrong}");
        }
    }

    #[test]
    fn what_breaks_off_is_refused_by_the_long_way() {
        let mut listener = Listener::new(rules());
        let line = b"{\"station\":\"S1\",\"t\":1790000000000000000,\"s\":{\"estop\":false,\"force\":1.5}}";
        listener.line(1, line, |_| {}).unwrap();
        for end in 0..line.len() {
            assert!(listener.line(7, &line[..end], |_| {}).is_err_and(|fault| fault.line == 7), "{end}");
        }
    }
}
