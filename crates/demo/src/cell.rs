//! A simulated robot cell: a pick-and-place cycle with its physics, worked at by a competitor who is better or worse.
//!
//! What he does badly shows in the equipment: a gripper set too weak loses the part, a path taught too fast ends in a protective stop, a bad
//! calibration leaves a position error, a slow diagnosis lets a fault stand. Nothing here knows of marks.

use kernel::Rng;
use serde_json::{Map, Value, json};

/// A step of the simulation.
pub const STEP_MS: i64 = 100;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Idle,
    Approach,
    Grip,
    Carry,
    Place,
    Return,
    Faulted,
    Stopped,
}

impl Phase {
    fn state(self) -> &'static str {
        match self {
            Phase::Idle => "idle",
            Phase::Faulted => "fault",
            Phase::Stopped => "stopped",
            _ => "running",
        }
    }
}

pub struct Cell {
    rng: Rng,
    skill: f64,
    phase: Phase,
    phase_ms: i64,
    elapsed_ms: i64,
    cycles: i64,
    speed: f64,
    force: f64,
    grip_set: f64,
    temperature: f64,
    current: f64,
    error: f64,
    offset: f64,
    pressure: f64,
    holding: bool,
    part: bool,
    estop: bool,
    guard_open: bool,
    fault_at_ms: i64,
    fault_for_ms: i64,
    fault_over: bool,
    cycle_start: bool,
    cycle_done: bool,
    fault_cleared: bool,
}

impl Cell {
    pub fn new(mut rng: Rng, skill: f64, run_ms: i64) -> Self {
        let grip_set = 52.0 - 14.0 * (1.0 - skill) * rng.unit();
        let offset = (0.04 + 0.5 * (1.0 - skill)) * (0.5 + rng.unit());
        let fault_at_ms = (run_ms as f64 * (0.3 + 0.2 * rng.unit())) as i64;
        let fault_for_ms = (2_500.0 + 9_000.0 * (1.0 - skill) * (0.5 + rng.unit())) as i64;
        Self {
            skill,
            phase: Phase::Idle,
            phase_ms: 0,
            elapsed_ms: 0,
            cycles: 0,
            speed: 0.0,
            force: 0.0,
            grip_set,
            temperature: 27.0 + 3.0 * rng.unit(),
            current: 0.4,
            error: offset,
            offset,
            pressure: 612.0,
            holding: false,
            part: true,
            estop: false,
            guard_open: true,
            fault_at_ms,
            fault_for_ms,
            fault_over: false,
            cycle_start: false,
            cycle_done: false,
            fault_cleared: false,
            rng,
        }
    }

