//! Recheck, corrections and appeals of a published log, each against the contest as it stood there.

use std::collections::VecDeque;

use kernel::{AccountId, Mark, MarkId};
use marking::{EntryIx, Finding};

use crate::appeals::times;
use crate::arena::{Arena, Logged};
use crate::event::{AppealDecision, Because, ContestState, FoundMark, Happened};
use crate::recheck;

use super::verify::Difference;

/// A correction that has to follow at once.
struct Owed {
    id: MarkId,
    entry: EntryIx,
    because: Because,
    /// Where the decision names it.
    mark: Option<(String, i64)>,
}

/// Goes along a log, one event before the arena.
#[derive(Default)]
pub struct Follows {
    owed: VecDeque<Owed>,
}

impl Follows {
    /// Whether an event may stand where it stands.
    pub fn next(&mut self, arena: &Arena, logged: &Logged) -> Result<(), Difference> {
        let place = || format!("log.ndjson:{}", logged.position);
        let wrong = |zh: &str, en: &str| Err(Difference::new(place(), zh, en));
        match &logged.happened {
            Happened::Corrected { .. } => return self.corrected(arena, logged),
            Happened::State { to, .. } if !arena.state.may_become(*to) => {
                // Only what is upheld after publication takes a contest back.
                let is_back = (arena.state, *to) == (ContestState::Final, ContestState::Review);
                return match is_back && !self.owed.is_empty() {
                    true => Ok(()),
                    false => wrong("赛事状态不能这样变化", "a contest doesn't change its state in this way"),
                };
            }
            _ if !self.owed.is_empty() => return wrong("缺少更正", "a correction is missing here"),
            Happened::State { to: ContestState::Final, .. } | Happened::Signed { .. } => {
                return match recheck::outstanding(arena) {
                    None => Ok(()),
                    Some(what) => Err(Difference { place: place(), what }),
                };
            }
            Happened::RecheckOrdered { seed, .. } => {
                let is_due = arena.state == ContestState::Review && arena.recheck.is_none();
                if !is_due || arena.plan.rule_set.is_none() || seed.parse::<kernel::Seed>().is_err() {
                    return wrong("此处不能下达成绩核查", "no recheck can be ordered here");
                }
            }
            Happened::EntryRechecked { entry, marks, differences, .. } => {
                let Some(recheck) = &arena.recheck else {
                    return wrong("尚未下达成绩核查", "no recheck was ordered");
                };
                let entry = arena.board.field().entry_ix(entry);
                let due = entry.filter(|entry| recheck.left().any(|left| left == *entry));
                let Some(entry) = due else {
                    return wrong("该选手不在核查之列", "this entry was not to be rechecked");
                };
                must_be_another(arena, logged, entry, |_| true)?;
                if arena.rechecked(entry).count() != *marks as usize
                    || !differences.iter().all(|it| is_found(arena, entry, it))
                {
                    return wrong("与当时的得分不符", "it doesn't fit the marks as they stood");
                }
                let because = Because::Recheck { recheck: recheck.position };
                self.owed.extend(differences.iter().filter_map(|it| {
                    let (id, because) = (it.correction.clone()?.0, because.clone());
                    Some(Owed { id, entry, because, mark: Some((it.aspect.clone(), it.found)) })
                }));
            }
            Happened::AppealMade { entry, first, module, aspects, .. } => {
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
                if known.is_empty() || !in_time {
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
                self.owed.extend(owed.map(|(id, because)| Owed { id, entry: appeal.entry, because, mark: None }));
            }
            Happened::PhotoAdded { id, run, sha256, .. } => {
                let is_digest = sha256.len() == 64 && hex::decode(sha256).is_ok();
                if logged.account.is_none()
                    || !is_digest
                    || arena.plan.run(run).is_none()
                    || arena.photos.get(id).is_some()
                {
                    return wrong("此处不能有这张照片", "there can be no such photograph here");
                }
            }
            Happened::EquipmentSet { venue, station, .. } => {
                let is_there = |id: &web::wire::StationId| arena.plan.station(id).is_some_and(|it| it.venue == venue.0);
                if arena.plan.venue(venue).is_none() || !station.as_ref().is_none_or(is_there) {
                    return wrong("所指的赛场或工位不存在", "the venue or station is unknown");
                }
            }
            Happened::PhotoWithdrawn { id, run } => {
                let shown = arena.photos.get(id).filter(|photo| photo.is_shown() && photo.run == run.0);
                if shown.is_none_or(|photo| Some(&photo.account) != logged.account.as_ref()) {
                    return wrong("没有可由此人撤回的这张照片", "there is no such photograph that he could withdraw");
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn corrected(&mut self, arena: &Arena, logged: &Logged) -> Result<(), Difference> {
        let Happened::Corrected { id, entry, aspect, marks, was, because, .. } = &logged.happened else {
            return Ok(());
        };
        let wrong = |zh: &str, en: &str| Err(Difference::new(format!("log.ndjson:{}", logged.position), zh, en));
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
    let (zh, en) = ("由评过该项的人核查或裁决", "it is by somebody who had a part in the marks");
    Err(Difference::new(format!("log.ndjson:{}", logged.position), zh, en))
}

/// A difference to the mark as it stands, corrected where it is beyond the tolerance.
fn is_found(arena: &Arena, entry: EntryIx, it: &FoundMark) -> bool {
    let given = arena.rechecked(entry).find(|(code, _)| *code == it.aspect).map(|(_, mark)| mark);
    let finding = Finding { given: Mark::from_hundredths(it.given), found: Mark::from_hundredths(it.found) };
    let is_wrong = arena.recheck.as_ref().is_some_and(|recheck| recheck.rule.is_wrong(finding));
    given == Some(finding.given) && finding.found != finding.given && it.correction.is_some() == is_wrong
}
