//! What an index needs to know of a statement, borrowed from its text.

use std::borrow::Cow;

use crate::{AgentKey, Uuid};

/// Where in a statement something is mentioned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    Actor,
    Object,
    Authority,
    Instructor,
    Team,
    ContextAgent,
    ContextGroup,
    Parent,
    Grouping,
    Category,
    Other,
}

/// An agent, identified group or activity that a statement mentions. An anonymous group is mentioned by its members alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference<'a> {
    pub role: Role,
    /// A member of the group that has the role.
    pub member: bool,
    /// Within the statement's substatement.
    pub inside: bool,
    pub what: Mention<'a>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mention<'a> {
    Agent {
        key: AgentKey<'a>,
        name: Option<Cow<'a, str>>,
        group: bool,
    },
    /// Its IRI.
    Activity(Cow<'a, str>),
}

/// By what the object of a statement is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObjectKey<'a> {
    /// Its IRI.
    Activity(Cow<'a, str>),
    /// An agent or an identified group.
    Agent(AgentKey<'a>),
    AnonymousGroup,
    StatementRef(Uuid),
    SubStatement,
}

/// The usage type of an attachment that signs its statement (2.6 Signed Statements).
pub(crate) const SIGNATURE: &str = "http://adlnet.gov/expapi/attachments/signature";

/// What a statement says of an attachment; its bytes come beside it, or lie at `file_url`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentMeta<'a> {
    pub usage_type: Cow<'a, str>,
    pub content_type: Cow<'a, str>,
    /// In bytes.
    pub length: u64,
    /// Hexadecimal digits, as they came.
    pub sha2: Cow<'a, str>,
    pub file_url: Option<Cow<'a, str>>,
    /// Of the statement's substatement.
    pub inside: bool,
}

impl AttachmentMeta<'_> {
    /// Whether it signs the statement.
    pub fn is_signature(&self) -> bool {
        self.usage_type == SIGNATURE
    }
}

/// An activity with the definition that the statement gave of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defined<'a> {
    pub activity: Cow<'a, str>,
    /// The definition as it came: a JSON object.
    pub json: &'a str,
}
