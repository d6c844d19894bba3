//! Facts in: whether an event is acceptable, and whether it says anything new.

use super::Board;
use crate::cell::{GivenMark, SeenVerdict};
use crate::value::{ELAPSED_MS_MOST, MARK_MOST, ROUND_MOST, check_corrected, check_imported};
use crate::{Aspect, AspectIx, AspectKind, EntryIx, Event, ModuleIx, Position, Refusal, check_value};

/// What a recorded event may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Touched {
    /// It was known already, or a later one is.
    Nothing,
    Cell(AspectIx),
    /// The automatic aspects of a module.
    Phase(ModuleIx),
    Time,
    Presence,
}

impl Board {
    pub(super) fn record(&mut self, event: &Event) -> Result<Touched, Refusal> {
        if event.entry().index() >= self.entries.len() {
            return Err(Refusal::EntryUnknown);
        }
        match event {
            Event::Given { position, mark, entry, aspect, judge, round, value, replaces } => {
                let known = self.known(*aspect)?;
                check_round(known, *round)?;
                let given = check_value(known, value)?;
                let judges = known.kind.judges();
                let mark = GivenMark {
                    position: *position,
                    mark: mark.clone(),
                    judge: judge.clone(),
                    round: *round,
                    value: value.clone(),
                    given,
                };
                let at = self.cell_at(*entry, *aspect);
                Ok(touched(self.cells[at].give(mark, replaces.as_ref(), judges), Touched::Cell(*aspect)))
            }
            Event::Retracted { position, entry, aspect, mark } => {
                self.known(*aspect)?;
                let at = self.cell_at(*entry, *aspect);
                Ok(touched(self.cells[at].take_away(mark, *position), Touched::Cell(*aspect)))
            }
            Event::RoundOpened { entry, aspect, round, .. } => {
                let known = self.known(*aspect)?;
                if known.kind == AspectKind::Theory {
                    return Err(Refusal::RoundOutOfRange { aspect: known.code.clone(), round: *round });
                }
                check_round(known, *round)?;
                let at = self.cell_at(*entry, *aspect);
                Ok(touched(self.cells[at].open_round(*round), Touched::Cell(*aspect)))
            }
            Event::Verdict { position, entry, aspect, verdict, rule, marks, outcome, standing } => {
                let known = self.known(*aspect)?;
                if !matches!(known.kind, AspectKind::Automatic { .. }) {
                    let (aspect, expected) = (known.code.clone(), known.kind.aspect_type().code());
                    return Err(Refusal::KindMismatch { aspect, expected, got: "verdict" });
                }
                if marks.hundredths().unsigned_abs() > MARK_MOST.hundredths().unsigned_abs() {
                    return Err(Refusal::MarksOutOfRange { aspect: known.code.clone(), marks: *marks, max: known.max });
                }
                let seen = SeenVerdict {
                    position: *position,
                    verdict: verdict.clone(),
                    rule: rule.clone(),
                    marks: *marks,
                    outcome: *outcome,
                    standing: *standing,
                };
                let at = self.cell_at(*entry, *aspect);
                Ok(touched(self.cells[at].see(seen), Touched::Cell(*aspect)))
            }
            Event::Policy { position, entry, aspect, policy } => {
                let known = self.known(*aspect)?;
                if !matches!(known.kind, AspectKind::Automatic { .. }) {
                    let (aspect, expected) = (known.code.clone(), known.kind.aspect_type().code());
                    return Err(Refusal::KindMismatch { aspect, expected, got: "policy" });
                }
                let at = self.cell_at(*entry, *aspect);
                Ok(touched(self.cells[at].rule(*position, *policy), Touched::Cell(*aspect)))
            }
            Event::Imported { position, entry, aspect, marks } => {
                check_imported(self.known(*aspect)?, *marks)?;
                let at = self.cell_at(*entry, *aspect);
                Ok(touched(self.cells[at].import(*position, *marks), Touched::Cell(*aspect)))
            }
            Event::Corrected { position, entry, aspect, marks } => {
                check_corrected(self.known(*aspect)?, *marks)?;
                let at = self.cell_at(*entry, *aspect);
                Ok(touched(self.cells[at].correct(*position, *marks), Touched::Cell(*aspect)))
            }
            Event::Run { position, entry, module, phase } => {
                let at = self.known_module(*entry, *module)?;
                Ok(touched(keep_latest(&mut self.runs[at].phase, *position, *phase), Touched::Phase(*module)))
            }
            Event::TimeSet { position, entry, module, elapsed_ms } => {
                let at = self.known_module(*entry, *module)?;
                if *elapsed_ms > ELAPSED_MS_MOST {
                    return Err(Refusal::TimeOutOfRange { elapsed_ms: *elapsed_ms });
                }
                Ok(touched(keep_latest(&mut self.runs[at].elapsed_ms, *position, *elapsed_ms), Touched::Time))
            }
            Event::Withdrawn { position, entry, withdrawn } => {
                let slot = &mut self.entries[entry.index()].withdrawn;
                Ok(touched(keep_latest(slot, *position, *withdrawn), Touched::Presence))
            }
        }
    }

    fn known(&self, aspect: AspectIx) -> Result<&Aspect, Refusal> {
        self.scheme.aspect(aspect).ok_or(Refusal::AspectUnknown)
    }

    fn known_module(&self, entry: EntryIx, module: ModuleIx) -> Result<usize, Refusal> {
        match self.scheme.module(module) {
            Some(_) => Ok(self.module_at(entry, module)),
            None => Err(Refusal::ModuleUnknown),
        }
    }
}

fn check_round(aspect: &Aspect, round: u32) -> Result<(), Refusal> {
    if (1..=ROUND_MOST).contains(&round) {
        Ok(())
    } else {
        Err(Refusal::RoundOutOfRange { aspect: aspect.code.clone(), round })
    }
}

fn touched(new: bool, what: Touched) -> Touched {
    if new { what } else { Touched::Nothing }
}

fn keep_latest<T>(slot: &mut Option<(Position, T)>, position: Position, value: T) -> bool {
    let newer = slot.as_ref().is_none_or(|(at, _)| *at < position);
    if newer {
        *slot = Some((position, value));
    }
    newer
}
