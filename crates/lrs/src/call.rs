//! A request as a resource sees it: who calls, by which edition, with which parameters, headers and content.
//!
//! 1.0.3 knows an alternate syntax for browsers that could only POST forms: the method stands in the address, and everything else, headers
//! too, in the form. It is taken apart here, so that no resource knows of it. 2.0 has dropped it.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::Request;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use xapi::Version;

use crate::clients::{Client, Scope};
use crate::params::Params;
use crate::refusal::{Done, Refusal, VERSION};
use crate::{BODY_MAX, Lrs};

/// What an answer to a request without a known version says: the last edition that did without the header. It is neither 1.0.3's nor 2.0's.
const BEFORE_VERSIONS: &str = "0.95";

/// Fields of a form that stand for headers (1.0.3, Communication 1.3).
const FORM_HEADERS: &[&str] = &[
    "authorization",
    "x-experience-api-version",
    "content-type",
    "content-length",
    "content-transfer-encoding",
    "x-experience-api-hash",
    "if-match",
    "if-none-match",
    "accept",
    "accept-language",
    "accept-encoding",
];

pub struct Call {
    pub method: Method,
    pub version: Version,
    pub params: Params,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub client: Arc<Client>,
}

impl Call {
    pub async fn of(lrs: &Lrs, request: Request) -> Done<Call> {
        let (parts, body) = request.into_parts();
        let mut headers = parts.headers;
        let mut method = parts.method;
        let mut params = Params::parse(parts.uri.query().unwrap_or_default());
        let mut body = to_bytes(body, BODY_MAX)
            .await
            .map_err(|_| Refusal::bad("请求内容过长或中断", "The content is too long, or broke off"))?;
        let alternate = method == Method::POST && params.has("method");
        if alternate {
            let form = Form::read(&params, &headers, &body)?;
            (method, params, body) = (form.method, form.params, form.content);
            headers.extend(form.headers);
        }
        let version = version_of(&headers)?;
        if alternate && version >= Version::V2_0 {
            return Err(Refusal::bad_in("method", "xAPI 2.0 没有替代语法", "xAPI 2.0 has no alternate request syntax"));
        }
        let client = lrs.clients.who(lrs, &headers).await?;
        Ok(Call { method, version, params, headers, body, client })
    }

    pub fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether the client may do this: one of the scopes suffices.
    pub fn needs(&self, scopes: &[Scope]) -> Done<()> {
        if self.client.scopes.any(scopes) {
            return Ok(());
        }
        Err(Refusal::forbidden(scopes.first().map_or("all", |scope| scope.name())))
    }

    /// The media type of the content, without parameters, in lower case.
    pub fn media_type(&self) -> String {
        let kind = self.header(header::CONTENT_TYPE).unwrap_or_default();
        kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }
}

/// What an answer says of its edition.
pub fn version_text(version: Version) -> &'static str {
    match version {
        Version::V1_0_3 => "1.0.3",
        Version::V2_0 => "2.0.0",
    }
}

/// The edition that a request names.
pub fn version_of(headers: &HeaderMap) -> Done<Version> {
    let said = headers.get(VERSION).map(|value| value.to_str().unwrap_or_default());
    match said {
        Some(said) if said == "1.0" || said.strip_prefix("1.0.").is_some_and(is_number) => Ok(Version::V1_0_3),
        Some(said) if said == "2.0" || said.strip_prefix("2.0.").is_some_and(is_number) => Ok(Version::V2_0),
        None => Err(Refusal::bad_in(VERSION.as_str(), "缺少此请求头", "is missing; say 1.0.3 or 2.0.0")
            .with(VERSION, HeaderValue::from_static(BEFORE_VERSIONS))),
        Some(_) => {
            Err(Refusal::bad_in(VERSION.as_str(), "不支持的版本", "is no version spoken here; say 1.0.3 or 2.0.0")
                .with(VERSION, HeaderValue::from_static(BEFORE_VERSIONS)))
        }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

struct Form {
    method: Method,
    params: Params,
    headers: Vec<(Option<HeaderName>, HeaderValue)>,
    content: Bytes,
}

impl Form {
    fn read(query: &Params, headers: &HeaderMap, body: &Bytes) -> Done<Form> {
        query.only(&["method"])?;
        let method = match query.must("method")? {
            "GET" => Method::GET,
            "PUT" => Method::PUT,
            "POST" => Method::POST,
            "DELETE" => Method::DELETE,
            "HEAD" => Method::HEAD,
            _ => {
                return Err(Refusal::bad_in(
                    "method",
                    "应为 GET、PUT、POST 或 DELETE",
                    "must be GET, PUT, POST or DELETE",
                ));
            }
        };
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") {
            return Err(Refusal::bad_in("Content-Type", "替代语法须用表单", "must be a form in the alternate syntax"));
        }
        let mut form = Form { method, params: Params::default(), headers: Vec::new(), content: Bytes::new() };
        let mut pairs = Vec::new();
        for (name, value) in form_urlencoded::parse(body).into_owned() {
            let lower = name.to_ascii_lowercase();
            if FORM_HEADERS.contains(&lower.as_str()) {
                let wrong = |_| Refusal::bad_in(&name, "不是有效的请求头", "is no valid header");
                let header: HeaderName =
                    lower.parse().map_err(|_| Refusal::bad_in(&name, "不是有效的请求头", "is no valid header"))?;
                form.headers.push((Some(header), HeaderValue::from_str(&value).map_err(wrong)?));
            } else if name == "content" {
                form.content = value.into_bytes().into();
            } else {
                pairs.push((name, value));
            }
        }
        if !form.content.is_empty() && !form.headers.iter().any(|(name, _)| *name == Some(header::CONTENT_TYPE)) {
            // The form's own type says nothing of the content.
            form.headers.push((Some(header::CONTENT_TYPE), HeaderValue::from_static("application/json")));
        }
        form.params = Params::of(pairs);
        Ok(form)
    }
}
