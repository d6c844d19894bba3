//! The room's state: the contests that are in motion on this node.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use futures_util::StreamExt;
use kernel::{ContestId, Timestamp};
use live::{Bus, Hub};
use store::args;
use utoipa_axum::router::OpenApiRouter;
use web::{ApiResult, Hall, Problem, Room, RoomDoc};

use crate::floor::{Floor, FloorError};
use crate::umpire::Umpire;
use crate::{
    access, analysis, appeals, clics, contests, design, draw, field, judging, log, papers, photos, recheck,
    registration, results, rules, seasons, sql, watching,
};

/// How long a contest that was found damaged is taken to be so.
const DAMAGED_FOR_MS: i64 = 60_000;

/// Work that takes its time, off the threads that serve everybody.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> ApiResult<T> {
    tokio::task::spawn_blocking(work).await.map_err(Problem::internal)
}

/// Cheap to clone.
#[derive(Clone)]
pub struct ContestRoom(Arc<Parts>);

pub struct Parts {
    pub hall: Hall,
    pub hub: Hub,
    floors: RwLock<HashMap<ContestId, Arc<Floor>>>,
    opening: tokio::sync::Mutex<()>,
    /// What is wrong with contests that could not be opened, and when that was seen: opening one means to read its whole log.
    damaged: Mutex<HashMap<ContestId, (kernel::Text, Timestamp)>>,
    /// Tells of commits on other nodes, when there are any.
    bus: OnceLock<Bus>,
    pub(crate) clics: clics::Books,
    pub(crate) open_sheets: judging::OpenSheets,
    pub(crate) pictures: watching::Pictures,
    pub(crate) press: papers::Press,
    pub(crate) ears: design::Ears,
    pub(crate) boards: watching::Boards,
}

impl std::ops::Deref for ContestRoom {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl ContestRoom {
    /// `paper_fonts` reads the files that papers are set with, in the order in which they are asked for a letter.
    pub fn new(hall: Hall, hub: Hub, paper_fonts: fn() -> Vec<Vec<u8>>) -> Self {
        Self(Arc::new(Parts {
            hall,
            hub,
            floors: RwLock::default(),
            opening: tokio::sync::Mutex::new(()),
            damaged: Mutex::default(),
            bus: OnceLock::new(),
            clics: clics::Books::default(),
            open_sheets: judging::OpenSheets::default(),
            pictures: watching::Pictures::default(),
            press: papers::Press::new(paper_fonts),
            ears: design::Ears::default(),
            boards: watching::Boards::default(),
        }))
    }

    /// Opens every contest of the database and keeps them up to their logs. Call once, in the hall's runtime.
    pub async fn open_all(&self) -> Result<usize, FloorError> {
        let count = self.open_new().await?;
        tokio::spawn(self.clone().hear_wakes());
        Ok(count)
    }

    /// Opens those that are not open yet: another node may have made them. Says how many there are.
    pub async fn open_new(&self) -> Result<usize, FloorError> {
        let mut after = String::new();
        let mut count = 0;
        loop {
            let rows = self.hall.db.all(sql::CONTESTS, &args![&after, 200i64]).await?;
            for row in &rows {
                let contest: ContestId = row.get("id")?;
                after = contest.to_string();
                // One contest that doesn't open must not close the others.
                match self.opened(&contest).await {
                    Ok(_) => count += 1,
                    Err(error) if error.damage().is_some() => {}
                    Err(error) => tracing::error!(%contest, %error, "a contest can't be opened"),
                }
            }
            if rows.len() < 200 {
                break;
            }
        }
        Ok(count)
    }

    /// The contest on this node; opened now if another node made it.
    pub async fn floor(&self, contest: &ContestId) -> ApiResult<Arc<Floor>> {
        self.opened(contest).await.map_err(Problem::internal)?.ok_or_else(|| {
            Problem::not_found(format!("没有这场赛事：{contest}"), format!("There is no contest {contest}"))
        })
    }

