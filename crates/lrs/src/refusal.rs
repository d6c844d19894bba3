//! What the door refuses: a status, and what is wrong in both languages.

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use xapi::Fault;

/// Which edition of the specification an answer is by.
pub const VERSION: HeaderName = HeaderName::from_static("x-experience-api-version");

/// A request that is not carried out.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    faults: Vec<Fault>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

pub type Done<T> = Result<T, Refusal>;

fn said(path: &str, zh: &str, en: &str) -> Fault {
    Fault { path: path.to_owned(), text: kernel::Text::new(zh, en) }
}

impl Refusal {
    pub fn new(status: StatusCode, zh: &str, en: &str) -> Refusal {
        Refusal { status, faults: vec![said("", zh, en)], headers: Vec::new() }
    }

    /// 400: the request itself is wrong.
    pub fn bad(zh: &str, en: &str) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, zh, en)
    }

    /// 400: a parameter or header is wrong.
    pub fn bad_in(name: &str, zh: &str, en: &str) -> Refusal {
        Refusal { status: StatusCode::BAD_REQUEST, faults: vec![said(name, zh, en)], headers: Vec::new() }
    }

    pub fn faulty(faults: Vec<Fault>) -> Refusal {
        Refusal { status: StatusCode::BAD_REQUEST, faults, headers: Vec::new() }
    }

    pub fn not_found() -> Refusal {
        Refusal::new(StatusCode::NOT_FOUND, "没有找到", "There is no such thing here")
    }

    pub fn not_authorized() -> Refusal {
        let mut refusal = Refusal::new(
            StatusCode::UNAUTHORIZED,
            "请用有效的密钥（HTTP Basic）或令牌（Bearer）",
            "Show a valid key (HTTP Basic) or token (Bearer)",
        );
        let challenge = HeaderValue::from_static("Basic realm=\"xAPI\", charset=\"UTF-8\"");
        refusal.headers.push((header::WWW_AUTHENTICATE, challenge));
        refusal
    }

    pub fn forbidden(scope: &str) -> Refusal {
        Refusal::new(
            StatusCode::FORBIDDEN,
            &format!("此密钥没有所需的权限：{scope}"),
            &format!("This key lacks the scope that is needed: {scope}"),
        )
    }

    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Refusal {
        self.headers.push((name, value));
        self
    }

    fn body(&self) -> Value {
        let faults: Vec<Value> = self
            .faults
            .iter()
            .map(|fault| json!({"path": fault.path, "zh": fault.text.zh, "en": fault.text.en}))
            .collect();
        let detail = self.faults.first().map(ToString::to_string).unwrap_or_default();
        json!({"type": "about:blank", "status": self.status.as_u16(), "title": self.status.canonical_reason(), "detail": detail, "faults": faults})
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        let mut response = (self.status, kind, self.body().to_string()).into_response();
        for (name, value) in self.headers {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

impl From<archive::ArchiveError> for Refusal {
    fn from(error: archive::ArchiveError) -> Refusal {
        use archive::ArchiveError;
        match error {
            ArchiveError::Conflict { id, .. } => Refusal::new(
                StatusCode::CONFLICT,
                &format!("已有另一条编号为 {id} 的陈述"),
                &format!("Another statement has the id {id} already"),
            ),
            ArchiveError::Refused(fault) => Refusal::faulty(vec![fault]),
            ArchiveError::Stopped => later(),
            ArchiveError::NotWritten(_) => later(),
            other => {
                tracing::error!(error = %other, "the record store failed");
                internal()
            }
        }
    }
}

impl From<store::StoreError> for Refusal {
    fn from(error: store::StoreError) -> Refusal {
        if error.is_transient() {
            return later();
        }
        tracing::error!(%error, "the record store failed");
        internal()
    }
}

fn internal() -> Refusal {
    Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "内部错误，已记入日志", "Something failed inside; it is in the log")
}

fn later() -> Refusal {
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "暂时无法写入，请稍后重试", "Nothing can be written now; try again")
        .with(header::RETRY_AFTER, HeaderValue::from_static("1"))
}
