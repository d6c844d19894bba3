//! Agents outside of statements: as a parameter of a request, and as the person who is told of.

use serde_json::{Map, Value, json};

use crate::json::{Document, Node};
use crate::model_read::actor;
use crate::prepare::{broken, tell_twice};
use crate::read::Reader;
use crate::{Actor, AgentKey, Fault, Identity, Version};

impl Actor {
    /// Reads the JSON of an agent or group, such as the `agent` parameter of a request. [`Actor::key`] is what it is looked
    /// up by; an anonymous group has none.
    pub fn parse(json: &str) -> Result<Actor, Vec<Fault>> {
        let document = Document::parse(json).map_err(|it| vec![broken(json, it)])?;
        let mut reader = Reader::new(Version::V2_0);
        tell_twice(&document, &mut reader);
        reader.somebody(document.root());
        if !reader.faults.is_empty() {
            return Err(reader.faults);
        }
        actor(document.root()).ok_or_else(|| vec![Fault::new("", "无法读取", "can't be read")])
    }

    pub fn name(&self) -> Option<&str> {
        match self {
            Actor::Agent { name, .. } | Actor::Group { name, .. } => name.as_deref(),
        }
    }

    /// The Person of `/agents`: all that is known of an agent, each property a list. `names` are those that a store has
    /// seen with him; the agent's own comes first.
    pub fn to_person(&self, names: &[&str]) -> Value {
        let mut all: Vec<&str> = Vec::new();
        for name in self.name().into_iter().chain(names.iter().copied()) {
            if !all.contains(&name) {
                all.push(name);
            }
        }
        let mut person = Map::new();
        person.insert("objectType".to_owned(), "Person".into());
        if !all.is_empty() {
            person.insert("name".to_owned(), all.into());
        }
        if let Some(identity) = self.identity() {
            let (property, value) = match identity {
                Identity::Mbox(mbox) => ("mbox", json!([mbox])),
                Identity::MboxSha1sum(sum) => ("mbox_sha1sum", json!([sum])),
                Identity::OpenId(iri) => ("openid", json!([iri])),
                Identity::Account { home_page, name } => ("account", json!([{"homePage": home_page, "name": name}])),
            };
            person.insert(property.to_owned(), value);
        }
        Value::Object(person)
    }
}

impl<'a> AgentKey<'a> {
    /// Of an agent or group that was found free of faults.
    pub(crate) fn of(it: Node<'_, 'a>) -> Option<AgentKey<'a>> {
        let text = |name| it.get(name).and_then(Node::text);
        let account = |account: Node<'_, 'a>| {
            Some(AgentKey::Account { home_page: account.get("homePage")?.text()?, name: account.get("name")?.text()? })
        };
        text("mbox")
            .map(AgentKey::of_mbox)
            .or_else(|| text("mbox_sha1sum").map(AgentKey::of_sha1))
            .or_else(|| text("openid").map(AgentKey::OpenId))
            .or_else(|| it.get("account").and_then(account))
    }
}
