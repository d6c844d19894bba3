//! Who works where and in what order: every entry gets a run of every module that is not a paper, at the stations of his venue in turn.

use kernel::{ContestId, EntryId, RunId, StationId, VenueId};
use marking::{AspectKind, ModuleIx, Scheme};
use store::{StoreError, Tx, args};
use web::Hall;

use crate::plan::Station;
use crate::sql;

/// A module that consists of nothing but a theory paper is sat, not run.
pub fn has_runs(scheme: &Scheme, module: ModuleIx) -> bool {
    scheme.aspects_of(module).any(|(_, aspect)| aspect.kind != AspectKind::Theory)
}

/// A module's turns are numbered from its step times this.
pub const TURNS_MOST: i64 = 10_000;

/// Where new entries of a venue are seated.
pub struct Seating<'a> {
    pub contest: &'a ContestId,
    pub stations: &'a [Station],
    pub venue: &'a VenueId,
    /// So many entries of the venue were planned before.
    pub already: usize,
}

/// Plans the runs of new entries of one venue, in turn: who comes where follows from their order, so it must be a drawn one.
pub async fn plan(
    tx: &mut Tx<'_>,
    hall: &Hall,
    scheme: &Scheme,
    seating: &Seating<'_>,
    entries: &[EntryId],
) -> Result<u32, StoreError> {
    let Seating { contest, venue, already, .. } = *seating;
    let stations: Vec<&StationId> =
        seating.stations.iter().filter(|station| station.venue == *venue).map(|station| &station.id).collect();
    let mut count = 0;
    if stations.is_empty() {
        return Ok(count);
    }
    for (place, entry) in entries.iter().enumerate() {
        let (turn, seat) = ((already + place) / stations.len(), (already + place) % stations.len());
        for (step, module) in scheme.modules().iter().enumerate() {
            if !scheme.module_ix(&module.code).is_some_and(|ix| has_runs(scheme, ix)) {
                continue;
            }
            // All turns of a module before the next: the equipment of a station is set up once for each module.
            let planned = step as i64 * TURNS_MOST + turn as i64;
            let run: RunId = hall.fresh();
            tx.exec(sql::INSERT_RUN, &args![&run, contest, entry, &module.code, stations[seat], planned]).await?;
            count += 1;
        }
    }
    Ok(count)
}
