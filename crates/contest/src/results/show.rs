//! The result with its signatures: for those who sign it while it is looked through, for everybody once it is final.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use kernel::{ErrorCode, Role, Scope};
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::{self, ContestId, Text, Timestamp};
use web::{ApiResult, MaybeSigned, Path, Problem, etag};

use super::kept;
use super::standing::Standing;
use crate::ContestRoom;
use crate::arena::{Arena, SignatureNow};
use crate::event::ContestState;
use crate::recheck;

#[derive(Debug, Serialize, ToSchema)]
pub struct ResultsShown {
    pub state: ContestState,
    /// SHA-256 of the result, in hexadecimal: what a signature is given for.
    pub digest: String,
    /// Who has to sign before it can be published.
    pub signatures: Vec<SignatureWanted>,
    pub standing: Standing,
    /// What still has to be done before it can be signed or published, in words.
    pub waits: Vec<Waits>,
    /// Names by entry, where and as long as the contest shows names.
    pub names: Vec<EntryNamed>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SignatureWanted {
    pub role: wire::Role,
    /// Null: not signed, or signed for a result that has changed since.
    #[schema(required = true)]
    pub signed_at: Option<Timestamp>,
    /// His name, for those who sign.
    #[schema(required = true)]
    pub by: Option<String>,
    /// He signed a result that was another one.
    pub is_stale: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Waits {
    /// `recheck` or `appeals`.
    pub what: String,
    pub says: Text,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct EntryNamed {
    pub entry: wire::EntryId,
    pub name: String,
    pub organisation: Text,
}

/// Before the contest is in review there is none; while it is, chief judge, supervisor and organiser read it; when it is final, everybody.
#[utoipa::path(get, path = "/api/contests/{contest}/results", tag = "results", operation_id = "results", params(ContestId), responses((status = 200, body = ResultsShown)))]
pub async fn show(
    State(room): State<ContestRoom>,
    MaybeSigned(actor): MaybeSigned,
    Path(contest): Path<ContestId>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let floor = room.floor(&contest).await?;
    let state = floor.arena().state;
    let insider = actor.is_some_and(|actor| {
        actor.holds_any(&[Role::ChiefJudge, Role::Supervisor, Role::Organiser], &Scope::Contest(contest.0.clone()))
    });
    let may_see = match state {
        ContestState::Final => true,
        ContestState::Review => insider,
        _ => false,
    };
    if !may_see {
        return Err(Problem::new(ErrorCode::ContestNotOpen).detail("成绩尚未公布", "The result is not published yet"));
    }
    Ok(etag::tagged(&headers, kept::newest(&floor, insider).await?, "application/json"))
}

pub fn shown(arena: &Arena, insider: bool) -> ResultsShown {
    let standing = Standing::of(arena);
    let digest = standing.digest();
    let names = match arena.plan.blind {
        true => Vec::new(),
        false => (arena.plan.entries.iter())
            .map(|entry| EntryNamed {
                entry: entry.id.clone().into(),
                name: entry.person_name.clone(),
                organisation: entry.organisation_name.clone(),
            })
            .collect(),
    };
    let signatures = wanted(arena, &digest, insider);
    ResultsShown { state: arena.state, signatures, digest, standing, waits: waits(arena), names }
}

fn waits(arena: &Arena) -> Vec<Waits> {
    let recheck = match arena.state {
        ContestState::Final => None,
        _ => recheck::outstanding(arena).map(|says| Waits { what: "recheck".into(), says: says.into() }),
    };
    let open = arena.appeals.open().count();
    let appeals = (open > 0).then(|| Waits {
        what: "appeals".into(),
        says: Text { zh: format!("{open} 件申诉尚未答复"), en: format!("Appeals without an answer: {open}") },
    });
    recheck.into_iter().chain(appeals).collect()
}

fn wanted(arena: &Arena, digest: &str, insider: bool) -> Vec<SignatureWanted> {
    let roles = arena.plan.rule_set.iter().flat_map(|loaded| loaded.rules.signatures.iter().copied());
    let of_role = |role: Role| {
        let newest = arena.signatures.iter().rfind(|signature| signature.role == role);
        // What was published was signed; an appeal that is open since then makes it say more, and no signature void.
        let is_this = |signature: &&SignatureNow| signature.digest == digest || arena.state == ContestState::Final;
        let same = arena.signatures.iter().rfind(|it| it.role == role && it.digest == digest);
        let stands = same.or(newest.filter(is_this));
        SignatureWanted {
            role: role.into(),
            signed_at: stands.map(|signature| signature.at.into()),
            by: stands.filter(|_| insider).map(|signature| signature.by.clone()),
            is_stale: newest.is_some() && stands.is_none(),
        }
    };
    roles.map(of_role).collect()
}
