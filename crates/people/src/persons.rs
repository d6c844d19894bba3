//! Persons: each human being once, at one organisation.

pub mod add;
pub mod list;

use kernel::{OrganisationId, PersonId};
use serde::Serialize;
use store::{Row, StoreError};
use utoipa::ToSchema;
use web::directory::Gender;
use web::wire;

pub(crate) const NAME_MAX: usize = 100;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Person {
    pub id: wire::PersonId,
    pub name: String,
    pub gender: Option<Gender>,
    pub organisation: wire::OrganisationId,
    pub organisation_name: wire::Text,
    pub phone: Option<String>,
}

impl Person {
    pub(crate) fn of(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.get::<PersonId>("id")?.into(),
            name: row.get("name")?,
            gender: row.get::<Option<String>>("gender")?.as_deref().and_then(Gender::from_code),
            organisation: row.get::<OrganisationId>("organisation")?.into(),
            organisation_name: wire::Text { zh: row.get("name_zh")?, en: row.get("name_en")? },
            phone: row.get("phone")?,
        })
    }
}
