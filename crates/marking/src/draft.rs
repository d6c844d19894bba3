//! A scheme as somebody wrote it. [`SchemeDraft::check`] finds every fault at once, each with its path in the shape of the
//! scheme file (`modules[0].criteria[1].aspects[2].max`), so that the catalogue can point at a line.

use kernel::{Mark, Suggestion, Text};

use crate::{AspectKind, Scheme, TeamRule};

/// The scheme file's `modules`, `abilities`, `groups`, `ranking` and `teams`, unchecked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemeDraft {
    pub code: String,
    pub version: u32,
    pub title: Text,
    pub abilities: Vec<NamedDraft>,
    pub groups: Vec<NamedDraft>,
    pub modules: Vec<ModuleDraft>,
    pub ranking: RankingDraft,
    pub teams: TeamRule,
}

/// An ability or a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedDraft {
    pub code: String,
    pub name: Text,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleDraft {
    pub code: String,
    pub name: Text,
    pub minutes: Option<u32>,
    pub criteria: Vec<CriterionDraft>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CriterionDraft {
    pub code: String,
    pub name: Text,
    pub aspects: Vec<AspectDraft>,
    /// In the place of its aspects; `None` where nothing of the kind is written.
    pub sub_criteria: Option<Vec<SubCriterionDraft>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubCriterionDraft {
    pub code: String,
    pub name: Text,
    pub aspects: Vec<AspectDraft>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AspectDraft {
    pub code: String,
    pub name: Text,
    pub max: Mark,
    /// Codes of abilities.
    pub abilities: Vec<String>,
    pub kind: AspectKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankingDraft {
    pub ties: Vec<TieDraft>,
    pub shared: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TieDraft {
    /// A module's code.
    Module(String),
    Practice,
    Theory,
    Time,
}

/// One thing that is wrong with a scheme, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemeFault {
    pub path: String,
    pub says: Text,
    /// Its replacement is for the whole value at the path.
    pub suggestion: Suggestion,
}

impl std::fmt::Display for SchemeFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}{}", self.path, self.says.en, self.suggestion)
    }
}
impl std::error::Error for SchemeFault {}

impl SchemeDraft {
    /// Every aspect with its path, in the order of the file.
    pub fn aspects(&self) -> impl Iterator<Item = (String, &AspectDraft)> {
        let modules = self.modules.iter().enumerate();
        modules.flat_map(|(m, module)| {
            let criteria = module.criteria.iter().enumerate();
            criteria.flat_map(move |(c, criterion)| criterion.below(format!("modules[{m}].criteria[{c}]")))
        })
    }

    /// The checked scheme, or every fault in the order of the file.
    pub fn check(self) -> Result<Scheme, Vec<SchemeFault>> {
        crate::check::check(self)
    }
}

impl CriterionDraft {
    fn below(&self, path: String) -> impl Iterator<Item = (String, &AspectDraft)> {
        let own = listed(&self.aspects, path.clone());
        let parts = self.sub_criteria.iter().flatten().enumerate();
        own.chain(parts.flat_map(move |(s, part)| listed(&part.aspects, format!("{path}.sub_criteria[{s}]"))))
    }
}

fn listed(aspects: &[AspectDraft], path: String) -> impl Iterator<Item = (String, &AspectDraft)> {
    aspects.iter().enumerate().map(move |(a, aspect)| (format!("{path}.aspects[{a}]"), aspect))
}
