//! What everybody may know of a registration: when it is open, what is asked, how many places are left. No name.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use kernel::Timestamp;
use marking::FieldKind;
use serde::Serialize;
use store::{Tx, args};
use utoipa::ToSchema;
use web::wire::{self, ContestId, Text};
use web::{ApiResult, Json, Listed, Path, Problem};

use super::admission::Places;
use super::application::ApplicationState;
use super::seen::group_name;
use super::{Declared, small_teams};
use crate::arena::Outline;
use crate::floor::Floor;
use crate::{ContestRoom, sql};

/// So many contests are told at once.
const CONTESTS_MOST: usize = 200;

#[derive(Debug, Serialize, ToSchema)]
pub struct RegistrationSeen {
    pub contest: ContestId,
    pub contest_name: Text,
    pub starts_at: wire::Timestamp,
    pub state: RegistrationState,
    #[schema(required = true)]
    pub opens_at: Option<wire::Timestamp>,
    /// What comes exactly then is in time.
    #[schema(required = true)]
    pub closes_at: Option<wire::Timestamp>,
    /// The organiser has set the times himself.
    pub set_by_hand: bool,
    /// `individuals`, `teams` or `both`.
    pub entrants: String,
    #[schema(required = true)]
    pub team_least: Option<u32>,
    #[schema(required = true)]
    pub team_most: Option<u32>,
    /// Teams in the field with fewer members than the least, by how many each has.
    pub small_teams: Vec<u32>,
    #[schema(required = true)]
    pub capacity: Option<u32>,
    /// In each group.
    #[schema(required = true)]
    pub per_organisation: Option<u32>,
    /// Who waits has a place that gets free at once, without the organiser.
    pub waiting_by_itself: bool,
    /// In the field, however they came.
    pub taken: u32,
    pub groups: Vec<GroupSeen>,
    pub fields: Vec<FieldSeen>,
    pub conditions: Vec<ConditionAsked>,
}

