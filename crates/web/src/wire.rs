//! What the hall's nouns look like on the wire. The kernel knows no serde; here each of its ids, its marks and its times
//! gets a twin of the same name that is written as its text (`"con_0…"`, `"2.75"`, `"2026-11-22T08:00:00.000Z"`) and is
//! known to the OpenAPI document. A twin derefs to the kernel's value, so `&*run` and `run.0` are the kernel's id.
//!
//! Faults that a person meets are said in both languages: a `Deserialize` of a room's own may fail with [`both`], and the
//! [`crate::Json`] extractor takes the two apart again.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Ref, RefOr, Required, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};

/// Stands between the Chinese and the English half of a message that passes through serde as one text.
pub(crate) const BETWEEN: char = '\u{1f}';

/// A serde error message in both languages.
pub fn both(zh: &str, en: &str) -> String {
    format!("{zh}{BETWEEN}{en}")
}

struct TextOf<T>(&'static str, std::marker::PhantomData<T>);

impl<T: std::str::FromStr> de::Visitor<'_> for TextOf<T> {
    type Value = T;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        let shown: String = text.chars().take(80).collect();
        text.parse().map_err(|_| {
            E::custom(both(
                &format!("“{shown}” 不符合要求，应为{}", zh_of(self.0)),
                &format!("{shown:?} is not {}", self.0),
            ))
        })
    }
}

fn zh_of(expected: &str) -> &str {
    match expected {
        "an id: 1 to 64 of a-z 0-9 - _" => "编号：1 至 64 个 a-z、0-9、-、_",
        "a mark with at most two decimals, as text, such as \"2.75\"" => "最多两位小数的分值文本，例如 \"2.75\"",
        "an RFC 3339 time, such as 2026-11-22T08:00:00.000Z" => "RFC 3339 时间，例如 2026-11-22T08:00:00.000Z",
        other => other,
    }
}

macro_rules! twins {
    ($($(#[$doc:meta])* $name:ident, $param:literal, $expects:literal, $pattern:literal, $example:literal;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(pub kernel::$name);

            impl std::ops::Deref for $name {
                type Target = kernel::$name;
                fn deref(&self) -> &kernel::$name {
                    &self.0
                }
            }
            impl From<kernel::$name> for $name {
                fn from(value: kernel::$name) -> Self {
                    Self(value)
                }
            }
            impl From<&kernel::$name> for $name {
                fn from(value: &kernel::$name) -> Self {
                    Self(value.clone())
                }
            }
            impl From<$name> for kernel::$name {
                fn from(value: $name) -> Self {
                    value.0
                }
            }
            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    self.0.fmt(f)
                }
            }
            impl Serialize for $name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_str(&self.0)
                }
            }
            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    deserializer.deserialize_str(TextOf::<kernel::$name>($expects, std::marker::PhantomData)).map(Self)
                }
            }
            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    ObjectBuilder::new()
                        .schema_type(Type::String)
                        .description(Some($expects))
                        .pattern(Some($pattern))
                        .examples([serde_json::Value::from($example)])
                        .into()
                }
            }
            impl ToSchema for $name {
                fn name() -> std::borrow::Cow<'static, str> {
                    stringify!($name).into()
                }
            }
            impl IntoParams for $name {
                fn into_params(parameter_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
                    vec![
                        ParameterBuilder::new()
                            .name($param)
                            .parameter_in(parameter_in().unwrap_or(ParameterIn::Path))
                            .required(Required::True)
                            .schema(Some(Ref::from_schema_name(stringify!($name))))
                            .build(),
                    ]
                }
            }
        )*

        /// Every twin's schema by name, for the OpenAPI document, and the path parameter that names it.
        pub(crate) fn schemas() -> Vec<(&'static str, &'static str, RefOr<Schema>)> {
            vec![$((stringify!($name), $param, <$name as PartialSchema>::schema()),)*]
        }
    };
}

