//! What is marked, and how: the checked form. It can only be had from [`SchemeDraft::check`](crate::SchemeDraft::check), so
//! that every index in it points at something and every bound holds.

use kernel::{Mark, Text};
use rustc_hash::FxHashMap;

use crate::Measure;

macro_rules! indices {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}
pub(crate) use indices;

indices! {
    /// A module's place in the scheme.
    ModuleIx;
    /// A criterion's place, counted through all modules.
    CriterionIx;
    /// A sub-criterion's place, counted through all modules.
    SubCriterionIx;
    /// An aspect's place, counted through all modules.
    AspectIx;
    /// An ability's place in the scheme.
    AbilityIx;
    /// A group's place in the scheme.
    GroupIx;
}

/// A part of the contest with its own time, e.g. "B: electrical installation".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    pub code: String,
    pub name: Text,
    /// Time allowed, where it is limited.
    pub minutes: Option<u32>,
    pub max: Mark,
    /// Its criteria and aspects stand side by side in the scheme's lists.
    pub criteria: std::ops::Range<u32>,
    pub aspects: std::ops::Range<u32>,
}

/// A heading over aspects that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criterion {
    pub code: String,
    pub name: Text,
    pub module: ModuleIx,
    /// The parts in which all of its aspects stand; empty where they stand below it directly.
    pub sub_criteria: std::ops::Range<u32>,
    pub aspects: std::ops::Range<u32>,
    pub max: Mark,
}

/// A part of a criterion that is divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubCriterion {
    pub code: String,
    pub name: Text,
    pub criterion: CriterionIx,
    pub aspects: std::ops::Range<u32>,
    pub max: Mark,
}

/// The smallest thing that gets a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aspect {
    pub code: String,
    pub name: Text,
    pub module: ModuleIx,
    pub criterion: CriterionIx,
    /// `None` where its criterion isn't divided.
    pub sub_criterion: Option<SubCriterionIx>,
    pub max: Mark,
    /// At least one. The aspect's whole mark counts for each of them, so abilities overlap and don't add up to the total.
    pub abilities: Vec<AbilityIx>,
    pub kind: AspectKind,
}

/// How an aspect gets its mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AspectKind {
    /// Measurement: full mark or nothing.
    YesNo,
    /// Measurement: the nearer to the target, the more.
    Tolerance(Tolerance),
    /// Measurement: the sum of the steps that were met.
    Steps(Vec<Step>),
    /// Measurement: the maximum less what was found wrong, never below zero.
    Deductions(Vec<Deduction>),
    /// Judgement: levels 0 to 3 in words; mark = mean level / 3 × maximum.
    Levels(Levels),
    /// Judgement: each judge gives a mark; mean, without the extremes where so ruled.
    Panel(Panel),
    /// The referee's verdicts, or a judge's mark by hand in their place.
    Automatic { policy: Policy, starts_at: StartsAt },
    /// An imported mark of a theory paper.
    Theory,
}

impl AspectKind {
    pub const fn aspect_type(&self) -> AspectType {
        match self {
            AspectKind::YesNo | AspectKind::Tolerance(_) | AspectKind::Steps(_) | AspectKind::Deductions(_) => {
                AspectType::Measurement
            }
            AspectKind::Levels(_) | AspectKind::Panel(_) => AspectType::Judgement,
            AspectKind::Automatic { .. } => AspectType::Automatic,
            AspectKind::Theory => AspectType::Theory,
        }
    }

    /// How many judges must mark it before it has a mark. None for what the referee or an import marks.
    pub const fn judges(&self) -> u32 {
        match self {
            AspectKind::YesNo | AspectKind::Tolerance(_) | AspectKind::Steps(_) | AspectKind::Deductions(_) => 1,
            AspectKind::Levels(levels) => levels.judges,
            AspectKind::Panel(panel) => panel.judges,
            AspectKind::Automatic { policy: Policy::Automatic | Policy::Confirm, .. } => 0,
            // Nobody counts the verdicts: a judge marks by hand.
            AspectKind::Automatic { policy: Policy::Shadow | Policy::Off, .. } => 1,
            AspectKind::Theory => 0,
        }
    }
}

