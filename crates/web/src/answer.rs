//! What a write answers: a status and a JSON body, as they are also kept for a repetition of the same request.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::{ApiResult, Problem};

/// An answer to a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Option<String>,
    /// What is stored instead, when the body holds something that is shown only once.
    pub(crate) kept: Option<String>,
    pub(crate) replayed: bool,
}

impl Answer {
    pub fn new(status: StatusCode, body: &impl Serialize) -> ApiResult<Self> {
        let body = serde_json::to_string(body).map_err(Problem::internal)?;
        Ok(Self { status, body: Some(body), kept: None, replayed: false })
    }

    /// 200.
    pub fn ok(body: &impl Serialize) -> ApiResult<Self> {
        Self::new(StatusCode::OK, body)
    }

    /// 201.
    pub fn created(body: &impl Serialize) -> ApiResult<Self> {
        Self::new(StatusCode::CREATED, body)
    }

    /// 204.
    pub fn empty() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: None, kept: None, replayed: false }
    }

    /// Keeps `body` for a repetition instead: a key that is shown once stays out of the table.
    pub fn keeping(mut self, body: &impl Serialize) -> ApiResult<Self> {
        self.kept = Some(serde_json::to_string(body).map_err(Problem::internal)?);
        Ok(self)
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = match self.body {
            Some(body) => {
                let mut response = (self.status, body).into_response();
                response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
                response
            }
            None => self.status.into_response(),
        };
        if self.replayed {
            response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
        }
        response
    }
}
