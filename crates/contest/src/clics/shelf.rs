//! What one view shows: the objects as they are, and the lines of the event feed that led there.

use std::collections::BTreeMap;

use bytes::{BufMut, Bytes, BytesMut};
use serde::Serialize;

/// The collections in the order in which they are told: what is referred to comes first, and how the contest stands comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Contest,
    JudgementTypes,
    Languages,
    Problems,
    Groups,
    Organizations,
    Teams,
    Persons,
    Submissions,
    Judgements,
    Runs,
    Clarifications,
    Awards,
    State,
}

impl Kind {
    pub const ALL: [Kind; 14] = [
        Kind::Contest,
        Kind::JudgementTypes,
        Kind::Languages,
        Kind::Problems,
        Kind::Groups,
        Kind::Organizations,
        Kind::Teams,
        Kind::Persons,
        Kind::Submissions,
        Kind::Judgements,
        Kind::Runs,
        Kind::Clarifications,
        Kind::Awards,
        Kind::State,
    ];

    /// Its type in notifications, and the last part of its address.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Contest => "contest",
            Kind::JudgementTypes => "judgement-types",
            Kind::Languages => "languages",
            Kind::Problems => "problems",
            Kind::Groups => "groups",
            Kind::Organizations => "organizations",
            Kind::Teams => "teams",
            Kind::Persons => "persons",
            Kind::Submissions => "submissions",
            Kind::Judgements => "judgements",
            Kind::Runs => "runs",
            Kind::Clarifications => "clarifications",
            Kind::Awards => "awards",
            Kind::State => "state",
        }
    }

    pub fn of(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// There is one of it, without an id.
    pub const fn is_single(self) -> bool {
        matches!(self, Kind::Contest | Kind::State)
    }
}

/// One thing of a collection, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    pub kind: Kind,
    /// Empty where there is one of it.
    pub id: String,
    pub json: Bytes,
}

impl Object {
    pub fn of(kind: Kind, id: impl Into<String>, shape: &impl Serialize) -> Object {
        // Texts and numbers of our own: writing them can't fail.
        Object { kind, id: id.into(), json: serde_json::to_vec(shape).unwrap_or_default().into() }
    }
}

/// A notification, with the end of its line.
#[derive(Debug, Clone)]
struct Line {
    position: i64,
    bytes: Bytes,
}

#[derive(Debug, Default)]
pub struct Shelf {
    objects: BTreeMap<(Kind, String), Bytes>,
    lines: Vec<Line>,
    /// The newest position that was handed out as a token.
    token: i64,
}

impl Shelf {
    /// Puts an object in its place; false when it lay there already, as it is.
    pub fn put(&mut self, object: &Object) -> bool {
        let place = (object.kind, object.id.clone());
        self.objects.insert(place, object.json.clone()).is_none_or(|before| before != object.json)
    }

    pub fn objects(&self, kind: Kind) -> impl Iterator<Item = &Bytes> {
        self.objects.range((kind, String::new())..).take_while(move |((of, _), _)| *of == kind).map(|(_, json)| json)
    }

    pub fn object(&self, kind: Kind, id: &str) -> Option<&Bytes> {
        self.objects.get(&(kind, id.to_owned()))
    }

    pub fn all(&self) -> Vec<Object> {
        let objects = self.objects.iter();
        objects.map(|((kind, id), json)| Object { kind: *kind, id: id.clone(), json: json.clone() }).collect()
    }

    /// Tells of objects, all at one position. The last line carries the position as its token, where it may be known: who breaks off
    /// before it gets all of them again.
    pub fn tell(&mut self, position: i64, objects: &[Object], tokened: bool) {
        let last = objects.len().saturating_sub(1);
        for (at, object) in objects.iter().enumerate() {
            let token = (tokened && at == last).then_some(position);
            let bytes = line(object.kind, &object.id, Some(&object.json), token);
            self.lines.push(Line { position, bytes });
        }
        if tokened && !objects.is_empty() {
            self.token = position;
        }
    }

    /// What lay on a shelf before the plan was read anew and lies on this one no more, told right after its first lines.
    pub fn forget(&mut self, before: &Shelf) {
        let Some(begun) = self.lines.first().map(|line| line.position) else { return };
        let at = self.lines.iter().take_while(|line| line.position == begun).count() - 1;
        let gone = before.objects.keys().rev().filter(|place| !self.objects.contains_key(place));
        let told: Vec<Line> =
            gone.map(|(kind, id)| Line { position: begun, bytes: line(*kind, id, None, None) }).collect();
        self.lines.splice(at..at, told);
    }

