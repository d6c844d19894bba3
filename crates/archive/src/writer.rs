//! Group commit: requests that come at the same time are written in one transaction, so that each pays a part of a commit and none waits
//! longer than one.
//!
//! A writer holds a tenant's keys and writes for whoever asks; while it waits for the database the next group gathers. Each request is
//! answered after the commit, by itself: a conflict of one is no conflict of the others.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kernel::Clock;
use store::{Db, StoreError};
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::ArchiveError;
use crate::chain::{Care, Taken, append_all};
use crate::owners::Owners;
use crate::pending::Pending;
use crate::place::Tenant;

/// Requests that wait beyond it wait before they are taken in.
const WAITING_MAX: usize = 1024;
/// Statements of one transaction, so that none keeps others from writing for long.
const GROUP_MAX: usize = 2000;

type Answer = Result<Vec<Taken>, ArchiveError>;

struct Request {
    tenant: Tenant,
    all: Vec<Pending>,
    answer: oneshot::Sender<Answer>,
}

/// Takes statements in for all tenants. Clones share it; when the last is gone it ends.
#[derive(Clone)]
pub struct Writer(mpsc::Sender<Request>);

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Writer")
    }
}

impl Writer {
    /// Begins to write in the background.
    pub fn start(db: Db, clock: Arc<dyn Clock>) -> Writer {
        let (sender, waiting) = mpsc::channel(WAITING_MAX);
        tokio::spawn(write(db, clock, waiting));
        Writer(sender)
    }

    /// All of them or none. Answered when they are durable.
    pub async fn append(&self, tenant: Tenant, all: Vec<Pending>) -> Answer {
        let (answer, answered) = oneshot::channel();
        self.0.send(Request { tenant, all, answer }).await.map_err(|_| ArchiveError::Stopped)?;
        answered.await.map_err(|_| ArchiveError::Stopped)?
    }
}

async fn write(db: Db, clock: Arc<dyn Clock>, mut waiting: mpsc::Receiver<Request>) {
    let owners = Mutex::new(Owners::default());
    while let Some(first) = waiting.recv().await {
        let mut count = first.all.len();
        let mut group = vec![first];
        while count < GROUP_MAX
            && let Ok(next) = waiting.try_recv()
        {
            count += next.all.len();
            group.push(next);
        }
        let answers = written(&db, &*clock, &owners, &group).await;
        for (request, answer) in group.into_iter().zip(answers) {
            // Whoever asked may have gone; what he sent is written all the same.
            let _ = request.answer.send(answer);
        }
    }
}

async fn written(db: &Db, clock: &dyn Clock, owners: &Mutex<Owners>, group: &[Request]) -> Vec<Answer> {
    match together(db, clock, owners, group).await {
        Ok(answers) => answers,
        // An id was there already, or a request is at odds with another: each by itself, and looked at.
        Err(ArchiveError::Store(StoreError::Unique { .. })) => {
            let mut answers = Vec::with_capacity(group.len());
            for request in group {
                answers.push(alone(db, clock, owners, request).await);
            }
            answers
        }
        // Nobody's in particular: whoever waits may try again.
        Err(error) => {
            tracing::error!(%error, requests = group.len(), "statements could not be written");
            owners.lock().await.forget();
            let reason: Arc<str> = error.to_string().into();
            group.iter().map(|_| Err(ArchiveError::NotWritten(reason.clone()))).collect()
        }
    }
}

/// One transaction for all. Ids are taken to be new.
async fn together(
    db: &Db,
    clock: &dyn Clock,
    owners: &Mutex<Owners>,
    group: &[Request],
) -> Result<Vec<Answer>, ArchiveError> {
    let tenants: BTreeSet<Tenant> = group.iter().map(|request| request.tenant).collect();
    let (tenants, tried) = (&tenants, &AtomicBool::new(false));
    let done = db
        .write(|tx| {
            Box::pin(async move {
                let mut owners = owners.lock().await;
                // What a transaction that was given up had made isn't there.
                if tried.swap(true, Ordering::Relaxed) {
                    owners.forget();
                }
                let mut taken = BTreeMap::new();
                for tenant in tenants {
                    let of_tenant = group.iter().filter(|request| request.tenant == *tenant);
                    let all: Vec<&Pending> = of_tenant.flat_map(|request| &request.all).collect();
                    let done = append_all(tx, &mut owners, *tenant, &all, clock.now(), Care::Hopeful).await?;
                    taken.insert(*tenant, done.into_iter());
                }
                Ok::<_, ArchiveError>(taken)
            })
        })
        .await;
    let mut taken = match done {
        Ok(taken) => taken,
        Err(error) => {
            owners.lock().await.forget();
            return Err(error);
        }
    };
    let share = |request: &Request| -> Vec<Taken> {
        taken.get_mut(&request.tenant).map(|all| all.take(request.all.len()).collect()).unwrap_or_default()
    };
    Ok(group.iter().map(share).map(Ok).collect())
}

async fn alone(db: &Db, clock: &dyn Clock, owners: &Mutex<Owners>, request: &Request) -> Answer {
    let done = db
        .write(|tx| {
            Box::pin(async move {
                let mut owners = owners.lock().await;
                owners.forget();
                let all: Vec<&Pending> = request.all.iter().collect();
                append_all(tx, &mut owners, request.tenant, &all, clock.now(), Care::Careful).await
            })
        })
        .await;
    if done.is_err() {
        owners.lock().await.forget();
    }
    done
}