    /// The same, and why it can't be opened where it can't. What was found damaged is not looked at again before its log has grown or a
    /// minute has gone by: whoever mends it does so in the database or with another program.
    pub async fn opened(&self, contest: &ContestId) -> Result<Option<Arc<Floor>>, FloorError> {
        if let Some(known) = self.known(contest) {
            return known.map(Some);
        }
        let _one_at_a_time = self.opening.lock().await;
        // Who waited for his turn reads nothing that another has read meanwhile.
        if let Some(known) = self.known(contest) {
            return known.map(Some);
        }
        let opened = self.open(contest).await;
        match opened.as_ref().map_err(FloorError::damage) {
            Err(Some(damage)) => {
                if let Err(error) = &opened {
                    tracing::error!(%contest, %error, "a contest can't be opened");
                }
                self.damaged().insert(contest.clone(), (damage, self.hall.now()));
            }
            Ok(_) => {
                self.damaged().remove(contest);
            }
            Err(None) => {}
        }
        opened
    }

    /// What is known of a contest without reading it: that it is open, or that it was found damaged a while ago.
    fn known(&self, contest: &ContestId) -> Option<Result<Arc<Floor>, FloorError>> {
        if let Some(floor) = self.floors.read().unwrap_or_else(PoisonError::into_inner).get(contest) {
            return Some(Ok(floor.clone()));
        }
        let damaged = self.damaged();
        let (damage, seen_at) = damaged.get(contest)?;
        let lately = self.hall.now().millis_since(*seen_at) < DAMAGED_FOR_MS;
        lately.then(|| Err(FloorError::Damaged(damage.clone())))
    }

    fn damaged(&self) -> MutexGuard<'_, HashMap<ContestId, (kernel::Text, Timestamp)>> {
        self.damaged.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn floors(&self) -> Vec<Arc<Floor>> {
        self.floors.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    async fn open(&self, contest: &ContestId) -> Result<Option<Arc<Floor>>, FloorError> {
        let Some(floor) = Floor::open(&self.hall, &self.hub, contest).await? else { return Ok(None) };
        self.floors.write().unwrap_or_else(PoisonError::into_inner).insert(contest.clone(), floor.clone());
        tokio::spawn(floor.clone().project());
        tokio::spawn(Umpire::new(&self.hall, &floor).judge());
        if let Some(bus) = self.bus.get() {
            tokio::spawn(hear_bus(bus.clone(), floor.clone()));
        }
        Ok(Some(floor))
    }

    /// A log has grown, says the bus or a commit of this process.
    pub fn woken(&self, topic: &str) {
        let Some(contest) = log::contest_of(topic) else { return };
        self.damaged().remove(&contest);
        if let Some(floor) = self.floors.read().unwrap_or_else(PoisonError::into_inner).get(&contest) {
            floor.wake();
            floor.telemetry_came.notify_one();
        }
    }

    /// From now on other nodes are heard too.
    pub fn follow(&self, bus: Bus) {
        for floor in self.floors() {
            tokio::spawn(hear_bus(bus.clone(), floor));
        }
        let _ = self.bus.set(bus);
    }

    async fn hear_wakes(self) {
        let mut wakes = self.hall.db.wakes();
        while let Some(woken) = wakes.next().await {
            match woken {
                store::Woken::Topic(wake) => self.woken(&wake.topic),
                store::Woken::Missed => self.floors().iter().for_each(|floor| floor.wake()),
            }
        }
    }
}

async fn hear_bus(bus: Bus, floor: Arc<Floor>) {
    let mut wakes = bus.subscribe(&log::name(&floor.contest));
    while wakes.next().await.is_some() {
        floor.wake();
        floor.telemetry_came.notify_one();
    }
}

/// The room's routes and who may use them.
pub fn room(state: ContestRoom) -> Room {
    Room { router: handlers().with_state(state), access: access::ACCESS }
}

/// The room's part of the OpenAPI document.
pub fn doc() -> RoomDoc {
    RoomDoc { openapi: handlers().into_openapi(), access: access::ACCESS }
}

fn handlers() -> OpenApiRouter<ContestRoom> {
    OpenApiRouter::new()
        .merge(contests::routes())
        .merge(design::routes())
        .merge(field::routes())
        .merge(registration::routes())
        .merge(draw::routes())
        .merge(judging::routes())
        .merge(photos::routes())
        .merge(rules::routes())
        .merge(recheck::routes())
        .merge(appeals::routes())
        .merge(results::routes())
        .merge(analysis::routes())
        .merge(papers::routes())
        .merge(watching::routes())
        .merge(seasons::routes())
        .merge(clics::routes())
}
