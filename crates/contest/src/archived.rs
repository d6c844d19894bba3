//! What this room tells the archive: a statement for each mark, correction, verdict, decision, verdict taken back, verdict amended by late samples, result, ability and prize, in the
//! transaction of the thing itself.
//! Statements name persons; nothing that a judge can read comes from here. Of a contest whose draw is sealed none is made, for a run in it would
//! tell whose its number is; when the draw is undone they are, as of the time when each thing happened.

use std::collections::HashMap;
use std::sync::Arc;

use archive::facts::{self, Named, Place};
use kernel::{AccountId, ContestId, EntryId, Mark, MarkId, PersonId, RunId, Text, Timestamp};
use marking::{AspectIx, EntryIx};
use store::{StoreError, Tx, args};
use web::Problem;

use crate::arena::{Arena, Logged, Publication, Touched};
use crate::event::{Because, Decision, Happened, Outcome};
use crate::papers::number_of;
use crate::plan::{Entry, Plan};
use crate::results::PrizeGiven;
use crate::{log, sql};

const EVENTS_AT_ONCE: i64 = 1000;

/// A statement that is ready to be kept.
pub type Kept = xapi::Statement;

/// Keeps a statement; what was kept before is passed over.
pub async fn keep(tx: &mut Tx<'_>, statement: Option<&Kept>, at: Timestamp) -> Result<(), KeepError> {
    match statement {
        Some(statement) => Ok(archive::append(tx, statement, at).await.map(drop)?),
        None => Ok(()),
    }
}

/// Keeps many at once.
pub async fn keep_all(tx: &mut Tx<'_>, statements: &[Kept], at: Timestamp) -> Result<(), KeepError> {
    Ok(archive::append_many(tx, statements, at).await?)
}

/// Why a statement was not kept.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct KeepError(#[from] archive::ArchiveError);

impl From<KeepError> for Problem {
    fn from(error: KeepError) -> Self {
        Problem::internal(error)
    }
}

impl From<KeepError> for StoreError {
    fn from(KeepError(error): KeepError) -> Self {
        match error {
            archive::ArchiveError::Store(error) => error,
            other => StoreError::Column { column: "statement".into(), reason: other.to_string() },
        }
    }
}

/// The words and codes around an aspect, borrowed for as long as a statement is made.
struct Around {
    name: Text,
    run: RunId,
    person: PersonId,
    max: Mark,
    aspect: AspectIx,
}

impl Around {
    fn of(arena: &Arena, run: &RunId, aspect: &str) -> Option<Self> {
        if arena.plan.sealed {
            return None;
        }
        let planned = arena.plan.run(run)?;
        let ix = arena.aspect(aspect)?;
        Some(Self {
            name: arena.plan.name.clone().into(),
            run: run.clone(),
            person: arena.plan.entry(&planned.entry)?.person.clone(),
            max: arena.board.scheme().aspect(ix)?.max,
            aspect: ix,
        })
    }

    /// A paper is sat, not run: where its module has no run, the sitting is named by entry and module.
    fn of_entry(arena: &Arena, entry: &EntryId, aspect: &str) -> Option<Self> {
        if arena.plan.sealed {
            return None;
        }
        let (seat, ix) = (arena.plan.entry(entry)?, arena.aspect(aspect)?);
        let declared = arena.board.scheme().aspect(ix)?;
        let module = &arena.board.scheme().module(declared.module)?.code;
        let run = match arena.plan.run_for(entry, module) {
            Some(run) => run.clone(),
            None => format!("{}-{}", seat.id, module.to_lowercase()).parse().ok()?,
        };
        Some(Self {
            name: arena.plan.name.clone().into(),
            run,
            person: seat.person.clone(),
            max: declared.max,
            aspect: ix,
        })
    }

