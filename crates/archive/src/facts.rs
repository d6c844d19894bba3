//! What a contest tells the archive, from plain values: a mark, a verdict, a decision about it, a result.
//!
//! The actor is always the competitor, because the log is read by person. Who judged is the instructor. Ids come from
//! the things' own ids, so that telling twice is harmless.

use kernel::{ContestId, Mark, MarkId, PersonId, RunId, Text, Timestamp, VerdictId};
use sha2::{Digest, Sha256};
use xapi::{Activity, Score, Statement, Uuid, hall_activity, hall_person, verbs};

/// A code with its name, as a scheme has them.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    pub code: &'a str,
    pub name: &'a Text,
}

/// Where in a contest something was judged.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub contest: &'a ContestId,
    pub contest_name: &'a Text,
    pub module: Named<'a>,
    pub aspect: Named<'a>,
    pub abilities: &'a [Named<'a>],
    pub run: &'a RunId,
}

impl Place<'_> {
    /// Adds the module, the contest and the abilities to a statement about the aspect.
    fn around(&self, statement: Statement) -> Statement {
        let module = activity(self.contest, "module", self.module);
        let contest = hall_activity(&format!("contest:{}", self.contest), "contest", self.contest_name);
        let placed = statement.with_parent(module).with_grouping(contest).with_fact("run", self.run.as_str());
        self.abilities
            .iter()
            .fold(placed, |placed, ability| placed.with_category(activity(self.contest, "ability", *ability)))
    }

    fn aspect(&self) -> Activity {
        activity(self.contest, "aspect", self.aspect)
    }
}

fn activity(contest: &ContestId, kind: &str, named: Named<'_>) -> Activity {
    hall_activity(&format!("contest:{contest}:{kind}:{}", named.code), kind, named.name)
}

/// The statement id of a thing of the hall: the same for the same thing, for ever.
pub fn statement_id(kind: &str, id: &str) -> Uuid {
    Uuid::from_digest(&Sha256::digest(format!("guildhall/{kind}/{id}")).into())
}

/// A judge's mark for a competitor on an aspect. With `replaces` it is a correction.
#[derive(Debug, Clone, Copy)]
pub struct Marked<'a> {
    pub mark: &'a MarkId,
    pub place: Place<'a>,
    pub person: &'a PersonId,
    /// `None` for an imported mark.
    pub judge: Option<&'a PersonId>,
    pub round: u32,
    pub given: Mark,
    pub max: Mark,
    pub note: Option<&'a str>,
    pub replaces: Option<&'a MarkId>,
    pub reason: Option<&'a str>,
    pub at: Timestamp,
}

pub fn marked(it: &Marked<'_>) -> Statement {
    let verb = if it.replaces.is_some() { verbs::WAS_CORRECTED } else { verbs::WAS_MARKED };
    let id = statement_id("mark", it.mark.as_str());
    let mut statement = Statement::new(id, hall_person(it.person), verb, it.place.aspect(), it.at)
        .with_score(Score::of_mark(it.given, it.max))
        .with_fact("mark", it.mark.as_str())
        .with_fact("round", it.round);
    if let Some(words) = it.reason.or(it.note) {
        statement = statement.with_response(words);
    }
    if let Some(judge) = it.judge {
        statement = statement.with_instructor(hall_person(judge));
    }
    if let Some(replaced) = it.replaces {
        statement = statement.with_earlier(statement_id("mark", replaced.as_str()));
    }
    it.place.around(statement)
}

/// A mark that was set by a recheck, or on appeal, after it stood.
#[derive(Debug, Clone, Copy)]
pub struct Corrected<'a> {
    pub mark: &'a MarkId,
    pub place: Place<'a>,
    pub person: &'a PersonId,
    pub by: &'a PersonId,
    pub marks: Mark,
    pub max: Mark,
    /// As it stood.
    pub was: Option<Mark>,
    /// The correction before this one.
    pub before: Option<&'a MarkId>,
    /// `recheck` or `appeal`.
    pub because: &'a str,
    pub reason: &'a str,
    pub at: Timestamp,
}

