//! Everything but the feed: what the interface is, the contests, a contest's collections and their objects, the scoreboard.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::{BufMut, Bytes, BytesMut};
use http::{HeaderValue, header};
use kernel::Actor;
use serde::Serialize;
use store::args;
use web::{Path, Signed};

use super::View;
use super::access::{access, offers};
use super::books::{book, floor};
use super::configuration;
use super::filter::{Asked, Filter, pairs};
use super::refusal::Refusal;
use super::shelf::Kind;
use crate::access::CONTROLLERS;
use crate::{ContestRoom, sql};

const VERSION: &str = "2026-01";
const VERSION_URL: &str = "https://ccs-specs.icpc.io/2026-01/contest_api";
const CONTESTS_AT_ONCE: i64 = 200;

type Answered = Result<Response, Refusal>;

#[derive(Debug, Serialize)]
struct About {
    version: &'static str,
    version_url: &'static str,
    provider: Provider,
}

#[derive(Debug, Serialize)]
struct Provider {
    name: &'static str,
    version: &'static str,
}

fn about(view: View) -> Response {
    let provider = Provider { name: "Guildhall", version: env!("CARGO_PKG_VERSION") };
    written(&About { version: VERSION, version_url: VERSION_URL, provider }, view)
}

/// All that can be opened; for staff those into which he reaches.
async fn contests(room: &ContestRoom, view: View, actor: Option<Actor>) -> Answered {
    let (mut after, mut found) = (String::new(), Vec::new());
    let staff = actor.map(Signed);
    loop {
        let rows = room.hall.db.all(sql::CONTESTS, &args![&after, CONTESTS_AT_ONCE]).await?;
        for row in &rows {
            let contest: kernel::ContestId = row.get("id")?;
            after = contest.to_string();
            if staff.as_ref().is_some_and(|staff| !staff.reaches_into(CONTROLLERS, &contest)) {
                continue;
            }
            match room.opened(&contest).await {
                Ok(Some(floor)) => found.push(configuration::contest(&floor.arena()).json),
                Ok(None) => {}
                // The standard knows no damaged contest; the hall's own list tells of it.
                Err(fault) if fault.damage().is_some() => {}
                Err(fault) => return Err(fault.into()),
            }
        }
        if (rows.len() as i64) < CONTESTS_AT_ONCE {
            return Ok(sent(listed(found.iter()), view));
        }
    }
}

async fn contest(room: &ContestRoom, view: View, contest: &str) -> Answered {
    let floor = floor(room, contest).await?;
    let object = configuration::contest(&floor.arena());
    Ok(sent(object.json, view))
}

async fn scoreboard(room: &ContestRoom, view: View, contest: &str, query: Asked) -> Answered {
    let mut group = None;
    for (name, value) in pairs(query)? {
        if name != "group_id" {
            return Err(Refusal::bad_request(
                "榜单只有参数 group_id",
                "The scoreboard takes group_id and nothing else",
            ));
        }
        group = Some(value);
    }
    let book = book(room, contest).await?;
    let scoreboard = book.ledger().scoreboard(view, group.as_deref());
    let scoreboard = scoreboard.ok_or_else(|| Refusal::not_found("没有这个分组", "There is no such group"))?;
    Ok(written(&scoreboard, view))
}

/// A collection, or what there is one of.
async fn endpoint(room: &ContestRoom, view: View, contest: &str, name: &str, query: Asked) -> Answered {
    let book = book(room, contest).await?;
    let ledger = book.ledger();
    if name == "access" {
        return Ok(written(&access(ledger.is_blind()), view));
    }
    let kind = offered(name, ledger.is_blind())?;
    let filter = Filter::read(kind, query)?;
    let shelf = ledger.shelf(view);
    if kind.is_single() {
        let object = shelf.object(kind, "").cloned();
        return object.map(|json| sent(json, view)).ok_or_else(|| no_endpoint(name));
    }
    Ok(sent(listed(shelf.objects(kind).filter(|object| filter.lets_through(object))), view))
}

async fn object(room: &ContestRoom, view: View, contest: &str, name: &str, id: &str) -> Answered {
    let book = book(room, contest).await?;
    let ledger = book.ledger();
    let kind = offered(name, ledger.is_blind())?;
    let object = ledger.shelf(view).object(kind, id).filter(|_| !kind.is_single()).cloned();
    object.map(|json| sent(json, view)).ok_or_else(|| {
        let shown: String = id.chars().take(80).collect();
        Refusal::not_found(format!("{name} 中没有 {shown}"), format!("There is no {shown} among {name}"))
    })
}

/// A contest stands one level up.
fn offered(name: &str, blind: bool) -> Result<Kind, Refusal> {
    let kind = Kind::of(name).filter(|kind| *kind != Kind::Contest && offers(*kind, blind));
    kind.ok_or_else(|| no_endpoint(name))
}

