//! How the kernel's values travel: ids and marks as text, times as RFC 3339, texts as `{zh, en}`.
//! Behind the feature `wire`, so that the pure crates stay free of it.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::{Mark, Text, Timestamp};

macro_rules! as_text {
    ($($name:ty),* $(,)?) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(D::Error::custom)
            }
        }
    )*};
}

as_text!(
    Timestamp,
    Mark,
    crate::OrganisationId,
    crate::PersonId,
    crate::AccountId,
    crate::SessionId,
    crate::ContestId,
    crate::VenueId,
    crate::StationId,
    crate::EntryId,
    crate::TeamId,
    crate::RunId,
    crate::MarkId,
    crate::VerdictId,
    crate::RecordingId,
    crate::EdgeId,
    crate::StatementId,
);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    zh: String,
    en: String,
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Words { zh: self.zh.clone(), en: self.en.clone() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Words::deserialize(deserializer).map(|words| Text { zh: words.zh, en: words.en })
    }
}
