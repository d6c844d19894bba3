//! From JSON that has been found free of faults to the owned types.

use serde_json::{Map, Number, Value};

use crate::check::time;
use crate::json::{Document, Kind, Node};
use crate::prepare::{broken, tell_twice};
use crate::read::{COMPONENTS, Reader};
use crate::{
    Activity, ActivityDefinition, Actor, Attachment, Component, Context, ContextActivities, Fault, Identity,
    Interaction, LanguageMap, Object, Outcome, Related, Score, Statement, SubStatement, Time, Uuid, Verb, Version,
};

impl Statement {
    /// Reads JSON as the given edition of the specification has it; all faults are told, up to 50.
    pub fn read(value: &Value, version: Version) -> Result<Statement, Vec<Fault>> {
        Statement::parse(&value.to_string(), version)
    }

    /// The same from the JSON's text.
    pub fn parse(text: &str, version: Version) -> Result<Statement, Vec<Fault>> {
        let document = Document::parse(text).map_err(|it| vec![broken(text, it)])?;
        let mut reader = Reader::new(version);
        tell_twice(&document, &mut reader);
        reader.statement(document.root());
        if !reader.faults.is_empty() {
            return Err(reader.faults);
        }
        // Nothing is missing in what was read without a fault; if something were, it must not pass.
        statement(document.root()).ok_or_else(|| vec![Fault::new("", "无法读取", "can't be read")])
    }
}

type It<'d, 'a> = Node<'d, 'a>;

fn text(it: It<'_, '_>, name: &str) -> Option<String> {
    Some(it.get(name)?.text()?.into_owned())
}

fn uuid(it: It<'_, '_>, name: &str) -> Option<Uuid> {
    it.get(name)?.text()?.parse().ok()
}

fn time_of(it: It<'_, '_>, name: &str) -> Option<Time> {
    time(&it.get(name)?.text()?)
}

fn texts(it: It<'_, '_>, name: &str) -> LanguageMap {
    let entries = it.get(name).into_iter().flat_map(Node::entries);
    entries.filter_map(|(tag, text)| Some((tag.text()?.into_owned(), text.text()?.into_owned()))).collect()
}

fn extensions(it: It<'_, '_>) -> Map<String, Value> {
    it.get("extensions").and_then(|it| serde_json::from_str(it.raw()).ok()).unwrap_or_default()
}

fn list<T>(it: It<'_, '_>, name: &str, read: impl Fn(It<'_, '_>) -> Option<T>) -> Vec<T> {
    it.get(name).into_iter().flat_map(Node::items).filter_map(read).collect()
}

fn statement(it: It<'_, '_>) -> Option<Statement> {
    let core = core(it)?;
    Some(Statement {
        id: uuid(it, "id"),
        actor: core.actor,
        verb: core.verb,
        object: core.object,
        result: core.result,
        context: core.context,
        timestamp: core.timestamp,
        stored: time_of(it, "stored"),
        authority: it.get("authority").and_then(actor),
        version: text(it, "version"),
        attachments: core.attachments,
    })
}

fn core(it: It<'_, '_>) -> Option<SubStatement> {
    let verb = it.get("verb")?;
    Some(SubStatement {
        actor: actor(it.get("actor")?)?,
        verb: Verb { id: text(verb, "id")?, display: texts(verb, "display") },
        object: object(it.get("object")?)?,
        result: it.get("result").map(outcome),
        context: it.get("context").map(context),
        timestamp: time_of(it, "timestamp"),
        attachments: list(it, "attachments", attachment),
    })
}

fn is_group(it: It<'_, '_>) -> bool {
    it.get("objectType").is_some_and(|kind| kind.is("Group"))
}

pub(crate) fn actor(it: It<'_, '_>) -> Option<Actor> {
    let (name, identity) = (text(it, "name"), identity(it));
    Some(if is_group(it) {
        Actor::Group { name, identity, members: list(it, "member", actor) }
    } else {
        Actor::Agent { name, identity: identity? }
    })
}

