//! Each event of a published log against the contest as it stood there; states, signatures, recheck, corrections and appeals by itself, the rest by
//! [`during`], [`refereed`] and [`drawn`].

use std::collections::{HashSet, VecDeque};

use kernel::{AccountId, Mark, MarkId, Timestamp};
use marking::{EntryIx, Finding};

use crate::appeals::times;
use crate::arena::{Arena, Logged};
use crate::contests::{opening, state};
use crate::event::{AppealDecision, Because, ContestState, FoundMark, Happened};
use crate::recheck;

use super::verify::Difference;
use super::{chain, drawn, during, refereed, sign};

/// A correction that has to follow at once.
struct Owed {
    id: MarkId,
    entry: EntryIx,
    because: Because,
    /// Where the decision names it.
    mark: Option<(String, i64)>,
    /// Who decided.
    account: Option<AccountId>,
}

/// Goes along a log, one event before the arena.
#[derive(Default)]
pub struct Follows {
    owed: VecDeque<Owed>,
    /// When the event before happened.
    at: Option<Timestamp>,
    /// What happens only once, by kind and subject.
    subjects: HashSet<(&'static str, String)>,
}

impl Follows {
    /// Whether an event may stand where it stands.
    pub fn next(&mut self, arena: &Arena, logged: &Logged) -> Result<(), Difference> {
        let wrong = |zh: &str, en: &str| Err(Difference::in_log(logged, zh, en));
        if self.at.replace(logged.at).is_some_and(|before| logged.at < before) {
            return wrong("时间早于上一条", "it happened before the event above it");
        }
        if !self.subjects.insert((logged.happened.kind(), logged.subject.clone())) {
            return wrong("同一事件出现两次", "the same thing happened before, and happens only once");
        }
        must_be_by_somebody(arena, logged)?;
        match &logged.happened {
            Happened::Corrected { .. } => return self.corrected(arena, logged),
            Happened::State { to, left_open, .. } if !arena.state.may_become(*to) => {
                // Only what is upheld after publication takes a contest back.
                let is_back = (arena.state, *to) == (ContestState::Final, ContestState::Review) && left_open.is_none();
                return match self.owed.front() {
                    Some(owed) if is_back && owed.account == logged.account => Ok(()),
                    _ => wrong("赛事状态不能这样变化", "a contest doesn't change its state in this way"),
                };
            }
            _ if !self.owed.is_empty() => return wrong("缺少更正", "a correction is missing here"),
            Happened::State { .. } => return changes_state(arena, logged),
            Happened::Signed { .. } => return signs(arena, logged),
            Happened::RecheckOrdered { seed, .. } => {
                let is_due = arena.state == ContestState::Review && arena.recheck.is_none();
                if !is_due || arena.plan.rule_set.is_none() || seed.parse::<kernel::Seed>().is_err() {
                    return wrong("此处不能下达成绩核查", "no recheck can be ordered here");
                }
            }
            Happened::EntryRechecked { entry, marks, differences, .. } => {
                let Some(recheck) = arena.recheck.as_ref().filter(|_| arena.state == ContestState::Review) else {
                    return wrong("尚未下达成绩核查", "no recheck was ordered");
                };
                let entry = arena.board.field().entry_ix(entry);
                let due = entry.filter(|entry| recheck.left().any(|left| left == *entry));
                let Some(entry) = due else {
                    return wrong("该选手不在核查之列", "this entry was not to be rechecked");
                };
                must_be_another(arena, logged, entry, |_| true)?;
                let aspects: HashSet<&str> = differences.iter().map(|it| it.aspect.as_str()).collect();
                if aspects.len() != differences.len() {
                    return wrong("同一评分项有两个差异", "it tells two differences of one aspect");
                }
                if arena.rechecked(entry).count() != *marks as usize
                    || !differences.iter().all(|it| is_found(arena, entry, it))
                {
                    return wrong("与当时的得分不符", "it doesn't fit the marks as they stood");
                }
                let because = Because::Recheck { recheck: recheck.position };
                self.owed.extend(differences.iter().filter_map(|it| {
                    let (id, because, account) = (it.correction.clone()?.0, because.clone(), logged.account.clone());
                    Some(Owed { id, entry, because, mark: Some((it.aspect.clone(), it.found)), account })
                }));
            }
            Happened::AppealMade { id, entry, first, module, aspects, .. } => {
                let (scheme, field) = (arena.board.scheme(), arena.board.field());
                let (Some(entry), Some(module)) = (field.entry_ix(entry), scheme.module_ix(module)) else {
                    return wrong("申诉所指不存在", "what it is about is unknown");
                };
                let known: Option<Vec<_>> = aspects.iter().map(|code| scheme.aspect_ix(code)).collect();
                let known = known.filter(|known| !known.is_empty()).unwrap_or_default();
                let in_time = match first {
                    None => {
                        times::is_in_time(arena, entry, module, logged.at)
                            && arena.appeals.about(entry, &known).is_none()
                            && known.iter().all(|it| scheme.aspect(*it).is_some_and(|it| it.module == module))
                    }
                    Some(first) => {
                        let first = arena.appeals.get(first).filter(|it| (it.entry, &it.aspects) == (entry, &known));
                        let until = first.and_then(|first| times::second_until(arena, first));
                        until.is_some_and(|until| logged.at <= until)
                    }
                };
                if known.is_empty() || !in_time || arena.appeals.get(id).is_some() {
                    return wrong("此处不能申诉", "no such appeal could be made here");
                }
            }
            Happened::AppealWithdrawn { appeal, .. }
                if !arena.appeals.get(appeal).is_some_and(|appeal| appeal.is_open()) =>
            {
                return wrong("撤回了没有或已答复的申诉", "an appeal is withdrawn that isn't open");
            }
            Happened::AppealAnswered { appeal, decision, corrections, .. } => {
                let Some(appeal) = arena.appeals.get(appeal).filter(|appeal| appeal.is_open()) else {
                    return wrong("没有待答复的这一申诉", "there is no such appeal that waits for an answer");
                };
                must_be_another(arena, logged, appeal.entry, |aspect| appeal.aspects.contains(&aspect))?;
                let first = appeal.first.as_ref().and_then(|first| arena.appeals.get(first)?.answer.as_ref());
                if is_judge(arena, logged.account.as_ref())
                    || first.is_some_and(|first| first.account == logged.account)
                    || (*decision == AppealDecision::Rejected && !corrections.is_empty())
                {
                    return wrong("此人不能这样裁决", "it couldn't be decided so, or not by him");
                }
                let because = || Because::Appeal { appeal: appeal.id.clone().into() };
                let owed = corrections.iter().map(|id| (id.0.clone(), because()));
                let (entry, account) = (appeal.entry, &logged.account);
                let owed = owed.map(|(id, because)| Owed { id, entry, because, mark: None, account: account.clone() });
                self.owed.extend(owed);
            }
            _ => {}
        }
        drawn::may_stand(arena, logged)?;
        refereed::may_stand(arena, logged)?;
        during::may_stand(arena, logged)
    }

