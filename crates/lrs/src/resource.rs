//! The addresses of xAPI, and which method of which resource answers them.

use axum::extract::{Path, Request, State};
use axum::response::Response;
use axum::routing::{any, post};
use http::{HeaderValue, Method, StatusCode, header};
use utoipa_axum::router::OpenApiRouter;

use crate::call::{Call, version_of};
use crate::refusal::{Done, Refusal};
use crate::{Lrs, about, activities, agents, clients, documents, reply, statements};

pub fn routes() -> OpenApiRouter<Lrs> {
    OpenApiRouter::default()
        .route("/xapi/statements", any(on_statements))
        .route("/xapi/statements/more/{token}", any(on_more))
        .route("/xapi/activities", any(on_activities))
        .route("/xapi/activities/state", any(on_state))
        .route("/xapi/activities/profile", any(on_activity_profile))
        .route("/xapi/agents", any(on_agents))
        .route("/xapi/agents/profile", any(on_agent_profile))
        .route("/xapi/about", any(on_about))
        .route("/xapi/oauth/token", post(clients::token::grant))
        .route("/xapi/{*unknown}", any(on_unknown))
}

/// Reads the request, answers it by the edition that it is meant by.
macro_rules! answered {
    ($lrs:expr, $request:expr, |$call:ident| $done:expr) => {{
        let (lrs, request) = ($lrs, $request);
        match Call::of(&lrs, request).await {
            Ok($call) => {
                let version = $call.version;
                let done: Done<Response> = $done(&lrs, $call).await;
                reply::finish(&lrs, Some(version), done)
            }
            Err(refusal) => reply::finish(&lrs, None, Err(refusal)),
        }
    }};
}

async fn on_statements(State(lrs): State<Lrs>, request: Request) -> Response {
    answered!(lrs, request, |call| async |lrs: &Lrs, call: Call| match call.method {
        Method::GET | Method::HEAD => statements::get::get(lrs, call).await,
        Method::PUT => statements::put::put(lrs, call).await,
        Method::POST => statements::post::post(lrs, call).await,
        _ => Err(not_allowed("GET, HEAD, PUT, POST")),
    })
}

async fn on_more(State(lrs): State<Lrs>, Path(token): Path<String>, request: Request) -> Response {
    answered!(lrs, request, |call| async |lrs: &Lrs, call: Call| match call.method {
        Method::GET | Method::HEAD => statements::get::more(lrs, call, &token).await,
        _ => Err(not_allowed("GET, HEAD")),
    })
}

async fn on_activities(State(lrs): State<Lrs>, request: Request) -> Response {
    answered!(lrs, request, |call| async |lrs: &Lrs, call: Call| match call.method {
        Method::GET | Method::HEAD => activities::get(lrs, call).await,
        _ => Err(not_allowed("GET, HEAD")),
    })
}

async fn on_agents(State(lrs): State<Lrs>, request: Request) -> Response {
    answered!(lrs, request, |call| async |lrs: &Lrs, call: Call| match call.method {
        Method::GET | Method::HEAD => agents::get(lrs, call).await,
        _ => Err(not_allowed("GET, HEAD")),
    })
}

async fn on_state(State(lrs): State<Lrs>, request: Request) -> Response {
    answered!(lrs, request, |call| async |lrs: &Lrs, call: Call| documents::answer(lrs, call, documents::Kind::State)
        .await)
}

async fn on_activity_profile(State(lrs): State<Lrs>, request: Request) -> Response {
    answered!(lrs, request, |call| async |lrs: &Lrs, call: Call| documents::answer(
        lrs,
        call,
        documents::Kind::Activity
    )
    .await)
}

async fn on_agent_profile(State(lrs): State<Lrs>, request: Request) -> Response {
    answered!(lrs, request, |call| async |lrs: &Lrs, call: Call| documents::answer(lrs, call, documents::Kind::Agent)
        .await)
}

/// For everybody, also for who names no edition: it says which there are.
async fn on_about(State(lrs): State<Lrs>, request: Request) -> Response {
    let version = version_of(request.headers()).unwrap_or(xapi::Version::V2_0);
    let done = match *request.method() {
        Method::GET | Method::HEAD => Ok(about::get()),
        _ => Err(not_allowed("GET, HEAD")),
    };
    reply::finish(&lrs, Some(version), done)
}

async fn on_unknown(State(lrs): State<Lrs>, request: Request) -> Response {
    drop(request);
    reply::finish(&lrs, None, Err(Refusal::not_found()))
}

pub fn not_allowed(allowed: &'static str) -> Refusal {
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "此资源不支持这个方法", "This resource doesn't take that method")
        .with(header::ALLOW, HeaderValue::from_static(allowed))
}
