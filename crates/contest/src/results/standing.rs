//! The result of a contest as it is signed and published: everybody's marks, totals, rank with its reason, and prize.
//!
//! It is worked out from the [`Arena`] alone and written the same way each time: whoever folds the published log has the same bytes, and
//! their digest is what is signed. Nothing in it changes when the contest becomes final.

use std::borrow::Cow;
use std::collections::BTreeMap;

use marking::{AspectState, Award, Board, EntryIx, Over, Points, PrizeTo, TeamIx};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use web::wire::{ContestId, EntryId, Mark, TeamId, Text};

use crate::appeals::at_stake;
use crate::arena::{Arena, CorrectionNow};
use crate::event::Because;
use crate::plan::Plan;
use crate::recheck::{self, RecheckSaid};

/// The shape and its version.
pub const FORMAT: &str = "guildhall/results/1";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// `guildhall/results/1`.
    pub format: String,
    pub contest: ContestId,
    pub name: Text,
    pub scheme: Source,
    /// By which prizes are given; null where the contest has none.
    #[schema(required = true)]
    pub rule_set: Option<Source>,
    /// What it lacked of its rule set's demands when it was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_without: Option<OpenedSaid>,
    /// Best first; who has no mark stands last.
    pub entries: Vec<EntryResult>,
    /// Best first.
    pub teams: Vec<TeamResult>,
    /// In the order of the rule set, each the best prize first.
    pub prizes: Vec<PrizeGiven>,
    /// How it was rechecked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recheck: Option<RecheckSaid>,
    /// Marks that a recheck or an appeal has set, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<CorrectionSaid>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionSaid {
    pub entry: EntryId,
    pub aspect: String,
    #[schema(required = true)]
    pub was: Option<Mark>,
    pub marks: Mark,
    pub because: Because,
    pub reason: String,
}

/// A contest that was opened although it lacked something that its rule set declares.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenedSaid {
    /// Entries that no lots were drawn for.
    pub undrawn: u32,
    /// Teams with fewer members than the rule set's least.
    pub small_teams: u32,
    pub reason: String,
}

