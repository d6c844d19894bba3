//! Writing a statement as JSON, in the specification's order of properties.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::{
    Activity, ActivityDefinition, Actor, Attachment, Component, Context, Identity, LanguageMap, Object, Outcome,
    Related, Score, Statement, SubStatement, Time, Uuid, Verb, Version,
};

/// An object that leaves out what is not there.
#[derive(Default)]
struct Writing(Map<String, Value>);

impl Writing {
    fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }

    fn maybe<T: Into<Value>>(&mut self, name: &str, value: Option<T>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    fn list<T>(&mut self, name: &str, items: &[T], write: impl Fn(&T) -> Value) {
        if !items.is_empty() {
            self.put(name, Value::Array(items.iter().map(write).collect()));
        }
    }

    fn texts(&mut self, name: &str, texts: &LanguageMap) {
        if !texts.is_empty() {
            let map: Map<String, Value> =
                texts.iter().map(|(tag, text)| (tag.clone(), Value::from(text.as_str()))).collect();
            self.put(name, map);
        }
    }

    fn extensions(&mut self, extensions: &Map<String, Value>) {
        if !extensions.is_empty() {
            self.put("extensions", extensions.clone());
        }
    }

    fn done(self) -> Value {
        Value::Object(self.0)
    }
}

impl Statement {
    pub fn to_value(&self) -> Value {
        let mut out = Writing::default();
        out.maybe("id", self.id.map(|id| id.to_string()));
        core(
            &mut out,
            (&self.actor, &self.verb, &self.object),
            self.result.as_ref(),
            self.context.as_ref(),
            self.timestamp.as_ref(),
        );
        out.maybe("stored", self.stored.as_ref().map(time));
        out.maybe("authority", self.authority.as_ref().map(actor));
        out.maybe("version", self.version.clone());
        out.list("attachments", &self.attachments, attachment);
        out.done()
    }
}

/// What statements and substatements share, in order.
fn core(
    out: &mut Writing,
    (who, did, what): (&Actor, &Verb, &Object),
    result: Option<&Outcome>,
    around: Option<&Context>,
    at: Option<&Time>,
) {
    out.put("actor", actor(who));
    out.put("verb", verb(did));
    out.put("object", object(what));
    out.maybe("result", result.map(outcome));
    out.maybe("context", around.map(context));
    out.maybe("timestamp", at.map(time));
}

fn time(time: &Time) -> Value {
    Value::from(time.text.as_str())
}

fn actor(actor: &Actor) -> Value {
    let mut out = Writing::default();
    let (kind, name, identity) = match actor {
        Actor::Agent { name, identity } => ("Agent", name, Some(identity)),
        Actor::Group { name, identity, .. } => ("Group", name, identity.as_ref()),
    };
    out.put("objectType", kind);
    out.maybe("name", name.clone());
    match identity {
        Some(Identity::Mbox(mbox)) => out.put("mbox", mbox.as_str()),
        Some(Identity::MboxSha1sum(sum)) => out.put("mbox_sha1sum", sum.as_str()),
        Some(Identity::OpenId(id)) => out.put("openid", id.as_str()),
        Some(Identity::Account { home_page, name }) => out.put("account", json!({"homePage": home_page, "name": name})),
        None => {}
    }
    if let Actor::Group { members, .. } = actor {
        out.list("member", members, self::actor);
    }
    out.done()
}

fn verb(verb: &Verb) -> Value {
    let mut out = Writing::default();
    out.put("id", verb.id.as_str());
    out.texts("display", &verb.display);
    out.done()
}

fn object(object: &Object) -> Value {
    match object {
        Object::Activity(it) => activity(it),
        Object::Actor(it) => actor(it),
        Object::StatementRef(id) => statement_ref(*id),
        Object::SubStatement(it) => sub_statement(it),
    }
}

fn statement_ref(id: Uuid) -> Value {
    json!({"objectType": "StatementRef", "id": id.to_string()})
}

fn sub_statement(sub: &SubStatement) -> Value {
    let mut out = Writing::default();
    out.put("objectType", "SubStatement");
    core(
        &mut out,
        (&sub.actor, &sub.verb, &sub.object),
        sub.result.as_ref(),
        sub.context.as_ref(),
        sub.timestamp.as_ref(),
    );
    out.list("attachments", &sub.attachments, attachment);
    out.done()
}

