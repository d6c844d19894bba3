//! From how the settings name a variable to the server's own number for it.

use std::collections::HashMap;

use opcua::client::Session;
use opcua::types::{
    AttributeId, BrowseDescription, BrowseDirection, NodeId, ObjectId, ReadValueId, ReferenceDescription,
    ReferenceTypeId, TimestampsToReturn, VariableId, Variant,
};

use crate::config::opcua::{Identifier, Namespace, NodeRef, Step};

/// References of one node that are read in one go.
const REFERENCES_MAX: u32 = 1_000;
const ROUNDS_MAX: usize = 100;
/// All that a browse can tell: reference, direction, class, names, type.
const RESULT_MASK_ALL: u32 = 0x3F;

/// What was learnt of a server's nodes during one look.
#[derive(Default)]
pub(super) struct Map {
    namespaces: Option<Vec<String>>,
    children: HashMap<NodeId, Vec<ReferenceDescription>>,
}

impl Map {
    pub async fn find(&mut self, session: &Session, node: &NodeRef) -> Result<NodeId, String> {
        match node {
            NodeRef::Id { namespace, identifier } => {
                let namespace = match namespace {
                    Namespace::Index(index) => *index,
                    Namespace::Uri(uri) => self.index_of(session, uri).await?,
                };
                match identifier {
                    Identifier::Number(number) => Ok(NodeId::new(namespace, *number)),
                    Identifier::Text(text) => Ok(NodeId::new(namespace, text.as_str())),
                    Identifier::Guid(text) => {
                        let guid: opcua::types::Guid = text.parse().map_err(|_| format!("{text} is no GUID"))?;
                        Ok(NodeId::new(namespace, guid))
                    }
                }
            }
            NodeRef::Path(steps) => {
                let mut at: NodeId = ObjectId::ObjectsFolder.into();
                for step in steps {
                    at = self.step(session, &at, step).await?;
                }
                Ok(at)
            }
        }
    }

    async fn index_of(&mut self, session: &Session, uri: &str) -> Result<u16, String> {
        if self.namespaces.is_none() {
            let ask = ReadValueId {
                node_id: VariableId::Server_NamespaceArray.into(),
                attribute_id: AttributeId::Value as u32,
                ..ReadValueId::default()
            };
            let read =
                session.read(&[ask], TimestampsToReturn::Neither, 0.0).await.map_err(|error| error.to_string())?;
            let found = read.into_iter().next().and_then(|value| value.value);
            let Some(Variant::Array(array)) = found else {
                return Err("the server doesn't tell its namespaces".to_owned());
            };
            self.namespaces = Some(array.values.iter().map(|value| value.to_string()).collect());
        }
        let at = self.namespaces.iter().flatten().position(|known| known == uri);
        at.and_then(|at| u16::try_from(at).ok()).ok_or_else(|| format!("the server has no namespace {uri}"))
    }

    async fn step(&mut self, session: &Session, from: &NodeId, step: &Step) -> Result<NodeId, String> {
        if !self.children.contains_key(from) {
            let children = browse(session, from).await?;
            self.children.insert(from.clone(), children);
        }
        let children = self.children.get(from).map(Vec::as_slice).unwrap_or_default();
        let found = children.iter().find(|child| match step {
            Step::First => true,
            Step::Named(namespace, name) => {
                child.browse_name.name.as_ref() == name
                    && namespace.is_none_or(|namespace| child.browse_name.namespace_index == namespace)
            }
        });
        match (found, step) {
            (Some(child), _) => Ok(child.node_id.node_id.clone()),
            (None, Step::First) => Err(format!("{from} has nothing below it")),
            (None, Step::Named(_, name)) => Err(format!("{from} has no {name} below it")),
        }
    }
}

async fn browse(session: &Session, from: &NodeId) -> Result<Vec<ReferenceDescription>, String> {
    let ask = BrowseDescription {
        node_id: from.clone(),
        browse_direction: BrowseDirection::Forward,
        reference_type_id: ReferenceTypeId::HierarchicalReferences.into(),
        include_subtypes: true,
        node_class_mask: 0,
        result_mask: RESULT_MASK_ALL,
    };
    let mut found = Vec::new();
    let mut results = session.browse(&[ask], REFERENCES_MAX, None).await.map_err(|error| error.to_string())?;
    for _ in 0..ROUNDS_MAX {
        let Some(result) = results.pop() else { break };
        if result.status_code.is_bad() {
            return Err(format!("{from}: {}", result.status_code));
        }
        found.extend(result.references.unwrap_or_default());
        if result.continuation_point.is_null() {
            break;
        }
        results = session.browse_next(false, &[result.continuation_point]).await.map_err(|error| error.to_string())?;
    }
    Ok(found)
}
