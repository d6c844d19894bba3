//! The applications of a contest: all for the organiser, those of their people for the staff of an organisation.

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use web::wire::ContestId;
use web::{ApiResult, Json, Listed, Page, Paged, Path, Problem, Signed};

use super::Declared;
use super::application::{Application, ApplicationState, AsRole};
use super::seen::{ApplicationSeen, Telling};
use super::who::Reach;
use crate::ContestRoom;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Only these.
    pub state: Option<ApplicationState>,
    /// Only of this group, by its code.
    pub group: Option<String>,
    /// Only where the name, the organisation or the team has this in it.
    pub search: Option<String>,
}

/// In the order in which they came.
#[utoipa::path(get, path = "/api/contests/{contest}/applications", tag = "registration", operation_id = "list_applications", params(ContestId, Wanted, Page), responses((status = 200, body = Listed<ApplicationSeen>)))]
pub async fn list(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    Path(contest): Path<ContestId>,
    Paged { page, filter: wanted }: Paged<Wanted>,
) -> ApiResult<Json<Listed<ApplicationSeen>>> {
    let floor = room.floor(&contest).await?;
    floor.up_to_now().await?;
    let outline = floor.outline();
    let (outline, actor, contest, wanted, page) = (&outline, &actor, &contest, &wanted, &page);
    let hall = &room.hall;
    let read = hall.db.read::<_, Problem, _>(|tx| {
        Box::pin(async move {
            let reach = Reach::of(tx, outline, actor).await?;
            let rule = Declared::of(&outline.plan)?;
            let all = Application::all(tx, contest).await?;
            let telling = Telling::new(hall, &outline.plan, &rule, &all, reach.role() == AsRole::Organiser);
            let search = wanted.search.as_deref().map(|search| search.trim().to_lowercase()).unwrap_or_default();
            let after = page.after().unwrap_or_default();
            let shown = all.iter().filter(|one| {
                reach.reaches(one)
                    && one.id.as_str() > after
                    && wanted.state.is_none_or(|state| one.state == state)
                    && wanted.group.as_ref().is_none_or(|group| one.group == *group)
                    && has(one, &search)
            });
            let rows = shown.take(page.limit() + 1).map(|one| telling.seen(one)).collect();
            Ok(Listed::of(rows, page, |one: &ApplicationSeen| one.id.to_string()))
        })
    });
    Ok(Json(read.await?))
}

fn has(one: &Application, search: &str) -> bool {
    let texts = [
        Some(one.person_name.as_str()),
        Some(one.organisation_name.zh.as_str()),
        Some(one.organisation_name.en.as_str()),
        one.team.as_deref(),
    ];
    search.is_empty() || texts.into_iter().flatten().any(|text| text.to_lowercase().contains(search))
}
