//! The organiser confirms who goes on: they are offered their places and become entries of the next contest.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use kernel::{Actor, AdvanceId, ContestId as KernelContestId, ErrorCode, MarkId, Role, Scope, VenueId};
use marking::advance::Outcome;
use serde::Deserialize;
use store::{Tx, args};
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::wire::{self, ContestId};
use web::{Answer, ApiResult, Hall, IdempotencyKey, Json, Path, Problem, RequestId, Signed, directory};

use super::Linked;
use super::advancement::{Advancement, no_season, seen};
use super::decide::{Place, decide, fingerprint, unsettled};
use crate::arena::Arena;
use crate::event::{ContestState, Happened};
use crate::field::import::{must_be_a_field, must_not_be_drawn};
use crate::field::join::{self, Joining, Manner};
use crate::floor::Floor;
use crate::plan::{Entry, Plan};
use crate::{ContestRoom, log, sql};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmAdvancement {
    /// Of the result that was seen.
    pub digest: String,
    /// The venue of the next contest where they compete; without it each goes where the fewest are.
    #[serde(default)]
    pub venue: Option<wire::VenueId>,
}

/// All who advance and were not offered a place yet. Refused while the result isn't final or an appeal is open, and once the next contest is opened
/// or its lots are drawn.
#[utoipa::path(post, path = "/api/contests/{contest}/advancement", tag = "seasons", operation_id = "confirm_advancement", params(ContestId), request_body = ConfirmAdvancement, responses((status = 200, body = Advancement)))]
pub async fn confirm(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path(contest): Path<ContestId>,
    Json(wanted): Json<ConfirmAdvancement>,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    let target = target_of(&room, &contest).await?;
    let (hall, floor_ref, target_ref, contest, wanted, actor_ref, request_id) =
        (&room.hall, &floor, &target, &contest.0, &wanted, &actor, &request_id);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            let linked = Linked::of(tx, contest).await?.ok_or_else(no_season)?;
            let Some(target) = target_ref.as_ref().filter(|it| linked.target.as_ref() == Some(&it.contest)) else {
                return Err(state("还没有指定晋级去向", "It isn't said yet to which contest they go"));
            };
            must_organise(actor_ref, &target.contest)?;
            floor_ref.current(tx).await?;
            target.current(tx).await?;
            let arena = floor_ref.arena().clone();
            if let Some(says) = unsettled(&arena) {
                return Err(Problem::new(ErrorCode::AdvanceState).detail_text(says));
            }
            if fingerprint(&arena) != wanted.digest {
                return Err(Problem::new(ErrorCode::Stale)
                    .detail("成绩已不是您所看到的", "The result is not the one that you have seen"));
            }
            let places = Place::all(tx, contest).await?;
            let mut offering = Offering {
                tx,
                hall,
                actor: actor_ref,
                arena: &arena,
                target,
                venue: wanted.venue.as_ref().map(|it| &it.0),
            };
            let offered = offering.offer(&linked, &places).await?;
            if offered.is_empty() {
                return Err(state("没有新的晋级名额可确认", "There is nobody new to confirm"));
            }
            let about = format!("{contest} {} {}", target.contest, offered.len());
            let (act, now) = ("season.advanced", hall.now());
            let noted = Noted { at: now, account: Some(&actor_ref.account), act, subject: Some(&about), request_id };
            audit::note(tx, &noted).await?;
            Answer::ok(&seen(tx, floor_ref, contest).await?)
        })
    })
    .await?;
    hall.sessions.forget_all();
    if let Some(target) = &target {
        target.caught_up_to_newest().await;
    }
    Ok(answer)
}

/// The floor of the contest to which they go, as it is said before the write.
pub(super) async fn target_of(room: &ContestRoom, contest: &KernelContestId) -> ApiResult<Option<Arc<Floor>>> {
    let linked = room.hall.db.opt(sql::LINK, &args![contest]).await?;
    let target = match linked {
        Some(row) => row.get::<Option<KernelContestId>>("target")?,
        None => None,
    };
    match target {
        Some(target) => room.floor(&target).await.map(Some),
        None => Ok(None),
    }
}

