//! What: activities with their definitions, attachments, and statements that are pointed at.

use std::borrow::Cow;

use super::{Place, Reader};
use crate::check::{is_media_type, is_sha2};
use crate::facts::SIGNATURE;
use crate::json::{Kind, Node};
use crate::{AttachmentMeta, Defined, Mention, Uuid};

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
pub(crate) const COMPONENTS: [&str; 5] = ["choices", "scale", "source", "target", "steps"];

const ACTIVITY: [&str; 3] = ["objectType", "id", "definition"];
const DEFINITION: [&str; 12] = [
    "name",
    "description",
    "type",
    "moreInfo",
    "extensions",
    "interactionType",
    "correctResponsesPattern",
    "choices",
    "scale",
    "source",
    "target",
    "steps",
];
const COMPONENT: [&str; 2] = ["id", "description"];
const STATEMENT_REF: [&str; 2] = ["objectType", "id"];
const ATTACHMENT: [&str; 7] = ["usageType", "display", "description", "contentType", "length", "sha2", "fileUrl"];

impl<'d, 'a> Reader<'d, 'a> {
    pub(super) fn activity(&mut self, it: Node<'d, 'a>, place: Place) -> Option<Cow<'a, str>> {
        let all = self.properties(it, &ACTIVITY)?;
        let [kind, id, definition] = all.found;
        if let Some(kind) = kind {
            self.checked(kind, |text| text == "Activity", "不是已知的对象类型", "is no object type known here");
        }
        let id = self.must_iri(it, "id", id);
        if let Some(definition) = definition {
            self.definition(definition);
        }
        self.end(it, &all, &ACTIVITY);
        let id = id?;
        self.mention(place, false, Mention::Activity(id.clone()));
        if let Some(definition) = definition {
            self.definitions.push(Defined { activity: id.clone(), json: definition.raw() });
        }
        Some(id)
    }

    /// One activity, to be stored as a list of one, or a list of them.
    pub(super) fn activities(&mut self, it: Node<'d, 'a>, place: Place) {
        match it.kind() {
            Kind::Array => {
                for activity in it.items() {
                    self.activity(activity, place);
                }
            }
            _ => {
                self.singles.push(it);
                self.activity(it, place);
            }
        }
    }

    fn definition(&mut self, it: Node<'d, 'a>) {
        let Some(all) = self.properties(it, &DEFINITION) else { return };
        let [name, description, kind, more_info, extensions, interaction, responses, components @ ..] = all.found;
        for map in [name, description].into_iter().flatten() {
            self.language_map(map);
        }
        for iri in [kind, more_info].into_iter().flatten() {
            self.iri(iri);
        }
        if let Some(extensions) = extensions {
            self.extensions(extensions);
        }
        if interaction.is_some() || responses.is_some() || components.iter().any(Option::is_some) {
            self.interaction(it, interaction, responses, components);
        }
        self.end(it, &all, &DEFINITION);
    }

    fn interaction(
        &mut self,
        it: Node<'d, 'a>,
        kind: Option<Node<'d, 'a>>,
        responses: Option<Node<'d, 'a>>,
        components: [Option<Node<'d, 'a>>; COMPONENTS.len()],
    ) {
        let mut allowed: &[&str] = &[];
        match kind {
            Some(kind) => {
                let text = self.text(kind);
                match INTERACTIONS.iter().find(|(name, _)| text.as_deref() == Some(name)) {
                    Some((_, lists)) => allowed = lists,
                    None if text.is_some() => {
                        self.fault(kind, "不是已知的题型", "is no interaction type known here");
                    }
                    None => {}
                }
            }
            None if responses.is_some() => self.missing(it, "interactionType"),
            None => {}
        }
        if let Some(responses) = responses {
            for response in self.list(responses) {
                self.is_text(response);
            }
        }
        for (list, name) in components.into_iter().zip(COMPONENTS) {
            let Some(list) = list else { continue };
            self.components(list);
            if !allowed.contains(&name) {
                self.fault(list, "此题型没有这一项", "does not belong to this interaction type");
            }
        }
    }

    fn components(&mut self, list: Node<'d, 'a>) {
        let mut ids = Vec::new();
        for component in self.list(list) {
            let Some(all) = self.properties(component, &COMPONENT) else { continue };
            let [id, description] = all.found;
            ids.extend(self.must(component, "id", id).and_then(|id| self.text(id)));
            if let Some(description) = description {
                self.language_map(description);
            }
            self.end(component, &all, &COMPONENT);
        }
        ids.sort_unstable();
        if ids.windows(2).any(|pair| pair[0] == pair[1]) {
            self.fault(list, "编号重复", "has an id twice");
        }
    }

    pub(super) fn statement_ref(&mut self, it: Node<'d, 'a>) -> Option<Uuid> {
        let all = self.properties(it, &STATEMENT_REF)?;
        let [kind, id] = all.found;
        if let Some(kind) = self.must(it, "objectType", kind) {
            self.checked(kind, |text| text == "StatementRef", "应为 StatementRef", "must be StatementRef");
        }
        let id = self.must(it, "id", id).and_then(|id| self.uuid(id));
        self.end(it, &all, &STATEMENT_REF);
        id
    }

    pub(super) fn attachments(&mut self, list: Node<'d, 'a>, inside: bool) {
        for it in self.list(list) {
            if let Some(attachment) = self.attachment(it, inside) {
                self.attachments.push(attachment);
            }
        }
    }

    fn attachment(&mut self, it: Node<'d, 'a>, inside: bool) -> Option<AttachmentMeta<'a>> {
        let all = self.properties(it, &ATTACHMENT)?;
        let [usage_type, display, description, content_type, length, sha2, file_url] = all.found;
        let usage_type = self.must_iri(it, "usageType", usage_type);
        for map in [self.must(it, "display", display), description].into_iter().flatten() {
            self.language_map(map);
        }
        let content_type = self.must(it, "contentType", content_type).and_then(|it| {
            self.checked(it, is_media_type, "应为媒体类型，如 image/png", "must be a media type, such as image/png")
        });
        let length = self.must(it, "length", length).and_then(|it| {
            let whole = if it.kind() == Kind::Number { it.raw().parse().ok() } else { None };
            if whole.is_none() {
                self.wrong(it, "应为非负整数", "must be a whole number of bytes");
            }
            whole
        });
        let sha2 = self
            .must(it, "sha2", sha2)
            .and_then(|it| self.checked(it, is_sha2, "应为十六进制的 SHA-2", "must be a SHA-2 in hexadecimal digits"));
        let file_url = file_url.and_then(|it| self.iri(it));
        if let (Some(usage), Some(given), Some(at)) = (&usage_type, &content_type, all.found[3])
            && usage == SIGNATURE
            && given != "application/octet-stream"
        {
            self.fault(at, "签名附件应为 application/octet-stream", "of a signature must be application/octet-stream");
        }
        self.end(it, &all, &ATTACHMENT);
        Some(AttachmentMeta {
            usage_type: usage_type?,
            content_type: content_type?,
            length: length?,
            sha2: sha2?,
            file_url,
            inside,
        })
    }
}
