//! An application as it stands, and its steps.

use std::collections::BTreeMap;

use kernel::{AccountId, ApplicationId, ContestId, EntryId, OrganisationId, PersonId, Timestamp, VenueId};
use marking::{Answers, Applicant, Day, Examined, RegistrationRule};
use serde::{Deserialize, Serialize};
use store::{Row, StoreError, Tx, args};
use utoipa::ToSchema;
use web::wire::Text;

use crate::sql;

/// Where an application stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationState {
    /// It waits for the organiser.
    Submitted,
    /// It waits for the applicant, who is to complete it.
    Returned,
    /// On the waiting list.
    Waiting,
    Admitted,
    Refused,
    Withdrawn,
    /// Another person has taken the place.
    Substituted,
}

impl ApplicationState {
    pub const ALL: [ApplicationState; 7] = [
        ApplicationState::Submitted,
        ApplicationState::Returned,
        ApplicationState::Waiting,
        ApplicationState::Admitted,
        ApplicationState::Refused,
        ApplicationState::Withdrawn,
        ApplicationState::Substituted,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            ApplicationState::Submitted => "submitted",
            ApplicationState::Returned => "returned",
            ApplicationState::Waiting => "waiting",
            ApplicationState::Admitted => "admitted",
            ApplicationState::Refused => "refused",
            ApplicationState::Withdrawn => "withdrawn",
            ApplicationState::Substituted => "substituted",
        }
    }

    pub const fn says(self) -> (&'static str, &'static str) {
        match self {
            ApplicationState::Submitted => ("待审核", "submitted"),
            ApplicationState::Returned => ("退回补正", "returned"),
            ApplicationState::Waiting => ("候补", "waiting"),
            ApplicationState::Admitted => ("已录取", "admitted"),
            ApplicationState::Refused => ("未录取", "refused"),
            ApplicationState::Withdrawn => ("已退赛", "withdrawn"),
            ApplicationState::Substituted => ("已替换", "substituted"),
        }
    }

    fn read(code: &str) -> Result<ApplicationState, StoreError> {
        ApplicationState::ALL.into_iter().find(|state| state.code() == code).ok_or_else(|| StoreError::Column {
            column: "state".into(),
            reason: format!("{code:?} is no state of an application"),
        })
    }

    /// What an organiser may make of it.
    pub const fn may_become(self, to: ApplicationState) -> bool {
        use ApplicationState::{Admitted, Refused, Returned, Submitted, Waiting};
        match self {
            Submitted | Refused => {
                matches!(to, Admitted | Waiting | Returned) || (matches!(self, Submitted) && matches!(to, Refused))
            }
            Waiting => matches!(to, Admitted | Refused | Returned),
            Returned => matches!(to, Refused),
            _ => false,
        }
    }

    /// Who has one of these may be taken back by himself or by the organiser.
    pub const fn may_be_withdrawn(self) -> bool {
        use ApplicationState::{Admitted, Returned, Submitted, Waiting};
        matches!(self, Submitted | Returned | Waiting | Admitted)
    }
}

#[derive(Debug, Clone)]
pub struct Application {
    pub id: ApplicationId,
    pub contest: ContestId,
    pub person: PersonId,
    pub person_name: String,
    pub organisation: OrganisationId,
    pub organisation_name: Text,
    pub group: String,
    /// Its name.
    pub team: Option<String>,
    /// As they were written, by the code of the field.
    pub answers: BTreeMap<String, String>,
    pub state: ApplicationState,
    /// On the waiting list: who has less comes first.
    pub queue: Option<i64>,
    pub venue: Option<VenueId>,
    /// While it is admitted.
    pub entry: Option<EntryId>,
    /// The one whose place it took.
    pub replaces: Option<ApplicationId>,
    /// Of the last step.
    pub reason: Option<String>,
    pub applied_at: Timestamp,
    pub changed_at: Timestamp,
    /// Counts the steps: who decides says which one he has seen.
    pub version: i64,
}

impl Application {
    fn read(row: &Row) -> Result<Application, StoreError> {
        let unreadable =
            |error: serde_json::Error| StoreError::Column { column: "answers".into(), reason: error.to_string() };
        Ok(Application {
            id: row.get("id")?,
            contest: row.get("contest")?,
            person: row.get("person")?,
            person_name: row.get("person_name")?,
            organisation: row.get("organisation")?,
            organisation_name: Text { zh: row.get("name_zh")?, en: row.get("name_en")? },
            group: row.get("group_code")?,
            team: row.get("team")?,
            answers: serde_json::from_str(&row.get::<String>("answers")?).map_err(unreadable)?,
            state: ApplicationState::read(&row.get::<String>("state")?)?,
            queue: row.get("queue")?,
            venue: row.get("venue")?,
            entry: row.get("entry")?,
            replaces: row.get("replaces")?,
            reason: row.get("reason")?,
            applied_at: row.get("applied_at")?,
            changed_at: row.get("changed_at")?,
            version: row.get("version")?,
        })
    }

    /// All of a contest, in the order in which they came.
    pub async fn all(tx: &mut Tx<'_>, contest: &ContestId) -> Result<Vec<Application>, StoreError> {
        tx.all(sql::APPLICATIONS, &args![contest]).await?.iter().map(Application::read).collect()
    }

