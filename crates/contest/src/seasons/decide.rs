//! Who goes on by the result as it stands, and what was offered before: read off the arena and the table each time.

use std::collections::BTreeMap;
use std::fmt::Write;

use kernel::{AdvanceId, ContestId, EntryId, PersonId, Text, Timestamp};
use marking::advance::{Outcome, Stands};
use marking::{AdvanceRule, Advanced, Candidate, EntryIx};
use sha2::{Digest, Sha256};
use store::{Row, StoreError, Tx, args};

use crate::arena::Arena;
use crate::event::ContestState;
use crate::sql;

/// A place that was offered, and what became of it.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub id: AdvanceId,
    pub entry: EntryId,
    pub target: ContestId,
    pub person: PersonId,
    /// His entry there; none once he has declined.
    pub seat: Option<EntryId>,
    /// The entry is there for this place; otherwise he had one before.
    pub made: bool,
    pub state: String,
    /// The fingerprint of the result by which it was offered.
    pub result: String,
    /// Why he went on, as it was said then.
    pub why: Text,
    pub replaces: Option<AdvanceId>,
    pub at: Timestamp,
    pub by: String,
    pub note: Option<String>,
}

impl Place {
    pub async fn all(tx: &mut Tx<'_>, contest: &ContestId) -> Result<Vec<Place>, StoreError> {
        tx.all(sql::ADVANCES, &args![contest]).await?.iter().map(Place::read).collect()
    }

    fn read(row: &Row) -> Result<Place, StoreError> {
        Ok(Place {
            id: row.get("id")?,
            entry: row.get("entry")?,
            target: row.get("target")?,
            person: row.get("person")?,
            seat: row.get("seat")?,
            made: row.get::<i64>("made")? == 1,
            state: row.get("state")?,
            result: row.get("result")?,
            why: Text { zh: row.get("why_zh")?, en: row.get("why_en")? },
            replaces: row.get("replaces")?,
            at: row.get("at")?,
            by: row.get("by_name")?,
            note: row.get("note")?,
        })
    }

    pub fn is_held(&self) -> bool {
        self.seat.is_some()
    }
}

/// What the result comes to for everybody, by group where the rule goes by groups.
pub(super) fn decide(arena: &Arena, rule: &AdvanceRule, places: &[Place]) -> Vec<Advanced<EntryIx>> {
    let organisations: BTreeMap<&str, u32> = {
        let all = arena.plan.entries.iter().map(|entry| entry.organisation.as_str());
        let mut known = BTreeMap::new();
        for id in all {
            let next = known.len() as u32;
            known.entry(id).or_insert(next);
        }
        known
    };
    let stands = |entry: EntryIx| {
        let id = &arena.plan.entries[entry.index()].id;
        match places.iter().find(|place| place.entry == *id) {
            Some(place) if place.is_held() => Stands::Offered,
            Some(_) => Stands::Declined,
            None => Stands::Open,
        }
    };
    let mut decided = Vec::new();
    for division in arena.board.divisions(rule.over) {
        let pool: Vec<Candidate<EntryIx, u32>> = (division.contenders.iter())
            .map(|one| Candidate {
                who: one.who,
                organisation: organisations
                    .get(arena.plan.entries[one.who.index()].organisation.as_str())
                    .copied()
                    .unwrap_or_default(),
                rank: one.rank.filter(|_| !one.withdrawn),
                total: one.total,
                practice: one.practice,
                theory: one.theory,
                time_ms: arena.board.score(one.who).elapsed_ms,
                stands: stands(one.who),
            })
            .collect();
        decided.extend(rule.decide(&pool));
    }
    decided
}

/// Everybody's rank and marks, as one text: by it a result is known again.
pub(super) fn fingerprint(arena: &Arena) -> String {
    let board = &arena.board;
    let mut lines: Vec<String> = (board.field().entry_ixs().zip(&arena.plan.entries))
        .map(|(ix, entry)| {
            let score = board.score(ix);
            let (rank, group_rank) = (board.rank(ix), board.group_rank(ix));
            let marks = (score.total, score.practice, score.theory, score.elapsed_ms, score.withdrawn);
            format!("{} {rank:?} {group_rank:?} {marks:?}", entry.id)
        })
        .collect();
    lines.sort_unstable();
    let text = lines.iter().fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{line}");
        text
    });
    hex::encode(Sha256::digest(text))
}

/// Why nobody can go on by this result now; `None` when it stands.
pub(super) fn unsettled(arena: &Arena) -> Option<Text> {
    if arena.state != ContestState::Final {
        return Some(Text::new("成绩尚未公布为最终结果", "The result is not final"));
    }
    let open = arena.appeals.open().count();
    (open > 0).then(|| Text::new(format!("有 {open} 件申诉尚未答复"), format!("Appeals without an answer: {open}")))
}

/// Why a place has to be looked at again; `None` where all is as it was.
pub(super) fn look_again(arena: &Arena, place: &Place, fingerprint: &str, now: &[Advanced<EntryIx>]) -> Option<Text> {
    if !place.is_held() {
        return None;
    }
    if let Some(says) = unsettled(arena) {
        return Some(Text::new(
            format!("晋级所依据的成绩又有变动：{}", says.zh),
            format!("The result by which he went on has been opened again: {}", says.en),
        ));
    }
    if place.result == fingerprint {
        return None;
    }
    let still =
        now.iter().any(|one| one.outcome == Outcome::Advances && arena.plan.entries[one.who.index()].id == place.entry);
    Some(match still {
        true => Text::new(
            "成绩更正过，按更正后的成绩仍可晋级，请确认保留",
            "The result was corrected; by it he still goes on: confirm that he keeps the place",
        ),
        false => Text::new(
            "成绩更正过，按更正后的成绩不再晋级，请决定去留",
            "The result was corrected; by it he would not go on any more: decide whether he keeps the place",
        ),
    })
}
