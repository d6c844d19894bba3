//! From values to the credential.

use kernel::{Mark, Text};
use serde_json::{Map, Value, json};

use super::{Certificate, LEVEL, LEVEL_REACHED, SCORE};
use crate::contexts::{CREDENTIALS_V2, OPEN_BADGES_V3};
use crate::expand::is_unseen;
use crate::fault::Fault;
use crate::proof::date_time;
use crate::rdf::is_iri;

const NAME_MAX: usize = 100;
const TITLE_MAX: usize = 200;
const CRITERIA_MAX: usize = 4_000;
const ADDRESS_MAX: usize = 500;
const ABILITIES_MAX: usize = 50;
const STATUSES_MAX: usize = 4;

impl Certificate {
    /// The credential in the name of an issuer (his DID), not yet signed; or everything that is wrong with the values.
    pub fn credential(&self, issuer: &str) -> Result<Value, Vec<Fault>> {
        let faults = self.faults();
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut credential = json!({
            "@context": [CREDENTIALS_V2, OPEN_BADGES_V3],
            "id": self.address,
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "name": self.title.zh,
            "description": self.title.en,
            "issuer": self.profile(issuer),
            "validFrom": date_time(self.valid_from),
        });
        put(&mut credential, "validUntil", self.valid_until.map(date_time));
        put(&mut credential, "credentialSubject", Some(self.subject()));
        let status: Vec<Value> = self
            .status
            .iter()
            .map(|entry| {
                json!({
                    "id": format!("{}#{}", entry.list, entry.index),
                    "type": "BitstringStatusListEntry",
                    "statusPurpose": entry.purpose.code(),
                    "statusListIndex": entry.index.to_string(),
                    "statusListCredential": entry.list,
                })
            })
            .collect();
        put(&mut credential, "credentialStatus", one_or_all(status));
        Ok(credential)
    }

    fn profile(&self, issuer: &str) -> Value {
        let mut profile = json!({"id": issuer, "type": ["Profile"], "name": self.issuer.name});
        put(&mut profile, "url", self.issuer.url.as_deref());
        let image = self.issuer.image.as_ref().map(|image| json!({"id": image, "type": "Image"}));
        put(&mut profile, "image", image);
        profile
    }

    fn subject(&self) -> Value {
        let mut subject = Value::Object(Map::new());
        put(&mut subject, "id", self.holder.id.as_deref());
        put(&mut subject, "type", Some(json!(["AchievementSubject"])));
        let name = self.holder.name.as_ref().map(
            |name| json!([{"type": "IdentityObject", "hashed": false, "identityHash": name, "identityType": "name"}]),
        );
        put(&mut subject, "identifier", name);
        put(&mut subject, "licenseNumber", Some(self.number.as_str()));
        put(&mut subject, "creditsEarned", self.hours.map(decimal));
        put(&mut subject, "achievement", Some(self.what()));
        let mut results = Vec::new();
        if let Some(score) = self.score {
            let of = format!("{}{SCORE}", self.achievement);
            results.push(json!({"type": ["Result"], "resultDescription": of, "value": score.value.to_string()}));
        }
        if self.level.is_some() {
            let (of, level) = (format!("{}{LEVEL}", self.achievement), format!("{}{LEVEL_REACHED}", self.achievement));
            results.push(json!({"type": ["Result"], "resultDescription": of, "achievedLevel": level}));
        }
        put(&mut subject, "result", (!results.is_empty()).then_some(results));
        subject
    }

    fn what(&self) -> Value {
        let mut what = json!({
            "id": self.achievement,
            "type": ["Achievement"],
            "achievementType": self.kind.achievement_type(),
            "name": self.title.zh,
            "description": self.title.en,
            "inLanguage": "zh-CN",
            "criteria": {"narrative": self.criteria},
        });
        let abilities: Vec<Value> = self
            .abilities
            .iter()
            .map(|ability| {
                let mut alignment = json!({
                    "type": ["Alignment"],
                    "targetUrl": ability.address,
                    "targetName": ability.name.zh,
                    "targetDescription": ability.name.en,
                });
                put(&mut alignment, "targetCode", ability.code.as_deref());
                put(&mut alignment, "targetFramework", ability.framework.as_deref());
                alignment
            })
            .collect();
        put(&mut what, "alignment", (!abilities.is_empty()).then_some(abilities));
        let mut described = Vec::new();
        if let Some(score) = self.score {
            described.push(json!({
                "id": format!("{}{SCORE}", self.achievement),
                "type": ["ResultDescription"],
                "name": "成绩",
                "description": "Score",
                "resultType": "RawScore",
                "valueMin": "0",
                "valueMax": score.max.to_string(),
            }));
        }
        if let Some(level) = &self.level {
            described.push(json!({
                "id": format!("{}{LEVEL}", self.achievement),
                "type": ["ResultDescription"],
                "name": "等级",
                "description": "Level",
                "resultType": "RubricCriterionLevel",
                "rubricCriterionLevel": [{
                    "id": format!("{}{LEVEL_REACHED}", self.achievement),
                    "type": ["RubricCriterionLevel"],
                    "name": level.zh,
                    "description": level.en,
                }],
            }));
        }
        put(&mut what, "resultDescription", (!described.is_empty()).then_some(described));
        what
    }

