//! The content of a document that was sent, and how it is joined with one that is there.

use http::header;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::call::Call;
use crate::refusal::{Done, Refusal};

pub struct Sent<'c> {
    content_type: &'c str,
    content: &'c [u8],
}

/// The tag of these bytes.
pub fn etag_of(content: &[u8]) -> String {
    format!("\"{}\"", hex::encode(&Sha256::digest(content)[..20]))
}

impl<'c> Sent<'c> {
    pub fn of(call: &'c Call) -> Done<Sent<'c>> {
        let content_type = call.header(header::CONTENT_TYPE).unwrap_or("application/octet-stream");
        let sent = Sent { content_type, content: &call.body };
        if is_json(content_type) {
            serde_json::from_slice::<serde::de::IgnoredAny>(sent.content)
                .map_err(|_| Refusal::bad("内容不是有效的 JSON", "The content is no valid JSON"))?;
        }
        Ok(sent)
    }

    pub fn as_is(&self) -> (String, Vec<u8>) {
        (self.content_type.to_owned(), self.content.to_vec())
    }

    /// POST where nothing is yet. JSON that is no object could never be joined with anything.
    pub fn as_new(&self) -> Done<(String, Vec<u8>)> {
        if is_json(self.content_type) {
            object(self.content)?;
        }
        Ok(self.as_is())
    }

    /// The properties of both; what was sent wins.
    pub fn merged(&self, there_type: &str, there: &[u8]) -> Done<(String, Vec<u8>)> {
        if !is_json(there_type) || !is_json(self.content_type) {
            return Err(Refusal::bad(
                "只有两个 JSON 对象才能合并；请改用 PUT",
                "Only two JSON objects can be joined; use PUT instead",
            ));
        }
        let mut joined = object(there)?;
        for (name, value) in object(self.content)? {
            joined.insert(name, value);
        }
        Ok((there_type.to_owned(), Value::Object(joined).to_string().into_bytes()))
    }
}

fn is_json(content_type: &str) -> bool {
    content_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

fn object(content: &[u8]) -> Done<Map<String, Value>> {
    serde_json::from_slice(content).map_err(|_| {
        Refusal::bad("只有两个 JSON 对象才能合并；请改用 PUT", "Only two JSON objects can be joined; use PUT instead")
    })
}