/// A file of the catalogue, as it was when the contest was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub id: String,
    pub version: u32,
    /// SHA-256 of its text, in hexadecimal.
    pub hash: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryResult {
    pub entry: EntryId,
    /// The blind number.
    pub no: String,
    pub group: String,
    #[schema(required = true)]
    pub team: Option<TeamId>,
    /// Null: no marks, or withdrawn.
    #[schema(required = true)]
    pub rank: Option<u32>,
    #[schema(required = true)]
    pub group_rank: Option<u32>,
    pub total: Mark,
    pub practice: Mark,
    pub theory: Mark,
    #[schema(required = true)]
    pub time_ms: Option<u64>,
    /// On the scale of the rule set, where it has one and he is ranked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<String>,
    /// By the modules' codes.
    pub modules: BTreeMap<String, Mark>,
    /// By the abilities' codes.
    pub abilities: BTreeMap<String, Mark>,
    /// By the aspects' codes, of those that have one.
    pub aspects: BTreeMap<String, Mark>,
    /// Those of them that were entered by hand, because there was no equipment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by_hand: Vec<String>,
    /// What decided the rank.
    pub why: Text,
    /// What decided the rank within the group.
    pub why_in_group: Text,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamResult {
    pub team: TeamId,
    pub name: Text,
    #[schema(required = true)]
    pub rank: Option<u32>,
    pub total: Mark,
    #[schema(required = true)]
    pub time_ms: Option<u64>,
    pub why: Text,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrizeGiven {
    /// Its code in the rule set.
    pub prize: String,
    pub name: Text,
    /// The group within which it is given; null for the whole field.
    #[schema(required = true)]
    pub group: Option<String>,
    #[schema(required = true)]
    pub rank: Option<u32>,
    /// On the scale, where there is one.
    #[schema(required = true)]
    pub points: Option<String>,
    /// One of the two.
    #[schema(required = true)]
    pub entry: Option<EntryId>,
    #[schema(required = true)]
    pub team: Option<TeamId>,
    pub why: Text,
    /// Entries or teams whose open appeals may still change it: it waits for them, and isn't given yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waits_for: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Text>,
}

impl PrizeGiven {
    /// The same prize for the same winner, whatever it waits for.
    pub fn is_same(&self, other: &PrizeGiven) -> bool {
        (&self.prize, &self.group, &self.entry, &self.team) == (&other.prize, &other.group, &other.entry, &other.team)
    }
}

impl Standing {
    pub fn of(arena: &Arena) -> Standing {
        let signed = signed(arena);
        let (plan, board) = (&arena.plan, &*signed);
        let scheme = &plan.scheme.scheme;
        let points = points(arena);
        Standing {
            format: FORMAT.to_owned(),
            contest: plan.id.clone().into(),
            name: plan.name.clone(),
            scheme: Source { id: scheme.code().to_owned(), version: scheme.version(), hash: plan.scheme.hash.clone() },
            rule_set: plan.rule_set.as_ref().map(|loaded| Source {
                id: loaded.rules.code.clone(),
                version: loaded.rules.version,
                hash: loaded.hash.clone(),
            }),
            opened_without: arena.opened_without.as_ref().map(|without| OpenedSaid {
                undrawn: without.lacks.undrawn,
                small_teams: without.lacks.small_teams,
                reason: without.reason.clone(),
            }),
            entries: board
                .everybody()
                .map(|entry| entry_result(arena, board, points.get(entry.index()), entry))
                .collect(),
            teams: board.team_ranking().map(|team| team_result(arena, board, team)).collect(),
            prizes: prizes_on(arena, board),
            recheck: recheck::said(arena),
            corrections: arena.corrections.iter().map(|it| correction(arena, it)).collect(),
        }
    }

    /// As it is published and signed.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// What a signature is given for: SHA-256 of the bytes, in hexadecimal.
    pub fn digest(&self) -> String {
        hex::encode(Sha256::digest(self.to_bytes()))
    }
}

/// The board as it was signed. Where names are shown only once the result is final, its sentences speak of numbers for ever.
fn signed(arena: &Arena) -> Cow<'_, Board> {
    let plan = &arena.plan;
    if plan.blind || !plan.disclosure.signs_numbers() {
        return Cow::Borrowed(&arena.board);
    }
    let numbers = plan.entries.iter().map(|entry| entry.no.clone()).collect();
    let teams = (0..plan.teams.len()).map(|at| Plan::team_number(at).into()).collect();
    Cow::Owned(arena.board.called(numbers, teams))
}

/// Everybody's points on the scale of the rule set, by the indices of the field; none at all without a scale.
pub fn points(arena: &Arena) -> Vec<Option<Points>> {
    let scale = arena.plan.rule_set.as_ref().and_then(|loaded| loaded.rules.scale);
    scale.map(|scale| arena.board.points_on(scale)).unwrap_or_default()
}

fn entry_result(arena: &Arena, board: &Board, points: Option<&Option<Points>>, entry: EntryIx) -> EntryResult {
    let seat = &arena.plan.entries[entry.index()];
    let (scheme, score) = (board.scheme(), board.score(entry));
    let aspects = scheme.aspect_ixs().zip(scheme.aspects()).filter_map(|(ix, aspect)| {
        let now = board.aspect(entry, ix);
        let mark = now.mark.filter(|_| now.state == AspectState::Marked)?;
        Some((aspect.code.clone(), Mark(mark)))
    });
    EntryResult {
        entry: seat.id.clone().into(),
        no: seat.no.clone(),
        group: seat.group.clone(),
        team: seat.team.clone().map(Into::into),
        rank: board.rank(entry),
        group_rank: board.group_rank(entry),
        total: Mark(score.total),
        practice: Mark(score.practice),
        theory: Mark(score.theory),
        time_ms: score.elapsed_ms,
        points: points.copied().flatten().map(|points| points.to_string()),
        modules: (scheme.modules().iter().zip(board.module_marks(entry)))
            .map(|(module, mark)| (module.code.clone(), Mark(mark)))
            .collect(),
        abilities: (scheme.ability_ixs())
            .filter_map(|ix| Some((scheme.ability(ix)?.code.clone(), Mark(board.ability_mark(entry, ix)))))
            .collect(),
        aspects: aspects.collect(),
        by_hand: (scheme.aspect_ixs().zip(scheme.aspects()))
            .filter(|(ix, _)| board.aspect(entry, *ix).mark.is_some() && arena.entered_by_hand(entry, *ix))
            .map(|(_, aspect)| aspect.code.clone())
            .collect(),
        why: board.why(entry).into(),
        why_in_group: board.why_in_group(entry).into(),
    }
}

fn team_result(arena: &Arena, board: &Board, team: TeamIx) -> TeamResult {
    let named = &arena.plan.teams[team.index()];
    let score = board.team(team);
    TeamResult {
        team: named.id.clone().into(),
        name: board.field().team(team).map(|seat| seat.name.clone().into()).unwrap_or_default(),
        rank: board.team_rank(team),
        total: Mark(score.total),
        time_ms: score.elapsed_ms,
        why: board.why_team(team).into(),
    }
}

fn correction(arena: &Arena, it: &CorrectionNow) -> CorrectionSaid {
    let aspect = arena.board.scheme().aspect(it.aspect).map(|aspect| aspect.code.clone()).unwrap_or_default();
    CorrectionSaid {
        entry: arena.plan.entries[it.entry.index()].id.clone().into(),
        aspect,
        was: it.was.map(Mark),
        marks: Mark(it.marks),
        because: it.because.clone(),
        reason: it.reason.clone(),
    }
}

/// Who has which prize, and what waits for an appeal.
pub fn prizes(arena: &Arena) -> Vec<PrizeGiven> {
    prizes_on(arena, &arena.board)
}

fn prizes_on(arena: &Arena, board: &Board) -> Vec<PrizeGiven> {
    let Some(rule_set) = &arena.plan.rule_set else { return Vec::new() };
    let (entries_open, teams_open) = at_stake(arena);
    let entry_id = |entry: EntryIx| arena.plan.entries[entry.index()].id.clone();
    let team_id = |team: TeamIx| arena.plan.teams[team.index()].id.clone();
    let mut given = Vec::new();
    for rule in &rule_set.rules.prizes {
        let named = rule.prizes();
        let mut of_rule: Vec<(usize, PrizeGiven)> = Vec::new();
        let mut give = |group: Option<String>, awarded: Awarded| {
            let Some(prize) = awarded.prize.and_then(|at| Some((at, *named.get(at)?))) else { return };
            let (at, prize) = prize;
            of_rule.push((
                at,
                PrizeGiven {
                    prize: prize.code.clone(),
                    name: prize.name.clone().into(),
                    group,
                    rank: awarded.rank,
                    points: awarded.points,
                    entry: awarded.entry,
                    team: awarded.team,
                    why: awarded.why,
                    waits_for: awarded.waits_for,
                    waiting: awarded.waiting,
                },
            ));
        };
        match rule.to {
            PrizeTo::Competitors => {
                for division in board.divisions(rule.over) {
                    let group = group_of(board, rule.over, division.group);
                    for award in rule.allocate(&division, &entries_open) {
                        let entry = Some(entry_id(award.who).into());
                        give(group.clone(), Awarded { entry, ..Awarded::of(&award, |who| entry_id(who).into()) });
                    }
                }
            }
            PrizeTo::Teams => {
                for award in rule.allocate(&board.team_division(), &teams_open) {
                    let team = Some(team_id(award.who).into());
                    give(None, Awarded { team, ..Awarded::of(&award, |who| team_id(who).into()) });
                }
            }
        }
        of_rule.sort_by_key(|(at, _)| *at);
        given.extend(of_rule.into_iter().map(|(_, prize)| prize));
    }
    given
}

fn group_of(board: &Board, over: Over, group: Option<marking::GroupIx>) -> Option<String> {
    match over {
        Over::WholeField => None,
        Over::EachGroup => {
            Some(group.and_then(|ix| board.scheme().group(ix)).map_or_else(String::new, |it| it.code.clone()))
        }
    }
}

/// An award, whoever gets it.
#[derive(Default)]
struct Awarded {
    prize: Option<usize>,
    rank: Option<u32>,
    points: Option<String>,
    entry: Option<EntryId>,
    team: Option<TeamId>,
    why: Text,
    waits_for: Vec<String>,
    waiting: Option<Text>,
}

impl Awarded {
    fn of<W: Copy>(award: &Award<W>, id: impl Fn(W) -> String) -> Awarded {
        Awarded {
            prize: award.prize,
            rank: award.rank,
            points: award.points.map(|points| points.to_string()),
            why: award.reason.clone().into(),
            waits_for: award.waits_for.iter().map(|who| id(*who)).collect(),
            waiting: award.waiting.clone().map(Into::into),
            ..Awarded::default()
        }
    }
}
