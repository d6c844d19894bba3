//! How a handler reads a request: [`Json`], [`Query`], [`Paged`], [`Path`]. Every rejection is a [`Problem`] that names the
//! place at fault. Request types derive `Deserialize` with `deny_unknown_fields`, so that a typing error is told, not dropped.
//!
//! A body has already been read, within its route's limit, by [`crate::guard`]; JSON knows no NaN and no infinity, and
//! serde_json stops at 128 levels, so what arrives here is finite in every sense.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use http::header::{CONTENT_TYPE, HeaderMap};
use http::request::Parts;
use kernel::ErrorCode;
use serde::de::DeserializeOwned;

use crate::explain::{explain, joined, without_position};
use crate::page::{CURSOR, LIMIT, Page};
use crate::{ApiResult, Problem, wire};

/// A JSON body. As a response use [`crate::Answer`] or axum's own `Json`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let media = media_type(request.headers());
        if media.as_deref() != Some("application/json") {
            return Err(unsupported(media.as_deref(), "application/json"));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|_| body_broken())?;
        read_json(&bytes).map(Json)
    }
}

impl<T: serde::Serialize> axum::response::IntoResponse for Json<T> {
    fn into_response(self) -> axum::response::Response {
        axum::Json(self.0).into_response()
    }
}

/// Reads JSON as a request's body is read: also for parts of a form and lines of a stream.
pub fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> ApiResult<T> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value: T = serde_path_to_error::deserialize(&mut reader).map_err(|fault| {
        let path = fault.path().to_string();
        json_problem(&path, fault.inner())
    })?;
    reader.end().map_err(|fault| json_problem("", &fault))?;
    Ok(value)
}

fn json_problem(path: &str, fault: &serde_json::Error) -> Problem {
    let said = fault.to_string();
    match fault.classify() {
        serde_json::error::Category::Data => {
            let fault = explain(&said);
            Problem::new(ErrorCode::Invalid).field_text(joined(path, fault.field.as_deref()), fault.text)
        }
        _ => {
            let (line, column, what) = (fault.line(), fault.column(), without_position(&said));
            Problem::new(ErrorCode::Malformed).detail(
                format!("JSON 第 {line} 行第 {column} 列有语法错误（{what}）"),
                format!("The JSON is broken at line {line}, column {column}: {what}"),
            )
        }
    }
}

/// The query string, as a struct that derives `Deserialize` and `IntoParams`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        read_query(parts.uri.query().unwrap_or_default()).map(Query)
    }
}

/// A list's query: `limit` and `cursor` make the page, everything else the filter. Where a list has no filter, use [`Page`].
#[derive(Debug, Clone, Default)]
pub struct Paged<T> {
    pub page: Page,
    pub filter: T,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Paged<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let (of_page, of_filter): (Vec<&str>, Vec<&str>) = query.split('&').partition(|pair| {
            let name = pair.split('=').next().unwrap_or_default();
            name == LIMIT || name == CURSOR
        });
        Ok(Self { page: Page::read(&of_page.join("&"))?, filter: read_query(&of_filter.join("&"))? })
    }
}

pub(crate) fn read_query<T: DeserializeOwned>(query: &str) -> ApiResult<T> {
    // An empty value is an absent one: a form sends `?state=&run=` for fields that nobody filled in.
    let filled: Vec<&str> = query.split('&').filter(|pair| !pair.ends_with('=')).collect();
    let filled = filled.join("&");
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(filled.as_bytes()));
    serde_path_to_error::deserialize(pairs).map_err(|fault| {
        let path = fault.path().to_string();
        let fault = explain(&fault.inner().to_string());
        Problem::new(ErrorCode::Invalid).field_text(joined(&path, fault.field.as_deref()), fault.text)
    })
}

/// The parts of the path, in order: `Path(contest): Path<wire::ContestId>`, `Path((contest, run)): Path<(wire::ContestId, wire::RunId)>`.
/// In handlers that are documented use the twins of [`wire`]: utoipa must know the type. What is no id names nothing: 404.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<T: PathParts, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| {
            Problem::not_found("链接里有无法识别的字符", "The address holds characters that can't be read")
        })?;
        T::read(&mut params.iter()).map(Path)
    }
}

/// One part of a path.
pub trait PathPart: Sized {
    fn read_part(text: &str) -> Option<Self>;
}

/// One part, or several in a tuple.
pub trait PathParts: Sized {
    fn read<'p>(params: &mut dyn Iterator<Item = (&'p str, &'p str)>) -> ApiResult<Self>;
}

fn read_next<'p, T: PathPart>(params: &mut dyn Iterator<Item = (&'p str, &'p str)>) -> ApiResult<T> {
    let Some((_, text)) = params.next() else {
        return Err(Problem::internal("a handler takes more path parts than its route has"));
    };
    T::read_part(text).ok_or_else(|| {
        let shown: String = text.chars().take(80).collect();
        Problem::not_found(
            format!("链接中的“{shown}”不是有效的编号，请检查地址"),
            format!("{shown:?} in the address is no valid id: check the address"),
        )
    })
}

impl<T: PathPart> PathParts for T {
    fn read<'p>(params: &mut dyn Iterator<Item = (&'p str, &'p str)>) -> ApiResult<Self> {
        read_next(params)
    }
}

