//! How far one variable is: where its next value stands in time.
//!
//! A time is believed unless it lies too far ahead, or before any clock was set. A value whose time is not believed says
//! that the variable has changed, and not when: the variable is bad from its arrival on, and how far it is stays as it was.
//! A value that is told to be older than that arrival is moved behind it and uncertain, until the next one.

use kernel::Nanos;
use telemetry::BatchFault;

use super::value::Read;

#[derive(Debug, Clone, Default)]
pub(super) struct Progress {
    last: Option<Nanos>,
    /// Where it was called bad for a time that was not believed; `None` once a value was placed since.
    bad_at: Option<Nanos>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub at: Nanos,
    /// It says what is now; when it became so may be long ago.
    pub is_current: bool,
    pub is_moved: bool,
    /// From here to the value the variable is bad: values in between are lost.
    pub bad_from: Option<Nanos>,
}

/// A value whose time is not believed.
#[derive(Debug)]
pub(super) struct Disbelieved {
    pub fault: BatchFault,
    /// From here on the variable is bad; `None`: it is already.
    pub bad_at: Option<Nanos>,
}

fn after(at: Nanos, nanos: i64) -> Nanos {
    Nanos(at.0.saturating_add(nanos))
}

impl Progress {
    /// Nothing came yet whose time was believed.
    pub fn is_new(&self) -> bool {
        self.last.is_none()
    }

    /// `believe` says what is wrong with a time.
    pub fn place(
        &mut self,
        read: &Read,
        arrival: Nanos,
        believe: impl Fn(Nanos) -> Result<(), BatchFault>,
    ) -> Result<Place, Disbelieved> {
        let own = read.at.unwrap_or(arrival);
        let known = self.last.max(self.bad_at);
        if let Err(fault) = believe(own) {
            let bad_at = match self.bad_at {
                Some(_) => None,
                None => Some(known.map_or(arrival, |known| arrival.max(after(known, 1)))),
            };
            self.bad_at = self.bad_at.or(bad_at);
            return Err(Disbelieved { fault, bad_at });
        }
        let Some(known) = known else {
            let taken = read.server_at.filter(|at| believe(*at).is_ok());
            let at = taken.map_or(own, |taken| taken.max(own));
            self.last = Some(at);
            return Ok(Place { at, is_current: true, is_moved: false, bad_from: None });
        };
        let at = own.max(after(known, if read.is_after_loss { 2 } else { 0 }));
        let at = if at == known { after(at, 1) } else { at };
        let is_moved = self.bad_at.is_some_and(|bad_at| own <= bad_at);
        (self.last, self.bad_at) = (Some(at), None);
        Ok(Place { at, is_current: false, is_moved, bad_from: read.is_after_loss.then(|| after(known, 1)) })
    }
}

#[cfg(test)]
mod tests {
    use referee::Quality;
    use telemetry::Tick;
    use telemetry::batch::{self, Limits};

    use super::*;

    const S: i64 = 1_000_000_000;
    const NOW: i64 = 1_790_000_000 * S;

    fn read(at: i64) -> Read {
        let reading = Some(referee::Value::Bool(true));
        let at = Some(Nanos(NOW + at));
        Read { reading, quality: Quality::Good, at, server_at: at, is_after_loss: false, is_unfit: false }
    }

    /// What becomes of a value that arrives `now` seconds after the beginning, in nanoseconds after the beginning.
    fn step(progress: &mut Progress, now: i64, read: &Read) -> String {
        let arrival = Nanos(NOW + now * S);
        let latest = arrival.to_timestamp().plus_millis(Limits::default().ahead_max_ms).to_nanos();
        let believe = |at| {
            let tick = Tick { station: "S01".into(), at, readings: Vec::new(), quality: Quality::Good };
            batch::check_time(1, &tick, latest)
        };
        let shown = |at: Nanos| at.0 - NOW;
        match progress.place(read, arrival, believe) {
            Ok(place) => {
                let current = if place.is_current { " current" } else { "" };
                let moved = if place.is_moved { " moved" } else { "" };
                let bad = place.bad_from.map(|at| format!(" bad {}", shown(at))).unwrap_or_default();
                format!("{}{current}{moved}{bad}", shown(place.at))
            }
            Err(Disbelieved { bad_at: Some(at), .. }) => format!("disbelieved, bad {}", shown(at)),
            Err(Disbelieved { bad_at: None, .. }) => "disbelieved".to_owned(),
        }
    }

    #[test]
    fn a_time_that_is_not_believed_silences_nobody() {
        let hour = 3_600 * S;
        let mut progress = Progress::default();
        for (now, at, expected) in [
            (0, 0, "0 current".to_owned()),
            (1, S, format!("{S}")),
            (2, 2 * S + hour, format!("disbelieved, bad {}", 2 * S)),
            (3, 3 * S + hour, "disbelieved".to_owned()),
            // True, and on its way when the variable was called bad.
            (3, 2 * S - 5, format!("{} moved", 2 * S + 1)),
            (4, 4 * S, format!("{}", 4 * S)),
            // A clock that was never set.
            (5, -NOW, format!("disbelieved, bad {}", 5 * S)),
            (6, 6 * S, format!("{}", 6 * S)),
            // A little ahead is believed; what is bad then comes behind it.
            (7, 10 * S, format!("{}", 10 * S)),
            (8, hour, format!("disbelieved, bad {}", 10 * S + 1)),
            (11, 11 * S, format!("{}", 11 * S)),
        ] {
            assert_eq!(step(&mut progress, now, &read(at)), expected, "{now}: {at}");
        }
        let lost = Read { is_after_loss: true, ..read(12 * S) };
        assert_eq!(step(&mut progress, 12, &lost), format!("{} bad {}", 12 * S, 11 * S + 1));
    }

    #[test]
    fn a_first_value_is_of_now_unless_its_time_is_not_believed() {
        let ahead = Some(Nanos(NOW + 60 * S));
        let server_is_ahead = Read { server_at: ahead, ..read(-S) };
        assert_eq!(step(&mut Progress::default(), 0, &server_is_ahead), format!("{} current", -S));
        let mut progress = Progress::default();
        assert_eq!(step(&mut progress, 0, &read(60 * S)), "disbelieved, bad 0");
        assert_eq!(step(&mut progress, 0, &read(-1)), "1 moved");
        assert_eq!(step(&mut progress, 1, &read(S)), format!("{S}"));
    }
}
