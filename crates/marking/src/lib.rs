//! A scheme and marks become results, rankings and their reasons.
//!
//! Who acts: an expert group writes a [`Scheme`] before the contest (modules → criteria → aspects, a criterion
//! in sub-criteria where it is long). Judges give values on a
//! tablet, the referee sends verdicts, a theory paper is imported; each of these is one [`Event`] with its position in the
//! contest's log. A [`Board`] takes events and always knows every mark, total, rank, and the sentence that explains a rank.
//!
//! Flow: `SchemeDraft::check` → [`Scheme`] · [`Field::new`] → [`Field`] · [`Board::new`] → [`Board::apply`] for each event →
//! [`Changes`], which name what a screen must show anew. [`Board::replay`] takes a whole log at once, for a restart.
//!
//! What a contest adds to its scheme is a [`ContestRules`]: prizes ([`prize`]), the open scale ([`scale`]), what is rechecked
//! ([`recheck`]), how blind numbers are drawn ([`draw`]), and the times, panels and signatures around them. These read a
//! board's [`Division`]s, photographs of a ranking, and can be done again by anybody who has the published ranks and marks.
//!
//! Invariants:
//! - Marks are integers in 1/100. An aspect's mark is rounded once, half away from zero; totals are sums and never round.
//! - Whether an event is refused depends on the scheme, the field and the event alone, never on what came before; and what
//!   stands afterwards depends on the set of events, never on the order or the number of their arrivals.
//! - One event touches one cell (entry × aspect), that entry's totals and the part of each ranking it moves through.
//! - This crate has no I/O, no clock, no randomness but published lots, no wire format.

pub mod advance;
pub mod board;
mod cell;
mod check;
pub mod division;
pub mod draft;
pub mod draw;
pub mod event;
pub mod field;
mod ladder;
pub mod measure;
pub mod prize;
pub mod recheck;
pub mod registration;
pub mod rule_set;
pub mod scale;
pub mod scheme;
mod sentence;
pub mod share;
pub mod value;

pub use advance::{AdvanceRule, Advanced, Candidate, ChainLink, Declined, Places, Stands, Ties};
pub use board::{
    AspectChange, Board, Changes, Distribution, Gap, RankChanges, RoundWanted, Score, SheetCount, TeamScore,
};
pub use cell::{AspectMark, AspectState, GivenMark, SeenVerdict};
pub use division::{Contender, Division, Over};
pub use draft::{
    AspectDraft, CriterionDraft, ModuleDraft, NamedDraft, RankingDraft, SchemeDraft, SchemeFault, SubCriterionDraft,
    TieDraft,
};
pub use draw::{DrawFault, DrawGroup, DrawRule, Drawn, DrawnLayer, DrawnLot, LayerRule, NumberForm};
pub use event::{Event, Outcome, Position, RunPhase, Standing};
pub use field::{EntryIx, EntrySeat, Field, FieldFault, TeamIx, TeamSeat};
pub use measure::Measure;
pub use prize::{
    Award, Condition, Edge, Medals, OpenAppeal, Part, Prize, PrizeKind, PrizeRule, PrizeTo, ShareOf, Vacant,
};
pub use recheck::{Choice, Chosen, Finding, RecheckOutcome, RecheckRule};
pub use registration::{
    Answer, AnswerFault, Answers, Applicant, Day, EligibilityRule, Eligible, Entrants, Examined, FieldChoice,
    FieldKind, FieldRule, Full, GroupCapacity, RegistrationRule, Taken, TeamSize, Waiting,
};
pub use rule_set::{
    AppealFrom, AppealRule, ContestRules, LevelPanel, MarkPanel, Misfit, Names, PanelRule, Publication, Recusal, Weight,
};
pub use scale::{OpenScale, Points, Scaled};
pub use scheme::{
    Ability, AbilityIx, Aspect, AspectIx, AspectKind, AspectType, Criterion, CriterionIx, Deduction, Group, GroupIx,
    Levels, Module, ModuleIx, Panel, Policy, Ranking, Scheme, StartsAt, Step, SubCriterion, SubCriterionIx, TeamRule,
    TeamTotal, TieBreak, Tolerance,
};
pub use share::{Rounding, Share};
pub use value::{GivenValue, Refusal, check_value};