fn activity(activity: &Activity) -> Value {
    let mut out = Writing::default();
    out.put("objectType", "Activity");
    out.put("id", activity.id.as_str());
    out.maybe("definition", activity.definition.as_ref().map(definition));
    out.done()
}

fn definition(definition: &ActivityDefinition) -> Value {
    let mut out = Writing::default();
    out.texts("name", &definition.name);
    out.texts("description", &definition.description);
    out.maybe("type", definition.kind.clone());
    out.maybe("moreInfo", definition.more_info.clone());
    if let Some(interaction) = &definition.interaction {
        out.put("interactionType", interaction.kind.as_str());
        out.list("correctResponsesPattern", &interaction.correct_responses, |text| Value::from(text.as_str()));
        for (name, components) in &interaction.components {
            out.put(name, Value::Array(components.iter().map(component).collect()));
        }
    }
    out.extensions(&definition.extensions);
    out.done()
}

fn component(component: &Component) -> Value {
    let mut out = Writing::default();
    out.put("id", component.id.as_str());
    out.texts("description", &component.description);
    out.done()
}

fn outcome(outcome: &Outcome) -> Value {
    let mut out = Writing::default();
    out.maybe("score", outcome.score.as_ref().map(score));
    out.maybe("success", outcome.success);
    out.maybe("completion", outcome.completion);
    out.maybe("response", outcome.response.clone());
    out.maybe("duration", outcome.duration.clone());
    out.extensions(&outcome.extensions);
    out.done()
}

fn score(score: &Score) -> Value {
    let mut out = Writing::default();
    for (name, number) in [("scaled", &score.scaled), ("raw", &score.raw), ("min", &score.min), ("max", &score.max)] {
        out.maybe(name, number.clone().map(Value::Number));
    }
    out.done()
}

fn context(context: &Context) -> Value {
    let mut out = Writing::default();
    out.maybe("registration", context.registration.map(|id| id.to_string()));
    out.maybe("instructor", context.instructor.as_ref().map(actor));
    out.maybe("team", context.team.as_ref().map(actor));
    let mut activities = Writing::default();
    for (name, list) in [
        ("parent", &context.activities.parent),
        ("grouping", &context.activities.grouping),
        ("category", &context.activities.category),
        ("other", &context.activities.other),
    ] {
        activities.list(name, list, activity);
    }
    if !activities.0.is_empty() {
        out.put("contextActivities", activities.0);
    }
    out.list("contextAgents", &context.agents, |it| related(it, "contextAgent", "agent"));
    out.list("contextGroups", &context.groups, |it| related(it, "contextGroup", "group"));
    out.maybe("revision", context.revision.clone());
    out.maybe("platform", context.platform.clone());
    out.maybe("language", context.language.clone());
    out.maybe("statement", context.statement.map(statement_ref));
    out.extensions(&context.extensions);
    out.done()
}

fn related(related: &Related, kind: &str, whom: &str) -> Value {
    let mut out = Writing::default();
    out.put("objectType", kind);
    out.put(whom, actor(&related.actor));
    out.list("relevantTypes", &related.relevant_types, |iri| Value::from(iri.as_str()));
    out.done()
}

fn attachment(attachment: &Attachment) -> Value {
    let mut out = Writing::default();
    out.put("usageType", attachment.usage_type.as_str());
    out.texts("display", &attachment.display);
    out.texts("description", &attachment.description);
    out.put("contentType", attachment.content_type.as_str());
    out.put("length", attachment.length);
    out.put("sha2", attachment.sha2.as_str());
    out.maybe("fileUrl", attachment.file_url.clone());
    out.done()
}

impl Serialize for Statement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}

/// As 2.0 has it. The first fault is the error's text; who wants all of them calls [`Statement::read`].
impl<'de> Deserialize<'de> for Statement {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Statement::read(&value, Version::V2_0)
            .map_err(|faults| serde::de::Error::custom(faults.first().map_or_else(String::new, ToString::to_string)))
    }
}
