//! What a competitor has drawn: told to himself alone, while the draw is sealed and after.

use kernel::EntryId;
use serde::Serialize;
use store::args;
use utoipa::ToSchema;
use web::wire::Text;
use web::{ApiResult, Hall};

use super::lots::seed;
use super::{DrawNow, drawn, rule};
use crate::arena::Arena;
use crate::event::ContestState;
use crate::plan::Plan;
use crate::sql;

/// One of his numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnLot {
    /// `draw`, `seat`: as the rule set calls the layer.
    pub layer: String,
    pub name: Text,
    pub number: String,
}

/// His number; none while lots are still to be drawn, for it would be another afterwards.
pub fn own_number(arena: &Arena, entry: &EntryId) -> Option<String> {
    let is_drawn = arena.draw.as_ref().is_some_and(|draw| draw.drawn_at.is_some());
    let draws = rule(&arena.plan).is_some_and(|rule| !rule.layers.is_empty());
    let stands = is_drawn || !draws || arena.state != ContestState::Draft;
    arena.plan.entry(entry).filter(|_| stands).map(|entry| entry.no.clone())
}

/// His number of each layer, in the order in which they were drawn; nothing before lots are drawn.
pub async fn own_lots(hall: &Hall, plan: &Plan, draw: Option<&DrawNow>, entry: &EntryId) -> ApiResult<Vec<OwnLot>> {
    let is_drawn = draw.is_some_and(|draw| draw.drawn_at.is_some());
    let Some(rule) = rule(plan).filter(|_| is_drawn) else { return Ok(Vec::new()) };
    let rows = hall.db.all(sql::DRAW_SECRET, &args![&plan.id]).await?;
    let Some(row) = rows.first() else { return Ok(Vec::new()) };
    let (secret, public_part): (String, Option<String>) = (row.get("secret")?, row.get("public_part")?);
    let Ok(drawn) = drawn(plan, rule, &seed(&secret, public_part.as_deref())?) else { return Ok(Vec::new()) };
    let numbers = drawn.numbers().remove(entry.as_str()).unwrap_or_default();
    let numbers = rule.layers.iter().zip(numbers).map(|(layer, number)| OwnLot {
        layer: layer.code.clone(),
        name: (&layer.name).into(),
        number: number.to_owned(),
    });
    Ok(numbers.collect())
}
