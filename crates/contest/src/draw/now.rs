//! A draw as it stands.

use std::sync::Arc;

use kernel::{AccountId, Role, Timestamp};

use super::list::DrawList;
use crate::arena::Logged;
use crate::event::Happened;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawNow {
    /// Of the hall's part of the seed.
    pub commitment: String,
    pub committed_at: Timestamp,
    /// What lots are drawn over; none where it was committed to before lists were bound.
    pub list: Option<Arc<DrawList>>,
    /// Since lots were drawn.
    pub drawn_at: Option<Timestamp>,
    /// What was added to the hall's part.
    pub public_part: Option<String>,
    /// Who has said that the draw be undone, in order.
    pub undoing: Vec<Undoing>,
    /// Since it was undone: the whole seed.
    pub seed: Option<String>,
    pub undone_at: Option<Timestamp>,
    /// What was committed to before it, the oldest first.
    pub void: Vec<VoidDraw>,
}

/// What counts no longer, since another seed was committed to: anybody may look at what it gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoidDraw {
    pub commitment: String,
    pub committed_at: Timestamp,
    pub list: Option<Arc<DrawList>>,
    /// Where lots were drawn.
    pub drawn_at: Option<Timestamp>,
    pub public_part: Option<String>,
    /// The whole seed; none where it was made void before seeds were published then.
    pub seed: Option<String>,
    /// Why it is void.
    pub reason: Option<String>,
}

/// Somebody has checked a result and wants the numbers undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undoing {
    pub role: Role,
    /// Of the result.
    pub digest: String,
    /// His name, as it was.
    pub by: String,
    pub account: AccountId,
    pub at: Timestamp,
}

impl DrawNow {
    /// Numbers and names are apart.
    pub fn is_sealed(&self) -> bool {
        self.drawn_at.is_some() && self.seed.is_none()
    }

    /// All that is void once another seed is committed to.
    fn voided(self, seed: &Option<String>, reason: &Option<String>) -> Vec<VoidDraw> {
        let DrawNow { commitment, committed_at, list, drawn_at, public_part, mut void, .. } = self;
        let (seed, reason) = (seed.clone(), reason.clone());
        void.push(VoidDraw { commitment, committed_at, list, drawn_at, public_part, seed, reason });
        void
    }

    /// A draw after one more event of the log.
    pub fn folded(draw: Option<DrawNow>, logged: &Logged) -> Option<DrawNow> {
        match &logged.happened {
            Happened::DrawCommitted { commitment, reason, list, void_seed } => Some(DrawNow {
                void: draw.map(|draw| draw.voided(void_seed, reason)).unwrap_or_default(),
                commitment: commitment.clone(),
                committed_at: logged.at,
                list: list.clone(),
                drawn_at: None,
                public_part: None,
                undoing: Vec::new(),
                seed: None,
                undone_at: None,
            }),
            Happened::LotsDrawn { public_part, .. } => {
                draw.map(|draw| DrawNow { drawn_at: Some(logged.at), public_part: public_part.clone(), ..draw })
            }
            Happened::DrawUndoing { role, digest, by } => draw.map(|mut draw| {
                let (role, digest, by) = ((*role).into(), digest.clone(), by.clone());
                draw.undoing.extend(logged.account.clone().map(|account| Undoing {
                    role,
                    digest,
                    by,
                    account,
                    at: logged.at,
                }));
                draw
            }),
            Happened::DrawUndone { seed } => {
                draw.map(|draw| DrawNow { seed: Some(seed.clone()), undone_at: Some(logged.at), ..draw })
            }
            _ => draw,
        }
    }
}
