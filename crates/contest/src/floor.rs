//! A contest in motion on this node: its arena, its stage, and the task that keeps both up to the log.
//!
//! The projector reads the log from where it stood, folds, shows. It is woken by commits of this process and by the bus, and looks by
//! itself every two seconds, so that a lost wake costs delay only.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use kernel::{AccountId, ContestId, EdgeId, Timestamp, VenueId};
use live::Hub;
use marking::RoundWanted;
use store::{StoreError, Tx, args};
use tokio::sync::{Notify, watch};
use web::wire::{RunId, Text};
use web::{Hall, Problem};

use crate::arena::{Arena, Logged, Outline, Tick, Touched};
use crate::event::Happened;
use crate::plan::{Plan, PlanError};
use crate::stage::{Gateway, Gateways, Link, Presence, Stage};
use crate::{analysis, freeze, log, papers, results, sql};

const EVENTS_AT_ONCE: i64 = 1000;
const LOOK_EVERY: Duration = Duration::from_secs(2);
const SECOND: Duration = Duration::from_secs(1);

pub struct Floor {
    pub contest: ContestId,
    hall: Hall,
    arena: RwLock<Arena>,
    stage: Mutex<Stage>,
    /// How far the arena and the stage have come.
    folded: AtomicI64,
    /// The same, for who waits for more.
    moved: watch::Sender<i64>,
    /// Held while the log is read and folded, by whoever needs it first.
    folding: tokio::sync::Mutex<()>,
    wake: Notify,
    pub(crate) telemetry_came: Notify,
    gateways: Mutex<Gateways>,
    judges: Mutex<HashMap<String, Presence>>,
    /// The last batch of telemetry that the referee of this node has judged; held while he judges one and writes what he found.
    pub(crate) judged: tokio::sync::Mutex<i64>,
    /// Held while a text of rules is tried: of one contest one at a time.
    pub(crate) bench: tokio::sync::Mutex<()>,
    pub(crate) analysed: analysis::Kept,
    pub(crate) certificates: papers::KeptCertificates,
    pub(crate) shown: results::Kept,
    /// Held while the pack of a published result is made.
    pub(crate) packing: tokio::sync::Mutex<()>,
}

/// Why a contest can't be opened on this node.
#[derive(Debug, thiserror::Error)]
pub enum FloorError {
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the arena of {contest} can't reach position {position} of its log")]
    Behind { contest: ContestId, position: i64 },
    /// As it was found a while ago.
    #[error("it was found damaged: {}", .0.en)]
    Damaged(kernel::Text),
    #[error("the field of {contest} is not acceptable: {faults}")]
    Field { contest: ContestId, faults: String },
}

impl FloorError {
    /// What is wrong with the contest itself, for those who look after it. `None` where only the database was not at hand.
    pub fn damage(&self) -> Option<kernel::Text> {
        let unreadable = |reason: &dyn std::fmt::Display| {
            kernel::Text::new(
                format!("数据库里这场赛事的记录，本程序读不懂（可能由更新的版本写入，或已损坏）：{reason}"),
                format!(
                    "This program can't read what the database holds of this contest (a newer version wrote it, or it is damaged): {reason}"
                ),
            )
        };
        match self {
            FloorError::Plan(PlanError::Scheme { first, .. }) => Some(kernel::Text::new(
                format!("保存的评分方案已不能载入：{first}"),
                format!("The stored scheme no longer loads: {first}"),
            )),
            FloorError::Plan(PlanError::RuleSet { first, .. }) => Some(kernel::Text::new(
                format!("保存的规则集已不能载入：{first}"),
                format!("The stored rule set no longer loads: {first}"),
            )),
            FloorError::Damaged(damage) => Some(damage.clone()),
            FloorError::Field { faults, .. } => Some(kernel::Text::new(
                format!("参赛名单与评分方案不符：{faults}"),
                format!("The field doesn't fit the scheme: {faults}"),
            )),
            FloorError::Behind { position, .. } => Some(kernel::Text::new(
                format!("赛事记录停在第 {position} 条之前，不能继续"),
                format!("The log stops before its entry {position}"),
            )),
            FloorError::Store(error) | FloorError::Plan(PlanError::Store(error)) => {
                matches!(error, StoreError::Column { .. } | StoreError::NoRow { .. }).then(|| unreadable(error))
            }
        }
    }
}

impl From<FloorError> for Problem {
    fn from(error: FloorError) -> Self {
        match error {
            FloorError::Store(error) => error.into(),
            other => Problem::internal(other),
        }
    }
}

fn is_state(event: &Logged) -> bool {
    matches!(event.happened, Happened::State { .. })
}

