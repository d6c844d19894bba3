//! `GET /api/contests/{contest}/portrait/{entry}`: one competitor beside the field.

use analysis::abilities::{AbilityFigures, Standing};
use analysis::portrait::{Part, Side, distance, remarks};
use std::sync::Arc;

use axum::extract::State;
use kernel::{Actor, ErrorCode, PersonId, Role, Scope};
use marking::EntryIx;
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::{ContestId, EntryId, Mark, Text, Timestamp};
use web::{ApiResult, Json, Path, Problem, Signed};

use super::kept::{Analysed, newest};
use super::timeline::{Appearance, appearances};
use crate::ContestRoom;
use crate::arena::Arena;
use crate::event::ContestState;
use crate::floor::Floor;

/// Who looks at everybody's.
const INSIDERS: &[Role] = &[Role::ChiefJudge, Role::Organiser];

/// Shares are of 1; an interval is one of 95 %.
#[derive(Debug, Serialize, ToSchema)]
pub struct PortraitShown {
    pub contest_name: Text,
    pub state: ContestState,
    /// Marks are still being given: any figure may change.
    pub provisional: bool,
    pub as_of: Timestamp,
    pub entry: EntryId,
    pub own: bool,
    /// The blind number, while the contest is blind.
    #[schema(required = true)]
    pub no: Option<String>,
    /// While the contest is blind, for himself and the organiser; while its draw is sealed, for himself.
    #[schema(required = true)]
    pub name: Option<String>,
    #[schema(required = true)]
    pub organisation: Option<Text>,
    /// Null: no marks, or withdrawn.
    #[schema(required = true)]
    pub rank: Option<u32>,
    /// In which `group_rank` is; null where the scheme has no groups.
    #[schema(required = true)]
    pub group: Option<Text>,
    #[schema(required = true)]
    pub group_rank: Option<u32>,
    /// How many have a rank.
    pub ranked: usize,
    pub total: Mark,
    pub max: Mark,
    /// What decided the rank.
    pub why: Text,
    /// Strong points first, the weakest last.
    pub remarks: Vec<RemarkSeen>,
    /// Of those in which he has a mark.
    pub abilities: Vec<AbilityPlace>,
    pub modules: Vec<ModulePlace>,
    /// The first of the ranking; for himself, the next. Null where nobody else, or he, has a mark.
    #[schema(required = true)]
    pub compared: Option<Compared>,
    /// His results in this hall's final contests, the oldest first.
    pub timeline: Vec<Appearance>,
    /// Who may not know who he is is told nothing of his other contests.
    pub timeline_withheld: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RemarkSeen {
    pub ability: String,
    pub strong: bool,
    /// The whole interval of his share lies beyond the field's median.
    pub certain: bool,
    pub text: Text,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AbilityPlace {
    pub code: String,
    pub name: Text,
    /// How many of its aspects he has a mark for.
    pub aspects: usize,
    pub share: f64,
    /// Null for one aspect.
    #[schema(required = true)]
    pub low: Option<f64>,
    #[schema(required = true)]
    pub high: Option<f64>,
    /// The share of the field below, with half of those level.
    pub percentile: f64,
    #[schema(required = true)]
    pub rank: Option<u32>,
    /// The field's least share, quartiles and greatest.
    pub field: [f64; 5],
    /// Of whom he is compared with.
    #[schema(required = true)]
    pub other: Option<f64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ModulePlace {
    pub code: String,
    pub name: Text,
    pub mark: Mark,
    pub max: Mark,
    #[schema(required = true)]
    pub rank: Option<u32>,
    /// The field's least mark, quartiles and greatest; null while nobody has one.
    #[schema(required = true)]
    pub field: Option<[Mark; 5]>,
    #[schema(required = true)]
    pub other: Option<Mark>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Compared {
    #[schema(required = true)]
    pub no: Option<String>,
    #[schema(required = true)]
    pub name: Option<String>,
    #[schema(required = true)]
    pub rank: Option<u32>,
    pub total: Mark,
    /// Where the distance lies.
    pub text: Text,
}

/// His own for a competitor, once the contest is final; every one's for chief judge and organiser, marked as provisional before that. The
/// public has none: a portrait is its competitor's to share.
#[utoipa::path(get, path = "/api/contests/{contest}/portrait/{entry}", tag = "results", operation_id = "portrait", params(ContestId, EntryId), responses((status = 200, body = PortraitShown)))]
pub async fn portrait(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    Path((contest, entry)): Path<(ContestId, EntryId)>,
) -> ApiResult<Json<PortraitShown>> {
    let looked = look(&room, &actor, &contest, &entry).await?;
    let may_link = |arena: &Arena| {
        looked.own || !arena.plan.blind || actor.holds(Role::Organiser, &Scope::Contest(arena.plan.id.clone()))
    };
    Ok(Json(told(&room, &looked, may_link).await?))
}

/// A competitor who is looked at, with the newest figures.
pub struct Looked {
    pub floor: Arc<Floor>,
    pub analysed: Arc<Analysed>,
    pub person: PersonId,
    /// By himself.
    pub own: bool,
    /// By somebody who may know who he is.
    pub knows_who: bool,
    entry: kernel::EntryId,
}

impl Looked {
    pub fn entry_ix(&self, arena: &Arena) -> ApiResult<EntryIx> {
        arena.board.field().entry_ix(&self.entry).ok_or_else(|| Problem::internal("an entry has no seat"))
    }

    /// By whoever has a link that the competitor has given away, of a contest that is final.
    pub async fn shared(room: &ContestRoom, contest: &ContestId, entry: &EntryId) -> ApiResult<Option<Looked>> {
        let floor = room.floor(contest).await?;
        let person = {
            let arena = floor.arena();
            let seat = arena.plan.entry(entry).filter(|_| arena.state == ContestState::Final);
            let Some(seat) = seat else { return Ok(None) };
            seat.person.clone()
        };
        let analysed = newest(&floor).await?;
        Ok(Some(Looked { floor, analysed, person, own: false, knows_who: true, entry: entry.0.clone() }))
    }
}

/// A competitor as this actor may see him, if he may.
pub async fn look(room: &ContestRoom, actor: &Actor, contest: &ContestId, entry: &EntryId) -> ApiResult<Looked> {
    let floor = room.floor(contest).await?;
    let person = {
        let arena = floor.arena();
        let seat = arena
            .plan
            .entry(entry)
            .ok_or_else(|| Problem::not_found("本场赛事没有这名选手", "There is no such competitor in this contest"))?;
        must_see(actor, &arena, seat.person == actor.person)?;
        seat.person.clone()
    };
    let analysed = newest(&floor).await?;
    let own = person == actor.person;
    let knows_who = {
        let arena = floor.arena();
        let organises = actor.holds(Role::Organiser, &Scope::Contest(contest.0.clone()));
        own || !arena.plan.blind || (organises && !arena.plan.sealed)
    };
    Ok(Looked { floor, analysed, person, own, knows_who, entry: entry.0.clone() })
}

/// `may_link` says of another contest whether the reader may learn which entry was his.
pub async fn told(room: &ContestRoom, looked: &Looked, may_link: impl Fn(&Arena) -> bool) -> ApiResult<PortraitShown> {
    let timeline = match looked.knows_who {
        true => appearances(room, &looked.person, may_link).await?,
        false => Vec::new(),
    };
    let arena = looked.floor.arena();
    let shown = shown(&arena, &looked.analysed, looked.entry_ix(&arena)?, looked.knows_who);
    Ok(PortraitShown { timeline, timeline_withheld: !looked.knows_who, own: looked.own, ..shown })
}

/// Strong points and weak ones, in words.
pub fn ability_remarks(analysed: &Analysed, entry: EntryIx) -> (Vec<kernel::Text>, Vec<kernel::Text>) {
    let names = &analysed.observations.setting().abilities;
    let all = remarks(&analysed.analysis.abilities, names, entry.0, &analysed.limits);
    let (strong, weak): (Vec<_>, Vec<_>) = all.into_iter().partition(|remark| remark.side == Side::Strong);
    let words = |remarks: Vec<analysis::portrait::Remark>| remarks.into_iter().map(|remark| remark.text).collect();
    (words(strong), words(weak))
}

fn must_see(actor: &Actor, arena: &Arena, own: bool) -> ApiResult<()> {
    match actor.holds_any(INSIDERS, &Scope::Contest(arena.plan.id.clone())) {
        true => Ok(()),
        false if !own => Err(Problem::new(ErrorCode::Forbidden)
            .detail("选手只能查看自己的画像", "A competitor sees his own portrait only")),
        false if arena.state != ContestState::Final => Err(Problem::new(ErrorCode::ContestNotOpen)
            .detail("成绩公布后才有个人画像", "There is a portrait once the result is published")),
        false => Ok(()),
    }
}

fn shown(arena: &Arena, analysed: &Analysed, entry: EntryIx, knows_who: bool) -> PortraitShown {
    let (board, plan, scheme) = (&arena.board, &arena.plan, arena.board.scheme());
    let seat = &plan.entries[entry.index()];
    let other = board.rank(entry).and_then(|_| board.ranking().find(|other| *other != entry));
    let modules: Vec<ModulePlace> =
        scheme.module_ixs().map(|module| module_place(arena, entry, other, module)).collect();
    let codes = |ability: u32| scheme.abilities().get(ability as usize).map(|it| it.code.clone()).unwrap_or_default();
    let names = &analysed.observations.setting().abilities;
    let figures = &analysed.analysis.abilities;
    PortraitShown {
        contest_name: plan.name.clone(),
        state: arena.state,
        provisional: arena.state != ContestState::Final,
        as_of: analysed.at.into(),
        entry: seat.id.clone().into(),
        own: false,
        no: plan.blind.then(|| seat.no.clone()),
        name: knows_who.then(|| seat.person_name.clone()),
        organisation: knows_who.then(|| seat.organisation_name.clone()),
        rank: board.rank(entry),
        group: scheme.group_ix(&seat.group).and_then(|ix| scheme.group(ix)).map(|group| (&group.name).into()),
        group_rank: board.group_rank(entry),
        ranked: board.ranking().len(),
        total: Mark(board.total(entry)),
        max: Mark(scheme.max()),
        why: board.why(entry).into(),
        remarks: remarks(figures, names, entry.0, &analysed.limits)
            .into_iter()
            .map(|remark| RemarkSeen {
                ability: codes(remark.ability),
                strong: remark.side == Side::Strong,
                certain: remark.certain,
                text: remark.text.into(),
            })
            .collect(),
        abilities: (figures.iter())
            .filter_map(|(ability, figures)| {
                let standing = standing_of(figures, entry)?;
                let interval = standing.interval();
                Some(AbilityPlace {
                    code: codes(*ability),
                    name: names.get(*ability as usize)?.into(),
                    aspects: standing.aspects,
                    share: standing.share,
                    low: interval.map(|interval| interval.low),
                    high: interval.map(|interval| interval.high),
                    percentile: standing.percentile,
                    rank: board.ability_rank(entry, marking::AbilityIx(*ability)),
                    field: field_of(figures),
                    other: other.and_then(|other| standing_of(figures, other)).map(|standing| standing.share),
                })
            })
            .collect(),
        compared: other.map(|other| compared(arena, entry, other)),
        modules,
        timeline: Vec::new(),
        timeline_withheld: false,
    }
}

fn standing_of(figures: &AbilityFigures, entry: EntryIx) -> Option<&Standing> {
    let at = figures.standings.binary_search_by_key(&entry.0, |standing| standing.competitor).ok()?;
    figures.standings.get(at)
}

fn field_of(figures: &AbilityFigures) -> [f64; 5] {
    let shares = figures.standings.iter().map(|standing| standing.share);
    let [first, median, third] = figures.quartiles;
    [shares.clone().fold(1.0, f64::min), first, median, third, shares.fold(0.0, f64::max)]
}

fn module_place(arena: &Arena, entry: EntryIx, other: Option<EntryIx>, ix: marking::ModuleIx) -> ModulePlace {
    let (board, module) = (&arena.board, &arena.board.scheme().modules()[ix.index()]);
    ModulePlace {
        code: module.code.clone(),
        name: (&module.name).into(),
        mark: Mark(board.module_mark(entry, ix)),
        max: Mark(module.max),
        rank: board.module_rank(entry, ix),
        field: (board.module_distribution(ix))
            .map(|field| [field.min, field.q1, field.median, field.q3, field.max].map(Mark)),
        other: other.map(|other| Mark(board.module_mark(other, ix))),
    }
}

fn compared(arena: &Arena, entry: EntryIx, other: EntryIx) -> Compared {
    let (board, seat) = (&arena.board, &arena.plan.entries[other.index()]);
    let parts: Vec<Part> = (board.scheme().module_ixs().zip(board.scheme().modules()))
        .map(|(ix, module)| Part {
            name: module.name.clone(),
            own: board.module_mark(entry, ix),
            other: board.module_mark(other, ix),
        })
        .collect();
    Compared {
        no: arena.plan.blind.then(|| seat.no.clone()),
        name: (!arena.plan.blind).then(|| seat.person_name.clone()),
        rank: board.rank(other),
        total: Mark(board.total(other)),
        text: distance(&parts).unwrap_or_default().into(),
    }
}
