//! By what agents and groups are told apart, as a short text that an index can hold.

use std::borrow::Cow;
use std::fmt::{Display, Formatter, Result as Written};

use kernel::PersonId;

use crate::build::PERSONS;
use crate::{Actor, Identity};

/// The identity of an agent or of a group that has one.
///
/// As text ([`Display`]): `mbox:a@b.example`, `sha1:<40 digits>`, `openid:<IRI>`, `account:<home page>|<name>`. Two keys are
/// equal exactly if their texts are: an IRI holds no `|`, so an account ends its home page at the first one. What the
/// specification calls insensitive to case (2.3.1: the domain of an address, hexadecimal digits) is in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AgentKey<'a> {
    /// The address without `mailto:`.
    Mbox(Cow<'a, str>),
    MboxSha1sum(Cow<'a, str>),
    OpenId(Cow<'a, str>),
    Account {
        home_page: Cow<'a, str>,
        name: Cow<'a, str>,
    },
}

impl<'a> AgentKey<'a> {
    /// `mbox` with its `mailto:`.
    pub(crate) fn of_mbox(mbox: Cow<'a, str>) -> AgentKey<'a> {
        let address = match mbox {
            Cow::Borrowed(mbox) => Cow::Borrowed(mbox.strip_prefix("mailto:").unwrap_or(mbox)),
            Cow::Owned(mbox) => Cow::Owned(mbox.strip_prefix("mailto:").unwrap_or(&mbox).to_owned()),
        };
        let domain = address.find('@').unwrap_or(0);
        if !address[domain..].bytes().any(|byte| byte.is_ascii_uppercase()) {
            return AgentKey::Mbox(address);
        }
        let mut address = address.into_owned();
        address[domain..].make_ascii_lowercase();
        AgentKey::Mbox(address.into())
    }

    pub(crate) fn of_sha1(sum: Cow<'a, str>) -> AgentKey<'a> {
        AgentKey::MboxSha1sum(if sum.bytes().any(|byte| byte.is_ascii_uppercase()) {
            sum.to_ascii_lowercase().into()
        } else {
            sum
        })
    }

    /// The person of this hall that it is, if it is one.
    pub fn person(&self) -> Option<PersonId> {
        match self {
            AgentKey::Account { home_page, name } if home_page == PERSONS => name.parse().ok(),
            _ => None,
        }
    }

    pub fn into_owned(self) -> AgentKey<'static> {
        let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        match self {
            AgentKey::Mbox(address) => AgentKey::Mbox(own(address)),
            AgentKey::MboxSha1sum(sum) => AgentKey::MboxSha1sum(own(sum)),
            AgentKey::OpenId(iri) => AgentKey::OpenId(own(iri)),
            AgentKey::Account { home_page, name } => AgentKey::Account { home_page: own(home_page), name: own(name) },
        }
    }

    /// Appends the key's text.
    pub fn write(&self, out: &mut String) {
        for part in self.parts() {
            out.push_str(part);
        }
    }

    fn parts(&self) -> [&str; 4] {
        match self {
            AgentKey::Mbox(address) => ["mbox:", address, "", ""],
            AgentKey::MboxSha1sum(sum) => ["sha1:", sum, "", ""],
            AgentKey::OpenId(iri) => ["openid:", iri, "", ""],
            AgentKey::Account { home_page, name } => ["account:", home_page, "|", name],
        }
    }
}

impl Display for AgentKey<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Written {
        self.parts().iter().try_for_each(|part| f.write_str(part))
    }
}

impl Identity {
    pub fn key(&self) -> AgentKey<'_> {
        match self {
            Identity::Mbox(mbox) => AgentKey::of_mbox(mbox.into()),
            Identity::MboxSha1sum(sum) => AgentKey::of_sha1(sum.into()),
            Identity::OpenId(iri) => AgentKey::OpenId(iri.into()),
            Identity::Account { home_page, name } => {
                AgentKey::Account { home_page: home_page.into(), name: name.into() }
            }
        }
    }
}

impl Actor {
    pub fn identity(&self) -> Option<&Identity> {
        match self {
            Actor::Agent { identity, .. } => Some(identity),
            Actor::Group { identity, .. } => identity.as_ref(),
        }
    }

    /// Nothing for an anonymous group.
    pub fn key(&self) -> Option<AgentKey<'_>> {
        self.identity().map(Identity::key)
    }
}