    fn told<T>(&self, arena: &Arena, tell: impl FnOnce(Place<'_>) -> T) -> Option<T> {
        let scheme = arena.board.scheme();
        let aspect = scheme.aspect(self.aspect)?;
        let module = scheme.module(aspect.module)?;
        let abilities: Vec<Named<'_>> = aspect
            .abilities
            .iter()
            .filter_map(|ability| scheme.ability(*ability))
            .map(|ability| Named { code: &ability.code, name: &ability.name })
            .collect();
        Some(tell(Place {
            contest: &arena.plan.id,
            contest_name: &self.name,
            module: Named { code: &module.code, name: &module.name },
            aspect: Named { code: &aspect.code, name: &aspect.name },
            abilities: &abilities,
            run: &self.run,
        }))
    }
}

pub fn of_mark(arena: &Arena, happened: &Happened, judge: Option<&PersonId>, at: Timestamp) -> Option<Kept> {
    let Happened::Mark { id, run, aspect, round, given, note, replaces, reason, .. } = happened else { return None };
    let around = Around::of(arena, run, aspect)?;
    around.told(arena, |place| {
        facts::marked(&facts::Marked {
            mark: id,
            place,
            person: &around.person,
            judge,
            round: *round,
            given: Mark::from_hundredths(*given),
            max: around.max,
            note: note.as_deref(),
            replaces: replaces.as_ref().map(|mark| &mark.0),
            reason: reason.as_deref(),
            at,
        })
    })
}

/// A mark that a recheck or an appeal has set.
pub fn of_correction(arena: &Arena, happened: &Happened, by: &PersonId, at: Timestamp) -> Option<Kept> {
    let Happened::Corrected { id, entry, aspect, marks, was, because, reason, .. } = happened else { return None };
    let ix = arena.board.field().entry_ix(entry)?;
    let around = Around::of_entry(arena, entry, aspect)?;
    around.told(arena, |place| {
        facts::corrected(&facts::Corrected {
            mark: id,
            place,
            person: &around.person,
            by,
            marks: Mark::from_hundredths(*marks),
            max: around.max,
            was: was.map(Mark::from_hundredths),
            before: arena.corrections_of(ix, around.aspect).last().map(|before| &before.id),
            because: match because {
                Because::Recheck { .. } => "recheck",
                Because::Appeal { .. } => "appeal",
            },
            reason,
            at,
        })
    })
}

/// A theory paper's mark.
pub fn of_paper(arena: &Arena, mark: &MarkId, happened: &Happened, at: Timestamp) -> Option<Kept> {
    let Happened::Imported { entry, aspect, marks } = happened else { return None };
    let ix = arena.aspect(aspect)?;
    let around = Around::of_entry(arena, entry, aspect)?;
    around.told(arena, |place| {
        facts::marked(&facts::Marked {
            mark,
            place,
            person: &around.person,
            judge: None,
            round: 1,
            given: Mark::from_hundredths(*marks),
            max: around.max,
            note: None,
            replaces: arena.board.field().entry_ix(entry).and_then(|entry| arena.paper(entry, ix)),
            reason: None,
            at,
        })
    })
}

pub fn of_verdict(arena: &Arena, happened: &Happened) -> Option<Kept> {
    let Happened::Verdict { id, run, rule, aspect, outcome, marks, event_at, evidence, .. } = happened else {
        return None;
    };
    let around = Around::of(arena, run, aspect)?;
    let sentence: Text = evidence.sentence.clone().into();
    around.told(arena, |place| {
        facts::judged(&facts::Judged {
            verdict: id,
            place,
            person: &around.person,
            rule,
            met: match outcome {
                Outcome::Met => Some(true),
                Outcome::Missed => Some(false),
                Outcome::Undecided => None,
            },
            marks: Mark::from_hundredths(*marks),
            max: around.max,
            sentence: &sentence,
            at: kernel::Nanos(*event_at).to_timestamp(),
        })
    })
}

/// What the referee itself withdraws.
pub fn of_amended(arena: &Arena, happened: &Happened, at: Timestamp) -> Option<Kept> {
    let Happened::VerdictAmended { verdict, run, aspect, because } = happened else { return None };
    let around = Around::of(arena, run, aspect)?;
    let because: Text = because.clone().into();
    around.told(arena, |place| {
        facts::amended(&facts::Amended { verdict, place, person: &around.person, because: &because, at })
    })
}

pub fn of_decision(arena: &Arena, happened: &Happened, by: &PersonId, at: Timestamp) -> Option<Kept> {
    let Happened::Decided { verdict, decision, reason } = happened else { return None };
    let found = arena.verdicts.get(&verdict.0)?;
    let aspect = &arena.board.scheme().aspect(found.aspect)?.code;
    let around = Around::of(arena, &found.run, aspect)?;
    around.told(arena, |place| {
        facts::decided(&facts::Decided {
            verdict,
            place,
            person: &around.person,
            by,
            confirmed: *decision == Decision::Confirm,
            reason: reason.as_deref(),
            at,
        })
    })
}

pub fn of_taken_back(arena: &Arena, happened: &Happened, by: &PersonId, at: Timestamp) -> Option<Kept> {
    let Happened::VerdictTakenBack { verdict, reason } = happened else { return None };
    let found = arena.verdicts.get(&verdict.0)?;
    let aspect = &arena.board.scheme().aspect(found.aspect)?.code;
    let around = Around::of(arena, &found.run, aspect)?;
    around.told(arena, |place| {
        facts::taken_back(&facts::TakenBack { verdict, place, person: &around.person, by, reason, at })
    })
}

/// What happened while the draw was sealed. It is undone by now.
pub async fn keep_what_was_sealed(tx: &mut Tx<'_>, contest: &ContestId, now: Timestamp) -> Result<(), Problem> {
    let Some(plan) = Plan::load(tx, contest).await.map_err(Problem::internal)? else { return Ok(()) };
    let field_stands = |_| Problem::internal("the field of a contest that was played no longer stands");
    let mut arena = Arena::new(Arc::new(plan)).map_err(field_stands)?;
    let mut persons: HashMap<AccountId, PersonId> = HashMap::new();
    loop {
        let events = log::since_within(tx, contest, arena.position, EVENTS_AT_ONCE).await?;
        let mut told = Vec::new();
        for logged in &events {
            if let Some(account) = logged.account.as_ref().filter(|account| !persons.contains_key(*account)) {
                let person = tx.one(sql::PERSON_OF_ACCOUNT, &args![account]).await?.get("person")?;
                persons.insert(account.clone(), person);
            }
            let by = logged.account.as_ref().and_then(|account| persons.get(account));
            told.extend(of_logged(&arena, logged, by));
            arena.fold(logged, &mut Touched::default());
        }
        keep_all(tx, &told, now).await?;
        if (events.len() as i64) < EVENTS_AT_ONCE {
            return Ok(());
        }
    }
}

/// The statement of an event, as the arena stands before it.
fn of_logged(arena: &Arena, logged: &Logged, by: Option<&PersonId>) -> Option<Kept> {
    let (happened, at) = (&logged.happened, logged.at);
    match happened {
        Happened::Mark { .. } => of_mark(arena, happened, by, at),
        Happened::Corrected { .. } => of_correction(arena, happened, by?, at),
        Happened::Imported { .. } => of_paper(arena, &logged.subject.parse().ok()?, happened, at),
        Happened::Verdict { .. } => of_verdict(arena, happened),
        Happened::VerdictAmended { .. } => of_amended(arena, happened, at),
        Happened::Decided { .. } => of_decision(arena, happened, by?, at),
        Happened::VerdictTakenBack { .. } => of_taken_back(arena, happened, by?, at),
        _ => None,
    }
}

/// What a result tells when it is published: everybody's place, what he showed of each ability, the prizes, and those that went elsewhere since
/// it was published before.
pub fn of_results(arena: &Arena, at: Timestamp) -> Vec<Kept> {
    let mut told: Vec<Kept> = arena.board.everybody().map(|entry| of_result(arena, entry, at)).collect();
    told.extend(arena.board.everybody().flat_map(|entry| of_abilities(arena, entry, at)));
    let newest = Publication::of(arena, arena.position + 1, at);
    let all: Vec<&Publication> = arena.published.iter().chain([&newest]).collect();
    told.extend(of_prizes(arena, &all));
    let has = |given: &PrizeGiven| newest.prizes.iter().any(|other| given.is_same(other));
    if let Some(before) = arena.published.last() {
        let lost = before.given.iter().filter(|given| !has(given));
        let earlier: Vec<&Publication> = arena.published.iter().collect();
        for given in lost {
            told.extend(each_winner(arena, given, &earlier, |awarded| facts::award_lost(awarded, at)));
        }
    }
    told
}

/// The prizes that wait for nothing any more, of a result that is published. What was told before is told in the same words.
pub fn of_settled_prizes(arena: &Arena) -> Vec<Kept> {
    let Some(last) = arena.published.last() else { return Vec::new() };
    let now = Publication::of(arena, last.position, last.at);
    let all: Vec<&Publication> = arena.published.iter().chain([&now]).collect();
    of_prizes(arena, &all)
}

/// The prizes of the last one.
fn of_prizes(arena: &Arena, publications: &[&Publication]) -> Vec<Kept> {
    let Some(newest) = publications.last() else { return Vec::new() };
    let settled = newest.prizes.iter().filter(|given| given.waits_for.is_empty());
    settled.flat_map(|given| each_winner(arena, given, publications, facts::awarded)).collect()
}

fn each_winner(
    arena: &Arena,
    given: &PrizeGiven,
    publications: &[&Publication],
    tell: impl Fn(&facts::Awarded<'_>) -> Kept,
) -> Vec<Kept> {
    let plan = &arena.plan;
    // He has had it without a break since then.
    let since = publications.iter().rev().take_while(|it| it.prizes.iter().any(|other| given.is_same(other))).last();
    let Some(since) = since else { return Vec::new() };
    let (contest_name, prize_name): (Text, Text) = (plan.name.clone().into(), given.name.clone().into());
    let number = number_of(&plan.id, given);
    let won = |entry: &&Entry| match (&given.entry, &given.team) {
        (Some(winner), _) => entry.id == winner.0,
        (None, team) => team.is_some() && entry.team.as_ref() == team.as_ref().map(|team| &team.0),
    };
    let tell = |entry: &Entry| {
        tell(&facts::Awarded {
            contest: &plan.id,
            contest_name: &contest_name,
            person: &entry.person,
            prize: Named { code: &given.prize, name: &prize_name },
            group: given.group.as_deref(),
            team: given.team.as_ref().map(|team| team.0.as_str()),
            number: &number,
            at: since.at,
        })
    };
    plan.entries.iter().filter(won).map(tell).collect()
}

fn of_abilities(arena: &Arena, entry: EntryIx, at: Timestamp) -> Vec<Kept> {
    let (board, contest_name) = (&arena.board, Text::from(arena.plan.name.clone()));
    let abilities = board.scheme().ability_ixs().zip(board.scheme().abilities());
    // Of an ability that nobody marked him in nothing is known.
    let seen = abilities.filter(|(ix, _)| board.is_marked_in_ability(entry, *ix));
    let told = seen.map(|(ix, ability)| {
        facts::showed(&facts::Showed {
            contest: &arena.plan.id,
            contest_name: &contest_name,
            person: &arena.plan.entries[entry.index()].person,
            ability: Named { code: &ability.code, name: &ability.name },
            mark: board.ability_mark(entry, ix),
            max: ability.max,
            rank: board.ability_rank(entry, ix),
            field: board.ranking().len() as u32,
            at,
        })
    });
    told.collect()
}

fn of_result(arena: &Arena, entry: EntryIx, at: Timestamp) -> Kept {
    let (board, seat) = (&arena.board, &arena.plan.entries[entry.index()]);
    let (name, why): (Text, Text) = (arena.plan.name.clone().into(), board.why(entry));
    facts::ranked(&facts::Ranked {
        contest: &arena.plan.id,
        contest_name: &name,
        person: &seat.person,
        total: board.total(entry),
        max: board.scheme().max(),
        rank: board.rank(entry),
        group_rank: board.group_rank(entry),
        field: board.ranking().len() as u32,
        why: &why,
        at,
    })
}
