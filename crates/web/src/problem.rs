//! What goes wrong, as `application/problem+json` (RFC 9457). A problem names one code of the kernel's table; the table
//! gives its status, what is wrong and what to do. A handler adds the detail of this case and the fields at fault.
//!
//! The flow: a handler returns `Err(Problem)`; the body is written at once, and once more by the outermost layer, which
//! knows the request's id. So a problem is complete on every way out, also from a router that a test built by hand.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use kernel::{ErrorCode, Text};
use serde::Serialize;
use store::StoreError;
use utoipa::ToSchema;

use crate::wire;

/// What every handler returns.
pub type ApiResult<T> = Result<T, Problem>;

/// A fault on its way to a person. Small, because it travels in every `Result`.
#[derive(Debug, Clone)]
pub struct Problem(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    code: ErrorCode,
    detail: Option<Text>,
    fields: Vec<(String, Text)>,
    retry_after_s: Option<u32>,
    allow: Option<String>,
    more: Vec<(&'static str, serde_json::Value)>,
}

impl Problem {
    pub fn new(code: ErrorCode) -> Self {
        Self(Box::new(Parts {
            code,
            detail: None,
            fields: Vec::new(),
            retry_after_s: None,
            allow: None,
            more: Vec::new(),
        }))
    }

    /// A problem of one named field.
    pub fn invalid(path: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(ErrorCode::Invalid).field(path, zh, en)
    }

    /// Nothing here by that name.
    pub fn not_found(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(ErrorCode::NotFound).detail(zh, en)
    }

    /// A fault of the hall itself: the cause goes to the log, the person gets the request's id.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "internal error");
        Self::new(ErrorCode::Internal)
    }

    /// Says what is wrong in this case.
    pub fn detail(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.0.detail = Some(Text::new(zh, en));
        self
    }

    pub fn detail_text(mut self, detail: Text) -> Self {
        self.0.detail = Some(detail);
        self
    }

    /// Names one field at fault, by its path in the request, such as `marks[3].value`.
    pub fn field(mut self, path: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.0.fields.push((path.into(), Text::new(zh, en)));
        self
    }

    pub fn field_text(mut self, path: impl Into<String>, detail: Text) -> Self {
        self.0.fields.push((path.into(), detail));
        self
    }

    /// When to try again, in whole seconds; at least one.
    pub fn retry_after_s(mut self, seconds: u32) -> Self {
        self.0.retry_after_s = Some(seconds.max(1));
        self
    }

    /// A member of its own, such as `next` of a telemetry gap.
    pub fn with(mut self, member: &'static str, value: impl Into<serde_json::Value>) -> Self {
        self.0.more.push((member, value.into()));
        self
    }

    pub(crate) fn allow(mut self, methods: String) -> Self {
        self.0.allow = Some(methods);
        self
    }

    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.code.entry().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    pub fn fields(&self) -> impl Iterator<Item = (&str, &Text)> {
        self.0.fields.iter().map(|(path, detail)| (path.as_str(), detail))
    }

    /// The response, with the id by which the log finds it.
    pub fn into_response_with(self, request_id: Option<&str>) -> Response {
        let body = self.body(request_id);
        let mut response = (self.status(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.0.code.entry().status == 401 {
            // RFC 9110 asks for a challenge; this one makes no browser open a window of its own.
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"guildhall\""));
        }
        if let Some(seconds) = self.0.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(allow) = self.0.allow.as_deref().and_then(|allow| HeaderValue::from_str(allow).ok()) {
            headers.insert(header::ALLOW, allow);
        }
        response.extensions_mut().insert(self);
        response
    }

    fn body(&self, request_id: Option<&str>) -> String {
        let Parts { code, detail, fields, more, .. } = &*self.0;
        let entry = code.entry();
        let title = wire::Text { zh: entry.what_zh.into(), en: entry.what_en.into() };
        let document = ProblemDocument {
            kind: format!("/errors/{}", entry.name),
            code: entry.name.into(),
            status: entry.status,
            detail: detail.as_ref().map_or_else(|| title.clone(), wire::Text::from),
            title,
            advice: wire::Text { zh: entry.do_zh.into(), en: entry.do_en.into() },
            request_id: request_id.map(str::to_owned),
            fields: fields.iter().map(|(path, text)| FieldFault { path: path.clone(), detail: text.into() }).collect(),
            more: more.iter().map(|(member, value)| ((*member).to_owned(), value.clone())).collect(),
        };
        // Text, numbers and JSON values only: this can't fail, and if it did, the code alone still helps.
        serde_json::to_string(&document).unwrap_or_else(|_| format!(r#"{{"code":"{}"}}"#, entry.name))
    }
}

impl From<ErrorCode> for Problem {
    fn from(code: ErrorCode) -> Self {
        Self::new(code)
    }
}

impl From<StoreError> for Problem {
    fn from(fault: StoreError) -> Self {
        match &fault {
            StoreError::Busy { .. } => Problem::new(ErrorCode::Overloaded).retry_after_s(1),
            StoreError::Unique { .. } => Problem::new(ErrorCode::Conflict),
            StoreError::Argument { .. } => Problem::new(ErrorCode::Invalid)
                .detail("内容含有无法保存的字符", "The content holds a character that can't be stored"),
            _ => {
                let mut cause: Option<&dyn std::error::Error> = Some(&fault);
                let mut said = Vec::new();
                while let Some(error) = cause {
                    said.push(error.to_string());
                    cause = error.source();
                }
                Problem::internal(said.join(": "))
            }
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let entry = self.0.code.entry();
        write!(f, "{}: {}", entry.name, self.0.detail.as_ref().map_or(entry.what_en, |detail| &detail.en))?;
        for (path, detail) in &self.0.fields {
            write!(f, "; {path}: {}", detail.en)?;
        }
        Ok(())
    }
}
impl std::error::Error for Problem {}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.into_response_with(None)
    }
}

/// A problem as it is sent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemDocument {
    /// `/errors/` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// A code of `contract/error-codes.md`.
    code: String,
    title: wire::Text,
    status: u16,
    detail: wire::Text,
    /// What to do about it.
    advice: wire::Text,
    /// By this the log finds the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<FieldFault>,
    /// Members of single codes, such as `next` of `telemetry_gap`.
    #[serde(flatten)]
    #[schema(ignore)]
    more: serde_json::Map<String, serde_json::Value>,
}

/// One field at fault.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FieldFault {
    /// Where in the request, such as `marks[3].value`.
    path: String,
    detail: wire::Text,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_says_what_where_and_what_to_do() {
        let problem = Problem::new(ErrorCode::Invalid).field("marks[3].value", "太大", "too large").with("next", 18);
        assert_eq!(
            problem.body(Some("req_1")),
            r#"{"type":"/errors/invalid","code":"invalid","title":{"zh":"有内容不符合要求","en":"Some values are not acceptable"},"#
                .to_owned()
                + r#""status":422,"detail":{"zh":"有内容不符合要求","en":"Some values are not acceptable"},"#
                + r#""advice":{"zh":"按各栏提示改正后重新提交","en":"Correct the fields named below and send again"},"#
                + r#""request_id":"req_1","fields":[{"path":"marks[3].value","detail":{"zh":"太大","en":"too large"}}],"next":18}"#
        );
    }

    #[test]
    fn a_wait_and_the_methods_are_headers() {
        let response = Problem::new(ErrorCode::LoginThrottled).retry_after_s(0).into_response();
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()[header::RETRY_AFTER], "1");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
    }
}
