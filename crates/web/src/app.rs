//! Puts the rooms together into one router. A room hands over its routes with their documents and its access table; the
//! server adds the screens. Building fails, with the list of what is wrong, when routes and tables don't agree.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::response::{IntoResponse, Response};
use http::header;
use kernel::ErrorCode;
use tower::ServiceExt;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::access::{Rule, Table, check};
use crate::guard::{Guard, guard};
use crate::outer::{Outer, outer};
use crate::own::{self, OwnState};
use crate::{Hall, Problem, openapi};

/// A room's part of the hall's HTTP.
pub struct Room {
    /// The routes, their state already given.
    pub router: OpenApiRouter,
    pub access: &'static [Rule],
}

/// A room's part of the document: what `cargo xtask generate` needs, without a database.
#[derive(Clone)]
pub struct RoomDoc {
    pub openapi: OpenApi,
    pub access: &'static [Rule],
}

/// Routes and access tables that don't agree, one fault a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement(pub Vec<String>);

impl std::fmt::Display for Disagreement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "routes and access tables don't agree:\n{}", self.0.join("\n"))
    }
}
impl std::error::Error for Disagreement {}

/// The whole HTTP interface of these rooms, guarded and dressed.
pub fn serve_router(hall: Hall, rooms: Vec<Room>) -> Result<Router, Disagreement> {
    App::new(hall, rooms).build()
}

/// [`serve_router`] in steps, for a server with screens.
pub struct App {
    hall: Hall,
    rooms: Vec<Room>,
    screens: Option<Router>,
}

impl App {
    pub fn new(hall: Hall, rooms: Vec<Room>) -> Self {
        Self { hall, rooms, screens: None }
    }

    /// Answers every path that no room knows, outside `/api/` and `/live/`.
    pub fn screens(mut self, screens: Router) -> Self {
        self.screens = Some(screens);
        self
    }

    pub fn build(self) -> Result<Router, Disagreement> {
        let Self { hall, rooms, screens } = self;
        let mut tables = Vec::new();
        let mut docs = Vec::new();
        let mut router = Router::new();
        for room in rooms {
            let (routes, openapi) = room.router.split_for_parts();
            router = router.merge(routes);
            tables.push(room.access);
            docs.push(RoomDoc { openapi, access: room.access });
        }
        let document = openapi::assemble(docs);
        let faults = check(&document, &tables);
        if !faults.is_empty() {
            return Err(Disagreement(faults));
        }
        tables.push(own::RULES);
        let encoded = document.to_json().unwrap_or_default().into();
        let (own, _) = own::routes().split_for_parts();
        router = router.merge(own.with_state(OwnState { hall: hall.clone(), openapi: encoded }));

        let guarding = Guard { hall: hall.clone(), table: Arc::new(Table::of(tables)) };
        Ok(router
            .fallback(move |request: Request| answer_unknown(screens.clone(), request))
            .layer(axum::middleware::from_fn_with_state(guarding, guard))
            .layer(CompressionLayer::new().compress_when(SizeAbove::new(1024).and(IsJson)))
            .layer(axum::middleware::from_fn_with_state(Outer::new(hall), outer))
            // The guard limits bodies by rule; axum's own limit would only contradict it.
            .layer(DefaultBodyLimit::disable()))
    }
}

async fn answer_unknown(screens: Option<Router>, request: Request) -> Response {
    let path = request.uri().path();
    match screens {
        Some(screens) if !(path.starts_with("/api/") || path.starts_with("/live/")) => {
            match screens.oneshot(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            }
        }
        _ => Problem::new(ErrorCode::NotFound).into_response(),
    }
}

/// JSON shrinks to a fifth; pictures and scripts are compressed when they are built, streams not at all.
#[derive(Debug, Clone, Copy)]
struct IsJson;

impl Predicate for IsJson {
    fn should_compress<B: http_body::Body>(&self, response: &http::Response<B>) -> bool {
        let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        kind.starts_with("application/json")
    }
}
