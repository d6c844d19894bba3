//! The tree of organisations: federations, regions, enterprises, departments.

pub mod add;
pub mod change;
pub mod list;

use kernel::OrganisationId;
use serde::Serialize;
use store::{Row, StoreError, Tx, args};
use utoipa::ToSchema;
use web::directory::OrganisationKind;
use web::{ApiResult, Problem, wire};

use crate::sql;

/// The tree is at most so deep: enough for nation, province, city, district, town, enterprise, plant, shop and team.
pub(crate) const DEPTH_MAX: usize = 16;
pub(crate) const NAME_MAX: usize = 120;

/// A node of the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Organisation {
    pub id: wire::OrganisationId,
    /// Null at a root.
    pub parent: Option<wire::OrganisationId>,
    pub kind: OrganisationKind,
    pub name: wire::Text,
    /// The ids from the root to this node: `/org_a/org_b/`.
    pub path: String,
}

impl Organisation {
    pub(crate) fn of(row: &Row) -> Result<Self, StoreError> {
        let kind: String = row.get("kind")?;
        Ok(Self {
            id: row.get::<OrganisationId>("id")?.into(),
            parent: row.get::<Option<OrganisationId>>("parent")?.map(Into::into),
            kind: OrganisationKind::from_code(&kind)
                .ok_or(StoreError::Column { column: "kind".to_owned(), reason: format!("{kind:?} is no kind") })?,
            name: wire::Text { zh: row.get("name_zh")?, en: row.get("name_en")? },
            path: row.get("path")?,
        })
    }
}

pub(crate) async fn find(tx: &mut Tx<'_>, organisation: &OrganisationId) -> ApiResult<Organisation> {
    let row = tx.opt(sql::ORGANISATION, &args![organisation]).await?;
    Ok(Organisation::of(&row.ok_or_else(|| Problem::not_found("没有这个组织", "There is no such organisation"))?)?)
}

pub(crate) fn depth(path: &str) -> usize {
    path.split('/').filter(|part| !part.is_empty()).count()
}

pub(crate) async fn refuse_twin(
    tx: &mut Tx<'_>,
    parent: Option<&OrganisationId>,
    name_zh: &str,
    but: &OrganisationId,
) -> ApiResult<()> {
    match tx.opt(sql::ORGANISATION_SIBLING, &args![parent, name_zh, but]).await? {
        Some(_) => Err(Problem::new(kernel::ErrorCode::Conflict).field(
            "name.zh",
            "同级已有同名组织",
            "a sibling has this name already",
        )),
        None => Ok(()),
    }
}