fn identity(it: It<'_, '_>) -> Option<Identity> {
    let account = |account: It<'_, '_>| {
        Some(Identity::Account { home_page: text(account, "homePage")?, name: text(account, "name")? })
    };
    text(it, "mbox")
        .map(Identity::Mbox)
        .or_else(|| text(it, "mbox_sha1sum").map(Identity::MboxSha1sum))
        .or_else(|| text(it, "openid").map(Identity::OpenId))
        .or_else(|| it.get("account").and_then(account))
}

fn object(it: It<'_, '_>) -> Option<Object> {
    let kind = it.get("objectType").and_then(Node::text);
    match kind.as_deref() {
        Some("Agent" | "Group") => actor(it).map(Object::Actor),
        Some("StatementRef") => uuid(it, "id").map(Object::StatementRef),
        Some("SubStatement") => core(it).map(|sub| Object::SubStatement(Box::new(sub))),
        _ => activity(it).map(Object::Activity),
    }
}

fn activity(it: It<'_, '_>) -> Option<Activity> {
    Some(Activity { id: text(it, "id")?, definition: it.get("definition").map(definition) })
}

fn definition(it: It<'_, '_>) -> ActivityDefinition {
    let components = COMPONENTS.iter().filter(|name| it.get(name).is_some());
    ActivityDefinition {
        name: texts(it, "name"),
        description: texts(it, "description"),
        kind: text(it, "type"),
        more_info: text(it, "moreInfo"),
        interaction: text(it, "interactionType").map(|kind| Interaction {
            kind,
            correct_responses: list(it, "correctResponsesPattern", |it| Some(it.text()?.into_owned())),
            components: components.map(|name| ((*name).to_owned(), list(it, name, component))).collect(),
        }),
        extensions: extensions(it),
    }
}

fn component(it: It<'_, '_>) -> Option<Component> {
    Some(Component { id: text(it, "id")?, description: texts(it, "description") })
}

fn outcome(it: It<'_, '_>) -> Outcome {
    let flag = |name| it.get(name).and_then(Node::boolean);
    Outcome {
        score: it.get("score").map(score),
        success: flag("success"),
        completion: flag("completion"),
        response: text(it, "response"),
        duration: text(it, "duration"),
        extensions: extensions(it),
    }
}

fn score(it: It<'_, '_>) -> Score {
    let number = |name| it.get(name).and_then(|it| it.raw().parse::<Number>().ok());
    Score { scaled: number("scaled"), raw: number("raw"), min: number("min"), max: number("max") }
}

fn context(it: It<'_, '_>) -> Context {
    let around = it.get("contextActivities");
    let activities = |name| match around.and_then(|around| around.get(name)) {
        Some(list) if list.kind() == Kind::Array => list.items().filter_map(activity).collect(),
        single => single.and_then(activity).into_iter().collect(),
    };
    Context {
        registration: uuid(it, "registration"),
        instructor: it.get("instructor").and_then(actor),
        team: it.get("team").and_then(actor),
        activities: ContextActivities {
            parent: activities("parent"),
            grouping: activities("grouping"),
            category: activities("category"),
            other: activities("other"),
        },
        agents: list(it, "contextAgents", |it| related(it, "agent")),
        groups: list(it, "contextGroups", |it| related(it, "group")),
        revision: text(it, "revision"),
        platform: text(it, "platform"),
        language: text(it, "language"),
        statement: it.get("statement").and_then(|it| uuid(it, "id")),
        extensions: extensions(it),
    }
}

fn related(it: It<'_, '_>, whom: &str) -> Option<Related> {
    Some(Related {
        actor: actor(it.get(whom)?)?,
        relevant_types: list(it, "relevantTypes", |it| Some(it.text()?.into_owned())),
    })
}

fn attachment(it: It<'_, '_>) -> Option<Attachment> {
    Some(Attachment {
        usage_type: text(it, "usageType")?,
        display: texts(it, "display"),
        description: texts(it, "description"),
        content_type: text(it, "contentType")?,
        length: it.get("length")?.raw().parse().ok()?,
        sha2: text(it, "sha2")?,
        file_url: text(it, "fileUrl"),
    })
}
