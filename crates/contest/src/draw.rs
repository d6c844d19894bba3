//! Blind numbers: committed to, drawn, sealed, undone by two.
//!
//! Who acts: when the field stands the organiser, under the supervisor's eyes, publishes the commitment of a seed that the hall keeps to itself, and
//! with it the fingerprint of the list ([`commit`], [`list`]); then he draws over that list, adding a number that nobody could know if he likes
//! ([`lots`]). Every entry and team has another id from then on, every entry its number of the last layer, works in its order, and nobody is told
//! whose it is but the competitor. When the marks are in, chief judge and
//! supervisor say that the result they have checked is this one, and with the second of them the draw is undone ([`undo`]): the seed is
//! published, and anybody draws again.
//!
//! Invariants: while the draw is sealed no answer, topic, page, export or statement of the archive holds a name beside a number, for whomever;
//! ids and numbers follow from the seed and the list alone, and neither can be chosen once the other is known.

pub(crate) mod commit;
pub(crate) mod list;
pub(crate) mod lots;
mod now;
mod own;
mod show;
pub(crate) mod undo;

use kernel::{ErrorCode, Seed};
use marking::{DrawFault, DrawGroup, DrawRule, Drawn};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::Problem;

use crate::ContestRoom;
use crate::arena::Arena;
use crate::plan::Plan;

pub use list::DrawList;
pub use now::{DrawNow, VoidDraw};
pub use own::{OwnLot, own_lots, own_number};

pub fn routes() -> OpenApiRouter<ContestRoom> {
    OpenApiRouter::new()
        .routes(routes!(show::show))
        .routes(routes!(commit::commit))
        .routes(routes!(lots::lots))
        .routes(routes!(undo::undo))
}

/// By which rule the contest draws; it has none without a rule set.
pub fn rule(plan: &Plan) -> Option<&DrawRule> {
    plan.rule_set.as_ref().map(|loaded| &loaded.rules.draw)
}

/// Whether the rule set declares a draw and no lots are drawn.
pub fn is_left_out(arena: &Arena) -> bool {
    let is_declared = rule(&arena.plan).is_some_and(|rule| !rule.layers.is_empty());
    is_declared && arena.draw.as_ref().is_none_or(|draw| draw.drawn_at.is_none())
}

/// Draws, or draws again: the same seed gives the same numbers.
pub fn drawn(plan: &Plan, rule: &DrawRule, seed: &Seed) -> Result<Drawn, Vec<DrawFault>> {
    rule.draw(seed, &groups(plan))
}

/// The entries by the groups of the scheme, in its order; there are as many seats as entries.
fn groups(plan: &Plan) -> Vec<DrawGroup> {
    let declared = plan.scheme.scheme.groups().iter().map(|group| Some(group.code.as_str()));
    let group_of = |code: &str| plan.scheme.scheme.group_ix(code).is_some();
    let groups = declared.chain([None]).map(|group| {
        let is_in = |code: &str| group.map_or(!group_of(code), |group| code == group);
        let entries: Vec<_> =
            plan.entries.iter().filter(|entry| is_in(&entry.group)).map(|entry| entry.id.clone()).collect();
        DrawGroup { group: group.map(str::to_owned), seats: entries.len() as u32, entries }
    });
    groups.filter(|group| !group.entries.is_empty()).collect()
}

/// A contest draws by its rule set.
fn must_have_rule(plan: &Plan) -> Result<&DrawRule, Problem> {
    rule(plan).ok_or_else(|| {
        Problem::new(ErrorCode::ContestNotOpen)
            .detail("本场没有规则集，无从抽签", "The contest has no rule set, so nothing says how to draw")
    })
}