    /// How many cycles a run of this cell comes to.
    pub fn cycles_in(mut self, run_ms: i64) -> i64 {
        for _ in 0..run_ms / STEP_MS {
            self.step();
        }
        self.cycles
    }

    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.phase_ms = 0;
    }

    /// One step on, and what the equipment then says.
    pub fn step(&mut self) -> Map<String, Value> {
        self.elapsed_ms += STEP_MS;
        self.phase_ms += STEP_MS;
        (self.cycle_start, self.cycle_done, self.fault_cleared) = (false, false, false);
        if self.elapsed_ms > 1_500 {
            self.guard_open = false;
        }
        if !self.fault_over && self.elapsed_ms >= self.fault_at_ms && self.phase != Phase::Faulted {
            self.enter(Phase::Faulted);
        }
        self.act();
        self.move_physics();
        self.report()
    }

    fn act(&mut self) {
        let slowness = 1.0 + 0.9 * (1.0 - self.skill);
        let lasted = |ms: f64, phase_ms: i64| phase_ms as f64 >= ms * slowness;
        match self.phase {
            Phase::Idle if lasted(900.0, self.phase_ms) && !self.guard_open => {
                self.cycle_start = true;
                self.part = true;
                self.enter(Phase::Approach);
            }
            Phase::Approach if lasted(1_100.0, self.phase_ms) => self.enter(Phase::Grip),
            Phase::Grip if lasted(800.0, self.phase_ms) => {
                self.holding = true;
                self.enter(Phase::Carry);
            }
            Phase::Carry => {
                // Too little force for the weight and the acceleration: the part slips.
                if self.holding && self.force < 41.5 && self.rng.unit() < 0.05 {
                    self.holding = false;
                    self.part = false;
                }
                // Taught too fast by a hasty hand: the safety controller stops the arm.
                if self.speed > 930.0 && self.rng.unit() < 0.04 {
                    self.enter(Phase::Stopped);
                } else if lasted(1_300.0, self.phase_ms) {
                    self.enter(Phase::Place);
                }
            }
            Phase::Place if lasted(700.0, self.phase_ms) => {
                if self.holding {
                    self.cycles += 1;
                    self.cycle_done = true;
                }
                self.holding = false;
                self.enter(Phase::Return);
            }
            Phase::Return if lasted(900.0, self.phase_ms) => {
                // Each cycle he corrects the path a little, the better the more.
                self.offset *= 1.0 - 0.25 * self.skill;
                self.enter(Phase::Idle);
            }
            Phase::Stopped if lasted(1_600.0, self.phase_ms) => self.enter(Phase::Return),
            Phase::Faulted if self.phase_ms >= self.fault_for_ms => {
                self.fault_over = true;
                self.fault_cleared = true;
                self.estop = false;
                self.enter(Phase::Idle);
            }
            // Who is unsure presses the emergency stop while he looks.
            Phase::Faulted if self.phase_ms == 1_200 && self.rng.unit() > self.skill + 0.15 => self.estop = true,
            _ => {}
        }
    }

    fn move_physics(&mut self) {
        let hasty = 780.0 + 330.0 * (1.0 - self.skill);
        let wanted_speed = match self.phase {
            Phase::Approach | Phase::Return => 520.0,
            Phase::Carry => hasty,
            Phase::Place => 160.0,
            _ => 0.0,
        };
        let wanted_force = if self.phase == Phase::Grip || self.holding { self.grip_set } else { 0.0 };
        self.speed += (wanted_speed - self.speed) * 0.45;
        self.force +=
            (wanted_force - self.force) * 0.6 + 0.5 * self.rng.gauss() * f64::from(u8::from(wanted_force > 0.0));
        let load = 0.4 + 3.2 * self.speed / 1000.0 + 0.02 * self.force;
        self.current += (load - self.current) * 0.5 + 0.05 * self.rng.gauss();
        // First order: heated by the current's square, cooled by the air.
        self.temperature +=
            STEP_MS as f64 / 1000.0 * (0.09 * self.current * self.current - 0.012 * (self.temperature - 24.0));
        self.error = (self.offset + 0.02 * self.rng.gauss()).abs();
        let drawn = if self.phase == Phase::Grip { 38.0 } else { 0.0 };
        self.pressure += (612.0 - drawn - self.pressure) * 0.4 + 0.8 * self.rng.gauss();
    }

    fn report(&self) -> Map<String, Value> {
        let fixed = |value: f64| (value * 1000.0).round() / 1000.0;
        let said = [
            ("estop", json!(self.estop)),
            ("protective_stop", json!(self.phase == Phase::Stopped)),
            ("gripper_closed", json!(self.phase == Phase::Grip || self.holding)),
            ("part_present", json!(self.part)),
            ("cycle_start", json!(self.cycle_start)),
            ("cycle_done", json!(self.cycle_done)),
            ("guard_open", json!(self.guard_open)),
            ("fault_active", json!(self.phase == Phase::Faulted)),
            ("fault_cleared", json!(self.fault_cleared)),
            ("tcp_speed", json!(fixed(self.speed.max(0.0)))),
            ("force", json!(fixed(self.force.max(0.0)))),
            ("joint_temp", json!(fixed(self.temperature))),
            ("motor_current", json!(fixed(self.current.max(0.0)))),
            ("position_error", json!(fixed(self.error))),
            ("air_pressure", json!(fixed(self.pressure))),
            ("cycle_count", json!(self.cycles)),
            ("program_state", json!(self.phase.state())),
        ];
        said.map(|(signal, value)| (signal.to_owned(), value)).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide;

    fn run(seed: u64, skill: f64) -> (i64, i64, i64) {
        let mut cell = Cell::new(decide(seed, &["cell"]), skill, 40_000);
        let (mut stops, mut faulted) = (0, 0);
        let mut before = false;
        for _ in 0..400 {
            let said = cell.step();
            let stopped = said["protective_stop"] == true;
            stops += i64::from(stopped && !before);
            before = stopped;
            faulted += i64::from(said["fault_active"] == true);
        }
        (cell.cycles, stops, faulted)
    }

    #[test]
    fn the_better_hand_does_more_cycles_and_mends_faster() {
        let sum = |skill: f64| {
            (0..40)
                .map(|seed| run(seed, skill))
                .fold((0, 0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1, sum.2 + one.2))
        };
        let (good, bad) = (sum(0.95), sum(0.3));
        assert!(good.0 > bad.0, "cycles {good:?} {bad:?}");
        assert!(good.1 < bad.1, "protective stops {good:?} {bad:?}");
        assert!(good.2 < bad.2, "time in fault {good:?} {bad:?}");
    }

    #[test]
    fn a_seed_gives_the_same_run() {
        assert_eq!(run(7, 0.6), run(7, 0.6));
    }
}
