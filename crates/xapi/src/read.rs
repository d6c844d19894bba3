//! Reading a foreign statement: every property is looked at, unknown ones are refused, and all faults are reported.

use serde_json::{Map, Value};

use crate::check::{is_duration, is_iri, is_language_tag, time};
use crate::read_object::{activity_list, actor, attachments, group, object, related};
use crate::{
    Context, ContextActivities, Fault, LanguageMap, Outcome, Score, Statement, SubStatement, Time, Uuid, Verb, Version,
};

/// The verb that takes a statement back; it must point at one.
const VOIDED: &str = "http://adlnet.gov/expapi/verbs/voided";

impl Statement {
    /// Reads JSON as the given edition of the specification has it.
    pub fn read(value: &Value, version: Version) -> Result<Statement, Vec<Fault>> {
        let mut faults = Vec::new();
        let read = statement(value, version, &mut faults);
        match read {
            Some(statement) if faults.is_empty() => Ok(statement),
            _ => Err(faults),
        }
    }
}

/// The properties of one JSON object: taken one by one, and what is left over is a fault.
pub(crate) struct Properties<'v, 'f> {
    map: &'v Map<String, Value>,
    known: Vec<&'static str>,
    path: String,
    pub(crate) faults: &'f mut Vec<Fault>,
}

impl<'v, 'f> Properties<'v, 'f> {
    pub(crate) fn of(value: &'v Value, path: &str, faults: &'f mut Vec<Fault>) -> Option<Self> {
        match value {
            Value::Object(map) => Some(Properties { map, known: Vec::new(), path: path.to_owned(), faults }),
            _ => {
                faults.push(Fault::new(path, "应为 JSON 对象", "must be a JSON object"));
                None
            }
        }
    }

    pub(crate) fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    pub(crate) fn fault(&mut self, name: &str, zh: &str, en: &str) {
        let path = if name.is_empty() { self.path.clone() } else { self.path_of(name) };
        self.faults.push(Fault::new(&path, zh, en));
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.map.contains_key(name)
    }

