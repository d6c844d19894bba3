//! `POST /api/organisations`: a new node below one that the caller reaches. A new root needs a role in the whole hall.

use axum::extract::State;
use kernel::{ErrorCode, OrganisationId, Role, Scope};
use serde::Deserialize;
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::directory::{self, NewOrganisation, OrganisationKind};
use web::{Answer, ApiResult, Faults, Hall, IdempotencyKey, Json, Problem, RequestId, Signed, wire};

use super::{DEPTH_MAX, NAME_MAX, Organisation, depth, find, refuse_twin};
use crate::reach;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddOrganisation {
    pub parent: Option<wire::OrganisationId>,
    pub kind: OrganisationKind,
    pub name: wire::Text,
}

/// Add an organisation.
#[utoipa::path(post, path = "/api/organisations", tag = "people", operation_id = "add_organisation",
    responses((status = 201, body = Organisation)))]
pub async fn add(
    State(hall): State<Hall>,
    signed: Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Json(asked): Json<AddOrganisation>,
) -> ApiResult<Answer> {
    let mut faults = Faults::default();
    let name = kernel::Text::new(
        faults.text("name.zh", &asked.name.zh, NAME_MAX),
        faults.text("name.en", &asked.name.en, NAME_MAX),
    );
    faults.finish()?;
    let new = NewOrganisation {
        id: hall.fresh::<OrganisationId>(),
        parent: asked.parent.map(Into::into),
        kind: asked.kind,
        name,
        created_at: hall.now(),
    };
    let (new, signed, request_id) = (&new, &signed, &request_id);
    web::write(&hall, &key, |tx| {
        Box::pin(async move {
            match &new.parent {
                Some(parent) => {
                    reach::must_reach(tx, signed, parent, "parent").await?;
                    if depth(&find(tx, parent).await?.path) >= DEPTH_MAX {
                        return Err(too_deep());
                    }
                }
                None if signed.holds_any(&[Role::Staff, Role::Administrator], &Scope::Hall) => {}
                None => return Err(ErrorCode::Forbidden.into()),
            }
            refuse_twin(tx, new.parent.as_ref(), &new.name.zh, &new.id).await?;
            directory::insert_organisation(tx, new).await?;
            let (account, subject) = (Some(&signed.account), Some(new.id.as_str()));
            audit::note(tx, &Noted { at: new.created_at, account, act: "organisation.added", subject, request_id })
                .await?;
            Answer::created(&find(tx, &new.id).await?)
        })
    })
    .await
}

pub(super) fn too_deep() -> Problem {
    Problem::invalid(
        "parent",
        format!("组织树最多 {DEPTH_MAX} 层"),
        format!("the tree of organisations is at most {DEPTH_MAX} deep"),
    )
}
