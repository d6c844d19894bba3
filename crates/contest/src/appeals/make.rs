//! Somebody appeals: the competitor for himself, or staff with what he brought on paper.

use axum::extract::State;
use kernel::{ErrorCode, Role, Scope, Timestamp};
use marking::{AspectIx, EntryIx, ModuleIx};
use serde::Deserialize;
use store::args;
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::wire::{AppealId, ContestId, EntryId};
use web::{Answer, ApiResult, IdempotencyKey, Json, Path, Problem, RequestId, Signed};

use super::seen::{AppealSeen, Reads, seen};
use super::times;
use crate::arena::{Arena, Logged, Touched};
use crate::event::{ContestState, Happened};
use crate::judging::words;
use crate::{ContestRoom, log, sql};

const TEXT_MOST: usize = 4000;
const ASKS_MOST: usize = 500;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MakeAppeal {
    /// Whose appeal it is, where staff enters it; a competitor's own otherwise.
    pub entry: Option<EntryId>,
    /// The same by blind number, as it stands on the paper: while a draw is sealed staff knows nobody's entry.
    pub no: Option<String>,
    /// The answer that it is against: the second instance, about the same aspects. Without it the next two.
    pub first: Option<AppealId>,
    pub module: Option<String>,
    /// Of the module; none or empty: all.
    #[serde(default)]
    pub aspects: Vec<String>,
    pub text: String,
    /// What is asked for.
    pub asks: Option<String>,
}

/// Within the times of the contest's rule set; exactly at the end is in time. Of an aspect at most one appeal is open, and against an answer there is the second instance only.
#[utoipa::path(post, path = "/api/contests/{contest}/appeals", tag = "appeals", operation_id = "make_appeal", params(ContestId), request_body = MakeAppeal, responses((status = 201, body = AppealSeen)))]
pub async fn make(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path(contest): Path<ContestId>,
    Json(wanted): Json<MakeAppeal>,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    let Some(text) = words("text", Some(&wanted.text), TEXT_MOST)? else {
        return Err(Problem::invalid("text", "请写明申诉事由", "say what the appeal is about"));
    };
    let asks = words("asks", wanted.asks.as_ref(), ASKS_MOST)?;
    let for_others = actor.holds_any(&[Role::Organiser, Role::Staff], &Scope::Contest(contest.0.clone()));
    let (hall, floor_ref, contest, actor_ref, wanted, text, asks, request_id) =
        (&room.hall, &floor, &contest.0, &actor, &wanted, &text, &asks, &request_id);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let mut arena = floor_ref.arena().clone();
            let now = hall.now();
            let own = arena.plan.entry_of_person(&actor_ref.person).map(|entry| entry.id.clone());
            let named = named(&arena, wanted)?;
            let entry = whose(&arena, named.as_ref(), own.as_ref(), for_others)?;
            let (module, aspects) = match &wanted.first {
                Some(first) => against_an_answer(&arena, entry, first, now)?,
                None => against_marks(&arena, entry, wanted, now)?,
            };
            let scheme = arena.board.scheme();
            let code = |aspect: &AspectIx| scheme.aspect(*aspect).map(|aspect| aspect.code.clone());
            let id: kernel::AppealId = hall.fresh();
            let happened = Happened::AppealMade {
                id: id.clone().into(),
                entry: arena.plan.entries[entry.index()].id.clone().into(),
                first: wanted.first.clone(),
                module: scheme.module(module).map(|module| module.code.clone()).unwrap_or_default(),
                aspects: aspects.iter().filter_map(code).collect(),
                text: text.clone(),
                asks: asks.clone(),
                by: tx.one(sql::PERSON_NAME, &args![&actor_ref.person]).await?.get("name")?,
            };
            let account = &actor_ref.account;
            let subject = id.to_string();
            let position = log::append(tx, contest, now, Some(account), &subject, &happened).await?;
            let (act, about) = ("appeal.made", format!("{contest} {id}"));
            audit::note(tx, &Noted { at: now, account: Some(account), act, subject: Some(&about), request_id }).await?;
            let logged = Logged { position, at: now, subject, account: Some(account.clone()), happened };
            arena.fold(&logged, &mut Touched::default());
            let made = arena.appeals.get(&id).and_then(|appeal| seen(&arena, appeal, Reads::Everything, now));
            Answer::created(&made.ok_or_else(|| Problem::new(ErrorCode::Internal))?)
        })
    })
    .await?;
    floor.caught_up_to_newest().await;
    Ok(answer)
}

/// The entry that is named, in whichever way.
fn named(arena: &Arena, wanted: &MakeAppeal) -> ApiResult<Option<EntryId>> {
    match (&wanted.entry, &wanted.no) {
        (Some(_), Some(_)) => Err(Problem::invalid("no", "entry 与 no 只写一个", "entry or no, not both")),
        (Some(entry), None) => Ok(Some(entry.clone())),
        (None, Some(no)) => {
            let known = arena.plan.entries.iter().find(|entry| entry.no == no.trim());
            Ok(Some(known.ok_or_else(|| Problem::new(ErrorCode::EntryUnknown))?.id.clone().into()))
        }
        (None, None) => Ok(None),
    }
}