impl Floor {
    /// Loads the plan and folds the log. `None` if there is no such contest.
    pub async fn open(hall: &Hall, hub: &Hub, contest: &ContestId) -> Result<Option<Arc<Floor>>, FloorError> {
        let Some((arena, ticks)) = fold_until(hall, contest, i64::MAX).await? else { return Ok(None) };
        let mut stage = Stage::new(hub.clone(), contest);
        show_public_before(hall, &mut stage, &arena).await?;
        stage.recall(&arena, &ticks);
        let floor = Floor {
            contest: contest.clone(),
            hall: hall.clone(),
            folded: AtomicI64::new(arena.position),
            moved: watch::Sender::new(arena.position),
            folding: tokio::sync::Mutex::default(),
            arena: RwLock::new(arena),
            stage: Mutex::new(stage),
            wake: Notify::new(),
            telemetry_came: Notify::new(),
            gateways: Mutex::default(),
            judges: Mutex::default(),
            judged: tokio::sync::Mutex::default(),
            bench: tokio::sync::Mutex::default(),
            analysed: analysis::Kept::default(),
            certificates: papers::KeptCertificates::default(),
            shown: results::Kept::default(),
            packing: tokio::sync::Mutex::default(),
        };
        floor.read_gateways().await?;
        floor.show_all();
        Ok(Some(Arc::new(floor)))
    }