twins! {
    OrganisationId, "organisation", "an id: 1 to 64 of a-z 0-9 - _", "^[a-z0-9_-]{1,64}$", "org_01k3xyz0000000000000";
    PersonId, "person", "an id: 1 to 64 of a-z 0-9 - _", "^[a-z0-9_-]{1,64}$", "per_01k3xyz0000000000000";
    AccountId, "account", "an id: 1 to 64 of a-z 0-9 - _", "^[a-z0-9_-]{1,64}$", "acc_01k3xyz0000000000000";
    ContestId, "contest", "an id: 1 to 64 of a-z 0-9 - _", "^[a-z0-9_-]{1,64}$", "con_01k3xyz0000000000000";
    VenueId, "venue", "an id: 1 to 64 of a-z 0-9 - _", "^[a-z0-9_-]{1,64}$", "ven_east";
    StationId, "station", "an id: 1 to 64 of a-z 0-9 - _", "^[a-z0-9_-]{1,64}$", "sta_01k3xyz0000000000000";
    EntryId, "entry", "an id: 1 to 64 of a-z 0-9 - _", "^[a-z0-9_-]{1,64}$", "ent_01k3xyz0000000000000";
    TeamId, "team", "an id: 1 to 64 of a-z 0-9 - _", "^[a-z0-9_-]{1,64}$", "tea_01k3xyz0000000000000";
    RunId, "run", "an id: 1 to 64 of a-z 0-9 - _", "^[a-z0-9_-]{1,64}$", "run_01k3xyz0000000000000";
    MarkId, "mark", "an id: 1 to 64 of a-z 0-9 - _", "^[a-z0-9_-]{1,64}$", "mrk_01k3xyz0000000000000";
    VerdictId, "verdict", "an id: 1 to 64 of a-z 0-9 - _", "^[a-z0-9_-]{1,64}$", "vdt_01k3xyz0000000000000";
    AppealId, "appeal", "an id: 1 to 64 of a-z 0-9 - _", "^[a-z0-9_-]{1,64}$", "apl_01k3xyz0000000000000";
    ApplicationId, "application", "an id: 1 to 64 of a-z 0-9 - _", "^[a-z0-9_-]{1,64}$", "apn_01k3xyz0000000000000";
    PhotoId, "photo", "an id: 1 to 64 of a-z 0-9 - _", "^[a-z0-9_-]{1,64}$", "pho_01k3xyz0000000000000";
    RecordingId, "recording", "an id: 1 to 64 of a-z 0-9 - _", "^[a-z0-9_-]{1,64}$", "rec_01k3xyz0000000000000";
    EdgeId, "edge", "an id: 1 to 64 of a-z 0-9 - _", "^[a-z0-9_-]{1,64}$", "edg_east";
    StatementId, "statement", "an id: 1 to 64 of a-z 0-9 - _", "^[a-z0-9_-]{1,64}$", "stm_01k3xyz0000000000000";
    SeasonId, "season", "an id: 1 to 64 of a-z 0-9 - _", "^[a-z0-9_-]{1,64}$", "sea_01k3xyz0000000000000";
    AdvanceId, "advance", "an id: 1 to 64 of a-z 0-9 - _", "^[a-z0-9_-]{1,64}$", "adv_01k3xyz0000000000000";
    /// Marks travel as text, so that no reader's floating point touches them.
    Mark, "mark", "a mark with at most two decimals, as text, such as \"2.75\"", r"^-?[0-9]{1,9}(\.[0-9]{1,2})?$", "2.75";
    Timestamp, "at", "an RFC 3339 time, such as 2026-11-22T08:00:00.000Z", r"^.+(Z|[+-][0-9]{2}:[0-9]{2})$", "2026-11-22T08:00:00.000Z";
}

/// One text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    pub zh: String,
    pub en: String,
}

impl From<kernel::Text> for Text {
    fn from(text: kernel::Text) -> Self {
        Self { zh: text.zh, en: text.en }
    }
}
impl From<&kernel::Text> for Text {
    fn from(text: &kernel::Text) -> Self {
        text.clone().into()
    }
}
impl From<Text> for kernel::Text {
    fn from(text: Text) -> Self {
        Self { zh: text.zh, en: text.en }
    }
}

/// A role by its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Administrator,
    Organiser,
    ChiefJudge,
    Supervisor,
    Arbitrator,
    Judge,
    VenueOperator,
    Competitor,
    Staff,
    Public,
}

