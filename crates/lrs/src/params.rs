//! The parameters of a request: each known by its exact name, each given once.

use kernel::Timestamp;
use xapi::Uuid;

use crate::refusal::{Done, Refusal};

#[derive(Debug, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    pub fn of(pairs: Vec<(String, String)>) -> Params {
        Params(pairs)
    }

    pub fn parse(query: &str) -> Params {
        Params(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// Refuses names that this resource doesn't know, and any that stands twice.
    pub fn only(&self, known: &[&str]) -> Done<()> {
        for (at, (name, _)) in self.0.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let en = format!("is no parameter here; there are {}", known.join(", "));
                return Err(Refusal::bad_in(name, "此处没有这个参数", &en));
            }
            if self.0[..at].iter().any(|(earlier, _)| earlier == name) {
                return Err(Refusal::bad_in(name, "参数重复", "is given twice"));
            }
        }
        Ok(())
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn must(&self, name: &str) -> Done<&str> {
        self.get(name).ok_or_else(|| Refusal::bad_in(name, "缺少此参数", "is missing"))
    }

    pub fn iri(&self, name: &str) -> Done<Option<&str>> {
        match self.get(name) {
            Some(iri) if !xapi::is_iri(iri) => Err(Refusal::bad_in(name, "应为 IRI", "must be an IRI")),
            found => Ok(found),
        }
    }

    pub fn must_iri(&self, name: &str) -> Done<&str> {
        self.must(name)?;
        self.iri(name).map(Option::unwrap_or_default)
    }

    pub fn uuid(&self, name: &str) -> Done<Option<Uuid>> {
        let read = |text: &str| text.parse().map_err(|()| Refusal::bad_in(name, "应为 UUID", "must be a UUID"));
        self.get(name).map(read).transpose()
    }

    pub fn must_uuid(&self, name: &str) -> Done<Uuid> {
        self.must(name)?;
        self.uuid(name)?.ok_or_else(Refusal::not_found)
    }

    /// An ISO 8601 time with its offset.
    pub fn time(&self, name: &str) -> Done<Option<Timestamp>> {
        let wrong = || Refusal::bad_in(name, "应为带时区的 ISO 8601 时间", "must be an ISO 8601 time with its offset");
        self.get(name).map(|text| xapi::time_at(text).ok_or_else(wrong)).transpose()
    }

    pub fn flag(&self, name: &str) -> Done<bool> {
        match self.get(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Refusal::bad_in(name, "应为 true 或 false", "must be true or false")),
        }
    }

    pub fn number(&self, name: &str) -> Done<Option<i64>> {
        let wrong = || Refusal::bad_in(name, "应为非负整数", "must be a whole number, 0 or more");
        let read = |text: &str| text.parse::<u32>().map(i64::from).map_err(|_| wrong());
        self.get(name).map(read).transpose()
    }
}
