//! Uploads. A form's parts are read whole; the sum of them is within the route's limit already.

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use kernel::ErrorCode;

use crate::extract::{media_type, unsupported};
use crate::{ApiResult, Problem};

/// The largest number of parts of a form.
const PARTS_MAX: usize = 64;

/// A form as `multipart/form-data`.
#[derive(Debug, Clone, Default)]
pub struct Multipart {
    pub parts: Vec<Part>,
}

/// One part of a form.
#[derive(Debug, Clone)]
pub struct Part {
    pub name: String,
    pub file_name: Option<String>,
    pub content_type: Option<String>,
    pub bytes: Bytes,
}

impl Multipart {
    pub fn part(&self, name: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.name == name)
    }

    /// The file of that name, which must be there and not be empty.
    pub fn file(&self, name: &str) -> ApiResult<&Part> {
        match self.part(name) {
            Some(part) if !part.bytes.is_empty() => Ok(part),
            Some(_) => Err(Problem::invalid(name, "文件是空的", "the file is empty")),
            None => Err(Problem::invalid(name, "缺少这个文件", "this file is missing")),
        }
    }

    /// The text of that name, if it is there.
    pub fn text(&self, name: &str) -> ApiResult<Option<&str>> {
        let Some(part) = self.part(name) else { return Ok(None) };
        match std::str::from_utf8(&part.bytes) {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(Problem::invalid(name, "不是 UTF-8 文本", "is not UTF-8 text")),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for Multipart {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let media = media_type(request.headers());
        if media.as_deref() != Some("multipart/form-data") {
            return Err(unsupported(media.as_deref(), "multipart/form-data"));
        }
        let mut form = axum::extract::Multipart::from_request(request, state).await.map_err(broken)?;
        let mut parts = Vec::new();
        while let Some(field) = form.next_field().await.map_err(broken)? {
            if parts.len() == PARTS_MAX {
                return Err(Problem::new(ErrorCode::TooLarge)
                    .detail(format!("表单最多 {PARTS_MAX} 个部分"), format!("A form has at most {PARTS_MAX} parts")));
            }
            let name = field.name().unwrap_or_default().to_owned();
            let file_name = field.file_name().map(str::to_owned);
            let content_type = field.content_type().map(str::to_owned);
            parts.push(Part { name, file_name, content_type, bytes: field.bytes().await.map_err(broken)? });
        }
        Ok(Self { parts })
    }
}

fn broken(fault: impl std::fmt::Display) -> Problem {
    Problem::new(ErrorCode::Malformed)
        .detail(format!("表单读不懂（{fault}）"), format!("The form can't be read: {fault}"))
}
