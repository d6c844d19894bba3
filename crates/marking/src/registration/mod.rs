//! Who may take part, by declared rules: fields that are asked, conditions, places.
//!
//! Who acts: an organiser declares the rule in the contest's rule set before registration opens. Whoever applies answers its fields
//! ([`RegistrationRule::read`]); the conditions say of the answers which are met and which not ([`RegistrationRule::examined`]); a person decides; and
//! whether a place is left is counted ([`RegistrationRule::room`]).
//!
//! Invariants: a condition on something that was not said is not met; what decides is a whole number, a day or a word, never a fraction.

mod answers;
mod day;
mod eligibility;
mod places;

use kernel::{Text, Timestamp};

pub use answers::{Answer, AnswerFault, Answers};
pub use day::Day;
pub use eligibility::{Applicant, EligibilityRule, Eligible, Examined};
pub use places::{Full, Taken};

/// How people come into a contest's field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationRule {
    /// So long before the start it opens; none where the organiser says when.
    pub opens_before_ms: Option<i64>,
    /// So long before the start it closes.
    pub closes_before_ms: Option<i64>,
    pub entrants: Entrants,
    /// How many make a team; none where anybody does.
    pub team: Option<TeamSize>,
    /// How many take part at most.
    pub capacity: Option<u32>,
    /// How many of a group take part at most. A group that isn't here has no limit of its own.
    pub group_capacities: Vec<GroupCapacity>,
    /// How many of one organisation take part at most, in each group.
    pub per_organisation: Option<u32>,
    pub waiting: Waiting,
    /// What is asked beyond name, organisation and group.
    pub fields: Vec<FieldRule>,
    pub eligibility: Vec<EligibilityRule>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Entrants {
    Individuals,
    /// Everybody belongs to a team.
    Teams,
    Both,
}

impl Entrants {
    pub const ALL: [Entrants; 3] = [Entrants::Individuals, Entrants::Teams, Entrants::Both];

    pub const fn code(self) -> &'static str {
        match self {
            Entrants::Individuals => "individuals",
            Entrants::Teams => "teams",
            Entrants::Both => "both",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TeamSize {
    pub least: u32,
    pub most: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GroupCapacity {
    /// Its code in the scheme.
    pub group: String,
    pub capacity: u32,
}

/// What becomes of a place that gets free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Waiting {
    /// The organiser takes the first of the list.
    ByHand,
    /// The first of the list has it at once.
    ByItself,
}

impl Waiting {
    pub const ALL: [Waiting; 2] = [Waiting::ByHand, Waiting::ByItself];

    pub const fn code(self) -> &'static str {
        match self {
            Waiting::ByHand => "by_hand",
            Waiting::ByItself => "by_itself",
        }
    }
}

/// Something that is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldRule {
    pub code: String,
    pub name: Text,
    pub kind: FieldKind,
    pub required: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    Text,
    /// A whole number, not negative.
    Number,
    Date,
    /// One of these; where they have an order, from the lowest to the highest.
    Choice(Vec<FieldChoice>),
}

impl FieldKind {
    pub const CODES: [&'static str; 4] = ["text", "number", "date", "choice"];

    pub const fn code(&self) -> &'static str {
        match self {
            FieldKind::Text => "text",
            FieldKind::Number => "number",
            FieldKind::Date => "date",
            FieldKind::Choice(_) => "choice",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChoice {
    pub code: String,
    pub name: Text,
}

impl RegistrationRule {
    /// Asks for nothing and limits nothing.
    pub const fn plain() -> RegistrationRule {
        RegistrationRule {
            opens_before_ms: None,
            closes_before_ms: None,
            entrants: Entrants::Both,
            team: None,
            capacity: None,
            group_capacities: Vec::new(),
            per_organisation: None,
            waiting: Waiting::ByHand,
            fields: Vec::new(),
            eligibility: Vec::new(),
        }
    }

    pub fn field(&self, code: &str) -> Option<&FieldRule> {
        self.fields.iter().find(|field| field.code == code)
    }

    pub fn group_capacity(&self, group: &str) -> Option<u32> {
        self.group_capacities.iter().find(|of| of.group == group).map(|of| of.capacity)
    }

    /// When it opens, of a contest that starts then.
    pub fn opens_at(&self, starts_at: Timestamp) -> Option<Timestamp> {
        self.opens_before_ms.map(|before_ms| starts_at.plus_millis(-before_ms))
    }

    /// The last moment at which an application is in time.
    pub fn closes_at(&self, starts_at: Timestamp) -> Option<Timestamp> {
        self.closes_before_ms.map(|before_ms| starts_at.plus_millis(-before_ms))
    }
}
