//! What goes wrong, as the standard wants it told: `{"code":404,"message":"…"}`, the message in both languages.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::floor::FloorError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    status: StatusCode,
    zh: String,
    en: String,
}

#[derive(Serialize)]
struct Told<'r> {
    code: u16,
    message: &'r str,
}

impl Refusal {
    pub fn not_found(zh: impl Into<String>, en: impl Into<String>) -> Refusal {
        Refusal { status: StatusCode::NOT_FOUND, zh: zh.into(), en: en.into() }
    }

    pub fn bad_request(zh: impl Into<String>, en: impl Into<String>) -> Refusal {
        Refusal { status: StatusCode::BAD_REQUEST, zh: zh.into(), en: en.into() }
    }

    pub fn full() -> Refusal {
        Refusal {
            status: StatusCode::SERVICE_UNAVAILABLE,
            zh: "事件流读者已满，请稍后再试".into(),
            en: "The event feed has as many readers as it takes; try again later".into(),
        }
    }

    pub fn no_contest(id: &str) -> Refusal {
        let id: String = id.chars().take(80).collect();
        Refusal::not_found(format!("没有这场赛事：{id}"), format!("There is no contest {id}"))
    }

    /// A fault of the hall: the cause goes to the log.
    fn of_the_hall(cause: &dyn std::fmt::Display) -> Refusal {
        tracing::error!(%cause, "a contest can't be read for the standard interface");
        Refusal {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            zh: "系统出错，请稍后再试".into(),
            en: "The hall has a fault; try again later".into(),
        }
    }
}

impl From<FloorError> for Refusal {
    fn from(fault: FloorError) -> Self {
        Refusal::of_the_hall(&fault)
    }
}

impl From<store::StoreError> for Refusal {
    fn from(fault: store::StoreError) -> Self {
        match fault {
            store::StoreError::Busy { .. } => Refusal {
                status: StatusCode::SERVICE_UNAVAILABLE,
                zh: "系统正忙，请稍后再试".into(),
                en: "The hall is busy; try again later".into(),
            },
            fault => Refusal::of_the_hall(&fault),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let message = format!("{} / {}", self.zh, self.en);
        let told = Told { code: self.status.as_u16(), message: &message };
        let mut response = (self.status, axum::Json(told)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}
