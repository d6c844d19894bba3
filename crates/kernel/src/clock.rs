//! Time. The hall's own acts carry a [`Timestamp`] in milliseconds; telemetry carries [`Nanos`] of the source's clock.
//! Both count from the Unix epoch, in UTC, without leap seconds. Local time exists only on screens.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Milliseconds since the Unix epoch. RFC 3339 with a `Z` on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    pub const fn from_millis(at_ms: i64) -> Self {
        Self(at_ms)
    }

    pub const fn as_millis(self) -> i64 {
        self.0
    }

    pub const fn plus_millis(self, by_ms: i64) -> Self {
        Self(self.0.saturating_add(by_ms))
    }

    /// Milliseconds from `earlier` to this; negative when it is the other way round.
    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    pub const fn to_nanos(self) -> Nanos {
        Nanos(self.0.saturating_mul(1_000_000))
    }
}

/// By whose clocks a hall lives: what is printed tells the time of the venue, while screens have the reader's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(jiff::tz::TimeZone);

impl Zone {
    /// By its name in the IANA database, such as `Asia/Shanghai`; the error says what is wrong with it.
    pub fn named(name: &str) -> Result<Zone, String> {
        let zone = jiff::tz::TimeZone::get(name);
        zone.map(Zone).map_err(|_| format!("{name:?} is no time zone; write it as Asia/Shanghai"))
    }

    /// What a clock on the wall shows.
    pub fn at(&self, at: Timestamp) -> jiff::civil::DateTime {
        let instant = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
        self.0.to_datetime(instant)
    }

    /// How far clocks there are ahead of UTC at a moment.
    pub fn ahead_ms(&self, at: Timestamp) -> i64 {
        let instant = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
        i64::from(self.0.to_offset(instant).seconds()) * 1000
    }
}

impl std::fmt::Display for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.iana_name().unwrap_or("UTC"))
    }
}

impl Default for Zone {
    fn default() -> Self {
        Zone(jiff::tz::TimeZone::UTC)
    }
}

impl Timestamp {
    /// As headers of HTTP write a time (RFC 9110, 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
    pub fn http_date(self) -> String {
        jiff::Timestamp::from_millisecond(self.0)
            .map(|at| at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
            .unwrap_or_default()
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(at) => write!(f, "{at:.3}"),
            Err(_) => write!(f, "out of range ({} ms)", self.0),
        }
    }
}

impl std::str::FromStr for Timestamp {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let at: jiff::Timestamp =
            text.parse().map_err(|_| format!("{text:?} is no RFC 3339 time, such as 2026-11-22T08:00:00.000Z"))?;
        Ok(Self(at.as_millisecond()))
    }
}

/// Nanoseconds since the Unix epoch: event time of telemetry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Nanos(pub i64);

impl Nanos {
    pub const fn to_timestamp(self) -> Timestamp {
        Timestamp(self.0.div_euclid(1_000_000))
    }
}

/// Where the hall gets the time. The shell passes [`SystemClock`], tests pass [`FakeClock`].
pub trait Clock: Send + Sync + std::fmt::Debug {
    fn now(&self) -> Timestamp;

    /// How many times faster than the wall a play's clock runs, which may stand still as well. `None` where it is the wall's.
    fn pace(&self) -> Option<f64> {
        None
    }
}

/// The header by which every answer tells the hall's time, for screens that show running clocks.
pub const HALL_TIME: &str = "x-hall-time";

/// The hall's time as [`HALL_TIME`] tells it: milliseconds since the epoch, and the pace of a play: `1790000000123`, `1790000000123;pace=10`.
pub fn hall_time(clock: &dyn Clock) -> String {
    let now_ms = clock.now().as_millis();
    match clock.pace() {
        Some(pace) => format!("{now_ms};pace={pace}"),
        None => now_ms.to_string(),
    }
}

/// The machine's clock. The one place that reads it.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// A clock that stands still until it is told to move.
#[derive(Debug, Clone, Default)]
pub struct FakeClock(Arc<AtomicI64>);

impl FakeClock {
    pub fn at_millis(at_ms: i64) -> Self {
        Self(Arc::new(AtomicI64::new(at_ms)))
    }

    pub fn advance_millis(&self, by_ms: i64) {
        self.0.fetch_add(by_ms, Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_survives_its_text() {
        for at_ms in [0, 1, 1_790_000_000_123, -1] {
            let at = Timestamp::from_millis(at_ms);
            assert_eq!(at.to_string().parse::<Timestamp>().unwrap(), at);
        }
        assert_eq!(Timestamp::from_millis(0).to_string(), "1970-01-01T00:00:00.000Z");
    }
}
