//! A contest goes from state to state: opened, frozen, in review, final.

use std::sync::Arc;

use axum::extract::State;
use kernel::{ErrorCode, Text};
use marking::AspectKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::wire::ContestId;
use web::{Answer, ApiResult, Hall, IdempotencyKey, Json, Path, Problem, Signed};

use super::opening::may_open;
use crate::arena::Arena;
use crate::event::{ContestState, Happened, LeftOpen};
use crate::floor::Floor;
use crate::freeze;
use crate::judging::words;
use crate::recheck;
use crate::results::{pack_made, unsigned};
use crate::sheet::owed;
use crate::{ContestRoom, archived, log};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeState {
    /// From review, `live` means back to be marked; whether the board moves then the answer says.
    pub to: ContestState,
    /// Needed with `even_so`.
    pub reason: Option<String>,
    /// Make results final although something is still out, or open the contest although it lacks what its rule set declares.
    #[serde(default)]
    pub even_so: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Changed {
    pub state: ContestState,
    pub position: i64,
}

/// `draft → live ⇄ frozen → review → final`, and from review back to be marked, which voids its recheck: `live` leads to the state that review came from, and to `frozen` where the board was to stop meanwhile. Whatever else is refused and changes nothing. While marks, verdicts or telemetry are still out,
/// or runs never began, `final` is refused with the list of them, unless `even_so` says that it is meant, and `reason` why. Where the contest's
/// rule set asks for a recheck or for signatures, `final` is refused until it is done and they are given for the result as it stands; where
/// lots were drawn, until the draw is undone. A contest that has committed to a draw is not opened before lots are drawn; one whose rule set declares
/// a draw, or a least size of teams, and that lacks it, is opened with `even_so` and a `reason` only.
#[utoipa::path(post, path = "/api/contests/{contest}/state", tag = "contest", params(ContestId), request_body = ChangeState, responses((status = 200, body = Changed)))]
pub async fn change(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    key: IdempotencyKey,
    Path(contest): Path<ContestId>,
    Json(wanted): Json<ChangeState>,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    let (to, even_so, reason) = (wanted.to, wanted.even_so, words("reason", wanted.reason.as_ref(), 500)?);
    if even_so && !matches!(to, ContestState::Final | ContestState::Live) {
        return Err(only_where_something_lacks());
    }
    if even_so && reason.is_none() {
        return Err(match to {
            ContestState::Final => {
                Problem::invalid("reason", "仍要公布须写明理由", "say why results are published even so")
            }
            _ => Problem::invalid("reason", "仍要开赛须写明理由", "say why the contest is opened even so"),
        });
    }
    let (hall, floor_ref, contest, reason, account) = (&room.hall, &floor, &contest.0, &reason, &actor.account);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let now = hall.now();
            let (state, position, to) = {
                let arena = floor_ref.arena();
                let is_back = (arena.state, to) == (ContestState::Review, ContestState::Live);
                (arena.state, arena.position, if is_back { freeze::back(&arena, now) } else { to })
            };
            if even_so && to == ContestState::Live && state != ContestState::Draft {
                return Err(only_where_something_lacks());
            }
            if !state.may_become(to) {
                return Err(Problem::new(ErrorCode::ContestNotOpen).detail(
                    format!("赛事处于 {}，不能变为 {}", state.code(), to.code()),
                    format!("The contest is {} and can't become {}", state.code(), to.code()),
                ));
            }
            must_be_drawn(&floor_ref.arena(), to)?;
            let left_open = if to == ContestState::Final {
                let arena = floor_ref.arena();
                let left_open = may_be_final(&arena, even_so)?;
                recheck::must_be_done(&arena)?;
                must_be_signed(&arena)?;
                left_open
            } else if state == ContestState::Draft {
                may_open(&floor_ref.arena(), even_so)?
            } else {
                None
            };
            let happened = Happened::State { to, reason: reason.clone(), left_open };
            // One change from each state that was seen: two chiefs at once make one change.
            let subject = format!("{}-{position}", state.code());
            let position = log::append(tx, contest, now, Some(account), &subject, &happened).await?;
            if to == ContestState::Final {
                let results = archived::of_results(&floor_ref.arena(), now);
                archived::keep_all(tx, &results, now).await?;
            }
            Answer::ok(&Changed { state: to, position })
        })
    })
    .await?;
    floor.caught_up_to_newest().await;
    if to == ContestState::Final {
        keep_pack(hall, &floor).await;
    }
    Ok(answer)
}

