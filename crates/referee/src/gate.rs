//! What becomes of a finding before it is a verdict: the best of several attempts, and gates.
//!
//! A rule with `best_of` keeps what it finds until its last attempt is over; only the best one counts. A rule with a gate
//! keeps it until the gate's rules have been met, or can't be met any more. Both are decided at the end of the run at the
//! latest, and what was not seen stays undecided.

use kernel::{Suggestion, Text};
use rustc_hash::FxHashMap;

use crate::fault::{Fault, Place};
use crate::finding::{Found, Note};
use crate::monitor::Monitor;
use crate::pattern::Progress;
use crate::{Outcome, RuleSpec};

/// What is still to do when a gate opens; the last first.
enum Due {
    /// A finding that has passed its gate becomes a verdict.
    Say(usize, Found),
    /// A rule's gate is asked again.
    Look(usize),
}

/// What a rule's gate says.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Gate {
    Open,
    /// It may still be met.
    Waiting,
    /// These rules were not met.
    Shut(String),
    /// Nobody knows whether these were.
    Unknown(String),
}

impl Monitor {
    /// On to the gate, or into the attempts that are compared first.
    pub(crate) fn find(&mut self, ix: usize, found: Found) {
        match self.set.rules[ix].best_of {
            Some(most) if found.attempt > most => {}
            Some(_) => self.rules[ix].attempts.push(found),
            None => self.pass_gate(ix, found),
        }
    }

    fn pass_gate(&mut self, ix: usize, found: Found) {
        match self.gate(ix) {
            Gate::Waiting => self.rules[ix].waiting.push(found),
            gate => self.go_on(vec![Due::Say(ix, beyond(&gate, found))]),
        }
    }

    fn gate(&self, ix: usize) -> Gate {
        let (mut waiting, mut unknown) = (false, Vec::new());
        let mut shut = Vec::new();
        for gate in &self.set.rules[ix].gates {
            let state = &self.rules[*gate as usize];
            if state.met {
                continue;
            }
            let is_over = self.run_over || (state.done && state.waiting.is_empty() && state.attempts.is_empty());
            match (is_over, state.undecided) {
                (false, _) => waiting = true,
                (true, true) => unknown.push(&*self.set.rules[*gate as usize].id),
                (true, false) => shut.push(&*self.set.rules[*gate as usize].id),
            }
        }
        if !shut.is_empty() {
            Gate::Shut(shut.join(", "))
        } else if waiting {
            Gate::Waiting
        } else if !unknown.is_empty() {
            Gate::Unknown(unknown.join(", "))
        } else {
            Gate::Open
        }
    }

    /// Says what is due, and all that this lets through the gates behind it, one rule's wake before the next one's. A chain of gates may be
    /// as long as a file: what is still to do is kept in a list, not on the call stack.
    fn go_on(&mut self, mut due: Vec<Due>) {
        let set = self.set.clone();
        while let Some(next) = due.pop() {
            match next {
                Due::Say(ix, found) => {
                    if self.utter(ix, found) {
                        due.extend(set.rules[ix].behind.iter().rev().map(|behind| Due::Look(*behind as usize)));
                    }
                }
                Due::Look(ix) if self.rules[ix].waiting.is_empty() => {}
                Due::Look(ix) => match self.gate(ix) {
                    Gate::Waiting => {}
                    gate => {
                        let waiting = std::mem::take(&mut self.rules[ix].waiting);
                        due.extend(waiting.into_iter().rev().map(|found| Due::Say(ix, beyond(&gate, found))));
                    }
                },
            }
        }
    }

    /// A phase is over: the last of so many attempts decides, unless something of them is still open.
    pub(crate) fn attempt_over(&mut self, ix: usize) {
        let state = &self.rules[ix];
        let Some(most) = self.set.rules[ix].best_of else { return };
        let open = matches!(state.progress, Progress::Pending(Some(_)));
        if state.attempt >= most && !open && !state.has_gaps() {
            self.rules[ix].done = true;
            self.choose(ix);
        }
    }

    /// The best attempt counts; of equal ones the first. An attempt that is undecided may be better than any other.
    fn choose(&mut self, ix: usize) {
        let Some(most) = self.set.rules[ix].best_of else { return };
        let found = std::mem::take(&mut self.rules[ix].attempts);
        let last = self.rules[ix].attempt.min(most);
        let is_open =
            |attempt: u32| found.iter().any(|found| found.attempt == attempt && found.outcome == Outcome::Undecided);
        let total =
            |attempt: u32| found.iter().filter(|found| found.attempt == attempt).map(|found| found.marks).sum::<i64>();
        let decided = (1..=last).filter(|attempt| !is_open(*attempt));
        let best = decided.max_by_key(|attempt| (total(*attempt), std::cmp::Reverse(*attempt)));
        let all_decided = !(0..=last).any(is_open);
        for mut found in found {
            if found.outcome != Outcome::Undecided {
                if Some(found.attempt) != best {
                    found = Found { marks: 0, note: Some(Note::NotBest { attempt: found.attempt }), ..found };
                } else if !all_decided {
                    found.note = Some(Note::BestUnknown { attempt: found.attempt, marks: found.marks });
                    (found.outcome, found.marks) = (Outcome::Undecided, 0);
                }
            }
            self.pass_gate(ix, found);
        }
    }

    /// The run is over: attempts are compared, and gates that nobody has met stay shut.
    pub(crate) fn decide_what_waits(&mut self) {
        for ix in 0..self.rules.len() {
            self.choose(ix);
        }
        self.run_over = true;
        let set = self.set.clone();
        for ix in &set.gate_order {
            self.go_on(vec![Due::Look(*ix as usize)]);
        }
    }
}