    /// A token that a reader may show: one that was handed out, or lies before.
    pub fn knows(&self, token: i64) -> bool {
        (0..=self.token).contains(&token)
    }

    pub fn may_know(&mut self, token: i64) {
        self.token = self.token.max(token);
    }

    /// Where to go on after a position.
    pub fn after(&self, position: i64) -> usize {
        self.lines.partition_point(|line| line.position <= position)
    }

    /// Lines from a place on, so many bytes or a little more; none at the end.
    pub fn from(&self, place: usize, bytes_about: usize) -> Option<(Bytes, usize)> {
        let lines = self.lines.get(place..).filter(|lines| !lines.is_empty())?;
        let mut chunk = BytesMut::with_capacity(bytes_about.min(16 * 1024));
        let mut taken = 0;
        for line in lines {
            chunk.put_slice(&line.bytes);
            taken += 1;
            if chunk.len() >= bytes_about {
                break;
            }
        }
        Some((chunk.freeze(), place + taken))
    }
}

fn line(kind: Kind, id: &str, json: Option<&Bytes>, token: Option<i64>) -> Bytes {
    let mut line = BytesMut::with_capacity(json.map_or(4, Bytes::len) + 96);
    line.put_slice(b"{\"type\":\"");
    line.put_slice(kind.name().as_bytes());
    if kind.is_single() {
        line.put_slice(b"\",\"id\":null,\"data\":");
    } else {
        line.put_slice(b"\",\"id\":\"");
        // An id of the standard needs no escapes.
        line.put_slice(id.as_bytes());
        line.put_slice(b"\",\"data\":");
    }
    line.put_slice(json.map_or(b"null".as_slice(), Bytes::as_ref));
    if let Some(token) = token {
        line.put_slice(format!(",\"token\":\"{token}\"").as_bytes());
    }
    line.put_slice(b"}\n");
    line.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(kind: Kind, id: &str, text: &str) -> Object {
        Object::of(kind, id, &serde_json::json!({"id": id, "text": text}))
    }

    fn read(shelf: &Shelf, place: usize) -> Vec<serde_json::Value> {
        let text = shelf.from(place, usize::MAX).map(|(chunk, _)| String::from_utf8_lossy(&chunk).into_owned());
        text.unwrap_or_default().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn the_last_line_of_a_position_carries_the_token() {
        let mut shelf = Shelf::default();
        shelf.tell(4, &[object(Kind::Teams, "a", "1"), object(Kind::Teams, "b", "1")], true);
        shelf.tell(7, &[object(Kind::State, "", "1")], false);
        let tokens: Vec<_> = read(&shelf, 0).iter().map(|line| line["token"].clone()).collect();
        assert_eq!(tokens, [serde_json::Value::Null, "4".into(), serde_json::Value::Null]);
        assert_eq!([-1, 0, 3, 4, 5, 7].map(|token| shelf.knows(token)), [false, true, true, true, false, false]);
        assert_eq!([0, 3, 4, 6, 7].map(|position| shelf.after(position)), [0, 0, 2, 2, 3]);
        assert_eq!(read(&shelf, 2)[0]["id"], serde_json::Value::Null, "there is one state");
    }

    #[test]
    fn lines_come_in_portions() {
        let mut shelf = Shelf::default();
        for nth in 0..10 {
            shelf.tell(nth, &[object(Kind::Runs, &nth.to_string(), "x")], true);
        }
        let (mut place, mut text) = (0, Vec::new());
        while let Some((chunk, next)) = shelf.from(place, 100) {
            assert!(next > place && next - place <= 2);
            text.extend_from_slice(&chunk);
            place = next;
        }
        assert_eq!(text, shelf.from(0, usize::MAX).unwrap().0);
    }

    #[test]
    fn what_is_gone_is_told_before_the_token() {
        let (mut before, mut after) = (Shelf::default(), Shelf::default());
        for one in [object(Kind::Organizations, "o", "1"), object(Kind::Teams, "a", "1")] {
            before.put(&one);
        }
        let rest = [object(Kind::Teams, "a", "1"), object(Kind::State, "", "1")];
        rest.iter().for_each(|one| assert!(after.put(one)));
        assert!(!after.put(&rest[0]), "as it lay");
        after.tell(3, &rest, true);
        after.forget(&before);
        let lines = read(&after, 0);
        assert_eq!(lines[1], serde_json::json!({"type": "organizations", "id": "o", "data": null}));
        assert_eq!((lines.len(), &lines[2]["token"]), (3, &"3".into()));
    }
}
