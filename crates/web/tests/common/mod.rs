//! A room of nothing but corners: one route for each thing that the shared HTTP promises.

use axum::Router;
use axum::extract::State;
use kernel::Role;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{
    Access, Answer, ApiResult, EdgeCaller, Hall, IdempotencyKey, Json, Listed, MaybeSigned, Multipart, Page, Paged,
    Path, Problem, Room, Rule, ScopeOf, Signed, wire,
};

pub const RULES: &[Rule] = &[
    Rule::get("/api/open", Access::Public),
    Rule::get("/api/mine", Access::SignedIn),
    Rule::get("/api/demo-only", Access::DemoOnly),
    Rule::get("/api/things", Access::Roles(&[Role::Staff], ScopeOf::Hall)),
    Rule::post("/api/things", Access::Roles(&[Role::Staff], ScopeOf::Hall)).takes(1024),
    Rule::post("/api/forms", Access::Roles(&[Role::Staff], ScopeOf::Hall)).takes(4096),
    Rule::get("/api/contests/{contest}/sheet", Access::Roles(&[Role::Judge], ScopeOf::ContestParam)),
    Rule::get(
        "/api/contests/{contest}/stations",
        Access::Roles(&[Role::Judge, Role::VenueOperator], ScopeOf::WithinContest),
    ),
    Rule::get(
        "/api/contests/{contest}/venues/{venue}",
        Access::Roles(&[Role::VenueOperator, Role::ChiefJudge], ScopeOf::VenueParam),
    ),
    Rule::get("/api/desk", Access::Roles(&[Role::Staff, Role::Administrator], ScopeOf::Anywhere)),
    Rule::post("/api/contests/{contest}/telemetry", Access::EdgeKey).repeatable(),
    Rule::get("/api/panics", Access::Public),
    Rule::get("/api/never", Access::Public),
    Rule::get("/api/large", Access::Public),
];

/// The corner room, and the routes it has by mistake.
pub fn room(hall: &Hall) -> Room {
    let router = OpenApiRouter::default()
        .routes(routes!(open))
        .routes(routes!(mine))
        .routes(routes!(demo_only))
        .routes(routes!(list, add))
        .routes(routes!(upload))
        .routes(routes!(sheet))
        .routes(routes!(stations))
        .routes(routes!(venue))
        .routes(routes!(desk))
        .routes(routes!(telemetry))
        .routes(routes!(panics))
        .routes(routes!(never))
        .routes(routes!(large))
        // Not documented, hence not found by the check: the guard must refuse it.
        .route("/api/forgotten", axum::routing::get(|| async { "secret" }));
    Room { router: router.with_state(hall.clone()), access: RULES }
}

pub fn router(hall: &Hall) -> Router {
    web::serve_router(hall.clone(), vec![room(hall)]).expect("routes and tables agree")
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Thing {
    pub name: String,
    pub mark: wire::Mark,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Kept {
    pub position: i64,
    pub name: String,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    from: Option<u32>,
}

#[utoipa::path(get, path = "/api/open", responses((status = 200, body = String)))]
async fn open(MaybeSigned(actor): MaybeSigned) -> String {
    actor.map_or_else(|| "nobody".to_owned(), |actor| actor.account.to_string())
}

#[utoipa::path(get, path = "/api/mine", responses((status = 200, body = String)))]
async fn mine(signed: Signed) -> String {
    signed.account.to_string()
}

#[utoipa::path(get, path = "/api/demo-only", responses((status = 200, body = String)))]
async fn demo_only() -> &'static str {
    "demo"
}

#[utoipa::path(get, path = "/api/things", params(Page, Filter), responses((status = 200, body = Listed<Kept>)))]
async fn list(Paged { page, filter }: Paged<Filter>) -> ApiResult<Json<Listed<Kept>>> {
    let from = page.after_number()?.unwrap_or(i64::from(filter.from.unwrap_or(0)));
    let rows = (from + 1..=7).take(page.rows() as usize).map(|position| Kept { position, name: "x".into() }).collect();
    Ok(Json(Listed::of(rows, &page, |kept| kept.position.to_string())))
}

#[utoipa::path(post, path = "/api/things", responses((status = 201, body = Kept)))]
async fn add(State(hall): State<Hall>, key: IdempotencyKey, Json(thing): Json<Thing>) -> ApiResult<Answer> {
    let thing = &thing;
    web::write(&hall, &key, |tx| {
        Box::pin(async move {
            let position = tx.next_position("things").await?;
            if thing.name == "refused" {
                return Err(Problem::invalid("name", "不行", "no"));
            }
            if thing.name == "once" {
                let shown = Kept { position, name: "secret".into() };
                return Answer::created(&shown)?.keeping(&Kept { position, name: "not shown again".into() });
            }
            Answer::created(&Kept { position, name: thing.name.clone() })
        })
    })
    .await
}

#[utoipa::path(post, path = "/api/forms", responses((status = 200, body = usize)))]
async fn upload(form: Multipart) -> ApiResult<Json<usize>> {
    Ok(Json(form.file("file")?.bytes.len()))
}

#[utoipa::path(get, path = "/api/contests/{contest}/sheet", responses((status = 200, body = String)))]
async fn sheet(Path(contest): Path<wire::ContestId>) -> String {
    contest.to_string()
}

#[utoipa::path(get, path = "/api/contests/{contest}/stations", responses((status = 200, body = String)))]
async fn stations(Path(contest): Path<wire::ContestId>) -> String {
    contest.to_string()
}

#[utoipa::path(get, path = "/api/contests/{contest}/venues/{venue}", responses((status = 200, body = String)))]
async fn venue(Path((contest, venue)): Path<(wire::ContestId, wire::VenueId)>) -> String {
    format!("{contest} {venue}")
}

#[utoipa::path(get, path = "/api/desk", responses((status = 200, body = String)))]
async fn desk(signed: Signed) -> String {
    signed.account.to_string()
}

#[utoipa::path(post, path = "/api/contests/{contest}/telemetry", request_body = String, responses((status = 200, body = String)))]
async fn telemetry(edge: EdgeCaller, body: String) -> String {
    format!("{} {}", edge.edge, body.len())
}

#[utoipa::path(get, path = "/api/panics", responses((status = 200, body = String)))]
async fn panics() -> String {
    panic!("a bug")
}

#[utoipa::path(get, path = "/api/never", responses((status = 200, body = String)))]
async fn never() -> String {
    std::future::pending().await
}

#[utoipa::path(get, path = "/api/large", responses((status = 200, body = Vec<String>)))]
async fn large() -> Json<Vec<String>> {
    Json(vec!["Guildhall".to_owned(); 1000])
}