    /// All of a person, the newest first.
    pub async fn of_person(tx: &mut Tx<'_>, person: &PersonId) -> Result<Vec<Application>, StoreError> {
        tx.all(sql::APPLICATIONS_OF_PERSON, &args![person]).await?.iter().map(Application::read).collect()
    }

    /// The conditions that concern it, and whether they are met. What was written for fields that are asked no more doesn't count.
    pub fn examined<'r>(&self, rule: &'r RegistrationRule, start: Day) -> Vec<Examined<'r>> {
        let asked = self.answers.iter().filter(|(code, _)| rule.field(code).is_some());
        let asked: BTreeMap<String, String> = asked.map(|(code, text)| (code.clone(), text.clone())).collect();
        let answers = rule.read(&asked).unwrap_or_else(|_| each_by_itself(rule, &asked));
        rule.examined(&Applicant {
            group: &self.group,
            organisation: (self.organisation.as_str(), &self.organisation_name.zh),
            answers: &answers,
            start,
        })
    }

    /// Keeps what it has become, as one step more.
    pub(super) async fn keep(&mut self, tx: &mut Tx<'_>, step: &Step<'_>) -> Result<(), StoreError> {
        self.version += 1;
        self.changed_at = step.at;
        self.reason = step.reason.map(str::to_owned);
        let answers = serde_json::to_string(&self.answers).unwrap_or_default();
        let keep = args![
            &self.id,
            &self.group,
            &self.team,
            answers,
            self.state.code(),
            self.queue,
            &self.venue,
            &self.entry,
            &self.reason,
            self.changed_at,
            self.version
        ];
        tx.exec(sql::KEEP_APPLICATION, &keep).await?;
        let taken = args![&self.id, self.version, step.at, step.account, step.act, step.role.code(), step.reason];
        tx.exec(sql::INSERT_STEP, &taken).await.map(drop)
    }

    /// Adds it, as its first step.
    pub(super) async fn insert(&mut self, tx: &mut Tx<'_>, step: &Step<'_>) -> Result<(), StoreError> {
        let insert = args![
            &self.id,
            &self.contest,
            &self.person,
            &self.organisation,
            &self.group,
            &self.team,
            "{}",
            self.state.code(),
            &self.replaces,
            step.at,
            step.at
        ];
        tx.exec(sql::INSERT_APPLICATION, &insert).await?;
        self.keep(tx, step).await
    }
}

/// Of answers that aren't all acceptable any more, those that are.
fn each_by_itself(rule: &RegistrationRule, written: &BTreeMap<String, String>) -> Answers {
    let mut answers = Answers::new();
    for field in &rule.fields {
        let Some(text) = written.get(&field.code) else { continue };
        let alone = RegistrationRule { fields: vec![field.clone()], ..RegistrationRule::plain() };
        answers.extend(alone.read(&BTreeMap::from([(field.code.clone(), text.clone())])).unwrap_or_default());
    }
    answers
}

/// As whom somebody acts on an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AsRole {
    Applicant,
    Staff,
    Organiser,
    /// Nobody: the rule set says what follows.
    Hall,
}

impl AsRole {
    const ALL: [AsRole; 4] = [AsRole::Applicant, AsRole::Staff, AsRole::Organiser, AsRole::Hall];

    pub const fn code(self) -> &'static str {
        match self {
            AsRole::Applicant => "applicant",
            AsRole::Staff => "staff",
            AsRole::Organiser => "organiser",
            AsRole::Hall => "hall",
        }
    }
}

/// Something that is done with an application.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step<'a> {
    pub at: Timestamp,
    /// None: the hall by itself.
    pub account: Option<&'a AccountId>,
    pub act: &'static str,
    pub role: AsRole,
    pub reason: Option<&'a str>,
}

/// A step as it was taken.
#[derive(Debug, Clone)]
pub struct Taken {
    pub position: i64,
    pub at: Timestamp,
    pub act: String,
    pub role: AsRole,
    pub reason: Option<String>,
    pub by_name: Option<String>,
}

pub async fn steps(tx: &mut Tx<'_>, application: &ApplicationId) -> Result<Vec<Taken>, StoreError> {
    let rows = tx.all(sql::STEPS, &args![application]).await?;
    let read = |row: &Row| {
        let role: String = row.get("as_role")?;
        Ok(Taken {
            position: row.get("position")?,
            at: row.get("at")?,
            act: row.get("act")?,
            role: AsRole::ALL.into_iter().find(|known| known.code() == role).unwrap_or(AsRole::Hall),
            reason: row.get("reason")?,
            by_name: row.get("by_name")?,
        })
    };
    rows.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::ApplicationState::{self, *};

    #[test]
    fn what_an_organiser_may_make_of_an_application() {
        for (from, to) in [
            (Submitted, vec![Returned, Waiting, Admitted, Refused]),
            (Returned, vec![Refused]),
            (Waiting, vec![Returned, Admitted, Refused]),
            (Refused, vec![Returned, Waiting, Admitted]),
            (Admitted, vec![]),
            (Withdrawn, vec![]),
            (Substituted, vec![]),
        ] {
            let may: Vec<ApplicationState> =
                ApplicationState::ALL.into_iter().filter(|to| from.may_become(*to)).collect();
            assert_eq!(may, to, "{from:?}");
        }
    }
}