    pub(crate) fn take(&mut self, name: &'static str) -> Option<&'v Value> {
        self.known.push(name);
        let value = self.map.get(name)?;
        if value.is_null() {
            self.fault(name, "不得为 null", "must not be null");
            return None;
        }
        Some(value)
    }

    pub(crate) fn must(&mut self, name: &'static str) -> Option<&'v Value> {
        if !self.has(name) {
            self.known.push(name);
            self.fault(name, "缺少此项", "is missing");
            return None;
        }
        self.take(name)
    }

    pub(crate) fn text(&mut self, name: &'static str) -> Option<String> {
        let value = self.take(name)?;
        let text = value.as_str();
        if text.is_none() {
            self.fault(name, "应为文本", "must be text");
        }
        text.map(str::to_owned)
    }

    pub(crate) fn must_text(&mut self, name: &'static str) -> Option<String> {
        self.must(name)?;
        self.text(name)
    }

    /// Text that passes a check, or a fault in the words given.
    pub(crate) fn checked(
        &mut self,
        name: &'static str,
        good: impl Fn(&str) -> bool,
        zh: &str,
        en: &str,
    ) -> Option<String> {
        let text = self.text(name)?;
        if good(&text) {
            return Some(text);
        }
        self.fault(name, zh, en);
        None
    }

    pub(crate) fn iri(&mut self, name: &'static str) -> Option<String> {
        self.checked(name, is_iri, "应为完整的 IRI，如 https://…", "must be an absolute IRI, such as https://…")
    }

    pub(crate) fn must_iri(&mut self, name: &'static str) -> Option<String> {
        self.must(name)?;
        self.iri(name)
    }

    pub(crate) fn boolean(&mut self, name: &'static str) -> Option<bool> {
        let value = self.take(name)?.as_bool();
        if value.is_none() {
            self.fault(name, "应为 true 或 false", "must be true or false");
        }
        value
    }

    pub(crate) fn number(&mut self, name: &'static str) -> Option<serde_json::Number> {
        match self.take(name)? {
            Value::Number(number) => Some(number.clone()),
            _ => {
                self.fault(name, "应为数字", "must be a number");
                None
            }
        }
    }

    pub(crate) fn uuid(&mut self, name: &'static str) -> Option<Uuid> {
        let text = self.text(name)?;
        let uuid = text.parse().ok();
        if uuid.is_none() {
            self.fault(name, "应为 UUID", "must be a UUID");
        }
        uuid
    }

    pub(crate) fn time(&mut self, name: &'static str) -> Option<Time> {
        let text = self.text(name)?;
        let time = time(&text);
        if time.is_none() {
            self.fault(
                name,
                "应为带时区的 ISO 8601 时间，如 2026-11-22T08:00:00.000Z",
                "must be an ISO 8601 time with its offset, such as 2026-11-22T08:00:00.000Z",
            );
        }
        time
    }

    pub(crate) fn language_map(&mut self, name: &'static str) -> LanguageMap {
        let Some(value) = self.take(name) else { return Vec::new() };
        let Some(map) = value.as_object() else {
            self.fault(name, "应为语言到文本的对象", "must be an object from language to text");
            return Vec::new();
        };
        let mut texts = Vec::new();
        for (tag, text) in map {
            let at = format!("{}.{tag}", self.path_of(name));
            if !is_language_tag(tag) {
                self.faults.push(Fault::new(&at, "不是语言标签（RFC 5646）", "is no language tag (RFC 5646)"));
            }
            match text.as_str() {
                Some(text) => texts.push((tag.clone(), text.to_owned())),
                None => self.faults.push(Fault::new(&at, "应为文本", "must be text")),
            }
        }
        texts
    }

    pub(crate) fn extensions(&mut self) -> Map<String, Value> {
        let Some(value) = self.take("extensions") else { return Map::new() };
        let Some(map) = value.as_object() else {
            self.fault("extensions", "应为 JSON 对象", "must be a JSON object");
            return Map::new();
        };
        for key in map.keys().filter(|key| !is_iri(key)) {
            let at = format!("{}.{key}", self.path_of("extensions"));
            self.faults.push(Fault::new(&at, "扩展的键应为 IRI", "an extension's key must be an IRI"));
        }
        map.clone()
    }

    /// The elements of a list, each with its path.
    pub(crate) fn list(&mut self, name: &'static str) -> Vec<(String, &'v Value)> {
        let Some(value) = self.take(name) else { return Vec::new() };
        let Some(items) = value.as_array() else {
            self.fault(name, "应为列表", "must be a list");
            return Vec::new();
        };
        let path = self.path_of(name);
        items.iter().enumerate().map(|(at, item)| (format!("{path}[{at}]"), item)).collect()
    }

    /// What nobody has asked for is unknown.
    pub(crate) fn end(self) {
        for name in self.map.keys().filter(|name| !self.known.contains(&name.as_str())) {
            let path = if self.path.is_empty() { name.clone() } else { format!("{}.{name}", self.path) };
            self.faults.push(Fault::new(&path, "未知的属性", "is no property known here"));
        }
    }
}

fn statement(value: &Value, version: Version, faults: &mut Vec<Fault>) -> Option<Statement> {
    let mut it = Properties::of(value, "", faults)?;
    let id = it.uuid("id");
    let stored = it.time("stored");
    let authority = it.take("authority").and_then(|value| actor(value, "authority", it.faults));
    let said = it.text("version");
    if let Some(said) = &said {
        let known = match version {
            Version::V1_0_3 => said == "1.0" || said.starts_with("1.0."),
            Version::V2_0 => said == "2.0" || said.starts_with("2.0.") || said == "1.0" || said.starts_with("1.0."),
        };
        if !known {
            it.fault("version", "不支持的 xAPI 版本", "is a version of xAPI that is not spoken here");
        }
    }
    let core = core(&mut it, version, true);
    it.end();
    let core = core?;
    Some(Statement {
        id,
        actor: core.actor,
        verb: core.verb,
        object: core.object,
        result: core.result,
        context: core.context,
        timestamp: core.timestamp,
        stored,
        authority,
        version: said,
        attachments: core.attachments,
    })
}

/// What statements and substatements share.
fn core(it: &mut Properties<'_, '_>, version: Version, nesting: bool) -> Option<SubStatement> {
    let actor = it.must("actor").and_then(|value| actor(value, &it.path_of("actor"), it.faults));
    let verb = it.must("verb").and_then(|value| verb(value, &it.path_of("verb"), it.faults));
    let object = it.must("object").and_then(|value| object(value, &it.path_of("object"), version, nesting, it.faults));
    let result = it.take("result").and_then(|value| outcome(value, &it.path_of("result"), it.faults));
    let context = it.take("context").and_then(|value| context(value, &it.path_of("context"), version, it.faults));
    let timestamp = it.time("timestamp");
    let attachments = attachments(it);
    let on_activity = matches!(object, Some(crate::Object::Activity(_)) | None);
    if let Some(context) = &context
        && !on_activity
    {
        if context.revision.is_some() {
            it.fault("context.revision", "仅当宾语是活动时可用", "is for activities only");
        }
        if context.platform.is_some() {
            it.fault("context.platform", "仅当宾语是活动时可用", "is for activities only");
        }
    }
    if verb.as_ref().is_some_and(|verb| verb.id == VOIDED)
        && !matches!(object, Some(crate::Object::StatementRef(_)) | None)
    {
        it.fault("object", "撤回只能针对一条陈述（StatementRef）", "voiding needs a StatementRef");
    }
    Some(SubStatement { actor: actor?, verb: verb?, object: object?, result, context, timestamp, attachments })
}

pub(crate) fn sub_statement(
    value: &Value,
    path: &str,
    version: Version,
    faults: &mut Vec<Fault>,
) -> Option<SubStatement> {
    let mut it = Properties::of(value, path, faults)?;
    it.take("objectType");
    let core = core(&mut it, version, false);
    it.end();
    core
}

fn verb(value: &Value, path: &str, faults: &mut Vec<Fault>) -> Option<Verb> {
    let mut it = Properties::of(value, path, faults)?;
    let id = it.must_iri("id");
    let display = it.language_map("display");
    it.end();
    Some(Verb { id: id?, display })
}

fn outcome(value: &Value, path: &str, faults: &mut Vec<Fault>) -> Option<Outcome> {
    let mut it = Properties::of(value, path, faults)?;
    let outcome = Outcome {
        score: it.take("score").and_then(|value| score(value, &it.path_of("score"), it.faults)),
        success: it.boolean("success"),
        completion: it.boolean("completion"),
        response: it.text("response"),
        duration: it.checked(
            "duration",
            is_duration,
            "应为 ISO 8601 时长，如 PT1H30M",
            "must be an ISO 8601 duration, such as PT1H30M",
        ),
        extensions: it.extensions(),
    };
    it.end();
    Some(outcome)
}

fn score(value: &Value, path: &str, faults: &mut Vec<Fault>) -> Option<Score> {
    let mut it = Properties::of(value, path, faults)?;
    let score =
        Score { scaled: it.number("scaled"), raw: it.number("raw"), min: it.number("min"), max: it.number("max") };
    let of = |number: &Option<serde_json::Number>| number.as_ref().and_then(serde_json::Number::as_f64);
    let (scaled, raw, min, max) = (of(&score.scaled), of(&score.raw), of(&score.min), of(&score.max));
    if scaled.is_some_and(|scaled| !(-1.0..=1.0).contains(&scaled)) {
        it.fault("scaled", "应在 -1 到 1 之间", "must be from -1 to 1");
    }
    if let (Some(min), Some(max)) = (min, max)
        && min >= max
    {
        it.fault("min", "应小于 max", "must be less than max");
    }
    if let (Some(raw), Some(min)) = (raw, min)
        && raw < min
    {
        it.fault("raw", "不得小于 min", "must not be less than min");
    }
    if let (Some(raw), Some(max)) = (raw, max)
        && raw > max
    {
        it.fault("raw", "不得大于 max", "must not be greater than max");
    }
    it.end();
    Some(score)
}

fn context(value: &Value, path: &str, version: Version, faults: &mut Vec<Fault>) -> Option<Context> {
    let mut it = Properties::of(value, path, faults)?;
    let mut context = Context {
        registration: it.uuid("registration"),
        instructor: it.take("instructor").and_then(|value| actor(value, &it.path_of("instructor"), it.faults)),
        team: it.take("team").and_then(|value| group(value, &it.path_of("team"), it.faults)),
        activities: it
            .take("contextActivities")
            .map(|value| context_activities(value, &it.path_of("contextActivities"), it.faults))
            .unwrap_or_default(),
        revision: it.text("revision"),
        platform: it.text("platform"),
        language: it.checked("language", is_language_tag, "不是语言标签（RFC 5646）", "is no language tag (RFC 5646)"),
        statement: it.take("statement").and_then(|value| statement_ref(value, &it.path_of("statement"), it.faults)),
        extensions: it.extensions(),
        ..Context::default()
    };
    if version >= Version::V2_0 {
        context.agents = related(&mut it, "contextAgents", "contextAgent", "agent");
        context.groups = related(&mut it, "contextGroups", "contextGroup", "group");
    }
    it.end();
    Some(context)
}

fn context_activities(value: &Value, path: &str, faults: &mut Vec<Fault>) -> ContextActivities {
    let Some(mut it) = Properties::of(value, path, faults) else { return ContextActivities::default() };
    let activities = ContextActivities {
        parent: activity_list(&mut it, "parent"),
        grouping: activity_list(&mut it, "grouping"),
        category: activity_list(&mut it, "category"),
        other: activity_list(&mut it, "other"),
    };
    it.end();
    activities
}

pub(crate) fn statement_ref(value: &Value, path: &str, faults: &mut Vec<Fault>) -> Option<Uuid> {
    let mut it = Properties::of(value, path, faults)?;
    it.must("objectType");
    it.checked("objectType", |text| text == "StatementRef", "应为 StatementRef", "must be StatementRef");
    it.must("id");
    let id = it.uuid("id");
    it.end();
    id
}