    /// Everything that keeps it from being issued.
    pub fn faults(&self) -> Vec<Fault> {
        let mut check = Check(Vec::new());
        check.address("address", &self.address);
        check.text("number", &self.number, NAME_MAX);
        check.address("achievement", &self.achievement);
        if self.achievement == self.address {
            check.fault("achievement", "不能与证书同址", "it must not be the certificate's own address");
        }
        check.both("title", &self.title, TITLE_MAX);
        check.text("criteria", &self.criteria, CRITERIA_MAX);
        match (&self.holder.name, &self.holder.id) {
            (None, None) => check.fault("holder", "须写明姓名或人员标识", "it must have a name or an id"),
            (name, id) => {
                name.iter().for_each(|name| check.text("holder.name", name, NAME_MAX));
                id.iter().for_each(|id| check.address("holder.id", id));
            }
        }
        self.level.iter().for_each(|level| check.both("level", level, TITLE_MAX));
        if self.hours.is_some_and(|hours| hours <= Mark::ZERO || hours.hundredths() > 10_000_000) {
            check.fault("hours", "应大于 0 且不超过 100000", "it must be more than 0 and at most 100,000");
        }
        if self.score.is_some_and(|score| score.value < Mark::ZERO || score.value > score.max) {
            check.fault("score", "应在 0 与满分之间", "it must be between 0 and the most");
        }
        self.check_abilities(&mut check);
        check.text("issuer.name", &self.issuer.name, TITLE_MAX);
        self.issuer.url.iter().for_each(|url| check.address("issuer.url", url));
        self.issuer.image.iter().for_each(|image| check.address("issuer.image", image));
        if self.valid_until.is_some_and(|until| until <= self.valid_from) {
            check.fault("valid_until", "应晚于生效时间", "it must be later than valid_from");
        }
        if self.status.len() > STATUSES_MAX {
            check.fault("status", "状态项过多", "it has too many entries");
        }
        for (at, entry) in self.status.iter().enumerate() {
            check.address(&format!("status[{at}].list"), &entry.list);
            if self.status[..at].iter().any(|before| before.list == entry.list) {
                check.fault(&format!("status[{at}].list"), "同一列表只能出现一次", "a list must stand there once only");
            }
        }
        check.0
    }

    fn check_abilities(&self, check: &mut Check) {
        if self.abilities.len() > ABILITIES_MAX {
            let zh = format!("最多 {ABILITIES_MAX} 项");
            check.fault("abilities", &zh, &format!("it must have {ABILITIES_MAX} at most"));
            return;
        }
        for (at, ability) in self.abilities.iter().enumerate() {
            let place = |what| format!("abilities[{at}].{what}");
            check.address(&place("address"), &ability.address);
            check.both(&place("name"), &ability.name, TITLE_MAX);
            ability.code.iter().for_each(|code| check.text(&place("code"), code, NAME_MAX));
            ability.framework.iter().for_each(|framework| check.text(&place("framework"), framework, TITLE_MAX));
        }
        // Twice the same would be told apart by no reader of the statements.
        let repeated = (1..self.abilities.len()).find(|at| self.abilities[..*at].contains(&self.abilities[*at]));
        if let Some(at) = repeated {
            check.fault(&format!("abilities[{at}]"), "重复出现", "it stands twice");
        }
    }
}

struct Check(Vec<Fault>);

impl Check {
    fn fault(&mut self, place: &str, zh: &str, en: &str) {
        self.0.push(Fault::new(place, zh, en));
    }

    fn text(&mut self, place: &str, text: &str, max: usize) {
        let letters = text.chars().count();
        if text.trim().is_empty() {
            self.fault(place, "不能为空", "it must not be empty");
        } else if letters > max {
            self.fault(place, &format!("最多 {max} 个字符"), &format!("it must have {max} characters at most"));
        } else if text.contains(is_unseen) {
            self.fault(place, "含有控制字符，请删去", "it has control characters: remove them");
        }
    }

    fn both(&mut self, place: &str, text: &Text, max: usize) {
        self.text(&format!("{place}.zh"), &text.zh, max);
        self.text(&format!("{place}.en"), &text.en, max);
    }

    /// In letters that all readers sort and write alike.
    fn address(&mut self, place: &str, address: &str) {
        if !is_iri(address) || !address.is_ascii() || address.len() > ADDRESS_MAX {
            let en = "it must be an absolute address such as https://hall.example/certificates/1, in ASCII, with 500 characters at most";
            self.fault(place, "应为完整网址，如 https://hall.example/certificates/1，仅用 ASCII 字符，最多 500 个", en);
        }
    }
}

fn put(object: &mut Value, name: &str, value: Option<impl Into<Value>>) {
    if let (Value::Object(map), Some(value)) = (object, value) {
        map.insert(name.to_owned(), value.into());
    }
}

fn one_or_all(mut values: Vec<Value>) -> Option<Value> {
    match values.len() {
        0 => None,
        1 => values.pop(),
        _ => Some(Value::Array(values)),
    }
}

/// A JSON number: whole where it is whole.
fn decimal(of: Mark) -> Value {
    let hundredths = of.hundredths();
    if hundredths % 100 == 0 { (hundredths / 100).into() } else { (hundredths as f64 / 100.0).into() }
}
