//! What every handler shares: the database, the clock, the randomness, the open sessions, the measurements and the switches
//! that the shell has set. Cheap to clone; a room's own state holds one beside its own things.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use kernel::{Clock, Rng, Timestamp, Zone};
use store::Db;

use crate::live_origin::LiveOrigin;
use crate::metrics::Metrics;
use crate::password::Passwords;
use crate::session::Sessions;

/// The switches that the shell sets from file, environment and flags.
#[derive(Debug, Clone)]
pub struct HallConfig {
    /// A demonstration: one-click roles, and the routes that are for demonstrations only.
    pub demo: bool,
    /// Browsers reach the hall by https: cookies are `Secure`, and the browser is told to stay with it.
    pub secure: bool,
    /// A proxy in front writes `X-Forwarded-For`; without one the header is anybody's word and is ignored.
    pub behind_proxy: bool,
    /// Where spectators' pages find the live listener, when the hall has one.
    pub live: Option<LiveOrigin>,
    /// The hall's address as it stands on paper, such as `https://hall.example`. Without it, the one that the asker came to.
    pub public_url: Option<String>,
    /// By whose clocks times are printed.
    pub zone: Zone,
    /// A request that takes longer is given up.
    pub handler_timeout_ms: u64,
    /// So many requests are answered at once; more are told to come again.
    pub in_flight_max: usize,
    pub password_cost: PasswordCost,
}

impl Default for HallConfig {
    fn default() -> Self {
        Self {
            demo: false,
            secure: false,
            behind_proxy: false,
            live: None,
            public_url: None,
            zone: Zone::default(),
            handler_timeout_ms: 30_000,
            in_flight_max: 2048,
            password_cost: PasswordCost::default(),
        }
    }
}

/// What a guess at a password costs (argon2id).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

impl Default for PasswordCost {
    /// 19 MiB, 2 passes, 1 lane: the first of OWASP's recommended settings.
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2, lanes: 1 }
    }
}

impl PasswordCost {
    /// As cheap as argon2id allows; for tests, and for the demonstration's accounts that have no secret to keep.
    pub const CHEAP: PasswordCost = PasswordCost { memory_kib: 8, passes: 1, lanes: 1 };
}

/// The shared state. Derefs to its parts: `hall.db`, `hall.config`.
#[derive(Clone)]
pub struct Hall(Arc<HallParts>);

pub struct HallParts {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub config: HallConfig,
    pub metrics: Metrics,
    pub sessions: Sessions,
    pub(crate) passwords: Passwords,
    rng: Mutex<Rng>,
    secrets: Mutex<Rng>,
    draining: AtomicBool,
    closed: AtomicBool,
}

impl std::ops::Deref for Hall {
    type Target = HallParts;
    fn deref(&self) -> &HallParts {
        &self.0
    }
}

impl Hall {
    /// `rng` makes ids and may be seeded; `secrets` makes what nobody may guess, and comes from [`secrets_from_os`]
    /// outside tests.
    pub fn new(db: Db, clock: Arc<dyn Clock>, rng: Rng, secrets: Rng, config: HallConfig) -> Self {
        Self(Arc::new(HallParts {
            db,
            clock,
            config,
            metrics: Metrics::default(),
            sessions: Sessions::default(),
            passwords: Passwords::default(),
            rng: Mutex::new(rng),
            secrets: Mutex::new(secrets),
            draining: AtomicBool::new(false),
            closed: AtomicBool::new(false),
        }))
    }
}

impl HallParts {
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new id: `hall.fresh::<RunId>()`.
    pub fn fresh<I: FreshId>(&self) -> I {
        I::fresh(&*self.clock, &mut self.rng.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Draws from the hall's seeded randomness.
    pub fn draw<T>(&self, draw: impl FnOnce(&mut Rng) -> T) -> T {
        draw(&mut self.rng.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// 32 bytes that nobody can guess, in hexadecimal.
    pub fn secret(&self) -> String {
        let mut bytes = [0; 32];
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).fill(&mut bytes);
        hex::encode(bytes)
    }

    /// Draws from the chance that nobody can guess or repeat.
    pub fn unseeded<T>(&self, draw: impl FnOnce(&mut Rng) -> T) -> T {
        draw(&mut self.secrets.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// An id outside the seeded stream, for things whose number depends on traffic: requests, keys.
    pub fn unseeded_id(&self, prefix: &str) -> String {
        kernel::id::fresh(prefix, &*self.clock, &mut self.secrets.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Where this hall is found, for links that leave it: on paper, in a message. `None` where nobody has said and the request names no host
    /// that can be one.
    pub fn public_address(&self, headers: &http::HeaderMap) -> Option<String> {
        let named = self.config.public_url.clone();
        named.or_else(|| crate::live_origin::address_of(headers, self.config.secure))
    }

    pub fn is_demo(&self) -> bool {
        self.config.demo
    }

    /// Tells the balancer, by `/readyz`, to send nobody here any more. Requests are still answered.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::SeqCst);
    }

    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::SeqCst)
    }

    /// The last request was answered: what works in the background may end. Not before, since a write that is answered while the hall
    /// drains waits for the projection of what it wrote.
    pub fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }
}

/// An id that the hall can make.
pub trait FreshId {
    fn fresh(clock: &dyn Clock, rng: &mut Rng) -> Self;
}

macro_rules! fresh_ids {
    ($($name:ident)*) => {$(
        impl FreshId for kernel::$name {
            fn fresh(clock: &dyn Clock, rng: &mut Rng) -> Self {
                kernel::$name::fresh(clock, rng)
            }
        }
    )*};
}
fresh_ids! {
    OrganisationId PersonId AccountId SessionId ContestId VenueId StationId EntryId TeamId RunId MarkId VerdictId RecordingId
    EdgeId StatementId AppealId ApplicationId SeasonId AdvanceId PhotoId
}

/// Randomness for secrets, from the operating system.
pub fn secrets_from_os() -> std::io::Result<Rng> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    Ok(Rng::from_entropy(bytes))
}
