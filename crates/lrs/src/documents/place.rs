//! What a document belongs to: an activity, an agent, or both, and for a state perhaps a registration.

use archive::Tenant;
use sha2::{Digest, Sha256};
use store::{Arg, args};

use super::Kind;
use crate::agents::agent_of;
use crate::call::Call;
use crate::refusal::{Done, Refusal};

pub struct Place {
    pub kind: Kind,
    /// A digest of activity and agent.
    pub key: Vec<u8>,
    pub registration: Option<String>,
    /// Of the document, if one is named.
    pub name: Option<String>,
}

/// Under which the documents of an activity, an agent or both are kept.
pub fn place_of(activity: &str, agent: &str) -> Vec<u8> {
    let mut digest = Sha256::new();
    for part in [activity, agent] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().to_vec()
}

impl Place {
    pub fn of(call: &Call, kind: Kind, also: &[&'static str]) -> Done<Place> {
        let own: &[&'static str] = match kind {
            Kind::State => &["activityId", "agent", "registration", "stateId"],
            Kind::Activity => &["activityId", "profileId"],
            Kind::Agent => &["agent", "profileId"],
        };
        call.params.only(&[own, also].concat())?;
        let activity = if kind == Kind::Agent { "" } else { call.params.must_iri("activityId")? };
        let agent = if kind == Kind::Activity {
            String::new()
        } else {
            call.params.must("agent")?;
            agent_of(call)?.map(|(_, key)| key).unwrap_or_default()
        };
        let registration = call.params.uuid("registration")?.map(|id| id.to_string());
        let name = call.params.get(kind.name()).map(str::to_owned);
        Ok(Place { kind, key: place_of(activity, &agent), registration, name })
    }

    pub fn must_name(&self) -> Done<&str> {
        self.name.as_deref().ok_or_else(|| Refusal::bad_in(self.kind.name(), "缺少此参数", "is missing"))
    }

    pub fn args_of(&self, tenant: Tenant, name: &str) -> [Arg; 5] {
        args![
            tenant.number(),
            self.kind.code(),
            self.key.as_slice(),
            self.registration.as_deref().unwrap_or_default(),
            name
        ]
    }
}