    fn corrected(&mut self, arena: &Arena, logged: &Logged) -> Result<(), Difference> {
        let Happened::Corrected { id, entry, aspect, marks, was, because, .. } = &logged.happened else {
            return Ok(());
        };
        let wrong = |zh: &str, en: &str| Err(Difference::in_log(logged, zh, en));
        let Some(owed) = self.owed.pop_front() else {
            return wrong("没有作出这一更正的决定", "nothing was decided that it could follow from");
        };
        let entry = arena.board.field().entry_ix(entry).filter(|entry| *entry == owed.entry);
        let (Some(entry), Some(ix)) = (entry, arena.aspect(aspect)) else {
            return wrong("更正所指不存在", "what it corrects is unknown");
        };
        let of_appeal = match because {
            Because::Recheck { .. } => true,
            Because::Appeal { appeal } => arena.appeals.get(appeal).is_some_and(|it| it.aspects.contains(&ix)),
        };
        let says_so = owed.mark.is_none_or(|(code, found)| (&code, found) == (aspect, *marks));
        if id.0 != owed.id || *because != owed.because || !says_so || !of_appeal {
            return wrong("与所依据的决定不符", "it is not what was decided");
        }
        if logged.account != owed.account {
            return wrong("更正人不是作出决定的人", "it is not by whoever decided it");
        }
        let max = arena.board.scheme().aspect(ix).map(|aspect| aspect.max.hundredths()).unwrap_or_default();
        let stood = arena.board.aspect(entry, ix).mark.map(Mark::hundredths);
        if *was != stood || !(0..=max).contains(marks) || arena.state == ContestState::Final {
            return wrong("与当时的得分不符", "it doesn't fit the mark as it stood");
        }
        Ok(())
    }

