//! `PATCH /api/organisations/{organisation}`: another name or kind, or another place in the tree. A node moves with all that
//! is below it, never below itself, and only between places that the caller reaches.

use axum::extract::State;
use kernel::OrganisationId;
use serde::Deserialize;
use store::args;
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::directory::OrganisationKind;
use web::{Answer, ApiResult, Faults, Hall, IdempotencyKey, Json, Path, Problem, RequestId, Signed, wire};

use super::add::too_deep;
use super::{DEPTH_MAX, NAME_MAX, Organisation, depth, find, refuse_twin};
use crate::{reach, sql};

/// What is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeOrganisation {
    pub parent: Option<wire::OrganisationId>,
    pub kind: Option<OrganisationKind>,
    pub name: Option<wire::Text>,
}

/// Rename or move an organisation.
#[utoipa::path(patch, path = "/api/organisations/{organisation}", tag = "people", operation_id = "change_organisation",
    responses((status = 200, body = Organisation)))]
pub async fn change(
    State(hall): State<Hall>,
    signed: Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path(organisation): Path<wire::OrganisationId>,
    Json(asked): Json<ChangeOrganisation>,
) -> ApiResult<Answer> {
    let mut faults = Faults::default();
    let name = asked.name.as_ref().map(|name| wire::Text {
        zh: faults.text("name.zh", &name.zh, NAME_MAX),
        en: faults.text("name.en", &name.en, NAME_MAX),
    });
    faults.finish()?;
    let (organisation, asked, name, signed, now, request_id) =
        (&organisation.0, &asked, &name, &signed, hall.now(), &request_id);
    web::write(&hall, &key, |tx| {
        Box::pin(async move {
            let was = find(tx, organisation).await?;
            reach::must_reach(tx, signed, organisation, "organisation").await?;
            let old_parent = was.parent.as_deref();
            let new_parent: Option<&OrganisationId> = asked.parent.as_deref().or(old_parent);
            if new_parent != old_parent
                && let Some(parent) = new_parent
            {
                reach::must_reach(tx, signed, parent, "parent").await?;
                // Taking a node away from its parent changes the parent too.
                if let Some(old) = old_parent {
                    reach::must_reach(tx, signed, old, "parent").await?;
                }
                let above = find(tx, parent).await?.path;
                if above.starts_with(&was.path) {
                    return Err(Problem::invalid(
                        "parent",
                        "不能移到自己或自己的下级之下",
                        "an organisation can't stand below itself",
                    ));
                }
                let deepest: String = tx.one(sql::ORGANISATION_DEPTH, &args![&was.path]).await?.get("path")?;
                if depth(&above) + depth(&deepest) + 1 - depth(&was.path) > DEPTH_MAX {
                    return Err(too_deep());
                }
                tx.exec(sql::ORGANISATION_MOVE, &args![&was.path, format!("{above}{organisation}/")]).await?;
            }
            let name = name.as_ref().unwrap_or(&was.name);
            refuse_twin(tx, new_parent, &name.zh, organisation).await?;
            let kind = asked.kind.unwrap_or(was.kind).code();
            tx.exec(sql::ORGANISATION_CHANGE, &args![organisation, new_parent, kind, &name.zh, &name.en]).await?;
            let (account, subject) = (Some(&signed.account), Some(organisation.as_str()));
            audit::note(tx, &Noted { at: now, account, act: "organisation.changed", subject, request_id }).await?;
            Answer::ok(&find(tx, organisation).await?)
        })
    })
    .await
}