pub fn corrected(it: &Corrected<'_>) -> Statement {
    let id = statement_id("mark", it.mark.as_str());
    let mut statement = Statement::new(id, hall_person(it.person), verbs::WAS_CORRECTED, it.place.aspect(), it.at)
        .with_score(Score::of_mark(it.marks, it.max))
        .with_instructor(hall_person(it.by))
        .with_response(it.reason)
        .with_fact("mark", it.mark.as_str())
        .with_fact("because", it.because);
    if let Some(was) = it.was {
        statement = statement.with_fact("was", was.to_string());
    }
    if let Some(before) = it.before {
        statement = statement.with_earlier(statement_id("mark", before.as_str()));
    }
    it.place.around(statement)
}

/// What the smart referee found. Undecided has no success.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'a> {
    pub verdict: &'a VerdictId,
    pub place: Place<'a>,
    pub person: &'a PersonId,
    pub rule: &'a str,
    /// Met, missed, or undecided.
    pub met: Option<bool>,
    /// Signed: deductions are negative.
    pub marks: Mark,
    pub max: Mark,
    pub sentence: &'a Text,
    /// When it happened on the equipment.
    pub at: Timestamp,
}

pub fn judged(it: &Judged<'_>) -> Statement {
    let id = statement_id("verdict", it.verdict.as_str());
    let mut statement = Statement::new(id, hall_person(it.person), verbs::WAS_JUDGED, it.place.aspect(), it.at)
        .with_response(it.sentence.zh.as_str())
        .with_fact("verdict", it.verdict.as_str())
        .with_fact("rule", it.rule)
        .with_fact("sentence-en", it.sentence.en.as_str());
    if let Some(met) = it.met {
        // A deduction has no maximum that it could be scaled by.
        let max = if it.marks < Mark::ZERO { Mark::ZERO } else { it.max };
        statement = statement.with_success(met).with_score(Score::of_mark(it.marks, max));
    }
    it.place.around(statement)
}

/// A person's word on a verdict.
#[derive(Debug, Clone, Copy)]
pub struct Decided<'a> {
    pub verdict: &'a VerdictId,
    pub place: Place<'a>,
    pub person: &'a PersonId,
    pub by: &'a PersonId,
    pub confirmed: bool,
    pub reason: Option<&'a str>,
    pub at: Timestamp,
}

pub fn decided(it: &Decided<'_>) -> Statement {
    let verb = if it.confirmed { verbs::WAS_CONFIRMED } else { verbs::WAS_REJECTED };
    let id = statement_id("decision", it.verdict.as_str());
    let mut statement = Statement::new(id, hall_person(it.person), verb, it.place.aspect(), it.at)
        .with_instructor(hall_person(it.by))
        .with_earlier(statement_id("verdict", it.verdict.as_str()))
        .with_fact("verdict", it.verdict.as_str());
    if let Some(reason) = it.reason {
        statement = statement.with_response(reason);
    }
    it.place.around(statement)
}

/// A verdict that counted counts no longer: the chief judge took it back.
#[derive(Debug, Clone, Copy)]
pub struct TakenBack<'a> {
    pub verdict: &'a VerdictId,
    pub place: Place<'a>,
    pub person: &'a PersonId,
    pub by: &'a PersonId,
    pub reason: &'a str,
    pub at: Timestamp,
}

pub fn taken_back(it: &TakenBack<'_>) -> Statement {
    let id = statement_id("taken-back", it.verdict.as_str());
    let statement = Statement::new(id, hall_person(it.person), verbs::WAS_TAKEN_BACK, it.place.aspect(), it.at)
        .with_instructor(hall_person(it.by))
        .with_earlier(statement_id("verdict", it.verdict.as_str()))
        .with_fact("verdict", it.verdict.as_str())
        .with_response(it.reason);
    it.place.around(statement)
}

/// A verdict never held: the referee found it when samples came late.
#[derive(Debug, Clone, Copy)]
pub struct Amended<'a> {
    pub verdict: &'a VerdictId,
    pub place: Place<'a>,
    pub person: &'a PersonId,
    pub because: &'a Text,
    pub at: Timestamp,
}

pub fn amended(it: &Amended<'_>) -> Statement {
    let id = statement_id("amended", it.verdict.as_str());
    let statement = Statement::new(id, hall_person(it.person), verbs::WAS_TAKEN_BACK, it.place.aspect(), it.at)
        .with_earlier(statement_id("verdict", it.verdict.as_str()))
        .with_fact("verdict", it.verdict.as_str())
        .with_response(it.because.zh.as_str())
        .with_fact("because-en", it.because.en.as_str());
    it.place.around(statement)
}