fn only_where_something_lacks() -> Problem {
    Problem::invalid("even_so", "只用于开赛和公布结果", "only when a contest is opened, or results are made final")
}

/// The pack of a result is made as soon as it is published, of the names and words of that day. What was published stands even where that
/// fails: whoever asks for the pack first has it made then.
async fn keep_pack(hall: &Hall, floor: &Arc<Floor>) {
    let published = floor.arena().published.last().map(|published| published.position);
    let Some(position) = published else { return };
    if let Err(problem) = pack_made(hall, floor, position).await {
        tracing::warn!(contest = %floor.contest, ?problem, "the results pack was not made yet");
    }
}

/// Who has committed to a draw draws before the contest is opened, and what was drawn is undone before results are published. Once it is, nothing
/// is marked again.
pub(crate) fn must_be_drawn(arena: &Arena, to: ContestState) -> ApiResult<()> {
    let Some(draw) = &arena.draw else { return Ok(()) };
    let is_back = arena.state == ContestState::Review && to != ContestState::Final;
    if is_back && draw.undone_at.is_some() {
        return Err(Problem::new(ErrorCode::ContestNotOpen).detail(
            "抽签已经解密，不能退回评分；有误的请通过申诉更正",
            "The draw is undone, so nothing is marked again; what is wrong is corrected on appeal",
        ));
    }
    if to == ContestState::Live && draw.drawn_at.is_none() {
        return Err(Problem::new(ErrorCode::ContestNotOpen).detail(
            "已公布抽签承诺值，请先抽签再开赛",
            "A draw was committed to; draw lots before opening the contest",
        ));
    }
    if to == ContestState::Final && draw.is_sealed() {
        let says = Text::new("须由裁判长和监督员共同解密", "chief judge and supervisor undo it together");
        return Err(Problem::new(ErrorCode::ResultsNotReady)
            .detail("抽签尚未解密", "The draw is still sealed")
            .field_text("draw", says));
    }
    Ok(())
}

/// Whoever has to sign a result by the contest's rule set has signed this one. Nothing stands for a signature.
fn must_be_signed(arena: &Arena) -> ApiResult<()> {
    let unsigned = unsigned(arena);
    if unsigned.is_empty() {
        return Ok(());
    }
    let problem = Problem::new(ErrorCode::ResultsNotReady)
        .detail("成绩尚未签字，或签字后有变动", "The result is not signed, or has changed since it was");
    Err(unsigned
        .into_iter()
        .fold(problem, |problem, (role, says)| problem.field_text(format!("signatures[{}]", role.code()), says)))
}

/// So many things are listed by name; all are counted.
const LISTED_MOST: usize = 100;

/// What is left open when results are published even so; nothing, when nothing is out.
fn may_be_final(arena: &Arena, even_so: bool) -> ApiResult<Option<LeftOpen>> {
    let (open, listed) = still_out(arena);
    if open == LeftOpen::default() {
        return Ok(None);
    }
    if even_so {
        return Ok(Some(open));
    }
    let LeftOpen { runs, unjudged, sheets, verdicts, papers, unstarted, appeals, .. } = open;
    let counts = serde_json::json!({
        "runs": runs, "unjudged": unjudged, "sheets": sheets, "verdicts": verdicts, "papers": papers,
        "unstarted": unstarted, "appeals": appeals,
    });
    let problem = Problem::new(ErrorCode::ResultsNotReady).with("still_out", counts).detail(
        format!(
            "未结束 {runs} 场，智能裁判未评完 {unjudged} 场，评分表未齐 {sheets} 份，待处理判定 {verdicts} 项，缺理论成绩 {papers} 个，从未开始 {unstarted} 场，未答复申诉 {appeals} 件"
        ),
        format!(
            "Runs not closed: {runs}; not judged to their end: {unjudged}; sheets with marks missing: {sheets}; \
             verdicts that wait: {verdicts}; theory marks missing: {papers}; runs that never began: {unstarted}; \
             appeals without an answer: {appeals}"
        ),
    );
    Err(listed.into_iter().take(LISTED_MOST).fold(problem, |problem, (path, says)| problem.field_text(path, says)))
}