/// The four types of the published rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AspectType {
    Measurement,
    Judgement,
    Automatic,
    Theory,
}

impl AspectType {
    pub const fn code(self) -> &'static str {
        match self {
            AspectType::Measurement => "measurement",
            AspectType::Judgement => "judgement",
            AspectType::Automatic => "automatic",
            AspectType::Theory => "theory",
        }
    }
}

/// With `d = |value − target|`: the maximum for `d ≤ full`, zero for `d ≥ zero`, linear between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tolerance {
    pub unit: String,
    pub target: Measure,
    pub full: Measure,
    pub zero: Measure,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub code: String,
    pub name: Text,
    pub marks: Mark,
}

/// `marks` come off for each time it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deduction {
    pub code: String,
    pub name: Text,
    pub marks: Mark,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Levels {
    /// What 0, 1, 2 and 3 mean, in words; exactly four in a checked scheme.
    pub levels: Vec<Text>,
    pub judges: u32,
    /// Greatest difference between two judges that needs no second round.
    pub spread_max: u32,
    /// The round whose result stands whatever its spread, so that nobody talks for ever; 2 where the rules say nothing.
    pub rounds_most: u32,
}

impl Levels {
    pub const LEVEL_MOST: u32 = 3;
    pub const ROUNDS_MOST: u32 = 2;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panel {
    pub judges: u32,
    /// One highest and one lowest mark don't count.
    pub drop_extremes: bool,
    /// Marks are given in multiples of it.
    pub step: Mark,
}

/// What a verdict of the referee is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Policy {
    Automatic,
    Confirm,
    Shadow,
    Off,
}

impl Policy {
    pub const ALL: [Policy; 4] = [Policy::Automatic, Policy::Confirm, Policy::Shadow, Policy::Off];

    pub const fn code(self) -> &'static str {
        match self {
            Policy::Automatic => "automatic",
            Policy::Confirm => "confirm",
            Policy::Shadow => "shadow",
            Policy::Off => "off",
        }
    }

    pub fn from_code(code: &str) -> Option<Policy> {
        Policy::ALL.into_iter().find(|policy| policy.code() == code)
    }
}

/// Where an automatic aspect starts: from nothing, to which verdicts add, or from the maximum, from which they take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum StartsAt {
    #[default]
    Zero,
    Full,
}

/// A single ability (单项能力) with a ranking of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ability {
    pub code: String,
    pub name: Text,
    /// The sum of the maxima of all aspects that name it.
    pub max: Mark,
    pub aspects: u32,
}

/// Competitors who are ranked apart, e.g. workers, teachers, students.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub code: String,
    pub name: Text,
}

/// How equal totals are parted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranking {
    pub ties: Vec<TieBreak>,
    /// Whether a rank may be shared at the end of the chain; if not, a deciding round is called for.
    pub shared: bool,
}

/// More is better, except for time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TieBreak {
    Module(ModuleIx),
    /// All but theory.
    Practice,
    Theory,
    /// The sum of the times of all modules, less is better; who has none comes last.
    Time,
}

/// How a team's result comes from its members'.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TeamRule {
    pub total: TeamTotal,
    /// Whether equal totals are parted by the members' total time.
    pub then_time: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TeamTotal {
    Sum,
    Mean,
}

/// What is marked in a contest, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    pub(crate) code: String,
    pub(crate) version: u32,
    pub(crate) title: Text,
    pub(crate) modules: Vec<Module>,
    pub(crate) criteria: Vec<Criterion>,
    pub(crate) sub_criteria: Vec<SubCriterion>,
    pub(crate) aspects: Vec<Aspect>,
    pub(crate) abilities: Vec<Ability>,
    pub(crate) groups: Vec<Group>,
    pub(crate) ranking: Ranking,
    pub(crate) teams: TeamRule,
    pub(crate) max: Mark,
    pub(crate) theory_max: Mark,
    pub(crate) aspect_codes: FxHashMap<String, AspectIx>,
}

