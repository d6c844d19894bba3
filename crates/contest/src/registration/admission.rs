//! The field as registration changes it: who fits is counted against everybody who is in it, however he came; who is admitted comes in as an import
//! would bring him; who leaves is taken out whole.

use std::collections::{HashMap, HashSet};

use kernel::{AccountId, ApplicationId, EntryId, ErrorCode, MarkId, PersonId, Role, Scope, TeamId, Timestamp, VenueId};
use marking::{Full, RegistrationRule, Taken, Waiting};
use store::{Tx, args};
use web::{ApiResult, Hall, Problem, RequestId, directory};

use super::application::{Application, ApplicationState, AsRole, Step};
use super::day_of_start;
use crate::event::Happened;
use crate::field::import::must_be_a_field;
use crate::field::join::{self, Joining, Manner};
use crate::plan::Plan;
use crate::seasons::Left;
use crate::{log, sql};

/// Numbers are drawn from so many more than are given.
const SPARE_NUMBERS: usize = 99;

/// Somebody who is in the field.
#[derive(Debug)]
struct Head {
    entry: Option<EntryId>,
    person: PersonId,
    group: String,
    organisation: kernel::OrganisationId,
    team: Option<String>,
    venue: VenueId,
}

/// Who is in the field, while a transaction changes it.
#[derive(Debug)]
pub(super) struct Places(Vec<Head>);

impl Places {
    pub fn of(plan: &Plan) -> Places {
        let team = |entry: &crate::plan::Entry| {
            let id = entry.team.as_ref()?;
            plan.teams.iter().find(|team| team.id == *id).map(|team| team.name.zh.clone())
        };
        let heads = plan.entries.iter().map(|entry| Head {
            entry: Some(entry.id.clone()),
            person: entry.person.clone(),
            group: entry.group.clone(),
            organisation: entry.organisation.clone(),
            team: team(entry),
            venue: entry.venue.clone(),
        });
        Places(heads.collect())
    }

    pub fn holds(&self, person: &PersonId) -> bool {
        self.0.iter().any(|head| head.person == *person)
    }

    pub fn in_group(&self, group: &str) -> u32 {
        self.count(|head| head.group == group)
    }

    pub fn all(&self) -> u32 {
        self.count(|_| true)
    }

    fn count(&self, is_one: impl Fn(&Head) -> bool) -> u32 {
        u32::try_from(self.0.iter().filter(|head| is_one(head)).count()).unwrap_or(u32::MAX)
    }

    /// The limits that keep an application out.
    pub fn room(&self, rule: &RegistrationRule, of: &Application) -> Result<(), Vec<Full>> {
        let team = of.team.as_deref();
        rule.room(
            &of.group,
            &Taken {
                all: self.all(),
                in_group: self.in_group(&of.group),
                of_organisation: self.count(|head| head.group == of.group && head.organisation == of.organisation),
                in_team: team.map(|team| self.count(|head| head.team.as_deref() == Some(team))),
            },
        )
    }

    /// The same for many: everybody is counted once.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally { all: self.all(), ..Tally::default() };
        for head in &self.0 {
            *tally.in_group.entry(head.group.clone()).or_default() += 1;
            *tally.of_organisation.entry((head.group.clone(), head.organisation.clone())).or_default() += 1;
            if let Some(team) = &head.team {
                *tally.in_team.entry(team.clone()).or_default() += 1;
            }
            tally.persons.insert(head.person.clone());
        }
        tally
    }

    fn add(&mut self, of: &Application, venue: &VenueId) {
        self.0.push(Head {
            entry: None,
            person: of.person.clone(),
            group: of.group.clone(),
            organisation: of.organisation.clone(),
            team: of.team.clone(),
            venue: venue.clone(),
        });
    }

    fn take_out(&mut self, entry: &EntryId) {
        self.0.retain(|head| head.entry.as_ref() != Some(entry));
    }

    /// The venue with the fewest for its stations; of equal ones the first.
    fn quietest(&self, plan: &Plan) -> Option<VenueId> {
        let load = |venue: &VenueId| {
            let stations = plan.stations.iter().filter(|station| station.venue == *venue).count().max(1);
            // In thousandths of a person for each station.
            self.count(|head| head.venue == *venue) as usize * 1000 / stations
        };
        plan.venues.iter().map(|venue| &venue.id).min_by_key(|venue| load(venue)).cloned()
    }
}

