//! Where there is no equipment, so that judges enter by hand what a sensor would have said.
//!
//! A run is by hand when its venue or station is said to have none before the referee has found anything of it. From then on its automatic
//! aspects are a judge's, and no gateway is waited for. What the referee has found of a run stays the referee's: whoever has to settle the
//! rest of such a run does so by its undecided verdicts. Where equipment comes back, the referee hears of a run what was acknowledged from
//! then on, and nothing of before: so a node that is started later hears the same.

use std::collections::{BTreeMap, HashSet};

use kernel::{RunId, StationId, Timestamp, VenueId};
use marking::{AspectIx, AspectKind, EntryIx, Event, Policy, Position, Standing};

use super::{Arena, Logged, Touched};
use crate::event::Happened;
use crate::plan::Station;

/// Of a venue or a station: whether there is equipment, who said so and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EquipmentSaid {
    pub present: bool,
    pub reason: String,
    pub by: String,
    pub at: Timestamp,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Equipment {
    venues: BTreeMap<VenueId, EquipmentSaid>,
    /// What is said of a station stands until something is said of its whole venue.
    stations: BTreeMap<StationId, EquipmentSaid>,
}

impl Equipment {
    /// What stands of a station; none where nobody has said anything.
    pub fn said_of(&self, station: &Station) -> Option<&EquipmentSaid> {
        self.stations.get(&station.id).or_else(|| self.venues.get(&station.venue))
    }

    pub fn said_of_venue(&self, venue: &VenueId) -> Option<&EquipmentSaid> {
        self.venues.get(venue)
    }

    /// Nobody needs to say that there is some.
    pub fn is_present(&self, station: &Station) -> bool {
        self.said_of(station).is_none_or(|said| said.present)
    }
}

impl Arena {
    /// Whether judges enter by hand what a sensor would have said of a run.
    pub fn is_by_hand(&self, run: &RunId) -> bool {
        self.runs.get(run).is_some_and(|now| now.by_hand)
    }

    /// Whether an aspect of an entry is one of those.
    pub fn entered_by_hand(&self, entry: EntryIx, aspect: AspectIx) -> bool {
        let by_hand = self.run_of(entry, aspect).is_some_and(|run| self.is_by_hand(&run));
        by_hand && self.board.policy(entry, aspect).is_some()
    }

    /// Runs that saying so would change: those of a venue, or of one of its stations, that are not judged and of which the referee has found
    /// nothing. And how many it would not change.
    pub fn runs_without_findings(&self, venue: &VenueId, station: Option<&StationId>) -> (Vec<RunId>, usize) {
        let found: HashSet<&RunId> =
            self.verdicts.values().filter(|it| it.standing != Standing::Amended).map(|it| &it.run).collect();
        let is_there = |at: &StationId| {
            let here = self.plan.station(at).is_some_and(|station| station.venue == *venue);
            here && station.is_none_or(|station| station == at)
        };
        let there = self.plan.runs.iter().filter(|run| is_there(&run.station));
        let (open, kept): (Vec<_>, Vec<_>) =
            there.partition(|run| !found.contains(&run.id) && self.runs.get(&run.id).is_some_and(|now| !now.judged));
        (open.into_iter().map(|run| run.id.clone()).collect(), kept.len())
    }

    pub(super) fn fold_equipment(&mut self, logged: &Logged, touched: &mut Touched) {
        let Happened::EquipmentSet { venue, station, present, reason, by } = &logged.happened else { return };
        let said = EquipmentSaid { present: *present, reason: reason.clone(), by: by.clone(), at: logged.at };
        match station {
            Some(station) => drop(self.equipment.stations.insert(station.0.clone(), said)),
            None => {
                let plan = self.plan.clone();
                let here = |id: &StationId| plan.station(id).is_some_and(|station| station.venue == venue.0);
                self.equipment.stations.retain(|id, _| !here(id));
                self.equipment.venues.insert(venue.0.clone(), said);
            }
        }
        touched.equipment = true;
        let (runs, _) = self.runs_without_findings(venue, station.as_ref().map(|station| &station.0));
        for run in runs {
            if let Some(now) = self.runs.get_mut(&run) {
                if now.by_hand && *present {
                    now.equipped_since = logged.position;
                }
                now.by_hand = !present;
            }
            let (Some(entry), Some(module)) = (self.entry_of(&run), self.module_of(&run)) else { continue };
            let rules = self.rules_of(&run).scheme.scheme.clone();
            for (aspect, declared) in rules.aspects_of(module) {
                let AspectKind::Automatic { policy, .. } = declared.kind else { continue };
                let policy = if *present { policy } else { Policy::Off };
                let event = Event::Policy { position: Position(logged.position), entry, aspect, policy };
                self.apply(&run, event, touched);
                touched.sheets.push((run.clone(), aspect));
            }
            touched.runs.push(run);
        }
    }
}
