//! A draw as it stands.

use kernel::{AccountId, Role, Timestamp};

use crate::arena::Logged;
use crate::event::Happened;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawNow {
    /// Of the hall's part of the seed.
    pub commitment: String,
    pub committed_at: Timestamp,
    /// Since lots were drawn.
    pub drawn_at: Option<Timestamp>,
    /// What was added to the hall's part.
    pub public_part: Option<String>,
    /// Who has said that the draw be undone, in order.
    pub undoing: Vec<Undoing>,
    /// Since it was undone: the whole seed.
    pub seed: Option<String>,
    pub undone_at: Option<Timestamp>,
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

    /// A draw after one more event of the log.
    pub fn folded(draw: Option<DrawNow>, logged: &Logged) -> Option<DrawNow> {
        match &logged.happened {
            Happened::DrawCommitted { commitment, .. } => Some(DrawNow {
                commitment: commitment.clone(),
                committed_at: logged.at,
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
