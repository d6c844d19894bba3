//! Who: agents, groups and what makes them that one.

use std::borrow::Cow;

use super::{Place, Reader};
use crate::check::{is_iri, is_mailto, is_sha1};
use crate::json::Node;
use crate::{AgentKey, Mention, Role};

const AGENT: [&str; 6] = ["objectType", "name", "mbox", "mbox_sha1sum", "openid", "account"];
const GROUP: [&str; 7] = ["objectType", "name", "mbox", "mbox_sha1sum", "openid", "account", "member"];
const ACCOUNT: [&str; 2] = ["homePage", "name"];

/// What was found to be somebody: with a key, or a group without one.
pub(super) enum Who<'a> {
    Known(AgentKey<'a>),
    AnonymousGroup,
}

/// Name and identity of an agent or group, in the order of [`AGENT`].
type Named<'d, 'a> = [Option<Node<'d, 'a>>; 5];

impl<'d, 'a> Reader<'d, 'a> {
    pub(super) fn actor(&mut self, it: Node<'d, 'a>, place: Place) -> Option<Who<'a>> {
        if it.get("objectType").is_some_and(|kind| kind.is("Group")) {
            self.group(it, place)
        } else {
            self.agent(it, place, false).map(Who::Known)
        }
    }

    /// An agent or group by itself.
    pub(crate) fn somebody(&mut self, it: Node<'d, 'a>) {
        self.actor(it, Place { role: Role::Actor, inside: false });
    }

    /// `member`: of the group that has the place.
    pub(super) fn agent(&mut self, it: Node<'d, 'a>, place: Place, member: bool) -> Option<AgentKey<'a>> {
        let all = self.properties(it, &AGENT)?;
        let [kind, named @ ..] = all.found;
        if let Some(kind) = kind {
            self.checked(kind, |text| text == "Agent", "应为 Agent 或 Group", "must be Agent or Group");
        }
        let key = self.named(it, named, place, member, false);
        if named[1..].iter().all(Option::is_none) {
            self.fault(
                it,
                "须有且仅有一种标识：mbox、mbox_sha1sum、openid 或 account",
                "needs exactly one of mbox, mbox_sha1sum, openid and account",
            );
        }
        self.end(it, &all, &AGENT);
        key
    }

    pub(super) fn group(&mut self, it: Node<'d, 'a>, place: Place) -> Option<Who<'a>> {
        let all = self.properties(it, &GROUP)?;
        let [kind, name, mbox, sha1, openid, account, members] = all.found;
        if let Some(kind) = self.must(it, "objectType", kind) {
            self.checked(kind, |text| text == "Group", "应为 Group", "must be Group");
        }
        let named = [name, mbox, sha1, openid, account];
        let key = self.named(it, named, place, false, true);
        if let Some(members) = members {
            for member in self.list(members) {
                self.agent(member, place, true);
            }
        }
        let anonymous = named[1..].iter().all(Option::is_none);
        if anonymous && members.is_none() {
            self.fault_of(it, "member", "匿名小组须列出成员", "an anonymous group must list its members");
        }
        self.end(it, &all, &GROUP);
        if anonymous { Some(Who::AnonymousGroup) } else { key.map(Who::Known) }
    }

    /// Who says that a statement is true: an agent, or the two of OAuth, an application and its user.
    pub(super) fn authority(&mut self, it: Node<'d, 'a>, place: Place) {
        self.actor(it, place);
        if it.get("objectType").is_some_and(|kind| kind.is("Group")) {
            let members = it.get("member").map_or(0, |members| members.items().count());
            let identified = it.entries().any(|(key, _)| AGENT[2..].iter().any(|name| key.is(name)));
            if identified || members != 2 {
                self.fault(
                    it,
                    "作为凭据的小组须为恰有两名成员的匿名小组",
                    "a group as authority must be anonymous and have exactly two members",
                );
            }
        }
    }

    /// The name and the one identity, mentioned.
    fn named(
        &mut self,
        it: Node<'d, 'a>,
        [name, mbox, sha1, openid, account]: Named<'d, 'a>,
        place: Place,
        member: bool,
        group: bool,
    ) -> Option<AgentKey<'a>> {
        let name = name.and_then(|name| self.storable(name));
        let mut keys = [None, None, None, None];
        if let Some(mbox) = mbox {
            let said = self.checked(mbox, is_mailto, "应为 mailto: 加邮箱地址", "must be mailto: and an address");
            keys[0] = said.map(AgentKey::of_mbox);
        }
        if let Some(sha1) = sha1 {
            let said = self.checked(sha1, is_sha1, "应为 40 位十六进制", "must be 40 hexadecimal digits");
            keys[1] = said.map(AgentKey::of_sha1);
        }
        if let Some(openid) = openid {
            keys[2] = self.iri(openid).map(AgentKey::OpenId);
        }
        if let Some(account) = account {
            keys[3] = self.account(account);
        }
        if [mbox, sha1, openid, account].iter().flatten().count() > 1 {
            self.fault(it, "只能有一种标识", "must have one identifier only");
        }
        let key = keys.into_iter().flatten().next()?;
        self.mention(place, member, Mention::Agent { key: key.clone(), name, group });
        Some(key)
    }

    fn account(&mut self, it: Node<'d, 'a>) -> Option<AgentKey<'a>> {
        let all = self.properties(it, &ACCOUNT)?;
        let [home_page, name] = all.found;
        let home_page = self.must_iri(it, "homePage", home_page);
        let name = self.must(it, "name", name).and_then(|name| self.storable(name));
        self.end(it, &all, &ACCOUNT);
        Some(AgentKey::Account { home_page: home_page?, name: name? })
    }

    /// Text that goes into an index by itself; no database takes U+0000 in one.
    fn storable(&mut self, it: Node<'d, 'a>) -> Option<Cow<'a, str>> {
        self.checked(it, |text| !text.contains('\0'), "不得含有 U+0000", "must not contain U+0000")
    }

    /// The list of further agents or groups of a context: `kind` and `whom` are what each must be and have.
    pub(super) fn related(&mut self, it: Node<'d, 'a>, kind: &str, whom: &'static str, place: Place) {
        for one in self.list(it) {
            let names = ["objectType", whom, "relevantTypes"];
            let Some(all) = self.properties(one, &names) else { continue };
            let [object_type, actor, types] = all.found;
            if let Some(it) = self.must(one, "objectType", object_type) {
                self.checked(it, |text| text == kind, "对象类型不对", "has the wrong object type");
            }
            match self.must(one, whom, actor) {
                Some(agent) if whom == "agent" => {
                    self.agent(agent, place, false);
                }
                Some(group) => {
                    self.group(group, place);
                }
                None => {}
            }
            if let Some(types) = types {
                let mut count = 0;
                for iri in self.list(types) {
                    count += 1;
                    self.checked(iri, is_iri, "应为 IRI", "must be an IRI");
                }
                if types.is_array() && count == 0 {
                    self.fault(types, "不得为空", "must not be empty");
                }
            }
            self.end(one, &all, &names);
        }
    }
}