/// Who is in the field, counted.
#[derive(Debug, Default)]
pub(super) struct Tally {
    persons: HashSet<PersonId>,
    all: u32,
    in_group: HashMap<String, u32>,
    of_organisation: HashMap<(String, kernel::OrganisationId), u32>,
    in_team: HashMap<String, u32>,
}

impl Tally {
    pub fn holds(&self, person: &PersonId) -> bool {
        self.persons.contains(person)
    }

    /// As [`Places::room`].
    pub fn room(&self, rule: &RegistrationRule, of: &Application) -> Result<(), Vec<Full>> {
        let in_organisation = (of.group.clone(), of.organisation.clone());
        rule.room(
            &of.group,
            &Taken {
                all: self.all,
                in_group: self.in_group.get(&of.group).copied().unwrap_or_default(),
                of_organisation: self.of_organisation.get(&in_organisation).copied().unwrap_or_default(),
                in_team: of.team.as_ref().map(|team| self.in_team.get(team).copied().unwrap_or_default()),
            },
        )
    }
}

/// A transaction that changes the field of a contest.
pub(super) struct Change<'a, 'tx, 'env> {
    pub tx: &'a mut Tx<'env>,
    pub hall: &'a Hall,
    pub plan: &'tx Plan,
    pub rule: &'a RegistrationRule,
    pub by: &'a AccountId,
    pub now: Timestamp,
    pub places: Places,
    /// To be let in when all has been decided, and where.
    admitted: Vec<(Application, VenueId)>,
    changed: bool,
    /// Teams that somebody has left.
    teams_left: Vec<TeamId>,
}

impl<'a, 'tx, 'env> Change<'a, 'tx, 'env> {
    pub fn new(
        tx: &'a mut Tx<'env>,
        hall: &'a Hall,
        plan: &'tx Plan,
        rule: &'a RegistrationRule,
        by: &'a AccountId,
        now: Timestamp,
    ) -> Self {
        let places = Places::of(plan);
        Self { tx, hall, plan, rule, by, now, places, admitted: Vec::new(), changed: false, teams_left: Vec::new() }
    }

    /// Admits somebody for whom there is room; he comes in with [`Change::done`]. His application is kept now.
    pub async fn admit(
        &mut self,
        mut application: Application,
        venue: Option<&VenueId>,
        role: AsRole,
        act: &'static str,
        reason: Option<&str>,
    ) -> ApiResult<()> {
        if self.places.holds(&application.person) {
            return Err(Problem::new(ErrorCode::ApplicationState)
                .detail("此人已在参赛名单中", "This person is in the field already"));
        }
        if self.plan.judges.iter().any(|judge| judge.person == application.person) {
            return Err(Problem::new(ErrorCode::ApplicationState)
                .detail("此人是本场裁判", "This person is a judge of the contest"));
        }
        let venue = venue.cloned().or_else(|| self.places.quietest(self.plan));
        let venue = venue.ok_or_else(|| Problem::internal("a contest without a venue"))?;
        self.places.add(&application, &venue);
        application.state = ApplicationState::Admitted;
        application.queue = None;
        application.venue = Some(venue.clone());
        let account = (role != AsRole::Hall).then_some(self.by);
        application.keep(self.tx, &Step { at: self.now, account, act, role, reason }).await?;
        self.admitted.push((application, venue));
        Ok(())
    }

    /// Takes somebody out of the field, with his runs, his role, his team if nobody is left in it, and the places by which a season had sent him.
    pub async fn take_out(&mut self, entry: &EntryId, reason: &str, request_id: &RequestId) -> ApiResult<()> {
        self.places.take_out(entry);
        self.changed = true;
        let contest = &self.plan.id;
        self.tx.exec(sql::FORGET_RUNS_OF, &args![contest, entry]).await?;
        self.tx.exec(sql::TAKE_ENTRY_OUT, &args![contest, entry]).await?;
        let (at, by) = (self.now, self.by);
        Left { field: contest, seat: entry, at, by, reason, request_id }.free_places(self.tx).await?;
        let Some(planned) = self.plan.entry(entry) else { return Ok(()) };
        self.teams_left.extend(planned.team.clone());
        let scope = Scope::Contest(contest.clone());
        for account in accounts_of(self.tx, &planned.person).await? {
            directory::revoke(self.tx, &account, Role::Competitor, &scope).await?;
        }
        Ok(())
    }