macro_rules! tuples {
    ($(($($part:ident),*);)*) => {$(
        impl<$($part: PathPart),*> PathParts for ($($part,)*) {
            fn read<'p>(params: &mut dyn Iterator<Item = (&'p str, &'p str)>) -> ApiResult<Self> {
                Ok(($(read_next::<$part>(params)?,)*))
            }
        }
    )*};
}
tuples! { (A); (A, B); (A, B, C); (A, B, C, D); }

macro_rules! path_parts {
    ($($name:ident)*) => {$(
        impl PathPart for kernel::$name {
            fn read_part(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }
        impl PathPart for wire::$name {
            fn read_part(text: &str) -> Option<Self> {
                text.parse().ok().map(wire::$name)
            }
        }
    )*};
}
path_parts! {
    OrganisationId PersonId AccountId ContestId VenueId StationId EntryId TeamId RunId MarkId VerdictId RecordingId EdgeId StatementId AppealId ApplicationId SeasonId AdvanceId PhotoId
}

/// A name of no id type: a code, a view. At most 200 bytes.
impl PathPart for String {
    fn read_part(text: &str) -> Option<Self> {
        (text.len() <= 200).then(|| text.to_owned())
    }
}
impl PathPart for i64 {
    fn read_part(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// `application/json; charset=utf-8` is `application/json`.
pub(crate) fn media_type(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

pub(crate) fn unsupported(got: Option<&str>, wanted: &str) -> Problem {
    let got: String = got.unwrap_or("-").chars().take(80).collect();
    Problem::new(ErrorCode::UnsupportedMedia)
        .detail(format!("收到 {got}，这里需要 {wanted}"), format!("Got {got}; send {wanted} here"))
}

pub(crate) fn body_broken() -> Problem {
    Problem::new(ErrorCode::Malformed).detail("内容没有完整到达", "The body didn't arrive whole")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Batch {
        marks: Vec<Given>,
    }
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Given {
        run: wire::RunId,
        level: u32,
    }

    #[test]
    fn a_part_of_an_address_that_is_no_id_is_said_as_it_was_written() {
        let problem = read_next::<kernel::RunId>(&mut [("run", "RUN 1")].into_iter()).unwrap_err();
        assert_eq!(problem.code(), ErrorCode::NotFound);
        let said = problem.to_string();
        assert!(said.contains("RUN 1") && !said.contains('{'), "{said}");
    }

    #[test]
    fn each_fault_of_a_body_names_its_place() {
        for (body, code, place) in [
            (r#"{"marks":[{"run":"run_1","level":1},{"run":"run_1","level":"x"}]}"#, "invalid", "marks[1].level"),
            (r#"{"marks":[{"run":"run_1"}]}"#, "invalid", "marks[0].level"),
            (r#"{"marks":[{"run":"run_1","level":1,"extra":2}]}"#, "invalid", "marks[0].extra"),
            (r#"{"marks":[{"run":"../x","level":1}]}"#, "invalid", "marks[0].run"),
            (r#"{"marks":[{"run":"run_1","level":-1}]}"#, "invalid", "marks[0].level"),
            (r#"{"marks":[{"run":"run_1","level":99999999999}]}"#, "invalid", "marks[0].level"),
            (r#"{"marks":[{"run":"run_1","level":NaN}]}"#, "malformed", ""),
            (r#"{"marks":[{"run":"run_1","level":1e999}]}"#, "malformed", ""),
            (r#"{"marks":"#, "malformed", ""),
            (r#"{"marks":[]} more"#, "malformed", ""),
            ("", "malformed", ""),
            ("\"\u{fffd}", "malformed", ""),
            ("[]", "invalid", ""),
            (r#"{"marks":[],"marks":[]}"#, "invalid", "marks"),
        ] {
            let problem = read_json::<Batch>(body.as_bytes()).expect_err(body);
            assert_eq!(problem.code().entry().name, code, "{body}: {problem}");
            let at = problem.fields().next().map(|(path, _)| path.to_owned()).unwrap_or_default();
            assert_eq!(at, place, "{body}: {problem}");
        }
        assert_eq!(read_json::<Batch>(b"\xff").unwrap_err().code(), ErrorCode::Malformed);
        assert!(read_json::<serde_json::Value>("[".repeat(1000).as_bytes()).is_err(), "depth is bounded");
    }

    #[test]
    fn broken_json_says_where() {
        let problem = read_json::<Batch>(b"{\n  \"marks\": [,]\n}").unwrap_err();
        assert!(problem.to_string().contains("line 2, column 13"), "{problem}");
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Filter {
        run: Option<wire::RunId>,
        points: Option<u32>,
    }

    #[test]
    fn each_fault_of_a_query_names_its_parameter() {
        assert!(read_query::<Filter>("run=run_1&points=3").is_ok());
        assert!(read_query::<Filter>("run=&points=").unwrap().points.is_none());
        for (query, place) in
            [("points=many", "points"), ("run=%2F", "run"), ("stat=x", "stat"), ("points=1&points=2", "points")]
        {
            let problem = read_query::<Filter>(query).expect_err(query);
            assert_eq!(problem.code(), ErrorCode::Invalid);
            assert_eq!(problem.fields().next().unwrap().0, place, "{problem}");
        }
    }
}