/// What is left open, counted, for the event that publishes a result even so.
pub(crate) fn left_open(arena: &Arena) -> Option<LeftOpen> {
    Some(still_out(arena).0).filter(|open| *open != LeftOpen::default())
}

/// What runs still wait for, and the theory papers, each with its place; runs that never began stand last, for who was absent has many. Of a
/// paper everybody has a mark, be it zero.
fn still_out(arena: &Arena) -> (LeftOpen, Vec<(String, Text)>) {
    let mut open = LeftOpen::default();
    let (mut listed, mut unstarted) = (Vec::new(), Vec::new());
    for run in &arena.plan.runs {
        let Some(now) = arena.runs.get(&run.id) else { continue };
        let state = now.clock.state();
        let no = arena.plan.entry(&run.entry).map(|entry| entry.no.as_str()).unwrap_or_default();
        let named = format!("{no} · {}", run.module);
        if state == "waiting" {
            open.unstarted += 1;
            let says = Text::new(format!("{named}：从未开始"), format!("{named}: never began"));
            unstarted.push((format!("unstarted[{}]", run.id), says));
            continue;
        }
        let mut list = |what: &str, zh: String, en: String| {
            listed.push((format!("{what}[{}]", run.id), Text::new(format!("{named}：{zh}"), format!("{named}: {en}"))));
        };
        if state != "closed" {
            open.runs += 1;
            list("runs", "场次未结束".into(), "the run is not closed".into());
        } else if !now.judged {
            open.unjudged += 1;
            list(
                "runs",
                "智能裁判尚未评完，数据可能还在路上".into(),
                "not judged to its end; samples may be on their way".into(),
            );
        }
        let owed = owed(arena, run);
        // A round that is about to be opened is owed as well.
        let rounds = arena.rounds_wanted.iter().filter(|(of, ..)| *of == run.id).count();
        if !owed.is_complete() || rounds > 0 {
            open.sheets += 1;
            let missing = owed.expected - owed.given + rounds as u32;
            list("sheets", format!("缺 {missing} 项评分"), format!("{missing} marks are missing"));
        }
        if owed.unmanned > 0 {
            let unmanned = owed.unmanned;
            list(
                "unmanned",
                format!("其中 {unmanned} 项无裁判可评，须导入裁判或请离场的裁判恢复"),
                format!("{unmanned} of them nobody on the panel can give: import a judge, or take one back"),
            );
        }
    }
    for verdict in arena.verdicts.values().filter(|verdict| verdict.waits()) {
        open.verdicts += 1;
        let no = &arena.plan.entries[verdict.entry.index()].no;
        let aspect = arena.board.scheme().aspect(verdict.aspect).map(|aspect| aspect.code.as_str()).unwrap_or_default();
        listed.push((
            format!("verdicts[{}]", verdict.id),
            Text::new(format!("{no} · {aspect}：判定待处理"), format!("{no} · {aspect}: a verdict waits")),
        ));
    }
    let scheme = arena.board.scheme();
    for aspect in scheme.aspect_ixs() {
        let Some(paper) = scheme.aspect(aspect).filter(|aspect| aspect.kind == AspectKind::Theory) else { continue };
        for (entry, seat) in arena.board.field().entry_ixs().zip(&arena.plan.entries) {
            if arena.paper(entry, aspect).is_none() && arena.board.corrected(entry, aspect).is_none() {
                open.papers += 1;
                let (no, code) = (&seat.no, &paper.code);
                listed.push((
                    format!("papers[{code}/{no}]"),
                    Text::new(
                        format!("{no} · {code}：缺理论成绩"),
                        format!("{no} · {code}: the theory mark is missing"),
                    ),
                ));
            }
        }
    }
    for appeal in arena.appeals.open() {
        open.appeals += 1;
        let no = &arena.plan.entries[appeal.entry.index()].no;
        let says = Text::new(format!("{no}：申诉未答复"), format!("{no}: an appeal has no answer"));
        listed.push((format!("appeals[{}]", appeal.id), says));
    }
    listed.append(&mut unstarted);
    (open, listed)
}
