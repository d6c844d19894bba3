//! The trace: a made-up cell at 100 Hz with ten signals, and the least monitor that can judge it.
//!
//! Both follow the study that the figures of other engines come from, step by step, so that counts can be compared.

use kernel::Nanos;
use referee::{Cell, Quality, Sample, SignalDecl, SignalIx, SignalKind, Value};

pub const STEP_MS: i64 = 10;
pub const SIGNALS: usize = 10;

/// What the cell says every 10 ms.
#[derive(Debug, Clone, Copy, Default)]
pub struct Row {
    pub at_ms: i64,
    pub dist: f64,
    pub force: f64,
    pub speed: f64,
    pub x_err: f64,
    pub temp: f64,
    pub estop: bool,
    pub gripper_closed: bool,
    pub cycle_start: bool,
    pub cycle_done: bool,
    pub collision: bool,
}

/// The signals in the order of [`Row::cells`].
pub fn signals() -> Vec<SignalDecl> {
    let decl = |name: &str, kind| SignalDecl { name: name.into(), kind, stale_after: None };
    let flags = ["estop", "gripper_closed", "cycle_start", "cycle_done", "collision"];
    let reals = [("dist", "mm"), ("force", "N"), ("speed", "mm/s"), ("x_err", "mm"), ("temp", "°C")];
    (flags.iter().map(|name| decl(name, SignalKind::Bool)))
        .chain(reals.iter().map(|(name, unit)| decl(name, SignalKind::Real { unit: (*unit).into() })))
        .collect()
}

impl Row {
    pub fn at(&self) -> Nanos {
        Nanos(self.at_ms * 1_000_000)
    }

    fn flags(&self) -> [bool; 5] {
        [self.estop, self.gripper_closed, self.cycle_start, self.cycle_done, self.collision]
    }

    fn reals(&self) -> [f64; 5] {
        [self.dist, self.force, self.speed, self.x_err, self.temp]
    }

    pub fn cells(&self) -> [Cell; SIGNALS] {
        let mut cells = [Cell::from(false); SIGNALS];
        for (cell, flag) in cells.iter_mut().zip(self.flags()) {
            *cell = flag.into();
        }
        for (cell, real) in cells[5..].iter_mut().zip(self.reals()) {
            *cell = real.into();
        }
        cells
    }

    /// One sample of one signal, for updates that come one by one.
    pub fn sample(&self, signal: usize) -> Sample {
        let value = match self.flags().get(signal) {
            Some(flag) => Value::Bool(*flag),
            None => Value::Real(self.reals()[signal - 5]),
        };
        Sample { at: self.at(), signal: SignalIx(signal as u32), value, quality: Quality::Good }
    }

