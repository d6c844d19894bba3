//! What an admission letter says of somebody: who was admitted, where and when he competes, and under which number, where it may be told.

use kernel::{ApplicationId, EntryId, OrganisationId, PersonId, Timestamp, VenueId};
use store::{StoreError, Tx};
use web::wire::Text;

use super::application::{Application, ApplicationState};
use super::seen::group_name;
use crate::plan::Plan;

/// Somebody who was admitted.
#[derive(Debug, Clone)]
pub struct Admitted {
    pub application: ApplicationId,
    pub person: PersonId,
    pub name: String,
    pub organisation: OrganisationId,
    pub organisation_name: Text,
    pub group: String,
    pub group_name: Text,
    pub team: Option<String>,
    pub venue: VenueId,
    pub venue_name: Text,
    pub starts_at: Timestamp,
    pub admitted_at: Timestamp,
    /// None while the draw is sealed: a name never stands beside a number then.
    pub number: Option<(EntryId, String)>,
}

/// Everybody who was admitted and has not withdrawn, in the order of the applications, which says nothing of the numbers.
pub async fn admitted(tx: &mut Tx<'_>, plan: &Plan) -> Result<Vec<Admitted>, StoreError> {
    let all = Application::all(tx, &plan.id).await?;
    let admitted = all.into_iter().filter(|one| one.state == ApplicationState::Admitted);
    let told = admitted.filter_map(|one| {
        let entry = plan.entry(one.entry.as_ref()?)?;
        Some(Admitted {
            application: one.id,
            person: one.person,
            name: one.person_name,
            organisation: one.organisation,
            organisation_name: one.organisation_name,
            group_name: group_name(plan, &one.group),
            group: one.group,
            team: one.team,
            venue: entry.venue.clone(),
            venue_name: plan.venue(&entry.venue).map(|venue| venue.name.clone()).unwrap_or_default(),
            starts_at: plan.starts_at,
            admitted_at: one.changed_at,
            number: (!plan.sealed).then(|| (entry.id.clone(), entry.no.clone())),
        })
    });
    Ok(told.collect())
}
