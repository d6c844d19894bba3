//! What the code on a certificate opens: whether it stands.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::{ContestId, Text, Timestamp};
use web::{ApiResult, Json, Path};

use super::issued::Validity;
use crate::ContestRoom;

#[derive(Debug, Serialize, ToSchema)]
pub struct CertificateChecked {
    pub number: String,
    pub validity: Validity,
    pub contest_name: Text,
    pub prize: Text,
    #[schema(required = true)]
    pub group: Option<Text>,
    #[schema(required = true)]
    pub rank: Option<u32>,
    /// Null where the contest shows no names: compare the number.
    #[schema(required = true)]
    pub name: Option<String>,
    #[schema(required = true)]
    pub organisation: Option<Text>,
    /// The competitor's blind number.
    #[schema(required = true)]
    pub no: Option<String>,
    pub issued_at: Timestamp,
}

/// For everybody. A number that no result of this contest has is not found.
#[utoipa::path(get, path = "/api/contests/{contest}/certificates/{number}", tag = "papers", operation_id = "check_certificate", params(ContestId, ("number" = String, Path, description = "as it stands on the certificate")), responses((status = 200, body = CertificateChecked)))]
pub async fn check(
    State(room): State<ContestRoom>,
    Path((contest, number)): Path<(ContestId, String)>,
) -> ApiResult<Json<CertificateChecked>> {
    let floor = room.floor(&contest).await?;
    let arena = floor.arena();
    let certificates = floor.certificates.of(&arena);
    let it = certificates.find(&number)?;
    let (name, organisation) = match arena.plan.blind {
        true => (None, None),
        false => {
            let (name, organisation) = it.winner(&arena);
            (Some(name), organisation)
        }
    };
    Ok(Json(CertificateChecked {
        number: it.number.clone(),
        validity: it.validity,
        contest_name: arena.plan.name.clone(),
        prize: it.given.name.clone(),
        group: it.group(&arena),
        rank: it.given.rank,
        name,
        organisation,
        no: it.no(&arena),
        issued_at: it.at.into(),
    }))
}