    /// Nothing is left to follow.
    pub fn end(&self) -> Result<(), Difference> {
        match self.owed.is_empty() {
            true => Ok(()),
            false => Err(Difference::new("log.ndjson", "末尾缺少更正", "a correction is missing at its end")),
        }
    }
}

/// What persons do names an account, and what the hall finds by itself names none. Who appealed or asked to be judged is not told where names are
/// not: his account would tell which number is his.
fn must_be_by_somebody(arena: &Arena, logged: &Logged) -> Result<(), Difference> {
    let is_told = logged.account.is_some();
    let (may_be, may_be_none) = match &logged.happened {
        Happened::Verdict { .. }
        | Happened::VerdictAmended { .. }
        | Happened::Watched { .. }
        | Happened::RoundOpened { .. } => (false, true),
        // The board stops by itself, and a field may change by what another contest decided.
        Happened::State { to: ContestState::Frozen, .. } | Happened::PlanChanged { .. } => (true, true),
        happened => (true, chain::is_of_a_competitor(happened) && arena.plan.blind),
    };
    match is_told {
        true if !may_be => {
            Err(Difference::in_log(logged, "此事只能由大厅自己写入", "only the hall itself writes this"))
        }
        false if !may_be_none => Err(Difference::in_log(logged, "没有写明由谁所为", "it doesn't say who did it")),
        _ => Ok(()),
    }
}

/// A change of state that somebody may ask for.
fn changes_state(arena: &Arena, logged: &Logged) -> Result<(), Difference> {
    let Happened::State { to, reason, left_open } = &logged.happened else { return Ok(()) };
    let wrong = |zh: &str, en: &str| Err(Difference::in_log(logged, zh, en));
    if state::must_be_drawn(arena, *to).is_err() {
        return wrong("抽签尚未完成或尚未解密", "lots have still to be drawn, or to be undone");
    }
    let is_final = *to == ContestState::Final;
    if let Some(what) = recheck::outstanding(arena).filter(|_| is_final) {
        return Err(Difference { place: format!("log.ndjson:{}", logged.position), what });
    }
    let open = match arena.state {
        _ if is_final => state::left_open(arena),
        ContestState::Draft => opening::opened_without(arena),
        _ => None,
    };
    if *left_open != open {
        return wrong("所写的未完成事项与当时的不符", "what it says was still open is not what was");
    }
    if open.is_some() && reason.is_none() {
        return wrong("仍要公布却没有写明理由", "it was published even so, and doesn't say why");
    }
    Ok(())
}

fn signs(arena: &Arena, logged: &Logged) -> Result<(), Difference> {
    let Happened::Signed { role, digest, .. } = &logged.happened else { return Ok(()) };
    if arena.state != ContestState::Review {
        return Err(Difference::in_log(logged, "只有复核阶段可以签字", "results are signed while they are in review"));
    }
    let place = format!("log.ndjson:{}", logged.position);
    if let Some(what) = recheck::outstanding(arena) {
        return Err(Difference { place, what });
    }
    let refusal = logged.account.as_ref().and_then(|account| sign::refusal(arena, (*role).into(), digest, account));
    refusal.map_or(Ok(()), |what| Err(Difference { place, what }))
}

fn is_judge(arena: &Arena, account: Option<&AccountId>) -> bool {
    account.is_some_and(|account| arena.plan.judge(account).is_some())
}

fn must_be_another(
    arena: &Arena,
    logged: &Logged,
    entry: EntryIx,
    aspects: impl Fn(marking::AspectIx) -> bool,
) -> Result<(), Difference> {
    let hands = arena.hands_on(entry, aspects);
    if logged.account.as_ref().is_some_and(|account| !hands.contains(account)) {
        return Ok(());
    }
    Err(Difference::in_log(logged, "由评过该项的人核查或裁决", "it is by somebody who had a part in the marks"))
}

/// A difference to the mark as it stands, corrected where it is beyond the tolerance.
fn is_found(arena: &Arena, entry: EntryIx, it: &FoundMark) -> bool {
    let declared = arena.aspect(&it.aspect).and_then(|ix| arena.board.scheme().aspect(ix));
    let given = arena.rechecked(entry).find(|(code, _)| *code == it.aspect).map(|(_, mark)| mark);
    if !declared.is_some_and(|aspect| (0..=aspect.max.hundredths()).contains(&it.found))
        || given.map(Mark::hundredths) != Some(it.given)
    {
        return false;
    }
    let finding = Finding { given: Mark::from_hundredths(it.given), found: Mark::from_hundredths(it.found) };
    let is_wrong = arena.recheck.as_ref().is_some_and(|recheck| recheck.rule.is_wrong(finding));
    finding.found != finding.given && it.correction.is_some() == is_wrong
}