impl Scheme {
    pub fn code(&self) -> &str {
        &self.code
    }

    pub fn version(&self) -> u32 {
        self.version
    }

    pub fn title(&self) -> &Text {
        &self.title
    }

    pub fn modules(&self) -> &[Module] {
        &self.modules
    }

    pub fn criteria(&self) -> &[Criterion] {
        &self.criteria
    }

    pub fn sub_criteria(&self) -> &[SubCriterion] {
        &self.sub_criteria
    }

    pub fn aspects(&self) -> &[Aspect] {
        &self.aspects
    }

    pub fn abilities(&self) -> &[Ability] {
        &self.abilities
    }

    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    pub fn ranking(&self) -> &Ranking {
        &self.ranking
    }

    pub fn teams(&self) -> TeamRule {
        self.teams
    }

    /// All that can be had.
    pub fn max(&self) -> Mark {
        self.max
    }

    /// The part of it that theory papers give.
    pub fn theory_max(&self) -> Mark {
        self.theory_max
    }

    pub fn module(&self, module: ModuleIx) -> Option<&Module> {
        self.modules.get(module.index())
    }

    pub fn criterion(&self, criterion: CriterionIx) -> Option<&Criterion> {
        self.criteria.get(criterion.index())
    }

    pub fn sub_criterion(&self, part: SubCriterionIx) -> Option<&SubCriterion> {
        self.sub_criteria.get(part.index())
    }

    pub fn aspect(&self, aspect: AspectIx) -> Option<&Aspect> {
        self.aspects.get(aspect.index())
    }

    pub fn ability(&self, ability: AbilityIx) -> Option<&Ability> {
        self.abilities.get(ability.index())
    }

    pub fn group(&self, group: GroupIx) -> Option<&Group> {
        self.groups.get(group.index())
    }

    pub fn aspect_ix(&self, code: &str) -> Option<AspectIx> {
        self.aspect_codes.get(code).copied()
    }

    pub fn module_ix(&self, code: &str) -> Option<ModuleIx> {
        place(&self.modules, |module| module.code == code).map(ModuleIx)
    }

    pub fn ability_ix(&self, code: &str) -> Option<AbilityIx> {
        place(&self.abilities, |ability| ability.code == code).map(AbilityIx)
    }

    pub fn group_ix(&self, code: &str) -> Option<GroupIx> {
        place(&self.groups, |group| group.code == code).map(GroupIx)
    }

    /// The aspects of a module, with their indices, in the order of the scheme.
    pub fn aspects_of(&self, module: ModuleIx) -> impl Iterator<Item = (AspectIx, &Aspect)> {
        let range = self.modules.get(module.index()).map_or(0..0, |module| module.aspects.clone());
        range.map(|at| (AspectIx(at), &self.aspects[at as usize]))
    }

    pub fn aspect_ixs(&self) -> impl Iterator<Item = AspectIx> + use<> {
        (0..self.aspects.len() as u32).map(AspectIx)
    }

    pub fn module_ixs(&self) -> impl Iterator<Item = ModuleIx> + use<> {
        (0..self.modules.len() as u32).map(ModuleIx)
    }

    pub fn ability_ixs(&self) -> impl Iterator<Item = AbilityIx> + use<> {
        (0..self.abilities.len() as u32).map(AbilityIx)
    }

    pub fn group_ixs(&self) -> impl Iterator<Item = GroupIx> + use<> {
        (0..self.groups.len() as u32).map(GroupIx)
    }
}

fn place<T>(items: &[T], is_it: impl Fn(&T) -> bool) -> Option<u32> {
    items.iter().position(is_it).map(|at| at as u32)
}
