//! The recordings of a venue: for each station one MCAP file a day, `S01-20261122-080000.mcap`, a new one when it grows
//! too large or the edge was restarted.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kernel::{Nanos, Timestamp};
use telemetry::{Recorder, Recording, RecordingFault, RunMetadata, Tick};

use crate::config::RecordingsConfig;

#[derive(Debug)]
pub(crate) struct Shelf {
    config: RecordingsConfig,
    contest: String,
    open: HashMap<Arc<str>, Open>,
    last: HashMap<Arc<str>, Nanos>,
    dirty: bool,
    flushed: Timestamp,
}

#[derive(Debug)]
struct Open {
    recorder: Recorder,
    path: PathBuf,
    day: String,
}

impl Shelf {
    /// Looks up how far each station is recorded, in what its last files hold, and completes those that broke off.
    pub fn open(config: RecordingsConfig, contest: &str, stations: &[Arc<str>]) -> Result<Shelf, RecordingFault> {
        let listing = || format!("listing {}", config.folder.display());
        let io = |doing: String| move |source| RecordingFault::Io { doing, source };
        std::fs::create_dir_all(&config.folder).map_err(io(format!("creating {}", config.folder.display())))?;
        let mut newest: HashMap<Arc<str>, Vec<PathBuf>> = HashMap::new();
        for entry in std::fs::read_dir(&config.folder).map_err(io(listing()))? {
            let path = entry.map_err(io(listing()))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let of =
                stations.iter().filter(|station| name.starts_with(&format!("{station}-")) && name.ends_with(".mcap"));
            // A station's name may begin another's.
            if let Some(station) = of.max_by_key(|station| station.len()) {
                newest.entry(station.clone()).or_default().push(path);
            }
        }
        let mut last = HashMap::new();
        for (station, mut paths) in newest {
            paths.sort();
            // The newest file may hold nothing that can be read; then the ones before say how far it went.
            for path in paths.iter().rev().take(4) {
                match Recording::open(path) {
                    Ok(recording) => {
                        match telemetry::complete(path, &recording) {
                            Ok(true) => {
                                tracing::info!(path = %path.display(), "a recording that broke off has its end now")
                            }
                            Ok(false) => {}
                            Err(fault) => {
                                tracing::warn!(path = %path.display(), %fault, "a recording that broke off stays so")
                            }
                        }
                        if let Some((_, to)) = recording.span() {
                            let last = last.entry(station.clone()).or_insert(to);
                            *last = to.max(*last);
                        }
                    }
                    Err(fault) => tracing::warn!(path = %path.display(), %fault, "a recording can't be read"),
                }
            }
        }
        Ok(Shelf {
            config,
            contest: contest.to_owned(),
            open: HashMap::new(),
            last,
            dirty: false,
            flushed: Timestamp::default(),
        })
    }

    pub fn config(&self) -> &RecordingsConfig {
        &self.config
    }

    /// Records what is not recorded yet.
    pub fn record(&mut self, ticks: &[Tick]) -> Result<u64, RecordingFault> {
        let mut recorded = 0;
        for tick in ticks {
            if self.last.get(&tick.station).is_some_and(|last| tick.at <= *last) {
                continue;
            }
            let day = day_of(tick.at);
            if self.open.get(&tick.station).is_some_and(|open| open.day != day) {
                self.close(&tick.station)?;
            }
            if !self.open.contains_key(&tick.station) {
                let open = self.begin(tick, day)?;
                self.open.insert(tick.station.clone(), open);
            }
            if let Some(open) = self.open.get_mut(&tick.station) {
                open.recorder.tick(tick)?;
            }
            self.last.insert(tick.station.clone(), tick.at);
            self.dirty = true;
            recorded += 1;
        }
        Ok(recorded)
    }

    /// Makes what was recorded durable, if it is time. Says whether everything is.
    pub fn flush(&mut self, now: Timestamp, at_once: bool) -> Result<bool, RecordingFault> {
        if !self.dirty {
            return Ok(true);
        }
        let waited = now.millis_since(self.flushed);
        if !at_once && (0..self.config.flush.as_millis() as i64).contains(&waited) {
            return Ok(false);
        }
        let mut full = Vec::new();
        for (station, open) in &mut self.open {
            if self.config.fsync {
                open.recorder.flush()?;
            } else {
                open.recorder.write_out()?;
            }
            if std::fs::metadata(&open.path).is_ok_and(|file| file.len() >= self.config.rotate_bytes) {
                full.push(station.clone());
            }
        }
        for station in full {
            self.close(&station)?;
        }
        self.dirty = false;
        self.flushed = now;
        Ok(true)
    }

    pub fn finish(&mut self) -> Result<(), RecordingFault> {
        let stations: Vec<Arc<str>> = self.open.keys().cloned().collect();
        stations.iter().try_for_each(|station| self.close(station))
    }

    /// What a power cut does to open files: they stay as they are on the disk.
    pub fn forget(self) {
        // Dropping a recorder would end its file properly.
        self.open.into_values().for_each(|open| std::mem::forget(open.recorder));
    }

    fn close(&mut self, station: &Arc<str>) -> Result<(), RecordingFault> {
        match self.open.remove(station) {
            Some(open) => open.recorder.finish(None).map(|_| ()),
            None => Ok(()),
        }
    }

    fn begin(&self, tick: &Tick, day: String) -> Result<Open, RecordingFault> {
        let about = RunMetadata {
            contest: Some(self.contest.clone()),
            station: Some(tick.station.to_string()),
            started: Some(tick.at),
            ..RunMetadata::default()
        };
        let path = free_path(&self.config.folder, &tick.station, tick.at);
        Ok(Open { recorder: Recorder::create(&path, &about)?, path, day })
    }
}

/// `20261122`
fn day_of(at: Nanos) -> String {
    at.to_timestamp().to_string().chars().take(10).filter(char::is_ascii_digit).collect()
}

fn free_path(folder: &Path, station: &str, at: Nanos) -> PathBuf {
    let text = at.to_timestamp().to_string();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let (day, time) = digits.split_at_checked(8).unwrap_or((&digits, ""));
    let name = format!("{station}-{day}-{time}");
    let mut path = folder.join(format!("{name}.mcap"));
    let mut part = 1;
    while path.exists() {
        path = folder.join(format!("{name}_{part}.mcap"));
        part += 1;
    }
    path
}