pub(super) fn state(zh: &str, en: &str) -> Problem {
    Problem::new(ErrorCode::AdvanceState).detail(zh, en)
}

/// Who sends somebody into a field may fill that field.
pub(super) fn must_organise(actor: &Actor, target: &KernelContestId) -> ApiResult<()> {
    if actor.holds(Role::Organiser, &Scope::Contest(target.clone())) {
        return Ok(());
    }
    Err(Problem::new(ErrorCode::Forbidden)
        .detail("您不是晋级去向那场赛事的组织者", "You are not an organiser of the contest to which they go"))
}

/// The field takes nobody, and lets nobody go, once it is opened or its lots are drawn.
pub(super) fn must_take(arena: &Arena) -> ApiResult<()> {
    if arena.state != ContestState::Draft {
        return Err(Problem::new(ErrorCode::ContestNotOpen).detail(
            format!("晋级去向的赛事处于 {}，名单不能再改", arena.state.code()),
            format!("The contest to which they go is {}: its field stands", arena.state.code()),
        ));
    }
    must_not_be_drawn(arena, "competitors")
}

/// Places as they are given, in the transaction of the decision.
pub(super) struct Offering<'a, 'env> {
    pub tx: &'a mut Tx<'env>,
    pub hall: &'a Hall,
    pub actor: &'a Actor,
    /// The contest from which they go, as it stands.
    pub arena: &'a Arena,
    pub target: &'a Floor,
    pub venue: Option<&'a VenueId>,
}

/// Who is to be offered a place, why, and how they come into the field.
pub(super) struct Next<'a> {
    going: Vec<(&'a Entry, kernel::Text)>,
    plan: Arc<Plan>,
    entering: Vec<Joining>,
}

