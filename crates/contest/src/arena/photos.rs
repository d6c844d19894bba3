//! Photographs as the log tells of them: what each is of, and whose. The pictures are elsewhere.

use std::collections::HashMap;

use kernel::{AccountId, PhotoId, RunId, Timestamp};

use super::Logged;
use crate::event::{Happened, PhotoOf};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhotoNow {
    pub id: PhotoId,
    pub run: RunId,
    /// None: of the run as a whole.
    pub aspect: Option<String>,
    pub of: PhotoOf,
    pub account: AccountId,
    pub sha256: String,
    pub picture: String,
    pub bytes: u32,
    pub width: u32,
    pub height: u32,
    pub taken_at: Timestamp,
    pub at: Timestamp,
    pub position: i64,
    pub withdrawn_at: Option<Timestamp>,
}

impl PhotoNow {
    pub fn is_shown(&self) -> bool {
        self.withdrawn_at.is_none()
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Photos {
    taken: Vec<PhotoNow>,
    at: HashMap<PhotoId, usize>,
    of_run: HashMap<RunId, Vec<usize>>,
}

impl Photos {
    pub fn get(&self, id: &PhotoId) -> Option<&PhotoNow> {
        self.at.get(id).map(|at| &self.taken[*at])
    }

    /// Those of a run, in the order in which they came, the withdrawn among them.
    pub fn of_run(&self, run: &RunId) -> impl Iterator<Item = &PhotoNow> {
        self.of_run.get(run).into_iter().flatten().map(|at| &self.taken[*at])
    }

    /// All of a contest.
    pub fn all(&self) -> &[PhotoNow] {
        &self.taken
    }

    pub(super) fn fold(&mut self, logged: &Logged) {
        match &logged.happened {
            Happened::PhotoAdded { id, run, aspect, of, sha256, picture, bytes, width, height, taken_at } => {
                let Some(account) = logged.account.clone().filter(|_| !self.at.contains_key(&id.0)) else { return };
                self.at.insert(id.0.clone(), self.taken.len());
                self.of_run.entry(run.0.clone()).or_default().push(self.taken.len());
                self.taken.push(PhotoNow {
                    id: id.0.clone(),
                    run: run.0.clone(),
                    aspect: aspect.clone(),
                    of: *of,
                    account,
                    sha256: sha256.clone(),
                    picture: picture.clone(),
                    bytes: *bytes,
                    width: *width,
                    height: *height,
                    taken_at: Timestamp::from_millis(*taken_at),
                    at: logged.at,
                    position: logged.position,
                    withdrawn_at: None,
                });
            }
            Happened::PhotoWithdrawn { id, .. } => {
                let found = self.at.get(&id.0).and_then(|at| self.taken.get_mut(*at));
                if let Some(photo) = found.filter(|photo| photo.is_shown()) {
                    photo.withdrawn_at = Some(logged.at);
                }
            }
            _ => {}
        }
    }
}
