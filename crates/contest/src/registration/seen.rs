//! An application as it is told: to the applicant, to the staff of his organisation, to the organiser.

use std::collections::{BTreeMap, HashMap};

use marking::{Day, RegistrationRule};
use serde::Serialize;
use utoipa::ToSchema;
use web::Hall;
use web::wire::{ApplicationId, ContestId, OrganisationId, PersonId, Text, Timestamp, VenueId};

use super::admission::{Places, Tally, positions};
use super::application::{Application, ApplicationState, AsRole, Taken};
use super::day_of_start;
use crate::plan::Plan;

#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationSeen {
    pub id: ApplicationId,
    pub contest: ContestId,
    pub contest_name: Text,
    /// Counts what was done with it; a decision says which one it is about.
    pub version: i64,
    pub state: ApplicationState,
    pub person: PersonId,
    pub name: String,
    pub organisation: OrganisationId,
    pub organisation_name: Text,
    pub group: String,
    pub group_name: Text,
    #[schema(required = true)]
    pub team: Option<String>,
    /// By the code of the field, as they were written; what was left empty isn't here.
    pub answers: BTreeMap<String, String>,
    /// The conditions for this group, in the order of the rules.
    pub conditions: Vec<ConditionSeen>,
    /// Which place it has on the waiting list of its group, from 1.
    #[schema(required = true)]
    pub position: Option<u32>,
    /// Where somebody who is admitted competes.
    #[schema(required = true)]
    pub venue: Option<VenueId>,
    #[schema(required = true)]
    pub venue_name: Option<Text>,
    /// Of the last step.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// The application whose place this one has taken.
    #[schema(required = true)]
    pub replaces: Option<ApplicationId>,
    pub applied_at: Timestamp,
    pub changed_at: Timestamp,
    /// What an organiser looks at before he decides; empty for others.
    pub notices: Vec<Notice>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ConditionSeen {
    pub code: String,
    pub says: Text,
    pub met: bool,
}

/// Something to look at before a decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct Notice {
    pub kind: NoticeKind,
    pub says: Text,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// He is in the field without this application.
    InField,
    /// Somebody of his name and organisation has applied as well.
    SameName,
    /// A limit is reached.
    Full,
}

/// What was done with an application.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepSeen {
    pub position: i64,
    pub at: Timestamp,
    /// `applied`, `amended`, `admitted`, `refused`, `waiting`, `returned`, `withdrawn`, `substituted`, `came_for`.
    pub act: String,
    pub by: AsRole,
    /// Told to the organiser.
    #[schema(required = true)]
    pub by_name: Option<String>,
    #[schema(required = true)]
    pub reason: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationWhole {
    #[serde(flatten)]
    pub application: ApplicationSeen,
    pub steps: Vec<StepSeen>,
}

/// By what applications of one contest are told.
pub(super) struct Telling<'a> {
    pub plan: &'a Plan,
    pub rule: &'a RegistrationRule,
    /// For an organiser.
    pub with_notices: bool,
    start: Day,
    tally: Tally,
    positions: HashMap<kernel::ApplicationId, u32>,
    /// How many of a name and an organisation have applied.
    namesakes: HashMap<(&'a str, &'a kernel::OrganisationId), usize>,
}

impl<'a> Telling<'a> {
    pub fn new(
        hall: &Hall,
        plan: &'a Plan,
        rule: &'a RegistrationRule,
        all: &'a [Application],
        with_notices: bool,
    ) -> Self {
        let mut namesakes = HashMap::new();
        for one in all.iter().filter(|one| !has_ended(one)) {
            *namesakes.entry((one.person_name.as_str(), &one.organisation)).or_default() += 1;
        }
        let (start, tally) = (day_of_start(hall, plan), Places::of(plan).tally());
        Self { plan, rule, with_notices, start, tally, positions: positions(all), namesakes }
    }

    pub fn seen(&self, one: &Application) -> ApplicationSeen {
        let venue = one.venue.as_ref().and_then(|id| self.plan.venue(id));
        ApplicationSeen {
            id: one.id.clone().into(),
            contest: one.contest.clone().into(),
            contest_name: self.plan.name.clone(),
            version: one.version,
            state: one.state,
            person: one.person.clone().into(),
            name: one.person_name.clone(),
            organisation: one.organisation.clone().into(),
            organisation_name: one.organisation_name.clone(),
            group: one.group.clone(),
            group_name: group_name(self.plan, &one.group),
            team: one.team.clone(),
            answers: one.answers.clone(),
            conditions: self.conditions(one),
            position: self.positions.get(&one.id).copied(),
            venue: one.venue.clone().map(Into::into),
            venue_name: venue.map(|venue| venue.name.clone()),
            reason: one.reason.clone(),
            replaces: one.replaces.clone().map(Into::into),
            applied_at: one.applied_at.into(),
            changed_at: one.changed_at.into(),
            notices: if self.with_notices { self.notices(one) } else { Vec::new() },
        }
    }

    fn conditions(&self, one: &Application) -> Vec<ConditionSeen> {
        let examined = one.examined(self.rule, self.start);
        let seen = examined.into_iter().map(|examined| ConditionSeen {
            code: examined.rule.code.clone(),
            says: (&examined.rule.says).into(),
            met: examined.is_met,
        });
        seen.collect()
    }

    fn notices(&self, one: &Application) -> Vec<Notice> {
        use ApplicationState::{Refused, Returned, Submitted, Waiting};
        let mut notices = Vec::new();
        let mut notice = |kind, says: kernel::Text| notices.push(Notice { kind, says: says.into() });
        let undecided = matches!(one.state, Submitted | Returned | Waiting | Refused);
        if undecided && self.tally.holds(&one.person) {
            notice(NoticeKind::InField, kernel::Text::new("此人已在参赛名单中", "this person is in the field already"));
        }
        let of_his_name =
            self.namesakes.get(&(one.person_name.as_str(), &one.organisation)).copied().unwrap_or_default();
        // One who is undecided has not withdrawn: he is one of them.
        if undecided && of_his_name > 1 {
            let says = kernel::Text::new(
                "同一单位有同名者也已报名，请核对是否同一人",
                "somebody of this name and organisation has applied as well: see whether it is the same person",
            );
            notice(NoticeKind::SameName, says);
        }
        if undecided && let Err(limits) = self.tally.room(self.rule, one) {
            limits.into_iter().for_each(|limit| notice(NoticeKind::Full, limit.says()));
        }
        notices
    }
}

fn has_ended(one: &Application) -> bool {
    matches!(one.state, ApplicationState::Withdrawn | ApplicationState::Substituted)
}

pub(super) fn group_name(plan: &Plan, code: &str) -> Text {
    let group = plan.scheme.scheme.groups().iter().find(|group| group.code == code);
    group.map_or_else(|| Text { zh: code.to_owned(), en: code.to_owned() }, |group| (&group.name).into())
}

pub(super) fn steps_seen(steps: Vec<Taken>, with_names: bool) -> Vec<StepSeen> {
    let seen = steps.into_iter().map(|step| StepSeen {
        position: step.position,
        at: step.at.into(),
        act: step.act,
        by: step.role,
        by_name: step.by_name.filter(|_| with_names),
        reason: step.reason,
    });
    seen.collect()
}
