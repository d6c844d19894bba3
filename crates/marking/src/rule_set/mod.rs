//! What differs from contest to contest beside the scheme: prizes, scale, recheck, appeals, panels, draw, signatures, publication,
//! registration.
//!
//! Who acts: an organiser chooses a rule set before registration opens; it is shown beside the result. The scheme holds what is
//! marked and how equal totals are parted; the rule set holds what is done with the marks. A contest keeps the version
//! that it was published under, to the letter, so a later version never changes a result.
//!
//! Flow: the catalogue reads the file into a [`ContestRules`] → [`ContestRules::faults`] finds what contradicts itself →
//! [`ContestRules::check_against`] says how it fits a scheme. The shapes are plain: a rule set that was not checked may be
//! useless, but nothing here panics on it.

mod check;
mod fit;
mod registration;

use kernel::{Role, Text, Timestamp};

use crate::{DrawRule, OpenScale, PrizeRule, RecheckRule, RegistrationRule, SchemeFault, Share};

pub use fit::{Misfit, Weight};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContestRules {
    pub code: String,
    pub version: u32,
    pub title: Text,
    /// Of competitors and of teams; somebody may have a prize of each.
    pub prizes: Vec<PrizeRule>,
    /// Shown beside the marks; none where totals are shown alone.
    pub scale: Option<OpenScale>,
    pub recheck: RecheckRule,
    pub appeals: AppealRule,
    pub panels: PanelRule,
    pub draw: DrawRule,
    /// Who signs a result before it is published.
    pub signatures: Vec<Role>,
    pub publication: Publication,
    /// The most that theory may weigh in the total.
    pub theory_share_max: Option<Share>,
    /// How people come into the field by applying; none where nobody applies.
    pub registration: Option<RegistrationRule>,
}

/// Until when somebody may appeal, and until when he has his answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppealRule {
    /// After the end of the run that is appealed against.
    pub after_run_ms: Option<i64>,
    /// After the publication of the result.
    pub after_publication_ms: Option<i64>,
    pub answer_within_ms: i64,
    /// 1 or 2; the decision of the last one is final.
    pub instances: u32,
    /// After the first answer, for the second instance.
    pub second_within_ms: Option<i64>,
}

/// What an appeal's time runs from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AppealFrom {
    EndOfRun,
    Publication,
    FirstAnswer,
}

impl AppealRule {
    pub const INSTANCES_MOST: u32 = 2;

    /// The last moment at which an appeal is in time; none where the rules know no such appeal.
    pub fn deadline(&self, from: AppealFrom, at: Timestamp) -> Option<Timestamp> {
        let within_ms = match from {
            AppealFrom::EndOfRun => self.after_run_ms,
            AppealFrom::Publication => self.after_publication_ms,
            AppealFrom::FirstAnswer => self.second_within_ms.filter(|_| self.instances > 1),
        };
        within_ms.map(|within_ms| at.plus_millis(within_ms))
    }

    pub fn is_in_time(&self, from: AppealFrom, at: Timestamp, made: Timestamp) -> bool {
        self.deadline(from, at).is_some_and(|deadline| at <= made && made <= deadline)
    }

    /// When the answer is due.
    pub fn answer_by(&self, made: Timestamp) -> Timestamp {
        made.plus_millis(self.answer_within_ms)
    }
}

/// How panels are formed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelRule {
    /// Of aspects that are judged by levels.
    pub levels: LevelPanel,
    /// Of aspects for which each judge gives a mark.
    pub marks: MarkPanel,
    pub recusal: Recusal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LevelPanel {
    pub judges: u32,
    pub spread_max: u32,
    pub rounds_most: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MarkPanel {
    pub judges: u32,
    pub drop_extremes: bool,
}

/// Whose competitors a judge doesn't mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Recusal {
    /// Those of his own union.
    pub union: bool,
    /// Those of his own enterprise.
    pub enterprise: bool,
}

impl Recusal {
    pub const fn bars(self, same_union: bool, same_enterprise: bool) -> bool {
        self.union && same_union || self.enterprise && same_enterprise
    }
}

/// What the public sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Publication {
    pub names: Names,
    /// The public board stops so long before the end; none where it doesn't.
    pub freeze_before_end_ms: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Names {
    Published,
    /// Blind numbers, for ever.
    NumbersOnly,
}

impl Names {
    pub const ALL: [Names; 2] = [Names::Published, Names::NumbersOnly];

    pub const fn code(self) -> &'static str {
        match self {
            Names::Published => "names",
            Names::NumbersOnly => "numbers",
        }
    }
}

impl ContestRules {
    /// Who can sign a result.
    pub const SIGNERS: [Role; 3] = [Role::ChiefJudge, Role::Supervisor, Role::Organiser];

    /// Everything in which the rule set contradicts itself, by its path in the rule-set file.
    pub fn faults(&self) -> Vec<SchemeFault> {
        check::faults(self)
    }

    /// How the rule set and a scheme fit each other; paths are those of the rule set.
    pub fn check_against(&self, scheme: &crate::Scheme) -> Vec<Misfit> {
        fit::check(self, scheme)
    }
}