impl From<kernel::Role> for Role {
    fn from(role: kernel::Role) -> Self {
        match role {
            kernel::Role::Administrator => Role::Administrator,
            kernel::Role::Organiser => Role::Organiser,
            kernel::Role::ChiefJudge => Role::ChiefJudge,
            kernel::Role::Supervisor => Role::Supervisor,
            kernel::Role::Arbitrator => Role::Arbitrator,
            kernel::Role::Judge => Role::Judge,
            kernel::Role::VenueOperator => Role::VenueOperator,
            kernel::Role::Competitor => Role::Competitor,
            kernel::Role::Staff => Role::Staff,
            kernel::Role::Public => Role::Public,
        }
    }
}
impl From<Role> for kernel::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Administrator => kernel::Role::Administrator,
            Role::Organiser => kernel::Role::Organiser,
            Role::ChiefJudge => kernel::Role::ChiefJudge,
            Role::Supervisor => kernel::Role::Supervisor,
            Role::Arbitrator => kernel::Role::Arbitrator,
            Role::Judge => kernel::Role::Judge,
            Role::VenueOperator => kernel::Role::VenueOperator,
            Role::Competitor => kernel::Role::Competitor,
            Role::Staff => kernel::Role::Staff,
            Role::Public => kernel::Role::Public,
        }
    }
}

/// How far a role reaches: `{"kind":"hall"}`, `{"kind":"venue","contest":"con_…","venue":"ven_…"}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Scope {
    Hall {},
    Organisation { organisation: OrganisationId },
    Contest { contest: ContestId },
    Venue { contest: ContestId, venue: VenueId },
}

impl From<kernel::Scope> for Scope {
    fn from(scope: kernel::Scope) -> Self {
        match scope {
            kernel::Scope::Hall => Scope::Hall {},
            kernel::Scope::Organisation(organisation) => Scope::Organisation { organisation: organisation.into() },
            kernel::Scope::Contest(contest) => Scope::Contest { contest: contest.into() },
            kernel::Scope::Venue(contest, venue) => Scope::Venue { contest: contest.into(), venue: venue.into() },
        }
    }
}
impl From<Scope> for kernel::Scope {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Hall {} => kernel::Scope::Hall,
            Scope::Organisation { organisation } => kernel::Scope::Organisation(organisation.0),
            Scope::Contest { contest } => kernel::Scope::Contest(contest.0),
            Scope::Venue { contest, venue } => kernel::Scope::Venue(contest.0, venue.0),
        }
    }
}

/// A role and how far it reaches.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    pub role: Role,
    pub scope: Scope,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_twin_is_written_as_its_text() {
        let mark = Mark(kernel::Mark::from_hundredths(275));
        assert_eq!(serde_json::to_string(&mark).unwrap(), "\"2.75\"");
        assert_eq!(serde_json::from_str::<Mark>("\"2.75\"").unwrap(), mark);
        let at: Timestamp = serde_json::from_str("\"2026-11-22T16:00:00+08:00\"").unwrap();
        assert_eq!(serde_json::to_string(&at).unwrap(), "\"2026-11-22T08:00:00.000Z\"");
    }

    #[test]
    fn what_is_no_id_no_mark_no_time_says_so_in_both_languages() {
        for fault in [
            serde_json::from_str::<RunId>("\"../x\"").unwrap_err().to_string(),
            serde_json::from_str::<Mark>("\"NaN\"").unwrap_err().to_string(),
            serde_json::from_str::<Timestamp>("\"yesterday\"").unwrap_err().to_string(),
        ] {
            let (zh, en) = fault.split_once(BETWEEN).unwrap();
            assert!(zh.contains("应为"), "{zh}");
            assert!(en.contains("is not"), "{en}");
        }
        assert!(serde_json::from_str::<Mark>("2.75").is_err(), "a number is no mark");
    }

    #[test]
    fn scopes_and_roles_survive_the_wire() {
        let scope = kernel::Scope::Venue("con_a".parse().unwrap(), "ven_1".parse().unwrap());
        let json = serde_json::to_string(&Scope::from(scope.clone())).unwrap();
        assert_eq!(json, r#"{"kind":"venue","contest":"con_a","venue":"ven_1"}"#);
        assert_eq!(kernel::Scope::from(serde_json::from_str::<Scope>(&json).unwrap()), scope);
        assert_eq!(serde_json::to_string(&Scope::Hall {}).unwrap(), r#"{"kind":"hall"}"#);
        for role in kernel::Role::ALL {
            let text = serde_json::to_string(&Role::from(role)).unwrap();
            assert_eq!(text, format!("\"{}\"", role.code()));
            assert_eq!(kernel::Role::from(serde_json::from_str::<Role>(&text).unwrap()), role);
        }
    }
}
