//! The shapes. Names follow the specification, but for `Outcome`, its "result", which Rust has taken.

use kernel::Timestamp;
use serde_json::{Map, Number, Value};

use crate::Uuid;

/// Which edition of the specification a door speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    V1_0_3,
    V2_0,
}

/// Language tag → text, in the order in which they came.
pub type LanguageMap = Vec<(String, String)>;

/// Something that somebody did or that happened to him.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// `None` only until a record store has given it one.
    pub id: Option<Uuid>,
    pub actor: Actor,
    pub verb: Verb,
    pub object: Object,
    pub result: Option<Outcome>,
    pub context: Option<Context>,
    /// When it happened.
    pub timestamp: Option<Time>,
    /// When the store took it.
    pub stored: Option<Time>,
    /// Who says that it is true.
    pub authority: Option<Actor>,
    pub version: Option<String>,
    pub attachments: Vec<Attachment>,
}

/// A moment, with its text as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Time {
    pub text: String,
    pub at: Timestamp,
}

impl From<Timestamp> for Time {
    fn from(at: Timestamp) -> Time {
        Time { text: at.to_string(), at }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Actor {
    Agent {
        name: Option<String>,
        identity: Identity,
    },
    /// With an identity of its own, or anonymous and known by its members alone.
    Group {
        name: Option<String>,
        identity: Option<Identity>,
        members: Vec<Actor>,
    },
}

/// What makes one agent that agent: exactly one of four.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Identity {
    /// `mailto:…`
    Mbox(String),
    MboxSha1sum(String),
    OpenId(String),
    Account {
        home_page: String,
        name: String,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct Verb {
    pub id: String,
    pub display: LanguageMap,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Object {
    Activity(Activity),
    Actor(Actor),
    StatementRef(Uuid),
    SubStatement(Box<SubStatement>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Activity {
    pub id: String,
    pub definition: Option<ActivityDefinition>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct ActivityDefinition {
    pub name: LanguageMap,
    pub description: LanguageMap,
    /// `type`
    pub kind: Option<String>,
    pub more_info: Option<String>,
    pub interaction: Option<Interaction>,
    pub extensions: Map<String, Value>,
}

/// A question in the form that SCORM has known.
#[derive(Debug, Clone, PartialEq)]
pub struct Interaction {
    pub kind: String,
    pub correct_responses: Vec<String>,
    /// `choices`, `scale`, `source`, `target`, `steps`, each under its name, as far as the kind has them.
    pub components: Vec<(String, Vec<Component>)>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    pub id: String,
    pub description: LanguageMap,
}

/// A statement that is spoken of, not made.
#[derive(Debug, Clone, PartialEq)]
pub struct SubStatement {
    pub actor: Actor,
    pub verb: Verb,
    pub object: Object,
    pub result: Option<Outcome>,
    pub context: Option<Context>,
    pub timestamp: Option<Time>,
    pub attachments: Vec<Attachment>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outcome {
    pub score: Option<Score>,
    pub success: Option<bool>,
    pub completion: Option<bool>,
    pub response: Option<String>,
    /// ISO 8601, such as `PT1H30M`.
    pub duration: Option<String>,
    pub extensions: Map<String, Value>,
}

/// `scaled` from -1 to 1; `raw` between `min` and `max`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Score {
    pub scaled: Option<Number>,
    pub raw: Option<Number>,
    pub min: Option<Number>,
    pub max: Option<Number>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Context {
    pub registration: Option<Uuid>,
    pub instructor: Option<Actor>,
    /// A group.
    pub team: Option<Actor>,
    pub activities: ContextActivities,
    /// From 2.0 on: further agents and groups with what they were in it.
    pub agents: Vec<Related>,
    pub groups: Vec<Related>,
    pub revision: Option<String>,
    pub platform: Option<String>,
    pub language: Option<String>,
    pub statement: Option<Uuid>,
    pub extensions: Map<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct ContextActivities {
    pub parent: Vec<Activity>,
    pub grouping: Vec<Activity>,
    pub category: Vec<Activity>,
    pub other: Vec<Activity>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Related {
    pub actor: Actor,
    /// IRIs; at least one if the list is there.
    pub relevant_types: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Attachment {
    pub usage_type: String,
    pub display: LanguageMap,
    pub description: LanguageMap,
    pub content_type: String,
    pub length: u64,
    pub sha2: String,
    pub file_url: Option<String>,
}