    /// Gives a place that was freed to the first who waits in its group and for whom there is room, where the rule set says so.
    pub async fn fill(&mut self, all: &[Application], group: &str) -> ApiResult<()> {
        if self.rule.waiting != Waiting::ByItself {
            return Ok(());
        }
        for next in waiting(all, group) {
            let is_free = self.places.room(self.rule, next).is_ok() && !self.places.holds(&next.person);
            let judges = self.plan.judges.iter().any(|judge| judge.person == next.person);
            // An exception is somebody's to make, with a reason.
            let meets_all = next.examined(self.rule, day_of_start(self.hall, self.plan)).iter().all(|one| one.is_met);
            if is_free && !judges && meets_all {
                return self.admit(next.clone(), None, AsRole::Hall, "admitted", None).await;
            }
        }
        Ok(())
    }

    /// Lets in who was admitted, and tells the log that the plan has changed.
    pub async fn done(self) -> ApiResult<()> {
        if self.admitted.is_empty() && !self.changed {
            return Ok(());
        }
        let count = self.admitted.len() as u32;
        let happened = Happened::PlanChanged { what: "registration".to_owned(), count };
        let subject: MarkId = self.hall.fresh();
        let contest = &self.plan.id;
        log::append(self.tx, contest, self.now, Some(self.by), subject.as_str(), &happened).await?;
        let mut joining = Vec::with_capacity(self.admitted.len());
        for (application, venue) in &self.admitted {
            joining.push(Joining {
                person: application.person.clone(),
                organisation: application.organisation.clone(),
                team: application.team.clone(),
                group: application.group.clone(),
                venue: venue.clone(),
                no: None,
                accounts: accounts_of(self.tx, &application.person).await?,
            });
        }
        // When each was admitted is known, so no id may tell it once more, beside a number.
        let manner = Manner { by: self.by, at: self.now, ids_at: self.plan.created_at, spare_numbers: SPARE_NUMBERS };
        let joined = join::join(self.tx, self.hall, self.plan, joining, &manner).await?;
        let entries: HashMap<PersonId, EntryId> = joined.into_iter().collect();
        for (application, _) in &self.admitted {
            if let Some(entry) = entries.get(&application.person) {
                self.tx.exec(sql::ENTRY_OF_APPLICATION, &args![&application.id, entry]).await?;
            }
        }
        for team in &self.teams_left {
            self.tx.exec(sql::TAKE_TEAM_OUT, &args![contest, team]).await?;
        }
        must_be_a_field(self.tx, contest).await
    }
}

/// Who waits in a group, in turn.
pub(super) fn waiting<'a>(all: &'a [Application], group: &str) -> Vec<&'a Application> {
    let is_waiting = |one: &&Application| one.state == ApplicationState::Waiting && one.group == group;
    let mut waiting: Vec<&Application> = all.iter().filter(is_waiting).collect();
    waiting.sort_by_key(|one| (one.queue, one.id.clone()));
    waiting
}

/// Which places the waiting have on the lists of their groups, from 1.
pub(super) fn positions(all: &[Application]) -> HashMap<ApplicationId, u32> {
    let waits = all.iter().filter(|one| one.state == ApplicationState::Waiting);
    let groups: HashSet<&str> = waits.map(|one| one.group.as_str()).collect();
    let lists = groups.into_iter().map(|group| waiting(all, group));
    lists.flat_map(|list| (1..).zip(list).map(|(place, one)| (one.id.clone(), place)).collect::<Vec<_>>()).collect()
}

async fn accounts_of(tx: &mut Tx<'_>, person: &PersonId) -> ApiResult<Vec<AccountId>> {
    let rows = tx.all(sql::ACCOUNTS_OF_PERSON, &args![person]).await?;
    let accounts: Result<Vec<AccountId>, _> = rows.iter().map(|row| row.get("id")).collect();
    Ok(accounts?)
}

/// The limits that are reached, at a field of the request.
pub(super) fn full(path: &str, limits: &[Full]) -> Problem {
    limits
        .iter()
        .fold(Problem::new(ErrorCode::RegistrationFull), |problem, limit| problem.field_text(path, limit.says()))
}