/// A competitor's own entry, or the one that staff names.
fn whose(
    arena: &Arena,
    named: Option<&EntryId>,
    own: Option<&kernel::EntryId>,
    for_others: bool,
) -> ApiResult<EntryIx> {
    let entry = match (named.map(|entry| &entry.0), own) {
        (Some(named), Some(own)) if named == own => own,
        (Some(named), _) if for_others => named,
        (Some(_), _) => {
            return Err(Problem::new(ErrorCode::Forbidden).detail("只能为自己申诉", "A competitor appeals for himself"));
        }
        (None, Some(own)) => own,
        (None, None) if for_others => {
            return Err(Problem::invalid("entry", "请注明哪位选手申诉", "say whose appeal it is"));
        }
        (None, None) => {
            return Err(Problem::new(ErrorCode::NotFound)
                .detail("您不在本场赛事的参赛名单中", "You are not in the field of this contest"));
        }
    };
    arena.board.field().entry_ix(entry).ok_or_else(|| Problem::new(ErrorCode::EntryUnknown))
}

fn against_marks(
    arena: &Arena,
    entry: EntryIx,
    wanted: &MakeAppeal,
    now: Timestamp,
) -> ApiResult<(ModuleIx, Vec<AspectIx>)> {
    if times::rule(arena).is_none() {
        return Err(Problem::new(ErrorCode::AppealState)
            .detail("本场没有规则集，不受理申诉", "The contest has no rule set, which would provide for appeals"));
    }
    let scheme = arena.board.scheme();
    let module = wanted.module.as_ref().and_then(|code| scheme.module_ix(code));
    let module = module.ok_or_else(|| Problem::invalid("module", "没有这个模块", "the contest has no such module"))?;
    let of_module: Vec<AspectIx> = scheme.aspects_of(module).map(|(aspect, _)| aspect).collect();
    let mut aspects = Vec::with_capacity(wanted.aspects.len());
    let mut problem: Option<Problem> = None;
    for (at, code) in wanted.aspects.iter().enumerate() {
        match scheme.aspect_ix(code).filter(|aspect| of_module.contains(aspect)) {
            Some(aspect) if !aspects.contains(&aspect) => aspects.push(aspect),
            Some(_) => {}
            None => {
                let says = ErrorCode::MarkUnknownAspect.entry();
                let so_far = problem.unwrap_or_else(|| Problem::new(ErrorCode::MarkUnknownAspect));
                problem = Some(so_far.field(format!("aspects[{at}]"), says.what_zh, says.what_en));
            }
        }
    }
    if let Some(problem) = problem {
        return Err(problem);
    }
    if aspects.is_empty() {
        aspects = of_module;
    }
    if arena.state == ContestState::Draft {
        return Err(ErrorCode::ContestNotOpen.into());
    }
    must_be_in_time(times::is_in_time(arena, entry, module, now), times::until(arena, entry, module))?;
    if let Some(earlier) = arena.appeals.about(entry, &aspects) {
        let problem = Problem::new(ErrorCode::AppealState).with("appeal", earlier.id.as_str());
        return Err(match earlier.is_open() {
            true => problem.detail("其中有的评分项已在申诉中", "An appeal about some of these aspects is open already"),
            false => problem.detail(
                "其中有的评分项已申诉过并有答复；不服答复的，请在时限内提出二次申诉",
                "An appeal about some of these aspects has its answer; against that there is the second instance, within its time",
            ),
        });
    }
    Ok((module, aspects))
}

fn against_an_answer(
    arena: &Arena,
    entry: EntryIx,
    first: &AppealId,
    now: Timestamp,
) -> ApiResult<(ModuleIx, Vec<AspectIx>)> {
    let own = arena.appeals.get(first).filter(|appeal| appeal.entry == entry);
    let first = own.ok_or_else(|| Problem::not_found("没有这一申诉", "There is no such appeal"))?;
    let refuse = |zh, en| Err(Problem::new(ErrorCode::AppealState).detail(zh, en));
    if first.is_open() {
        return refuse("该申诉尚未答复", "That appeal has no answer yet");
    }
    let has_second = times::rule(arena).is_some_and(|rule| rule.instances > 1);
    if first.first.is_some() || !has_second {
        return refuse("该答复为最终裁决", "That answer is final");
    }
    if arena.appeals.second_of(&first.id).is_some() {
        return refuse("已就该答复提出二次申诉", "That answer has been appealed against already");
    }
    let until = times::second_until(arena, first);
    must_be_in_time(until.is_some_and(|until| now <= until), until)?;
    Ok((first.module, first.aspects.clone()))
}

/// Too late is told with the last moment that would have been in time.
fn must_be_in_time(is_in_time: bool, until: Option<Timestamp>) -> ApiResult<()> {
    match (is_in_time, until) {
        (true, _) => Ok(()),
        (false, None) => Err(Problem::new(ErrorCode::AppealState).detail(
            "申诉时限尚未开始：本场结束或成绩公布后才可申诉",
            "No time for an appeal has begun: it does with the end of the run, or with publication",
        )),
        (false, Some(until)) => Err(Problem::new(ErrorCode::AppealLate)
            .with("until", until.to_string())
            .detail(format!("申诉已于 {until} 截止"), format!("Appeals were taken until {until}"))),
    }
}
