//! From text to a monitor without a detour: what a station said, read a second time.
//!
//! Recordings and batches were checked when they were made and taken. A station says the same signals in the same order all day, so the [`Listener`] learns how its ticks look and then
//! reads values right into the cells of a row: no names, no tree, no allocation. Whatever looks different goes the long
//! way, through the strict reader, and is learnt.
//!
//! Invariant: both ways give the monitor the same samples.

mod scan;

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
    stations: Vec<Station>,
    by_name: FxHashMap<Box<str>, usize>,
    /// Who was heard last: mostly he goes on.
    newest: usize,
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

/// Who speaks, and how his ticks look.
#[derive(Debug)]
struct Station {
    name: Box<str>,
    /// How a line of it begins, up to the time.
    head: scan::Mark,
    layouts: Vec<Layout>,
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
            stations: Vec::new(),
            by_name: FxHashMap::default(),
            newest: 0,
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
            let Station { name, layouts, .. } = &self.stations[station];
            return Ok(Spoken { station: name, at, said: layouts[layout].said(&self.cells) });
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
        const BEFORE: &[u8] = b"{\"signals\":";
        let layouts = &mut self.stations[*self.by_name.get(station)?].layouts;
        message.starts_with(BEFORE).then_some(())?;
        let (layout, end) = read(layouts, message, BEFORE.len(), &mut self.cells)?;
        (&message[end..] == b",\"quality\":\"good\"}").then_some(())?;
        Some(Spoken { station, at, said: layouts[layout].said(&self.cells) })
    }

    /// A tick that was read the long way.
    pub fn tick<'a>(&'a mut self, tick: &'a Tick, misfits: impl FnMut(Misfit)) -> Spoken<'a> {
        self.learn(tick);
        self.long_way = self.binding.samples(tick, misfits);
        Spoken { station: &tick.station, at: tick.at, said: Said::Samples(&self.long_way) }
    }

    /// `{"station":"S1","t":1790000000000000000,"s":{…}}`, to the letter.
    fn short_way(&mut self, line: &[u8]) -> Option<(usize, Nanos, usize)> {
        const SIGNALS: &[u8] = b",\"s\":";
        let head = self.stations.get(self.newest)?.head.end(line, 0);
        let at = head.or_else(|| {
            self.newest = *self.by_name.get(named(line)?)?;
            self.stations[self.newest].head.end(line, 0)
        })?;
        let (time, at) = scan::integer(line, at)?;
        line[at..].starts_with(SIGNALS).then_some(())?;
        let layouts = &mut self.stations[self.newest].layouts;
        let (layout, end) = read(layouts, line, at + SIGNALS.len(), &mut self.cells)?;
        (&line[end..] == b"}").then_some((self.newest, Nanos(time), layout))
    }

    fn learn(&mut self, tick: &Tick) {
        let Some(layout) = Layout::of(tick, &self.rules) else { return };
        let station = match self.by_name.get(&*tick.station) {
            Some(station) => *station,
            None => {
                let head = scan::Mark::new(&format!("{HEAD}{}\",\"t\":", tick.station));
                self.stations.push(Station { name: (&*tick.station).into(), head, layouts: Vec::new() });
                self.by_name.insert((&*tick.station).into(), self.stations.len() - 1);
                self.stations.len() - 1
            }
        };
        let layouts = &mut self.stations[station].layouts;
        if layouts.len() == LAYOUTS_MAX {
            layouts.remove(0);
        }
        layouts.push(layout);
    }
}

/// What a line begins with, before its station's name.
const HEAD: &str = "{\"station\":\"";

fn named(line: &[u8]) -> Option<&str> {
    let name = line.strip_prefix(HEAD.as_bytes())?;
    std::str::from_utf8(&name[..memchr::memchr(b'"', name)?]).ok()
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
    before: scan::Mark,
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
    /// How a line says the newest once more; none where it needs escapes.
    written: Option<scan::Mark>,
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
                    texts.push(TextColumn { signal: signal?, newest: text.clone(), written: written(text) });
                    Becomes::Text(texts.len() - 1)
                }
                _ => return None,
            };
            keys.push(Key { before: scan::Mark::new(&format!("{before}\"{name}\":")), becomes });
            order.push(signal.filter(|_| !matches!(becomes, Becomes::Text(_))));
        }
        Some(Layout { keys, columns: rules.columns(&order).ok()?, texts })
    }

    fn said<'a>(&'a self, cells: &'a [Cell]) -> Said<'a> {
        Said::Row { columns: &self.columns, cells, texts: &self.texts }
    }

    /// Reads an object of this layout into cells, and says where it ends.
    fn read(&mut self, line: &[u8], from: usize, cells: &mut Vec<Cell>) -> Option<usize> {
        cells.resize(self.keys.len(), Cell::from(false));
        let mut at = from;
        for (key, cell) in self.keys.iter().zip(cells) {
            at = key.before.end(line, at)?;
            at = match key.becomes {
                Becomes::Real => {
                    let (real, end) = scan::real(line, at)?;
                    *cell = Cell::from(real);
                    end
                }
                Becomes::Bool => {
                    let (bool, end) = scan::boolean(line, at)?;
                    *cell = Cell::from(bool);
                    end
                }
                Becomes::Integer => {
                    let (integer, end) = scan::integer(line, at)?;
                    *cell = Cell::from(integer);
                    end
                }
                Becomes::Text(place) => self.texts[place].read(line, at)?,
                Becomes::Nothing => scan::scalar(line, at)?,
            };
        }
        (line.get(at) == Some(&b'}')).then_some(at + 1)
    }
}

