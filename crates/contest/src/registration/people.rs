//! Whom somebody may apply for: persons whom the hall knows, found by a part of their name.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use store::{Row, StoreError, args};
use utoipa::{IntoParams, ToSchema};
use web::wire::{ContestId, OrganisationId, PersonId, Text};
use web::{ApiResult, Json, Listed, Path, Problem, Query, Signed};

use super::Declared;
use super::application::AsRole;
use super::who::Reach;
use crate::{ContestRoom, sql};

const SEARCH_CHARS_MOST: usize = 40;
const FOUND_MOST: usize = 50;
/// Persons that are read at a time.
const AT_ONCE: usize = 500;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Sought {
    /// A part of the name.
    pub search: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PersonFound {
    pub id: PersonId,
    pub name: String,
    pub organisation: OrganisationId,
    pub organisation_name: Text,
}

/// At most 50, by name: for the organiser from the whole hall, for staff their own people.
#[utoipa::path(get, path = "/api/contests/{contest}/applications/people", tag = "registration", operation_id = "find_people_to_apply", params(ContestId, Sought), responses((status = 200, body = Listed<PersonFound>)))]
pub async fn people(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    Path(contest): Path<ContestId>,
    Query(sought): Query<Sought>,
) -> ApiResult<Json<Listed<PersonFound>>> {
    let floor = room.floor(&contest).await?;
    let outline = floor.outline();
    let text = sought.search.trim().to_lowercase();
    if text.is_empty() || text.chars().count() > SEARCH_CHARS_MOST || text.contains('\0') {
        return Err(Problem::invalid(
            "search",
            "填姓名的一部分，1 至 40 个字",
            "a part of a name, of 1 to 40 characters",
        ));
    }
    let (outline, actor, text) = (&outline, &actor, &text);
    let read = room.hall.db.read::<_, Problem, _>(|tx| {
        Box::pin(async move {
            let everybody = Reach::of(tx, outline, actor).await?.role() == AsRole::Organiser;
            Declared::of(&outline.plan)?;
            let pattern = pattern(text);
            let mut found: Vec<PersonFound> = Vec::new();
            let (mut name, mut id) = (String::new(), String::new());
            loop {
                let args = args![&actor.account, &pattern, i64::from(everybody), &name, &id, AT_ONCE as i64];
                let rows = tx.all(sql::PEOPLE_NAMED, &args).await?;
                for row in &rows {
                    (name, id) = (row.get("name")?, row.get("id")?);
                    if name.to_lowercase().contains(text.as_str()) {
                        found.push(person(row)?);
                    }
                    if found.len() == FOUND_MOST {
                        return Ok(found);
                    }
                }
                if rows.len() < AT_ONCE {
                    return Ok(found);
                }
            }
        })
    });
    Ok(Json(Listed::whole(read.await?)))
}

fn person(row: &Row) -> Result<PersonFound, StoreError> {
    Ok(PersonFound {
        id: row.get::<kernel::PersonId>("id")?.into(),
        name: row.get("name")?,
        organisation: row.get::<kernel::OrganisationId>("organisation")?.into(),
        organisation_name: Text { zh: row.get("name_zh")?, en: row.get("name_en")? },
    })
}

/// Whatever may hold the text: it is taken by the letter, but for letters whose small form one engine knows and the other doesn't, such as
/// `É`. Those stand for anything, and whoever asks compares himself.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.chars() {
        let has_case = letter.to_uppercase().ne([letter]) || letter.to_lowercase().ne([letter]);
        match letter {
            '%' | '_' | '!' => pattern.extend(['!', letter]),
            _ if has_case && !letter.is_ascii() => pattern.push('%'),
            _ => pattern.push(letter),
        }
    }
    pattern.push('%');
    pattern
}
