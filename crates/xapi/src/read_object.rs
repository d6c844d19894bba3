//! Reading who and what: actors, activities, attachments, and the lists of a context.

use serde_json::Value;

use crate::check::{is_iri, is_mailto, is_media_type, is_sha1, is_sha2};
use crate::read::{Properties, statement_ref, sub_statement};
use crate::{
    Activity, ActivityDefinition, Actor, Attachment, Component, Fault, Identity, Interaction, Object, Related, Version,
};

/// The lists of components that each kind of interaction may have.
const INTERACTIONS: &[(&str, &[&str])] = &[
    ("true-false", &[]),
    ("choice", &["choices"]),
    ("fill-in", &[]),
    ("long-fill-in", &[]),
    ("matching", &["source", "target"]),
    ("performance", &["steps"]),
    ("sequencing", &["choices"]),
    ("likert", &["scale"]),
    ("numeric", &[]),
    ("other", &[]),
];
const COMPONENTS: [&str; 5] = ["choices", "scale", "source", "target", "steps"];

pub(crate) fn actor(value: &Value, path: &str, faults: &mut Vec<Fault>) -> Option<Actor> {
    let kind = value.get("objectType").and_then(Value::as_str);
    if kind == Some("Group") { group(value, path, faults) } else { agent(value, path, faults) }
}

fn agent(value: &Value, path: &str, faults: &mut Vec<Fault>) -> Option<Actor> {
    let mut it = Properties::of(value, path, faults)?;
    it.checked("objectType", |text| text == "Agent", "应为 Agent 或 Group", "must be Agent or Group");
    let name = it.text("name");
    let identity = identity(&mut it);
    if identity.is_none() && identities(&it) == 0 {
        it.fault(
            "",
            "须有且仅有一种标识：mbox、mbox_sha1sum、openid 或 account",
            "needs exactly one of mbox, mbox_sha1sum, openid and account",
        );
    }
    it.end();
    Some(Actor::Agent { name, identity: identity? })
}

pub(crate) fn group(value: &Value, path: &str, faults: &mut Vec<Fault>) -> Option<Actor> {
    let mut it = Properties::of(value, path, faults)?;
    it.must("objectType");
    it.checked("objectType", |text| text == "Group", "应为 Group", "must be Group");
    let name = it.text("name");
    let identity = identity(&mut it);
    let members: Vec<Actor> =
        it.list("member").into_iter().filter_map(|(path, member)| agent(member, &path, it.faults)).collect();
    if identities(&it) == 0 && !it.has("member") {
        it.fault("member", "匿名小组须列出成员", "an anonymous group must list its members");
    }
    it.end();
    Some(Actor::Group { name, identity, members })
}

fn identities(it: &Properties<'_, '_>) -> usize {
    ["mbox", "mbox_sha1sum", "openid", "account"].iter().filter(|name| it.has(name)).count()
}

fn identity(it: &mut Properties<'_, '_>) -> Option<Identity> {
    if identities(it) > 1 {
        it.fault("", "只能有一种标识", "must have one identifier only");
    }
    let mbox = it.checked("mbox", is_mailto, "应为 mailto: 加邮箱地址", "must be mailto: and an address");
    let sha1 = it.checked("mbox_sha1sum", is_sha1, "应为 40 位十六进制", "must be 40 hexadecimal digits");
    let openid = it.iri("openid");
    let account = it.take("account").and_then(|value| account(value, &it.path_of("account"), it.faults));
    mbox.map(Identity::Mbox).or(sha1.map(Identity::MboxSha1sum)).or(openid.map(Identity::OpenId)).or(account)
}

fn account(value: &Value, path: &str, faults: &mut Vec<Fault>) -> Option<Identity> {
    let mut it = Properties::of(value, path, faults)?;
    let home_page = it.must_iri("homePage");
    let name = it.must_text("name");
    it.end();
    Some(Identity::Account { home_page: home_page?, name: name? })
}

pub(crate) fn object(
    value: &Value,
    path: &str,
    version: Version,
    nesting: bool,
    faults: &mut Vec<Fault>,
) -> Option<Object> {
    match value.get("objectType").and_then(Value::as_str) {
        Some("Agent" | "Group") => actor(value, path, faults).map(Object::Actor),
        Some("StatementRef") => statement_ref(value, path, faults).map(Object::StatementRef),
        Some("SubStatement") if nesting => {
            sub_statement(value, path, version, faults).map(|sub| Object::SubStatement(Box::new(sub)))
        }
        Some("SubStatement") => {
            faults.push(Fault::new(path, "子陈述不得再含子陈述", "a substatement must not contain another"));
            None
        }
        _ => activity(value, path, faults).map(Object::Activity),
    }
}

fn activity(value: &Value, path: &str, faults: &mut Vec<Fault>) -> Option<Activity> {
    let mut it = Properties::of(value, path, faults)?;
    it.checked("objectType", |text| text == "Activity", "不是已知的对象类型", "is no object type known here");
    let id = it.must_iri("id");
    let definition = it.take("definition").and_then(|value| definition(value, &it.path_of("definition"), it.faults));
    it.end();
    Some(Activity { id: id?, definition })
}

