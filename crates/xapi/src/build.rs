//! Statements made by the hall's own rooms: valid by construction, as long as ids are.

use kernel::{Mark, PersonId, Text, Timestamp};
use serde_json::{Map, Number, Value};

use crate::verbs::HallVerb;
use crate::{Activity, ActivityDefinition, Actor, Context, Identity, Object, Outcome, Score, Statement, Uuid};

/// Where the hall's own persons are at home.
pub(crate) const PERSONS: &str = "urn:x-guildhall:persons";
const ACTIVITIES: &str = "urn:x-guildhall:";

/// A person of this hall. No name: who may know it looks it up.
pub fn hall_person(person: &PersonId) -> Actor {
    Actor::Agent {
        name: None,
        identity: Identity::Account { home_page: PERSONS.to_owned(), name: person.as_str().to_owned() },
    }
}

impl Actor {
    /// The person of this hall that the actor is, if he is one.
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Actor::Agent { identity: Identity::Account { home_page, name }, .. } if home_page == PERSONS => {
                name.parse().ok()
            }
            _ => None,
        }
    }
}

/// Something in this hall, such as `contest:con_1:aspect:A1.2`.
pub fn hall_activity(path: &str, kind: &str, name: &Text) -> Activity {
    Activity {
        id: format!("{ACTIVITIES}{path}"),
        definition: Some(ActivityDefinition {
            name: vec![("zh-CN".to_owned(), name.zh.clone()), ("en".to_owned(), name.en.clone())],
            kind: Some(format!("{ACTIVITIES}activity:{kind}")),
            ..ActivityDefinition::default()
        }),
    }
}

impl Score {
    /// A mark out of a maximum. Deductions have no maximum of their own: `max` 0 leaves it out. So does a mark beyond it, since a raw score
    /// must be within what stands beside it (2.4.5.1).
    pub fn of_mark(given: Mark, max: Mark) -> Score {
        let mut score = Score { raw: Some(decimal(given)), ..Score::default() };
        if max > Mark::ZERO && given <= max {
            score.max = Some(decimal(max));
            if given >= Mark::ZERO {
                score.min = Some(Number::from(0));
                score.scaled = Number::from_f64(given.hundredths() as f64 / max.hundredths() as f64);
            }
        }
        score
    }
}

/// Hundredths as the shortest decimal number.
fn decimal(mark: Mark) -> Number {
    let hundredths = mark.hundredths();
    if hundredths % 100 == 0 {
        return Number::from(hundredths / 100);
    }
    Number::from_f64(hundredths as f64 / 100.0).unwrap_or_else(|| Number::from(hundredths / 100))
}

impl Statement {
    /// The least that a statement says. `at` is when it happened.
    pub fn new(id: Uuid, actor: Actor, verb: HallVerb, object: Activity, at: Timestamp) -> Statement {
        Statement {
            id: Some(id),
            actor,
            verb: verb.into(),
            object: Object::Activity(object),
            result: None,
            context: None,
            timestamp: Some(at.into()),
            stored: None,
            authority: None,
            version: Some("2.0.0".to_owned()),
            attachments: Vec::new(),
        }
    }

    pub fn with_score(mut self, score: Score) -> Statement {
        self.result.get_or_insert_default().score = Some(score);
        self
    }

    pub fn with_success(mut self, success: bool) -> Statement {
        self.result.get_or_insert_default().success = Some(success);
        self
    }

    /// In words: a note, a reason, the sentence of a verdict.
    pub fn with_response(mut self, response: impl Into<String>) -> Statement {
        self.result.get_or_insert_default().response = Some(response.into());
        self
    }

    /// The whole that the object belongs to.
    pub fn with_parent(mut self, parent: Activity) -> Statement {
        self.context().activities.parent.push(parent);
        self
    }

    pub fn with_grouping(mut self, grouping: Activity) -> Statement {
        self.context().activities.grouping.push(grouping);
        self
    }

    /// What it says something about, such as an ability.
    pub fn with_category(mut self, category: Activity) -> Statement {
        self.context().activities.category.push(category);
        self
    }

    /// Who judged, taught or decided.
    pub fn with_instructor(mut self, instructor: Actor) -> Statement {
        self.context().instructor = Some(instructor);
        self
    }

    /// The statement that this one follows up: what is corrected or confirmed.
    pub fn with_earlier(mut self, earlier: Uuid) -> Statement {
        self.context().statement = Some(earlier);
        self
    }

    /// A fact that has no place of its own; `name` becomes an IRI of the hall.
    pub fn with_fact(mut self, name: &str, value: impl Into<Value>) -> Statement {
        let extensions: &mut Map<String, Value> = &mut self.context().extensions;
        extensions.insert(format!("{ACTIVITIES}fact:{name}"), value.into());
        self
    }

    /// What [`Statement::with_fact`] has put in.
    pub fn fact(&self, name: &str) -> Option<&Value> {
        self.context.as_ref()?.extensions.get(&format!("{ACTIVITIES}fact:{name}"))
    }

    fn context(&mut self) -> &mut Context {
        self.context.get_or_insert_default()
    }

    pub fn outcome(&self) -> Option<&Outcome> {
        self.result.as_ref()
    }
}