impl TextColumn {
    /// Reads a text, and says where it ends. Mostly it is the one of the tick before.
    fn read(&mut self, line: &[u8], at: usize) -> Option<usize> {
        if let Some(end) = self.written.as_ref().and_then(|written| written.end(line, at)) {
            return Some(end);
        }
        let (text, end) = scan::plain_text(line, at)?;
        (self.newest, self.written) = (text.into(), written(text));
        Some(end)
    }
}

fn written(text: &str) -> Option<scan::Mark> {
    text.bytes().all(scan::is_plain).then(|| scan::Mark::new(&format!("\"{text}\"")))
}

fn read(layouts: &mut [Layout], line: &[u8], from: usize, cells: &mut Vec<Cell>) -> Option<(usize, usize)> {
    layouts.iter_mut().enumerate().rev().find_map(|(ix, layout)| Some((ix, layout.read(line, from, cells)?)))
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
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        /// Whatever stands in a line: the short way takes nothing that the strict reader refuses, and reads the same.
        #[test]
        fn the_short_way_is_no_less_strict(
            tick in ticks(),
            changes in prop::collection::vec((any::<prop::sample::Index>(), change()), 1..4),
        ) {
            let rules = rules();
            let binding = Binding::new(rules.signals());
            let mut listener = Listener::new(rules.clone());
            let mut line = Vec::new();
            encode_tick(&tick[0], &mut line);
            line.pop();
            listener.line(1, &line, |_| {}).unwrap();
            for (at, change) in changes {
                let at = at.index(line.len());
                line.splice(at..(at + change.0).min(line.len()), change.1.iter().copied());
                if line.is_empty() {
                    break;
                }
            }
            let strict = parse_tick(1, &line, &Limits::default(), &mut Names::default());
            let text = String::from_utf8_lossy(&line).into_owned();
            if listener.short_way(&line).is_some() {
                prop_assert!(strict.is_ok(), "taken, but {:?}: {}", strict, text);
            }
            let heard = listener.line(1, &line, |_| {});
            prop_assert_eq!(heard.is_ok(), strict.is_ok(), "{}", text);
            if let (Ok(spoken), Ok(tick)) = (heard, strict) {
                let mut monitors = [Monitor::new(rules.clone(), Nanos(0)), Monitor::new(rules.clone(), Nanos(0))];
                spoken.tell(&mut monitors[0]);
                monitors[1].observe_all(&binding.samples(&tick, |_| {}));
                let found = monitors.map(|mut monitor| {
                    monitor.finish(Nanos(i64::MAX / 2));
                    (monitor.counts(), monitor.drain())
                });
                prop_assert_eq!(&found[0], &found[1], "{}", text);
            }
        }
    }

    /// How many bytes go, and what comes in their place.
    fn change() -> impl Strategy<Value = (usize, Vec<u8>)> {
        let bits: Vec<&[u8]> = vec![
            b"",
            b"0",
            b"-",
            b".",
            b"e",
            b"9",
            b"\"",
            b"\\",
            b"\0",
            b"\xff",
            b"null",
            b"true",
            b"fals",
            b",",
            b"}",
            b"9223372036854775808",
            b"18446744073709551615",
            b"99999999999999999999",
            b"1e400",
            b"0.5",
            b"-0",
        ];
        (0usize..4, prop::sample::select(bits).prop_map(<[u8]>::to_vec))
    }

    #[test]
    fn a_text_that_no_sample_holds_goes_the_long_way() {
        let mut listener = Listener::new(rules());
        let line = |mode: &str, other: &str| {
            let head = "{\"station\":\"S1\",\"t\":1790000000000000000,\"s\":";
            format!("{head}{{\"mode\":{mode},\"x\":{other}}}}}").into_bytes()
        };
        listener.line(1, &line("\"a\\\"b\"", "1"), |_| {}).unwrap();
        let long = format!("\"{}\"", "a".repeat(1_001));
        let mut broken = line("\"run\"", "\"?\"");
        let at = broken.iter().position(|byte| *byte == b'?').unwrap();
        broken[at] = 0xff;
        for wrong in
            [line("\0", "1"), line(&long, "1"), line("\"run\"", &long), line("\"run\"", "9223372036854775808"), broken]
        {
            assert!(listener.short_way(&wrong).is_none());
            assert!(listener.line(1, &wrong, |_| {}).is_err(), "{}", String::from_utf8_lossy(&wrong));
        }
        assert!(listener.short_way(&line("\"run\"", "9223372036854775807")).is_some());
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
