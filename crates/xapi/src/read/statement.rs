//! A statement and a substatement, with result and context.

use std::borrow::Cow;

use kernel::Timestamp;

use super::who::Who;
use super::{ObjectKey, Place, Reader};
use crate::check::is_duration;
use crate::json::Node;
use crate::{AgentKey, Role, Uuid, Version};

/// The verb that takes a statement back; it must point at one.
const VOIDED: &str = "http://adlnet.gov/expapi/verbs/voided";

const STATEMENT: [&str; 11] = [
    "id",
    "stored",
    "authority",
    "version",
    "actor",
    "verb",
    "object",
    "result",
    "context",
    "timestamp",
    "attachments",
];
const SUB_STATEMENT: [&str; 8] =
    ["objectType", "actor", "verb", "object", "result", "context", "timestamp", "attachments"];
const VERB: [&str; 2] = ["id", "display"];
const RESULT: [&str; 6] = ["score", "success", "completion", "response", "duration", "extensions"];
const SCORE: [&str; 4] = ["scaled", "raw", "min", "max"];
const CONTEXT: [&str; 11] = [
    "registration",
    "instructor",
    "team",
    "contextActivities",
    "revision",
    "platform",
    "language",
    "statement",
    "extensions",
    "contextAgents",
    "contextGroups",
];
const CONTEXT_ACTIVITIES: [&str; 4] = ["parent", "grouping", "category", "other"];

/// What a statement says of itself, beside what it mentions.
pub(crate) struct Read<'a> {
    pub(crate) id: Option<Uuid>,
    /// `None` for an anonymous group.
    pub(crate) actor: Option<AgentKey<'a>>,
    pub(crate) verb: Cow<'a, str>,
    pub(crate) object: ObjectKey<'a>,
    pub(crate) registration: Option<Uuid>,
    pub(crate) timestamp: Option<Timestamp>,
    pub(crate) voids: bool,
}

/// What statements and substatements share.
struct Core<'a> {
    actor: Who<'a>,
    verb: Cow<'a, str>,
    object: ObjectKey<'a>,
    registration: Option<Uuid>,
    timestamp: Option<Timestamp>,
}

