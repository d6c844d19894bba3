//! A certificate as plain values, and as an Open Badges 3.0 credential (1EdTech, final release): [`write`] puts each value under the standard's
//! own term, [`read`] takes it back. `docs/certificates.md` lists which is which.
//!
//! Where the standard has one text and the hall has two languages, Chinese is the `name` and English the `description`.

mod read;
mod write;

use kernel::{Mark, Text, Timestamp};

pub(crate) use read::read;

use crate::status::Purpose;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// An IRI of its own, best the address of the page at which it is checked.
    pub address: String,
    /// By which people call it.
    pub number: String,
    pub holder: Holder,
    pub kind: Kind,
    /// An IRI of the course, examination or contest.
    pub achievement: String,
    pub title: Text,
    /// What had to be done for it; the hall's words in both languages, one after the other.
    pub criteria: String,
    pub level: Option<Text>,
    /// Class hours, in hundredths.
    pub hours: Option<Mark>,
    pub score: Option<Score>,
    pub abilities: Vec<Ability>,
    pub issuer: Profile,
    /// To the second.
    pub valid_from: Timestamp,
    pub valid_until: Option<Timestamp>,
    /// Where it is said whether it was taken back.
    pub status: Vec<StatusEntry>,
}

/// Whose it is: by name, by an IRI of the person, or both.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holder {
    pub name: Option<String>,
    pub id: Option<String>,
}

/// For what it is given; in the standard's words an achievement's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A course was completed.
    Course,
    /// A class on site was attended.
    Class,
    /// An examination was passed.
    Exam,
    /// A prize or a place in a contest.
    Contest,
    /// A level of skill was recognised.
    Skill,
}

impl Kind {
    pub const ALL: [Kind; 5] = [Kind::Course, Kind::Class, Kind::Exam, Kind::Contest, Kind::Skill];

    /// Of the standard's list `AchievementType`.
    pub fn achievement_type(self) -> &'static str {
        match self {
            Kind::Course => "Course",
            Kind::Class => "LearningProgram",
            Kind::Exam => "Assessment",
            Kind::Contest => "Award",
            Kind::Skill => "Certification",
        }
    }
}

/// In hundredths, from 0 to `max`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    pub value: Mark,
    pub max: Mark,
}

/// An ability that the certificate speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ability {
    /// An IRI at which the ability is described.
    pub address: String,
    pub name: Text,
    /// By which a framework of abilities calls it.
    pub code: Option<String>,
    pub framework: Option<String>,
}

/// Who issues, as people know him. His DID comes from the [`crate::Signer`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub name: String,
    pub url: Option<String>,
    pub image: Option<String>,
}

/// A place in a status list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusEntry {
    /// The list's URL.
    pub list: String,
    pub purpose: Purpose,
    pub index: usize,
}

/// What the levels and scores of an achievement are called by, after its IRI.
const SCORE: &str = "#score";
const LEVEL: &str = "#level";
const LEVEL_REACHED: &str = "#level-reached";