    /// The tick as a line of a batch.
    pub fn line(&self) -> String {
        let flags = signals()
            .iter()
            .zip(self.flags())
            .map(|(decl, flag)| format!("\"{}\":{flag}", decl.name))
            .collect::<Vec<_>>();
        let names = ["dist", "force", "speed", "x_err", "temp"];
        let reals =
            names.iter().zip(self.reals()).map(|(name, real)| format!("\"{name}\":{real:?}")).collect::<Vec<_>>();
        format!("{{\"station\":\"S1\",\"t\":{},\"s\":{{{},{}}}}}", self.at().0, flags.join(","), reals.join(","))
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Dice(u64);

impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn within(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Whole steps.
    fn steps(&mut self, low: f64, high: f64) -> i64 {
        self.within(low, high) as i64 / STEP_MS * STEP_MS
    }
}

/// A cycle of the cell: when the gripper closes and opens, when it is done, counted from its start.
#[derive(Default)]
struct Cycle {
    close: i64,
    open: i64,
    done: i64,
    /// When the distance jumps for a moment; negative: never.
    blip: i64,
    bias: f64,
}

pub fn generate(rows: usize, seed: u64) -> Vec<Row> {
    let mut dice = Dice(seed);
    let (mut since, mut idle) = (0i64, 1000i64);
    let mut cycle: Option<Cycle> = None;
    let (mut estop_until, mut collision_until) = (-1i64, -1i64);
    let mut trace = Vec::with_capacity(rows);
    for step in 0..rows {
        let now = step as i64 * STEP_MS;
        if cycle.is_none() && now - since >= idle {
            since = now;
            let close = dice.steps(3000.0, 9000.0);
            let open = close + dice.steps(1200.0, 6000.0);
            let done = open + dice.steps(2000.0, 22_000.0);
            let blip = if dice.unit() < 0.3 { close + dice.steps(200.0, 1900.0) } else { -1 };
            cycle = Some(Cycle { close, open, done, blip, bias: dice.within(-4.0, 4.0) });
        }
        let at = now - since;
        let mut row = Row { at_ms: now, ..Row::default() };
        match &cycle {
            Some(Cycle { close, open, done, blip, bias }) => {
                row.cycle_start = at < 50;
                row.gripper_closed = (*close..*open).contains(&at);
                row.dist = match at {
                    _ if at < *close => 100.0 - 97.0 * at as f64 / *close as f64,
                    _ if at < *open => 2.0 + dice.unit() * 2.5,
                    _ => 50.0,
                };
                if *blip >= 0 && (*blip..*blip + 30).contains(&at) {
                    row.dist = 7.5;
                }
                row.cycle_done = (*done..*done + 50).contains(&at);
                row.force = 50.0 + bias + dice.within(-6.0, 6.0);
                row.speed = 120.0 + 80.0 * (at as f64 / 700.0).sin();
                if at >= done + 50 {
                    cycle = None;
                    since = now;
                    idle = dice.steps(500.0, 4000.0);
                }
            }
            None => {
                row.dist = 100.0;
                row.force = dice.within(0.0, 2.0);
            }
        }
        if dice.unit() < 0.0002 {
            estop_until = now + dice.within(200.0, 1000.0) as i64;
        }
        if dice.unit() < 0.0003 {
            collision_until = now + 100;
        }
        row.estop = now < estop_until;
        row.collision = now < collision_until;
        row.x_err = dice.within(-1.0, 1.0);
        row.temp = 35.0 + 5.0 * (now as f64 / 600_000.0).sin() + dice.within(-0.1, 0.1);
        for real in [&mut row.dist, &mut row.force, &mut row.speed, &mut row.x_err, &mut row.temp] {
            *real = (*real * 1000.0).round() / 1000.0;
        }
        trace.push(row);
    }
    trace
}

/// How often each property was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Found {
    pub estop: u32,
    pub held: u32,
    pub met: u32,
    pub missed: u32,
    pub mean: u32,
    pub band: u32,
}

/// What the study counts on seed 42, 1,000,000 rows.
pub const SEED_42: Found = Found { estop: 199, held: 328, met: 384, missed: 36, mean: 205, band: 211 };

/// The five properties written out by hand: nothing in memory but what they need. The physical limit.
pub struct Hand {
    before: [bool; 3],
    held_since: Option<i64>,
    told: bool,
    deadline: i64,
    ring: Vec<f64>,
    head: usize,
    filled: usize,
    sum: f64,
    band_since: i64,
    pub found: Found,
}

const WINDOW: usize = 500;

impl Hand {
    pub fn new() -> Hand {
        Hand {
            before: [false; 3],
            held_since: None,
            told: false,
            deadline: -1,
            ring: vec![0.0; WINDOW],
            head: 0,
            filled: 0,
            sum: 0.0,
            band_since: -1,
            found: Found::default(),
        }
    }

    #[inline(always)]
    pub fn take(&mut self, row: &Row) {
        let rose = [row.estop & !self.before[0], row.cycle_start & !self.before[1], row.cycle_done & !self.before[2]];
        self.before = [row.estop, row.cycle_start, row.cycle_done];
        self.found.estop += u32::from(rose[0]);
        if row.gripper_closed && row.dist < 5.0 {
            let since = *self.held_since.get_or_insert_with(|| {
                self.told = false;
                row.at_ms
            });
            if !self.told && row.at_ms - since >= 2000 {
                self.told = true;
                self.found.held += 1;
            }
        } else {
            self.held_since = None;
        }
        let gone = std::mem::replace(&mut self.ring[self.head], row.force);
        self.head = if self.head + 1 == WINDOW { 0 } else { self.head + 1 };
        self.sum += row.force - gone;
        self.filled = (self.filled + 1).min(WINDOW);
        if (row.force - 50.0).abs() <= 8.0 {
            if self.band_since < 0 {
                self.band_since = row.at_ms;
            }
        } else {
            self.band_since = -1;
        }
        if self.deadline >= 0 && row.at_ms > self.deadline {
            self.deadline = -1;
            self.found.missed += 1;
        }
        if rose[2] {
            if self.deadline >= 0 {
                self.deadline = -1;
                self.found.met += 1;
            }
            self.found.mean += u32::from((self.sum / self.filled as f64 - 50.0).abs() <= 2.0);
            self.found.band += u32::from(self.band_since >= 0 && row.at_ms - self.band_since >= 5000);
        }
        if rose[1] {
            self.deadline = row.at_ms + 30_000;
        }
    }
}