fn definition(value: &Value, path: &str, faults: &mut Vec<Fault>) -> Option<ActivityDefinition> {
    let mut it = Properties::of(value, path, faults)?;
    let definition = ActivityDefinition {
        name: it.language_map("name"),
        description: it.language_map("description"),
        kind: it.iri("type"),
        more_info: it.iri("moreInfo"),
        interaction: interaction(&mut it),
        extensions: it.extensions(),
    };
    it.end();
    Some(definition)
}

fn interaction(it: &mut Properties<'_, '_>) -> Option<Interaction> {
    let kind = it.checked(
        "interactionType",
        |text| INTERACTIONS.iter().any(|(kind, _)| *kind == text),
        "不是已知的题型",
        "is no interaction type known here",
    );
    let mut correct_responses = Vec::new();
    for (path, response) in it.list("correctResponsesPattern") {
        match response.as_str() {
            Some(response) => correct_responses.push(response.to_owned()),
            None => it.faults.push(Fault::new(&path, "应为文本", "must be text")),
        }
    }
    let allowed =
        INTERACTIONS.iter().find(|(name, _)| Some(*name) == kind.as_deref()).map_or(&[][..], |(_, lists)| lists);
    let mut components = Vec::new();
    for name in COMPONENTS {
        let given = it.has(name);
        let list: Vec<Component> =
            it.list(name).into_iter().filter_map(|(path, value)| component(value, &path, it.faults)).collect();
        if given && !allowed.contains(&name) {
            it.fault(name, "此题型没有这一项", "does not belong to this interaction type");
        }
        if list.iter().enumerate().any(|(at, component)| list[..at].iter().any(|other| other.id == component.id)) {
            it.fault(name, "编号重复", "has an id twice");
        }
        if given {
            components.push((name.to_owned(), list));
        }
    }
    if kind.is_none() && !it.has("interactionType") && it.has("correctResponsesPattern") {
        it.fault("interactionType", "缺少此项", "is missing");
    }
    Some(Interaction { kind: kind?, correct_responses, components })
}

fn component(value: &Value, path: &str, faults: &mut Vec<Fault>) -> Option<Component> {
    let mut it = Properties::of(value, path, faults)?;
    let id = it.must_text("id");
    let description = it.language_map("description");
    it.end();
    Some(Component { id: id?, description })
}

/// One activity or a list of them.
pub(crate) fn activity_list(it: &mut Properties<'_, '_>, name: &'static str) -> Vec<Activity> {
    let Some(value) = it.take(name) else { return Vec::new() };
    let path = it.path_of(name);
    match value {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .filter_map(|(at, value)| activity(value, &format!("{path}[{at}]"), it.faults))
            .collect(),
        single => activity(single, &path, it.faults).into_iter().collect(),
    }
}

pub(crate) fn related(
    it: &mut Properties<'_, '_>,
    list: &'static str,
    kind: &'static str,
    whom: &'static str,
) -> Vec<Related> {
    let mut all = Vec::new();
    for (path, value) in it.list(list) {
        let Some(mut one) = Properties::of(value, &path, it.faults) else { continue };
        one.must("objectType");
        one.checked("objectType", |text| text == kind, "对象类型不对", "has the wrong object type");
        let found = match whom {
            "agent" => one.must(whom).and_then(|value| agent(value, &one.path_of(whom), one.faults)),
            _ => one.must(whom).and_then(|value| group(value, &one.path_of(whom), one.faults)),
        };
        let mut relevant_types = Vec::new();
        for (path, value) in one.list("relevantTypes") {
            match value.as_str().filter(|text| is_iri(text)) {
                Some(iri) => relevant_types.push(iri.to_owned()),
                None => one.faults.push(Fault::new(&path, "应为 IRI", "must be an IRI")),
            }
        }
        if one.has("relevantTypes") && relevant_types.is_empty() {
            one.fault("relevantTypes", "不得为空", "must not be empty");
        }
        one.end();
        all.extend(found.map(|actor| Related { actor, relevant_types }));
    }
    all
}

pub(crate) fn attachments(it: &mut Properties<'_, '_>) -> Vec<Attachment> {
    it.list("attachments").into_iter().filter_map(|(path, value)| attachment(value, &path, it.faults)).collect()
}

fn attachment(value: &Value, path: &str, faults: &mut Vec<Fault>) -> Option<Attachment> {
    let mut it = Properties::of(value, path, faults)?;
    let usage_type = it.must_iri("usageType");
    it.must("display");
    let display = it.language_map("display");
    let description = it.language_map("description");
    it.must("contentType");
    let content_type = it.checked(
        "contentType",
        is_media_type,
        "应为媒体类型，如 image/png",
        "must be a media type, such as image/png",
    );
    it.must("length");
    let length = it.number("length").and_then(|number| number.as_u64());
    if length.is_none() && it.has("length") {
        it.fault("length", "应为非负整数", "must be a whole number of bytes");
    }
    it.must("sha2");
    let sha2 = it.checked("sha2", is_sha2, "应为十六进制的 SHA-2", "must be a SHA-2 in hexadecimal digits");
    let file_url = it.iri("fileUrl");
    it.end();
    Some(Attachment {
        usage_type: usage_type?,
        display,
        description,
        content_type: content_type?,
        length: length?,
        sha2: sha2?,
        file_url,
    })
}