impl<'a> Offering<'a, '_> {
    /// Offers a place to all who advance and have none.
    pub async fn offer(&mut self, linked: &Linked, places: &[Place]) -> ApiResult<Vec<AdvanceId>> {
        match self.next(linked, places)? {
            Some(next) => self.give(next, None).await,
            None => Ok(Vec::new()),
        }
    }

    /// All who advance and have no place; nothing is written yet.
    pub fn next(&self, linked: &Linked, places: &[Place]) -> ApiResult<Option<Next<'a>>> {
        let rule = linked.season.tier(&linked.tier).and_then(|tier| tier.advance.as_ref());
        let rule =
            rule.ok_or_else(|| state("这是最后一级，无从晋级", "This is the last tier: there is nowhere to go"))?;
        let arena = self.arena;
        let decided = decide(arena, rule, places);
        let going: Vec<_> = (decided.into_iter())
            .filter(|one| one.outcome == Outcome::Advances)
            .map(|one| (&arena.plan.entries[one.who.index()], one.why))
            .filter(|(entry, _)| places.iter().all(|place| place.entry != entry.id))
            .collect();
        if going.is_empty() {
            return Ok(None);
        }
        must_take(&self.target.arena())?;
        let plan = self.target.arena().plan.clone();
        let entering = self.entrants(&plan, going.iter().map(|(entry, _)| *entry))?;
        Ok(Some(Next { going, plan, entering }))
    }

    /// Offers them their places; `replaces`: whose place it was.
    pub async fn give(&mut self, next: Next<'_>, replaces: Option<&AdvanceId>) -> ApiResult<Vec<AdvanceId>> {
        let (arena, Next { going, plan, entering }) = (self.arena, next);
        let (now, account, target) = (self.hall.now(), &self.actor.account, &self.target.contest);
        let subject: MarkId = self.hall.fresh();
        let happened = Happened::PlanChanged { what: "competitors".to_owned(), count: entering.len() as u32 };
        log::append(self.tx, target, now, Some(account), subject.as_str(), &happened).await?;
        // They come in waves, and everybody sees when: their ids tell the same time.
        let manner = Manner { by: account, at: now, ids_at: plan.created_at, spare_numbers: 0 };
        join::join(self.tx, self.hall, &plan, entering, &manner).await?;
        must_be_a_field(self.tx, target).await?;
        let by: String = self.tx.one(sql::PERSON_NAME, &args![&self.actor.person]).await?.get("name")?;
        let print = fingerprint(arena);
        let mut offered = Vec::with_capacity(going.len());
        for (entry, why) in going {
            let seat: kernel::EntryId =
                self.tx.one(sql::ENTRY_OF_PERSON, &args![target, &entry.person]).await?.get("id")?;
            for row in self.tx.all(sql::COMPETITOR_ACCOUNTS, &args![&arena.plan.id, &entry.person]).await? {
                let (competes, there) = (row.get("id")?, Scope::Contest(target.clone()));
                directory::grant(self.tx, &competes, Role::Competitor, &there, Some(account), now).await?;
            }
            let id: AdvanceId = self.hall.fresh();
            let made = i64::from(plan.entry_of_person(&entry.person).is_none());
            let insert = args![
                &id,
                &arena.plan.id,
                &entry.id,
                target,
                &entry.person,
                &seat,
                made,
                &print,
                &why.zh,
                &why.en,
                replaces,
                now,
                &by
            ];
            self.tx.exec(sql::INSERT_ADVANCE, &insert).await?;
            offered.push(id);
        }
        Ok(offered)
    }

    /// All faults of those who can't be taken, each named; who takes part there already is not entered twice.
    fn entrants<'e>(&self, plan: &Plan, entries: impl Iterator<Item = &'e Entry>) -> ApiResult<Vec<Joining>> {
        let mut at_venue: HashMap<&VenueId, usize> = plan.venues.iter().map(|venue| (&venue.id, 0)).collect();
        for entry in &plan.entries {
            *at_venue.entry(&entry.venue).or_default() += 1;
        }
        if let Some(wanted) = self.venue.filter(|wanted| plan.venue(wanted).is_none()) {
            return Err(Problem::invalid(
                "venue",
                format!("晋级去向没有这个赛场：{wanted}"),
                format!("the contest to which they go has no venue {wanted}"),
            ));
        }
        let (mut entering, mut problem) = (Vec::new(), None);
        for entry in entries {
            let mut fault = |zh: String, en: String| {
                let so_far = problem.take().unwrap_or_else(|| Problem::new(ErrorCode::Invalid));
                problem = Some(so_far.field(format!("entries[{}]", entry.id), zh, en));
            };
            if plan.entry_of_person(&entry.person).is_some() {
                continue;
            }
            if plan.scheme.scheme.groups().iter().all(|group| group.code != entry.group) {
                let (name, group) = (&entry.person_name, &entry.group);
                fault(
                    format!("{name}：晋级去向没有组别 {group}"),
                    format!("{name}: the contest to which they go has no group {group}"),
                );
            }
            if plan.judges.iter().any(|judge| judge.person == entry.person) {
                let name = &entry.person_name;
                fault(format!("{name} 是晋级去向的裁判"), format!("{name} is a judge of the contest to which they go"));
            }
            // Where the fewest are; of several the first that the contest names.
            let fewest = plan.venues.iter().min_by_key(|venue| at_venue.get(&venue.id).copied().unwrap_or_default());
            let venue = self.venue.or(fewest.map(|venue| &venue.id));
            let Some(venue) = venue.and_then(|wanted| plan.venue(wanted)) else { continue };
            *at_venue.entry(&venue.id).or_default() += 1;
            entering.push(Joining {
                person: entry.person.clone(),
                organisation: entry.organisation.clone(),
                team: None,
                group: entry.group.clone(),
                venue: venue.id.clone(),
                no: None,
                accounts: Vec::new(),
            });
        }
        problem.map_or(Ok(entering), Err)
    }
}