fn no_endpoint(name: &str) -> Refusal {
    let shown: String = name.chars().take(80).collect();
    Refusal::not_found(format!("这场赛事没有 {shown}"), format!("This contest has no {shown}"))
}

fn listed<'b>(objects: impl Iterator<Item = &'b Bytes>) -> Bytes {
    let mut list = BytesMut::with_capacity(4096);
    list.put_u8(b'[');
    for (nth, object) in objects.enumerate() {
        if nth > 0 {
            list.put_slice(b",\n");
        }
        list.put_slice(object);
    }
    list.put_u8(b']');
    list.freeze()
}

fn written(shape: &impl Serialize, view: View) -> Response {
    sent(serde_json::to_vec(shape).unwrap_or_default().into(), view)
}

fn sent(json: Bytes, view: View) -> Response {
    let mut response = json.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Pages from elsewhere may read what everybody may; what staff read is for the hall's own pages.
    if view == View::Public {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
    response
}

/// For everybody.
pub mod public {
    use super::*;

    /// What this is: the version of the standard, and whose.
    #[utoipa::path(get, path = "/clics", operation_id = "clics_about", tag = "clics", responses((status = 200, body = serde_json::Value)))]
    pub async fn about() -> Response {
        super::about(View::Public)
    }

    /// All contests (CLICS 2026-01).
    #[utoipa::path(get, path = "/clics/contests", operation_id = "clics_contests", tag = "clics", responses((status = 200, body = serde_json::Value)))]
    pub async fn contests(State(room): State<ContestRoom>) -> Answered {
        super::contests(&room, View::Public, None).await
    }

    /// A contest (CLICS 2026-01).
    #[utoipa::path(get, path = "/clics/contests/{contest}", operation_id = "clics_contest", tag = "clics", responses((status = 200, body = serde_json::Value)))]
    pub async fn contest(State(room): State<ContestRoom>, Path(contest): Path<String>) -> Answered {
        super::contest(&room, View::Public, &contest).await
    }

    /// The scoreboard (CLICS 2026-01), of the whole field or of a group. While the board is frozen, as it was when it was frozen.
    #[utoipa::path(
        get, path = "/clics/contests/{contest}/scoreboard", operation_id = "clics_scoreboard", tag = "clics",
        params(("group_id" = Option<String>, Query, description = "A venue or a group of the contest.")),
        responses((status = 200, body = serde_json::Value))
    )]
    pub async fn scoreboard(State(room): State<ContestRoom>, Path(contest): Path<String>, query: Asked) -> Answered {
        super::scoreboard(&room, View::Public, &contest, query).await
    }

    /// A collection (CLICS 2026-01): `access`, `judgement-types`, `languages`, `problems`, `groups`, `organizations`, `teams`, `persons`,
    /// `state`, `submissions`, `judgements`, `runs`, `clarifications`, `awards`. A query filters by a reference, such as `team_id`.
    #[utoipa::path(get, path = "/clics/contests/{contest}/{endpoint}", operation_id = "clics_collection", tag = "clics", responses((status = 200, body = serde_json::Value)))]
    pub async fn endpoint(
        State(room): State<ContestRoom>,
        Path((contest, name)): Path<(String, String)>,
        query: Asked,
    ) -> Answered {
        super::endpoint(&room, View::Public, &contest, &name, query).await
    }

    /// One object of a collection (CLICS 2026-01).
    #[utoipa::path(get, path = "/clics/contests/{contest}/{endpoint}/{id}", operation_id = "clics_object", tag = "clics", responses((status = 200, body = serde_json::Value)))]
    pub async fn object(
        State(room): State<ContestRoom>,
        Path((contest, name, id)): Path<(String, String, String)>,
    ) -> Answered {
        super::object(&room, View::Public, &contest, &name, &id).await
    }
}

/// For those who work in a control room: never frozen.
pub mod staff {
    use super::*;

    pub async fn about() -> Response {
        super::about(View::Staff)
    }

    pub async fn contests(State(room): State<ContestRoom>, Signed(actor): Signed) -> Answered {
        super::contests(&room, View::Staff, Some(actor)).await
    }

    pub async fn contest(State(room): State<ContestRoom>, Path(contest): Path<String>) -> Answered {
        super::contest(&room, View::Staff, &contest).await
    }

    pub async fn scoreboard(State(room): State<ContestRoom>, Path(contest): Path<String>, query: Asked) -> Answered {
        super::scoreboard(&room, View::Staff, &contest, query).await
    }

    pub async fn endpoint(
        State(room): State<ContestRoom>,
        Path((contest, name)): Path<(String, String)>,
        query: Asked,
    ) -> Answered {
        super::endpoint(&room, View::Staff, &contest, &name, query).await
    }

    pub async fn object(
        State(room): State<ContestRoom>,
        Path((contest, name, id)): Path<(String, String, String)>,
    ) -> Answered {
        super::object(&room, View::Staff, &contest, &name, &id).await
    }
}
