//! A recording whose writer was killed gets its end.

use std::path::Path;

use referee::SignalDecl;

use crate::{Recorder, Recording, RecordingFault};

/// Completes a recording of which only the end is missing, so that readers which look there first can read it too: it is written anew
/// beside the old one, which it then takes the place of. It holds what could be read; half a record goes. Says whether there was
/// something to complete: what is damaged stays as it is.
pub fn complete(path: &Path, recording: &Recording) -> Result<bool, RecordingFault> {
    if !recording.is_cut() || recording.tick_count() == 0 {
        return Ok(false);
    }
    let whole = path.with_extension("mcap.part");
    match std::fs::remove_file(&whole) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(RecordingFault::io(format!("removing {}", whole.display()))(error));
        }
        _ => {}
    }
    let mut recorder = Recorder::create(&whole, recording.about())?;
    for station in recording.stations() {
        let own = recording.signals().iter().filter(|signal| signal.station == *station);
        let own = own.map(|signal| SignalDecl {
            name: signal.name.to_string(),
            kind: signal.kind.clone(),
            stale_after: None,
        });
        recorder.declare(station, &own.collect::<Vec<_>>())?;
    }
    for tick in recording.ticks() {
        recorder.tick(&tick)?;
    }
    for request in recording.requests() {
        recorder.request(&request.station, request.at, request.checkpoint.as_deref())?;
    }
    recorder.finish(recording.about().ended)?;
    let io = RecordingFault::io(format!("completing {}", path.display()));
    std::fs::rename(&whole, path)
        .and_then(|()| match path.parent() {
            Some(folder) => std::fs::File::open(folder)?.sync_all(),
            None => Ok(()),
        })
        .map_err(io)?;
    Ok(true)
}