    pub fn arena(&self) -> RwLockReadGuard<'_, Arena> {
        self.arena.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its plan and whether its field stands, without a copy of what was marked.
    pub fn outline(&self) -> Outline {
        Outline::of(&self.arena())
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far the arena has come, and that it goes on.
    pub(crate) fn moved(&self) -> watch::Receiver<i64> {
        self.moved.subscribe()
    }

    /// The log has grown, here or on another node.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Brings the arena up to a position that was committed, so that who wrote reads his own writing. Whoever needs the arena folds it
    /// himself and never waits for the projector, which may be waiting for its turn to write.
    pub async fn caught_up(&self, position: i64) -> Result<(), FloorError> {
        // Looked at once each time: another may fold what was missing between two looks.
        let mut folded = self.folded.load(Ordering::Acquire);
        while folded < position {
            self.fold_new().await?;
            let before = std::mem::replace(&mut folded, self.folded.load(Ordering::Acquire));
            if folded == before {
                return Err(FloorError::Behind { contest: self.contest.clone(), position });
            }
        }
        Ok(())
    }

    /// Inside a write: brings the arena up to everything that was committed before it. Writes run one after another, so what the arena
    /// then says stays true until this write commits.
    pub async fn current(&self, tx: &mut Tx<'_>) -> Result<(), FloorError> {
        let position: i64 = tx.one(sql::NEWEST_EVENT, &args![&self.contest]).await?.get("position")?;
        self.caught_up(position).await
    }

    /// Brings the arena up to the log, for who only looks. Before he opens a snapshot: who holds a reader must not wait for one.
    pub async fn up_to_now(&self) -> Result<(), FloorError> {
        self.fold_new().await
    }

    /// Brings the arena up to what this process has just written, wherever that stands in the log. What was written stands, so a failure
    /// here is the projector's to mend.
    pub async fn caught_up_to_newest(&self) {
        if let Err(error) = self.fold_new().await {
            tracing::warn!(contest = %self.contest, %error, "the arena is behind its log");
        }
        self.wake();
    }

    /// A judge's tablet says that it is there.
    pub fn judge_seen(&self, account: &AccountId, unsent: u32) {
        let seen = Presence { seen_at: self.hall.now(), unsent };
        self.judges.lock().unwrap_or_else(PoisonError::into_inner).insert(account.to_string(), seen);
    }

    /// A judge has asked for something; how much his tablet has not sent is as it was.
    pub fn judge_here(&self, account: &AccountId) {
        let mut judges = self.judges.lock().unwrap_or_else(PoisonError::into_inner);
        let unsent = judges.get(account.as_str()).map_or(0, |seen| seen.unsent);
        judges.insert(account.to_string(), Presence { seen_at: self.hall.now(), unsent });
    }

    pub fn link_seen(&self, edge: &EdgeId, venue: VenueId, link: Link) {
        let mut gateways = self.known_gateways();
        // Its keys are read before its batches are judged.
        let since = gateways.get(edge.as_str()).and_then(|known| known.since);
        gateways.insert(edge.to_string(), Gateway { venue, since, link: Some(link), retired_after: None });
    }

    pub fn gateways(&self) -> Gateways {
        self.known_gateways().clone()
    }

    fn known_gateways(&self) -> MutexGuard<'_, Gateways> {
        self.gateways.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn judges(&self) -> HashMap<String, Presence> {
        self.judges.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn show_all(&self) {
        let (gateways, judges, now) = (self.gateways(), self.judges(), self.hall.now());
        self.stage().show_all(&self.arena(), &gateways, &judges, now);
    }

    /// Keeps the arena up to the log until the hall stops.
    pub async fn project(self: Arc<Self>) {
        let mut second = tokio::time::interval(SECOND);
        second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while !self.hall.is_closed() {
            tokio::select! {
                () = self.wake.notified() => self.follow().await,
                _ = look.tick() => self.follow().await,
                _ = second.tick() => {
                    self.show_the_second().await;
                    self.freeze_in_time().await;
                }
            }
        }
    }

    async fn follow(&self) {
        if let Err(error) = self.catch_up().await
            && !self.hall.is_closed()
        {
            tracing::error!(contest = %self.contest, %error, "the log can't be followed; trying again");
        }
    }

    /// Stops the public board when its planned moment has come.
    pub async fn freeze_in_time(&self) {
        if let Err(error) = freeze::when_due(&self.hall, self).await
            && !self.hall.is_closed()
        {
            tracing::error!(contest = %self.contest, %error, "the public board can't be frozen in time; trying again");
        }
    }

    /// What is shown once a second and not with every mark: how the field is spread, the venues' links, the judges' tablets.
    pub async fn show_the_second(&self) {
        if let Err(error) = self.read_gateways().await {
            tracing::warn!(contest = %self.contest, %error, "the venues' gateways can't be read");
        }
        let (gateways, judges, now) = (self.gateways(), self.judges(), self.hall.now());
        let (mut stage, arena) = (self.stage(), self.arena());
        stage.show_spread(&arena);
        stage.show_links(&arena, &gateways, &judges, now);
    }

    /// Which gateways there are, and which of them are retired, is what the database says; and on a node that receives no telemetry itself,
    /// and after a start, how they were last seen.
    pub(crate) async fn read_gateways(&self) -> Result<(), StoreError> {
        for row in self.hall.db.all(sql::EDGES, &args![&self.contest]).await? {
            let edge: String = row.get("edge")?;
            let link = match row.get::<Option<Timestamp>>("seen_at")? {
                Some(seen_at) => Some(Link {
                    backlog: row.get("backlog")?,
                    lag_ms: row.get("lag_ms")?,
                    seen_at,
                    sent_at: row.get("sent_at")?,
                }),
                None => None,
            };
            let (venue, since, retired_after) = (row.get("venue")?, row.get("since")?, row.get("retired_after")?);
            let read = Gateway { venue, since, link, retired_after };
            let mut gateways = self.known_gateways();
            let newer = gateways
                .get(&edge)
                .and_then(|known| known.link.clone())
                .filter(|known| read.link.as_ref().is_none_or(|link| link.seen_at < known.seen_at));
            gateways.insert(edge, Gateway { link: newer.or(read.link), ..read });
        }
        Ok(())
    }

    async fn catch_up(&self) -> Result<(), FloorError> {
        self.fold_new().await?;
        self.open_rounds().await
    }

    /// Folds and shows what the log has beyond the arena.
    async fn fold_new(&self) -> Result<(), FloorError> {
        let _one_at_a_time = self.folding.lock().await;
        loop {
            let from = self.arena().position;
            let events = log::since(&self.hall.db, &self.contest, from, EVENTS_AT_ONCE).await?;
            let plan = self.arena().plan.clone();
            if events.iter().any(|event| plan.is_changed_by(&event.happened)) {
                self.begin_anew().await?;
            } else {
                // What came before a change of state is shown as it was before it: a board that is frozen then stands as it stood.
                for stretch in events.chunk_by(|a, b| !is_state(a) && !is_state(b)) {
                    self.fold_stretch(stretch);
                }
            }
            let position = self.arena().position;
            self.folded.store(position, Ordering::Release);
            self.moved.send_if_modified(|known| std::mem::replace(known, position) != position);
            if (events.len() as i64) < EVENTS_AT_ONCE {
                return Ok(());
            }
        }
    }

    fn fold_stretch(&self, events: &[Logged]) {
        let mut touched = Touched::default();
        let hidden_before = self.arena().state.hides_changes();
        if events.first().is_some_and(is_state) {
            self.stage().show_spread(&self.arena());
        }
        {
            let mut arena = self.arena.write().unwrap_or_else(PoisonError::into_inner);
            for event in events {
                arena.fold(event, &mut touched);
            }
        }
        self.stage().show(&self.arena(), &touched);
        if hidden_before && !self.arena().state.hides_changes() {
            self.show_all();
        }
    }

    /// The plan changed: an arena is made of the new plan and the whole log.
    async fn begin_anew(&self) -> Result<(), FloorError> {
        if let Some((arena, ticks)) = fold_until(&self.hall, &self.contest, i64::MAX).await? {
            let mut stage = Stage::new(self.stage().hub().clone(), &self.contest);
            show_public_before(&self.hall, &mut stage, &arena).await?;
            stage.recall(&arena, &ticks);
            {
                let mut shown = self.stage();
                let mut held = self.arena.write().unwrap_or_else(PoisonError::into_inner);
                stage.end_topics(&held, &arena);
                (*shown, *held) = (stage, arena);
            }
            self.show_all();
        }
        Ok(())
    }

    /// Opens the rounds that the board asked for. Several nodes may try; the log takes one.
    async fn open_rounds(&self) -> Result<(), FloorError> {
        let wanted: Vec<((kernel::RunId, RoundWanted), String, Happened)> = {
            let arena = self.arena();
            arena
                .rounds_wanted
                .iter()
                .filter_map(|(run, entry, wanted)| {
                    let (subject, happened) = round_opened(&arena, run, *entry, wanted)?;
                    Some(((run.clone(), *wanted), subject, happened))
                })
                .collect()
        };
        for (asked, subject, happened) in wanted {
            let at = self.hall.now();
            let (contest, asked, subject, happened) = (&self.contest, &asked, &subject, &happened);
            let written: Result<(), FloorError> = self
                .hall
                .db
                .write(|tx| {
                    Box::pin(async move {
                        self.current(tx).await?;
                        // Marks that were closed meanwhile stand, and judges who have agreed meanwhile need no round.
                        let opens = {
                            let arena = self.arena();
                            let mut wanted = arena.rounds_wanted.iter();
                            arena.takes_marks() && wanted.any(|(run, _, wanted)| *run == asked.0 && *wanted == asked.1)
                        };
                        if opens {
                            log::append(tx, contest, at, None, subject, happened).await?;
                        }
                        Ok(())
                    })
                })
                .await;
            match written {
                Ok(()) => self.wake(),
                Err(FloorError::Store(error)) if error.is_unique() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// The round that the board asked for, as the log tells of it, under what makes it happen once.
pub(crate) fn round_opened(
    arena: &Arena,
    run: &kernel::RunId,
    entry: marking::EntryIx,
    wanted: &RoundWanted,
) -> Option<(String, Happened)> {
    let aspect = arena.board.scheme().aspect(wanted.aspect)?;
    let (round, spread) = (wanted.round + 1, wanted.spread);
    let happened = Happened::RoundOpened {
        run: RunId(run.clone()),
        entry: web::wire::EntryId(arena.plan.entries[entry.index()].id.clone()),
        aspect: aspect.code.clone(),
        round,
        reason: Text {
            zh: format!("裁判之间相差 {spread} 级，超出限度，请商议后重新评分"),
            en: format!("The judges are {spread} levels apart, more than the limit: talk, then mark again"),
        },
    };
    Some((format!("{run}/{}/{round}", aspect.code), happened))
}

/// A public board that stands still shows what it showed when it was frozen, also after a restart.
async fn show_public_before(hall: &Hall, stage: &mut Stage, arena: &Arena) -> Result<(), FloorError> {
    let Some(hidden_since) = arena.hidden_since else { return Ok(()) };
    if let Some((before, ticks)) = fold_until(hall, &arena.plan.id, hidden_since).await? {
        stage.recall(&before, &ticks);
        stage.show_all(&before, &Gateways::new(), &HashMap::new(), hall.now());
        stage.show_state(arena);
    }
    Ok(())
}

/// A new arena that has folded the log up to, and without, a position.
async fn fold_until(hall: &Hall, contest: &ContestId, end: i64) -> Result<Option<(Arena, Vec<Tick>)>, FloorError> {
    hall.db.read(|tx| Box::pin(fold_within(tx, contest, end))).await
}

/// Plan and log are of one snapshot: if the plan changed between the two, an old one would stand under a log that tells of the change, and
/// nothing would ever have it read again.
async fn fold_within(tx: &mut Tx<'_>, contest: &ContestId, end: i64) -> Result<Option<(Arena, Vec<Tick>)>, FloorError> {
    let Some(plan) = Plan::load(tx, contest).await? else { return Ok(None) };
    let mut arena = Arena::new(Arc::new(plan)).map_err(|faults| FloorError::Field {
        contest: contest.clone(),
        faults: faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
    })?;
    let mut ticks = Vec::new();
    loop {
        let events = log::since_within(tx, contest, arena.position, EVENTS_AT_ONCE).await?;
        for event in events.iter().take_while(|event| event.position < end) {
            let mut touched = Touched::default();
            arena.fold(event, &mut touched);
            ticks.append(&mut touched.ticks);
        }
        let more = events.len() as i64 == EVENTS_AT_ONCE && events.last().is_some_and(|last| last.position < end);
        if !more {
            return Ok(Some((arena, ticks)));
        }
    }
}
