//! Who is rechecked and why, how far it has come, and what was found: by blind number only.

use axum::extract::State;
use kernel::AccountId;
use marking::Chosen;
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::{ContestId, EntryId, Mark, Text, Timestamp};
use web::{ApiResult, Json, Path, Signed};

use crate::ContestRoom;
use crate::arena::Arena;
use crate::recusal::{self, Belonging};

use super::now::{EntryDone, RecheckNow};

#[derive(Debug, Serialize, ToSchema)]
pub struct RecheckShown {
    /// Whether the contest's rule set asks for one.
    pub is_demanded: bool,
    /// Null: not ordered.
    #[schema(required = true)]
    pub ordered: Option<RecheckOrdered>,
    /// What keeps the result from being signed; null: nothing.
    #[schema(required = true)]
    pub outstanding: Option<Text>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RecheckOrdered {
    /// From which anybody draws the sample again.
    pub seed: String,
    pub at: Timestamp,
    pub by: String,
    /// So many are to be looked at, and so many of them still are.
    pub wanted: usize,
    pub left: usize,
    /// Marks that were looked at, and those of them that were wrong.
    pub marks: u32,
    pub wrong: u32,
    /// The rate in words.
    pub says: Text,
    /// More was wrong than is allowed: everybody is looked at. Null: not so.
    #[schema(required = true)]
    pub all: Option<Text>,
    /// Everybody who had a rank when it was ordered, by that rank.
    pub entries: Vec<RecheckEntry>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RecheckEntry {
    pub entry: EntryId,
    /// The blind number.
    pub no: String,
    pub group: String,
    pub rank: u32,
    /// `top`, `sampled` or `not_drawn`.
    pub chosen: String,
    pub is_wanted: bool,
    pub reason: Text,
    /// Whether the caller had no part in its marks and is not kept from the competitor. The hall looks at persons when it is done; of parts this
    /// looks at logins.
    pub may: bool,
    #[schema(required = true)]
    pub done: Option<EntryRechecked>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct EntryRechecked {
    pub at: Timestamp,
    pub by: String,
    pub marks: usize,
    pub differences: Vec<MarkFound>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MarkFound {
    pub aspect: String,
    pub given: Mark,
    pub found: Mark,
    pub reason: String,
    /// It is beyond the tolerance, and was corrected.
    pub is_wrong: bool,
}

#[utoipa::path(get, path = "/api/contests/{contest}/recheck", tag = "recheck", operation_id = "recheck", params(ContestId), responses((status = 200, body = RecheckShown)))]
pub async fn show(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    Path(contest): Path<ContestId>,
) -> ApiResult<Json<RecheckShown>> {
    let floor = room.floor(&contest).await?;
    let own = room.hall.db.read(|tx| Box::pin(recusal::belonging(tx, &actor.person))).await?;
    let arena = floor.arena();
    Ok(Json(shown(&arena, &actor.account, &own)))
}

pub fn shown(arena: &Arena, account: &AccountId, own: &Belonging) -> RecheckShown {
    RecheckShown {
        is_demanded: arena.plan.rule_set.is_some(),
        ordered: arena.recheck.as_ref().map(|recheck| ordered(arena, recheck, account, own)),
        outstanding: super::outstanding(arena).map(Text::from),
    }
}

fn ordered(arena: &Arena, recheck: &RecheckNow, account: &AccountId, own: &Belonging) -> RecheckOrdered {
    let outcome = recheck.outcome();
    let marked = arena.entries_by(account);
    let entries = recheck.choices.iter().map(|choice| {
        let seat = &arena.plan.entries[choice.who.index()];
        RecheckEntry {
            entry: seat.id.clone().into(),
            no: seat.no.clone(),
            group: seat.group.clone(),
            rank: choice.rank,
            chosen: match choice.chosen {
                Chosen::Top => "top",
                Chosen::Sampled { .. } => "sampled",
                Chosen::NotDrawn { .. } => "not_drawn",
            }
            .to_owned(),
            is_wanted: recheck.wants(choice),
            reason: recheck.reason(choice).into(),
            may: !own.is_near(&arena.plan, choice.who) && !marked.contains(&choice.who),
            done: recheck.done.get(&choice.who).map(done),
        }
    });
    RecheckOrdered {
        seed: recheck.seed.as_str().to_owned(),
        at: recheck.at.into(),
        by: recheck.by.clone(),
        wanted: recheck.wanted().count(),
        left: recheck.left().count(),
        marks: outcome.checked,
        wrong: outcome.errors,
        says: outcome.says.into(),
        all: recheck.all.then(|| Text {
            zh: format!("错误率超过 {} 的限值，其余选手也全部核查。", recheck.rule.error_rate_max),
            en: format!("More than {} of the marks were wrong: everybody is rechecked.", recheck.rule.error_rate_max),
        }),
        entries: entries.collect(),
    }
}

fn done(done: &EntryDone) -> EntryRechecked {
    EntryRechecked {
        at: done.at.into(),
        by: done.by.clone(),
        marks: done.findings.len(),
        differences: (done.differences.iter())
            .map(|it| MarkFound {
                aspect: it.aspect.clone(),
                given: Mark(kernel::Mark::from_hundredths(it.given)),
                found: Mark(kernel::Mark::from_hundredths(it.found)),
                reason: it.reason.clone(),
                is_wrong: it.correction.is_some(),
            })
            .collect(),
    }
}