/// Whether one may apply now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationState {
    /// Nobody has said when it opens.
    Unset,
    NotYet,
    Open,
    Closed,
    /// Lots are drawn or the contest has begun: the field stands.
    Over,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct GroupSeen {
    pub code: String,
    pub name: Text,
    #[schema(required = true)]
    pub capacity: Option<u32>,
    /// In the field, however they came.
    pub taken: u32,
    pub submitted: u32,
    pub returned: u32,
    pub waiting: u32,
    pub admitted: u32,
    pub refused: u32,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FieldSeen {
    pub code: String,
    pub name: Text,
    /// `text`, `number`, `date` or `choice`.
    pub kind: String,
    pub required: bool,
    pub choices: Vec<ChoiceSeen>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ChoiceSeen {
    pub code: String,
    pub name: Text,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ConditionAsked {
    pub code: String,
    pub says: Text,
    /// For these only; empty: for everybody.
    pub groups: Vec<String>,
}

/// When it opens and closes: as the organiser has set it, or else as the rule set says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub opens_at: Option<Timestamp>,
    pub closes_at: Option<Timestamp>,
    pub set_by_hand: bool,
}

impl Window {
    pub async fn of(tx: &mut Tx<'_>, outline: &Outline, rule: &Declared) -> ApiResult<Window> {
        let (contest, starts_at) = (&outline.plan.id, outline.plan.starts_at);
        Ok(match tx.opt(sql::REGISTRATION, &args![contest]).await? {
            Some(row) => Window { opens_at: row.get("opens_at")?, closes_at: row.get("closes_at")?, set_by_hand: true },
            None => {
                Window { opens_at: rule.opens_at(starts_at), closes_at: rule.closes_at(starts_at), set_by_hand: false }
            }
        })
    }

    pub fn state(&self, outline: &Outline, now: Timestamp) -> RegistrationState {
        if !outline.is_open_field() {
            return RegistrationState::Over;
        }
        match (self.opens_at, self.closes_at) {
            (None, _) => RegistrationState::Unset,
            (Some(opens), _) if now < opens => RegistrationState::NotYet,
            (_, Some(closes)) if now > closes => RegistrationState::Closed,
            _ => RegistrationState::Open,
        }
    }
}

/// Of one contest; there is none where its rule set says nothing of it.
#[utoipa::path(get, path = "/api/contests/{contest}/registration", tag = "registration", operation_id = "registration", params(ContestId), responses((status = 200, body = RegistrationSeen)))]
pub async fn of_contest(
    State(room): State<ContestRoom>,
    Path(contest): Path<ContestId>,
) -> ApiResult<Json<RegistrationSeen>> {
    let floor = room.floor(&contest).await?;
    floor.up_to_now().await?;
    let outline = floor.outline();
    let rule = Declared::of(&outline.plan)?;
    let (outline, rule, now) = (&outline, &rule, room.hall.now());
    let seen = room.hall.db.read::<_, Problem, _>(|tx| Box::pin(seen(tx, outline, rule, now)));
    Ok(Json(seen.await?))
}

/// Of every contest that one can apply for, those that start first in front.
#[utoipa::path(get, path = "/api/registrations", tag = "registration", operation_id = "list_registrations", responses((status = 200, body = Listed<RegistrationSeen>)))]
pub async fn all(State(room): State<ContestRoom>) -> ApiResult<Json<Listed<RegistrationSeen>>> {
    // One that was just made may not have been looked at by anybody, nor on this node.
    room.open_new().await.map_err(Problem::internal)?;
    let declared = |floor: &Arc<Floor>| {
        let outline = floor.outline();
        let rule = Declared::of(&outline.plan).ok()?;
        Some((outline, rule))
    };
    let mut declared: Vec<(Outline, Declared)> = room.floors().iter().filter_map(declared).collect();
    declared.sort_by(|(one, _), (other, _)| {
        let key = |outline: &Outline| (Reverse(outline.is_open_field()), outline.plan.starts_at);
        key(one).cmp(&key(other)).then_with(|| one.plan.id.cmp(&other.plan.id))
    });
    declared.truncate(CONTESTS_MOST);
    let (declared, now) = (&declared, room.hall.now());
    let told = room.hall.db.read::<_, Problem, _>(|tx| {
        Box::pin(async move {
            let mut told = Vec::with_capacity(declared.len());
            for (outline, rule) in declared {
                told.push(seen(tx, outline, rule, now).await?);
            }
            Ok(told)
        })
    });
    Ok(Json(Listed::whole(told.await?)))
}

pub(super) async fn seen(
    tx: &mut Tx<'_>,
    outline: &Outline,
    rule: &Declared,
    now: Timestamp,
) -> ApiResult<RegistrationSeen> {
    let plan = &outline.plan;
    let window = Window::of(tx, outline, rule).await?;
    let places = Places::of(plan);
    let mut counts: HashMap<(String, String), i64> = HashMap::new();
    for row in tx.all(sql::APPLICATION_COUNTS, &args![&plan.id]).await? {
        counts.insert((row.get("group_code")?, row.get("state")?), row.get("many")?);
    }
    let groups = plan.scheme.scheme.groups().iter().map(|group| {
        let count = |state: ApplicationState| {
            let many = counts.get(&(group.code.clone(), state.code().to_owned())).copied().unwrap_or(0);
            u32::try_from(many).unwrap_or(u32::MAX)
        };
        GroupSeen {
            code: group.code.clone(),
            name: group_name(plan, &group.code),
            capacity: rule.group_capacity(&group.code),
            taken: places.in_group(&group.code),
            submitted: count(ApplicationState::Submitted),
            returned: count(ApplicationState::Returned),
            waiting: count(ApplicationState::Waiting),
            admitted: count(ApplicationState::Admitted),
            refused: count(ApplicationState::Refused),
        }
    });
    let fields = rule.fields.iter().map(|field| FieldSeen {
        code: field.code.clone(),
        name: (&field.name).into(),
        kind: field.kind.code().to_owned(),
        required: field.required,
        choices: match &field.kind {
            FieldKind::Choice(choices) => choices
                .iter()
                .map(|choice| ChoiceSeen { code: choice.code.clone(), name: (&choice.name).into() })
                .collect(),
            _ => Vec::new(),
        },
    });
    let conditions = rule.eligibility.iter().map(|condition| ConditionAsked {
        code: condition.code.clone(),
        says: (&condition.says).into(),
        groups: condition.groups.clone(),
    });
    Ok(RegistrationSeen {
        contest: plan.id.clone().into(),
        contest_name: plan.name.clone(),
        starts_at: plan.starts_at.into(),
        state: window.state(outline, now),
        opens_at: window.opens_at.map(Into::into),
        closes_at: window.closes_at.map(Into::into),
        set_by_hand: window.set_by_hand,
        entrants: rule.entrants.code().to_owned(),
        team_least: rule.team.map(|team| team.least),
        team_most: rule.team.map(|team| team.most),
        small_teams: small_teams(plan).into_iter().map(|team| team.members).collect(),
        capacity: rule.capacity,
        per_organisation: rule.per_organisation,
        waiting_by_itself: rule.waiting == marking::Waiting::ByItself,
        taken: places.all(),
        groups: groups.collect(),
        fields: fields.collect(),
        conditions: conditions.collect(),
    })
}
