//! What of a contest is cheap to take along: its plan, and whether its field still changes. No mark, no verdict, no board.

use std::sync::Arc;

use super::Arena;
use crate::event::ContestState;
use crate::plan::Plan;

/// For who waits for the database while he needs the plan: the arena is behind a lock that nobody holds while he waits, and a copy of it copies
/// every mark.
#[derive(Debug, Clone)]
pub struct Outline {
    pub plan: Arc<Plan>,
    pub state: ContestState,
    /// Everybody in the field has had his lot.
    pub is_drawn: bool,
}

impl Outline {
    pub fn of(arena: &Arena) -> Outline {
        let is_drawn = arena.draw.as_ref().is_some_and(|draw| draw.drawn_at.is_some());
        Outline { plan: arena.plan.clone(), state: arena.state, is_drawn }
    }

    /// Whether the field may still change: lots give everybody who is in it his number, and the start seats him.
    pub fn is_open_field(&self) -> bool {
        self.state == ContestState::Draft && !self.is_drawn
    }
}