/// A competitor's result when the contest is final.
#[derive(Debug, Clone, Copy)]
pub struct Ranked<'a> {
    pub contest: &'a ContestId,
    pub contest_name: &'a Text,
    pub person: &'a PersonId,
    /// None for who has no mark.
    pub rank: Option<u32>,
    pub group_rank: Option<u32>,
    /// How many were ranked.
    pub field: u32,
    pub total: Mark,
    pub max: Mark,
    /// The sentence that says what decided the rank.
    pub why: &'a Text,
    pub at: Timestamp,
}

pub fn ranked(it: &Ranked<'_>) -> Statement {
    let contest = hall_activity(&format!("contest:{}", it.contest), "contest", it.contest_name);
    let id = statement_id("result", &format!("{}/{}/{}", it.contest, it.person, it.at.as_millis()));
    let mut statement = Statement::new(id, hall_person(it.person), verbs::WAS_RANKED, contest, it.at)
        .with_score(Score::of_mark(it.total, it.max))
        .with_response(it.why.zh.as_str())
        .with_fact("why-en", it.why.en.as_str())
        .with_fact("field", it.field);
    for (name, rank) in [("rank", it.rank), ("group-rank", it.group_rank)] {
        if let Some(rank) = rank {
            statement = statement.with_fact(name, rank);
        }
    }
    statement
}

/// A prize of a published result. Nothing in it changes while the winner keeps it, so that telling it again is harmless.
#[derive(Debug, Clone, Copy)]
pub struct Awarded<'a> {
    pub contest: &'a ContestId,
    pub contest_name: &'a Text,
    pub person: &'a PersonId,
    pub prize: Named<'a>,
    pub group: Option<&'a str>,
    /// Whose prize it is, for each of a team.
    pub team: Option<&'a str>,
    /// Of its certificate.
    pub number: &'a str,
    /// When the result was published that gave it first.
    pub at: Timestamp,
}

impl Awarded<'_> {
    fn id(&self) -> Uuid {
        statement_id("award", &format!("{}/{}/{}", self.number, self.person, self.at.as_millis()))
    }

    fn around(&self, statement: Statement) -> Statement {
        let contest = hall_activity(&format!("contest:{}", self.contest), "contest", self.contest_name);
        let mut statement = statement.with_parent(contest).with_fact("certificate", self.number);
        for (name, value) in [("group", self.group), ("team", self.team)] {
            if let Some(value) = value {
                statement = statement.with_fact(name, value);
            }
        }
        statement
    }
}

pub fn awarded(it: &Awarded<'_>) -> Statement {
    let prize = activity(it.contest, "prize", it.prize);
    it.around(Statement::new(it.id(), hall_person(it.person), verbs::WAS_AWARDED, prize, it.at))
}

/// The prize went elsewhere when the result was published again.
pub fn award_lost(it: &Awarded<'_>, lost_at: Timestamp) -> Statement {
    let id = statement_id("award-lost", &it.id().to_string());
    let prize = activity(it.contest, "prize", it.prize);
    let lost = Statement::new(id, hall_person(it.person), verbs::LOST_AWARD, prize, lost_at);
    it.around(lost.with_earlier(it.id()))
}

/// What a competitor showed of an ability, in a result that is published.
#[derive(Debug, Clone, Copy)]
pub struct Showed<'a> {
    pub contest: &'a ContestId,
    pub contest_name: &'a Text,
    pub person: &'a PersonId,
    pub ability: Named<'a>,
    pub mark: Mark,
    pub max: Mark,
    pub rank: Option<u32>,
    /// How many were ranked.
    pub field: u32,
    pub at: Timestamp,
}

pub fn showed(it: &Showed<'_>) -> Statement {
    let contest = hall_activity(&format!("contest:{}", it.contest), "contest", it.contest_name);
    let told = format!("{}/{}/{}/{}", it.contest, it.person, it.ability.code, it.at.as_millis());
    let ability = activity(it.contest, "ability", it.ability);
    let statement =
        Statement::new(statement_id("ability", &told), hall_person(it.person), verbs::SHOWED_ABILITY, ability, it.at)
            .with_score(Score::of_mark(it.mark, it.max))
            .with_parent(contest)
            .with_fact("field", it.field);
    match it.rank {
        Some(rank) => statement.with_fact("rank", rank),
        None => statement,
    }
}