/// A finding together with its gate: both must be so.
fn beyond(gate: &Gate, found: Found) -> Found {
    match gate {
        Gate::Open | Gate::Waiting => found,
        Gate::Shut(rules) => {
            Found { outcome: Outcome::Missed, marks: 0, note: Some(Note::GateShut(rules.clone())), ..found }
        }
        Gate::Unknown(rules) => {
            Found { outcome: Outcome::Undecided, marks: 0, note: Some(Note::GateUnknown(rules.clone())), ..found }
        }
    }
}

/// Who waits for whom, by the rules' places.
#[derive(Debug, Default)]
pub(crate) struct Gates {
    pub of: Vec<Vec<u32>>,
    pub behind: Vec<Vec<u32>>,
    /// Rules with a gate, each after those in its gate.
    pub order: Vec<u32>,
}

/// Finds the rules that gates name, and refuses what waits for itself.
/// `unread` are ids of rules that can't be read.
pub(crate) fn resolve(rules: &[RuleSpec], unread: &[String]) -> (Gates, Vec<Fault>) {
    let mut faults = Vec::new();
    let by_id: FxHashMap<&str, u32> =
        rules.iter().enumerate().map(|(ix, rule)| (rule.id.as_str(), ix as u32)).collect();
    let mut gates =
        Gates { of: vec![Vec::new(); rules.len()], behind: vec![Vec::new(); rules.len()], order: Vec::new() };
    for (ix, rule) in rules.iter().enumerate() {
        for (at, id) in rule.gate.iter().enumerate() {
            match by_id.get(id.as_str()) {
                Some(gate) if gates.of[ix].contains(gate) => faults.push(Fault {
                    place: Place::Rule(ix),
                    field: format!("gate[{at}]"),
                    column: Some(1),
                    text: Text::new(format!("规则 `{id}` 写了两次"), format!("the rule `{id}` is named twice")),
                    suggestion: Suggestion::advice("去掉其中一个", "remove one of them"),
                }),
                Some(gate) => {
                    gates.of[ix].push(*gate);
                    gates.behind[*gate as usize].push(ix as u32);
                }
                None if unread.contains(id) => {}
                None => faults.push(Fault {
                    place: Place::Rule(ix),
                    field: format!("gate[{at}]"),
                    column: Some(1),
                    text: Text::new(format!("没有规则 `{id}`"), format!("there is no rule `{id}`")),
                    suggestion: another_rule(id, ix, rules, unread),
                }),
            }
        }
    }
    let mut seen = vec![Seen::Not; rules.len()];
    for ix in 0..rules.len() as u32 {
        let mut path = Vec::new();
        if let Some(cycle) = visit(ix, &gates.of, &mut seen, &mut path, &mut gates.order) {
            let names: Vec<&str> = cycle.iter().map(|ix| rules[*ix as usize].id.as_str()).collect();
            let said = names.join(" → ");
            faults.push(Fault {
                place: Place::Rule(cycle[0] as usize),
                field: "gate".to_owned(),
                column: None,
                text: Text::new(format!("规则互相等待：{said}"), format!("these rules wait for each other: {said}")),
                suggestion: Suggestion::advice(
                    format!("从规则 `{}` 的 gate 中去掉 `{}`", names[0], names[1]),
                    format!("remove `{1}` from the gate of the rule `{0}`", names[0], names[1]),
                ),
            });
        }
    }
    gates.order.retain(|ix| !gates.of[*ix as usize].is_empty());
    (gates, faults)
}

/// The rule that a gate probably meant: not its own.
fn another_rule(id: &str, own: usize, rules: &[RuleSpec], unread: &[String]) -> Suggestion {
    let read = || rules.iter().enumerate().filter(|(ix, _)| *ix != own).map(|(_, rule)| rule.id.as_str());
    let others = || read().chain(unread.iter().map(String::as_str));
    match others().next() {
        Some(_) => Suggestion::among(id, others().collect::<Vec<_>>()),
        None => Suggestion::advice("去掉 gate：没有别的规则", "leave out gate: there is no other rule"),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    Not,
    OnTheWay,
    Done,
}

/// Walks to what a rule waits for, without recursion, and notes each rule after those; a cycle is returned with its
/// first rule at both ends.
fn visit(
    from: u32,
    of: &[Vec<u32>],
    seen: &mut [Seen],
    path: &mut Vec<(u32, usize)>,
    order: &mut Vec<u32>,
) -> Option<Vec<u32>> {
    let mut cycle = None;
    if seen[from as usize] == Seen::Not {
        seen[from as usize] = Seen::OnTheWay;
        path.push((from, 0));
    }
    while let Some((ix, next)) = path.last_mut() {
        let ix = *ix;
        let Some(gate) = of[ix as usize].get(*next).copied() else {
            seen[ix as usize] = Seen::Done;
            order.push(ix);
            path.pop();
            continue;
        };
        *next += 1;
        match seen[gate as usize] {
            Seen::Not => {
                seen[gate as usize] = Seen::OnTheWay;
                path.push((gate, 0));
            }
            Seen::OnTheWay => {
                let start = path.iter().position(|(ix, _)| *ix == gate).unwrap_or(0);
                let round: Vec<u32> = path[start..].iter().map(|(ix, _)| *ix).chain([gate]).collect();
                cycle.get_or_insert(round);
            }
            Seen::Done => {}
        }
    }
    cycle
}
