//! From the credential back to the values.

use kernel::{Mark, Text};
use serde_json::{Map, Value};

use super::{Ability, Certificate, Holder, Kind, LEVEL, Profile, SCORE, Score};
use crate::refusal::Refusal;
use crate::status::entries_of;
use crate::verify::time;

/// Reads what [`Certificate::credential`] writes. What others write under the same terms is read as far as it goes; what isn't there, or has
/// another form, is named.
pub(crate) fn read(credential: &Map<String, Value>) -> Result<Certificate, Refusal> {
    let top = At { place: String::new(), map: credential };
    let issuer = top.object("issuer")?;
    let subject = top.object("credentialSubject")?;
    let what = subject.object("achievement")?;
    let achievement = what.text("id")?.to_owned();
    let results = subject.all("result")?;
    let result = |of: &str| {
        let of = format!("{achievement}{of}");
        results.iter().find(|result| result.maybe("resultDescription").is_ok_and(|name| name == Some(&of)))
    };
    let described = what.all("resultDescription")?;
    let description = |of: &str| {
        let of = format!("{achievement}{of}");
        described.iter().find(|one| one.maybe("id").is_ok_and(|name| name == Some(&of)))
    };
    let score = match (result(SCORE), description(SCORE)) {
        (Some(result), Some(described)) => {
            Some(Score { value: result.mark("value")?, max: described.mark("valueMax")? })
        }
        _ => None,
    };
    let level = match (result(LEVEL), description(LEVEL)) {
        (Some(result), Some(described)) => {
            let reached = result.text("achievedLevel")?;
            let levels = described.all("rubricCriterionLevel")?;
            let level = levels.iter().find(|level| level.maybe("id").is_ok_and(|name| name == Some(reached)));
            level.map(|level| level.both("name", "description")).transpose()?
        }
        _ => None,
    };
    let kind = Kind::ALL
        .into_iter()
        .find(|kind| what.maybe("achievementType").is_ok_and(|name| name == Some(kind.achievement_type())));
    let from = time(credential, "validFrom")?;
    Ok(Certificate {
        address: top.text("id")?.to_owned(),
        number: subject.text("licenseNumber")?.to_owned(),
        holder: holder(&subject)?,
        kind: kind.ok_or_else(|| what.wrong("achievementType"))?,
        title: what.both("name", "description")?,
        criteria: what.object("criteria")?.text("narrative")?.to_owned(),
        level,
        hours: subject.decimal("creditsEarned")?,
        score,
        abilities: what.all("alignment")?.iter().map(ability).collect::<Result<_, _>>()?,
        issuer: Profile {
            name: issuer.text("name")?.to_owned(),
            url: issuer.maybe("url")?.map(str::to_owned),
            image: issuer.maybe_object("image")?.map(|image| image.text("id").map(str::to_owned)).transpose()?,
        },
        achievement,
        valid_from: from.ok_or_else(|| top.wrong("validFrom"))?,
        valid_until: time(credential, "validUntil")?,
        status: entries_of(credential)?,
    })
}

fn holder(subject: &At<'_>) -> Result<Holder, Refusal> {
    let named = subject.all("identifier")?;
    let named = named.iter().find(|one| one.maybe("identityType").is_ok_and(|kind| kind == Some("name")));
    let is_plain = |one: &&At<'_>| one.map.get("hashed") == Some(&Value::Bool(false));
    let name = named.filter(is_plain).map(|one| one.text("identityHash").map(str::to_owned)).transpose()?;
    Ok(Holder { name, id: subject.maybe("id")?.map(str::to_owned) })
}

fn ability(alignment: &At<'_>) -> Result<Ability, Refusal> {
    Ok(Ability {
        address: alignment.text("targetUrl")?.to_owned(),
        name: alignment.both("targetName", "targetDescription")?,
        code: alignment.maybe("targetCode")?.map(str::to_owned),
        framework: alignment.maybe("targetFramework")?.map(str::to_owned),
    })
}

/// An object, and where it stands.
struct At<'c> {
    place: String,
    map: &'c Map<String, Value>,
}

impl<'c> At<'c> {
    fn wrong(&self, name: &str) -> Refusal {
        let place = if self.place.is_empty() { name.to_owned() } else { format!("{}.{name}", self.place) };
        Refusal::malformed(place, "缺少，或格式不符", "it is missing, or of another form than certificates here have")
    }

    fn within(&self, name: &str, map: &'c Map<String, Value>) -> At<'c> {
        let place = if self.place.is_empty() { name.to_owned() } else { format!("{}.{name}", self.place) };
        At { place, map }
    }

    fn maybe(&self, name: &str) -> Result<Option<&'c str>, Refusal> {
        self.map.get(name).map(|value| value.as_str().ok_or_else(|| self.wrong(name))).transpose()
    }

    fn text(&self, name: &str) -> Result<&'c str, Refusal> {
        self.maybe(name)?.ok_or_else(|| self.wrong(name))
    }

    fn both(&self, zh: &str, en: &str) -> Result<Text, Refusal> {
        Ok(Text::new(self.text(zh)?, self.text(en)?))
    }

    fn maybe_object(&self, name: &str) -> Result<Option<At<'c>>, Refusal> {
        let map = self.map.get(name).map(|value| value.as_object().ok_or_else(|| self.wrong(name))).transpose()?;
        Ok(map.map(|map| self.within(name, map)))
    }

    fn object(&self, name: &str) -> Result<At<'c>, Refusal> {
        self.maybe_object(name)?.ok_or_else(|| self.wrong(name))
    }

    /// A list of objects; one alone may stand without the brackets.
    fn all(&self, name: &str) -> Result<Vec<At<'c>>, Refusal> {
        let Some(value) = self.map.get(name) else { return Ok(Vec::new()) };
        let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        let one = |(at, item): (usize, &'c Value)| {
            let map = item.as_object().ok_or_else(|| self.wrong(name))?;
            Ok(self.within(&format!("{name}[{at}]"), map))
        };
        items.iter().enumerate().map(one).collect()
    }

    fn mark(&self, name: &str) -> Result<Mark, Refusal> {
        self.text(name)?.parse().map_err(|_| self.wrong(name))
    }

    fn decimal(&self, name: &str) -> Result<Option<Mark>, Refusal> {
        let Some(value) = self.map.get(name) else { return Ok(None) };
        let number = value.as_number().ok_or_else(|| self.wrong(name))?;
        // The shortest text of a number that was written with two decimals has two at most.
        number.to_string().parse().map(Some).map_err(|_| self.wrong(name))
    }
}