impl<'d, 'a> Reader<'d, 'a> {
    /// `None` only beside a fault.
    pub(crate) fn statement(&mut self, it: Node<'d, 'a>) -> Option<Read<'a>> {
        let all = self.properties(it, &STATEMENT)?;
        let [id, stored, authority, version, core @ ..] = all.found;
        let id = id.and_then(|id| self.uuid(id));
        if let Some(stored) = stored {
            self.time(stored);
        }
        if let Some(authority) = authority {
            self.authority(authority, Place { role: Role::Authority, inside: false });
        }
        if let Some(version) = version {
            self.version(version);
        }
        let core = self.core(it, core, false);
        self.end(it, &all, &STATEMENT);
        let core = core?;
        Some(Read {
            id,
            actor: match core.actor {
                Who::Known(key) => Some(key),
                Who::AnonymousGroup => None,
            },
            voids: core.verb == VOIDED,
            verb: core.verb,
            object: core.object,
            registration: core.registration,
            timestamp: core.timestamp,
        })
    }

    fn version(&mut self, it: Node<'d, 'a>) {
        let edition = self.version;
        let known = |text: &str| {
            let patch = |major: &str| {
                text.strip_prefix(major).is_some_and(|rest| {
                    rest.is_empty()
                        || rest
                            .strip_prefix('.')
                            .is_some_and(|patch| !patch.is_empty() && patch.bytes().all(|byte| byte.is_ascii_digit()))
                })
            };
            patch("1.0") || edition >= Version::V2_0 && patch("2.0")
        };
        self.checked(it, known, "不支持的 xAPI 版本", "is a version of xAPI that is not spoken here");
    }

    fn core(
        &mut self,
        it: Node<'d, 'a>,
        [actor, verb, object, result, context, timestamp, attachments]: [Option<Node<'d, 'a>>; 7],
        inside: bool,
    ) -> Option<Core<'a>> {
        let actor =
            self.must(it, "actor", actor).and_then(|actor| self.actor(actor, Place { role: Role::Actor, inside }));
        let verb = self.must(it, "verb", verb).and_then(|verb| self.verb(verb));
        let key = self.must(it, "object", object).and_then(|object| self.object(object, inside));
        if let Some(result) = result {
            self.result(result);
        }
        let registration = context.and_then(|context| {
            let activity = matches!(key, Some(ObjectKey::Activity(_)) | None);
            self.context(context, activity, inside)
        });
        let timestamp = timestamp.and_then(|timestamp| self.time(timestamp));
        if let Some(attachments) = attachments {
            self.attachments(attachments, inside);
        }
        if let (Some(verb), Some(object), Some(found)) = (&verb, object, &key)
            && verb == VOIDED
            && !matches!(found, ObjectKey::StatementRef(_))
        {
            self.fault(object, "撤回只能针对一条陈述（StatementRef）", "voiding needs a StatementRef");
        }
        Some(Core { actor: actor?, verb: verb?, object: key?, registration, timestamp })
    }

    fn verb(&mut self, it: Node<'d, 'a>) -> Option<Cow<'a, str>> {
        let all = self.properties(it, &VERB)?;
        let [id, display] = all.found;
        let id = self.must_iri(it, "id", id);
        if let Some(display) = display {
            self.language_map(display);
        }
        self.end(it, &all, &VERB);
        id
    }

    fn object(&mut self, it: Node<'d, 'a>, inside: bool) -> Option<ObjectKey<'a>> {
        let place = Place { role: Role::Object, inside };
        let kind = it.get("objectType").and_then(Node::text);
        match kind.as_deref() {
            Some("Agent" | "Group") => self.actor(it, place).map(|who| match who {
                Who::Known(key) => ObjectKey::Agent(key),
                Who::AnonymousGroup => ObjectKey::AnonymousGroup,
            }),
            Some("StatementRef") => self.statement_ref(it).map(ObjectKey::StatementRef),
            Some("SubStatement") if inside => {
                self.fault(it, "子陈述不得再含子陈述", "a substatement must not contain another");
                None
            }
            Some("SubStatement") => {
                let all = self.properties(it, &SUB_STATEMENT)?;
                let [_, core @ ..] = all.found;
                let core = self.core(it, core, true);
                self.end(it, &all, &SUB_STATEMENT);
                core.map(|_| ObjectKey::SubStatement)
            }
            _ => self.activity(it, place).map(ObjectKey::Activity),
        }
    }

    fn result(&mut self, it: Node<'d, 'a>) {
        let Some(all) = self.properties(it, &RESULT) else { return };
        let [score, success, completion, response, duration, extensions] = all.found;
        if let Some(score) = score {
            self.score(score);
        }
        for flag in [success, completion].into_iter().flatten() {
            self.boolean(flag);
        }
        if let Some(response) = response {
            self.is_text(response);
        }
        if let Some(duration) = duration {
            self.checked(
                duration,
                is_duration,
                "应为 ISO 8601 时长，如 PT1H30M",
                "must be an ISO 8601 duration, such as PT1H30M",
            );
        }
        if let Some(extensions) = extensions {
            self.extensions(extensions);
        }
        self.end(it, &all, &RESULT);
    }

    fn score(&mut self, it: Node<'d, 'a>) {
        let Some(all) = self.properties(it, &SCORE) else { return };
        let [scaled, raw, min, max] = all.found.map(|it| it.and_then(|it| self.number(it)));
        let [scaled_at, raw_at, min_at, _] = all.found;
        if let (Some(at), Some(scaled)) = (scaled_at, scaled)
            && !(-1.0..=1.0).contains(&scaled)
        {
            self.fault(at, "应在 -1 到 1 之间", "must be from -1 to 1");
        }
        if let (Some(at), Some(min), Some(max)) = (min_at, min, max)
            && min >= max
        {
            self.fault(at, "应小于 max", "must be less than max");
        }
        if let (Some(at), Some(raw)) = (raw_at, raw) {
            if min.is_some_and(|min| raw < min) {
                self.fault(at, "不得小于 min", "must not be less than min");
            }
            if max.is_some_and(|max| raw > max) {
                self.fault(at, "不得大于 max", "must not be greater than max");
            }
        }
        self.end(it, &all, &SCORE);
    }

    /// The registration. `activity`: whether the object is one, as far as that is known.
    fn context(&mut self, it: Node<'d, 'a>, activity: bool, inside: bool) -> Option<Uuid> {
        let all = self.properties(it, &CONTEXT)?;
        let [
            registration,
            instructor,
            team,
            activities,
            revision,
            platform,
            language,
            statement,
            extensions,
            agents,
            groups,
        ] = all.found;
        let at = |role| Place { role, inside };
        let registration = registration.and_then(|it| self.uuid(it));
        if let Some(instructor) = instructor {
            self.actor(instructor, at(Role::Instructor));
        }
        if let Some(team) = team {
            self.group(team, at(Role::Team));
        }
        if let Some(activities) = activities {
            self.context_activities(activities, inside);
        }
        for text in [revision, platform].into_iter().flatten() {
            self.is_text(text);
            if !activity {
                self.fault(text, "仅当宾语是活动时可用", "is for activities only");
            }
        }
        if let Some(language) = language {
            self.language_tag(language);
        }
        if let Some(statement) = statement {
            self.statement_ref(statement);
        }
        if let Some(extensions) = extensions {
            self.extensions(extensions);
        }
        if self.version >= Version::V2_0 {
            if let Some(agents) = agents {
                self.related(agents, "contextAgent", "agent", at(Role::ContextAgent));
            }
            if let Some(groups) = groups {
                self.related(groups, "contextGroup", "group", at(Role::ContextGroup));
            }
        } else {
            for (list, name) in [(agents, "contextAgents"), (groups, "contextGroups")] {
                if list.is_some() {
                    self.fault_of(it, name, "xAPI 2.0 起才有的属性", "is a property from xAPI 2.0 on");
                }
            }
        }
        self.end(it, &all, &CONTEXT);
        registration
    }

    fn context_activities(&mut self, it: Node<'d, 'a>, inside: bool) {
        let Some(all) = self.properties(it, &CONTEXT_ACTIVITIES) else { return };
        let roles = [Role::Parent, Role::Grouping, Role::Category, Role::Other];
        for (list, role) in all.found.into_iter().zip(roles) {
            if let Some(list) = list {
                self.activities(list, Place { role, inside });
            }
        }
        self.end(it, &all, &CONTEXT_ACTIVITIES);
    }
}
