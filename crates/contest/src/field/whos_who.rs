//! Who a row of an import means. The hall may know him: from another contest, from the persons' list, by his login. A worker who competes
//! twice is one person with one record, and a name that several bear is asked about, not guessed.
//!
//! Invariants: a row never gives somebody's account to another name or organisation; nobody judges where he competes or, by whichever of his
//! accounts, reads names.

use std::collections::HashSet;

use kernel::{AccountId, OrganisationId, PersonId, Text};
use store::{StoreError, Tx};
use web::directory::{self, Named};

use super::people_rows::{NewCompetitor, NewJudge, RowFault};
use crate::plan::Plan;

type Checked = Result<Result<(), RowFault>, StoreError>;

/// Whom a row means.
enum Who {
    Known(PersonId),
    /// Nobody whom the hall knows. His organisation it may know.
    New(Option<OrganisationId>),
}

/// Who takes part (or judges) already, by this file or before.
#[derive(Default)]
pub struct There {
    persons: HashSet<PersonId>,
    /// New ones of this file, by organisation, as it is resolved (or as it is written, where that is new too), and name.
    newcomers: HashSet<(String, String)>,
}

impl There {
    pub fn of(persons: impl Iterator<Item = PersonId>) -> Self {
        Self { persons: persons.collect(), newcomers: HashSet::new() }
    }

    /// False if he is there already.
    fn takes(&mut self, said: &Said<'_>, who: &Who) -> bool {
        match who {
            Who::Known(person) => self.persons.insert(person.clone()),
            Who::New(organisation) => {
                let organisation = organisation.as_ref().map_or(said.organisation, |id| id.as_str());
                self.newcomers.insert((organisation.to_owned(), said.name.to_owned()))
            }
        }
    }
}

/// What a row says of a person.
struct Said<'a> {
    row: u32,
    name: &'a str,
    organisation: &'a str,
}

impl Said<'_> {
    fn fault(&self, column: &'static str, zh: impl Into<String>, en: impl Into<String>) -> RowFault {
        RowFault { row: self.row, column: column.into(), text: Text::new(zh, en) }
    }

    /// The person whom the row means.
    async fn known(
        &self,
        tx: &mut Tx<'_>,
        account: Option<&(AccountId, PersonId)>,
    ) -> Result<Result<Who, RowFault>, StoreError> {
        let name = self.organisation;
        let organisation = match directory::organisation_named(tx, name).await? {
            Named::One(id) => Some(id),
            Named::Nobody => None,
            Named::Several => {
                return Ok(Err(self.fault(
                    "organisation",
                    format!("有多个单位名为“{name}”，请改填单位编号（org_…，在“组织机构”页按名称查找）"),
                    format!("several organisations are called {name:?}: write the id (org_…) instead; the page Organisations finds it by name"),
                )));
            }
        };
        match account {
            Some((_, person)) => self.must_be(tx, person, organisation.as_ref()).await,
            None => self.by_name(tx, organisation).await,
        }
    }

    /// An account that is there already belongs to whom the row names.
    async fn must_be(
        &self,
        tx: &mut Tx<'_>,
        person: &PersonId,
        organisation: Option<&OrganisationId>,
    ) -> Result<Result<Who, RowFault>, StoreError> {
        let Some(at) = directory::person_at(tx, person).await? else {
            return Ok(Err(self.fault("login", "账号没有所属的人", "the login belongs to nobody")));
        };
        if at.name != self.name {
            return Ok(Err(self.fault("name", "该账号属于另一个人", "the login belongs to a person of another name")));
        }
        if Some(&at.organisation) != organisation {
            return Ok(Err(self.fault(
                "organisation",
                format!("该账号的人属于“{}”", at.organisation_name.zh),
                format!("the login's person belongs to {:?}", at.organisation_name.en),
            )));
        }
        Ok(Ok(Who::Known(person.clone())))
    }

    async fn by_name(
        &self,
        tx: &mut Tx<'_>,
        organisation: Option<OrganisationId>,
    ) -> Result<Result<Who, RowFault>, StoreError> {
        let Some(organisation) = organisation else { return Ok(Ok(Who::New(None))) };
        Ok(match directory::person_named(tx, &organisation, self.name).await? {
            Named::One(person) => Ok(Who::Known(person)),
            Named::Nobody => Ok(Who::New(Some(organisation))),
            Named::Several => Err(self.fault(
                "name",
                "该单位有多名同名人员，请填写他已有的账号",
                "several persons of this organisation bear the name: give the login of the one who is meant",
            )),
        })
    }
}

/// `entered`: who takes part already, by this file or before.
pub async fn competitor(tx: &mut Tx<'_>, plan: &Plan, one: &NewCompetitor, entered: &mut There) -> Checked {
    let said = Said { row: one.row, name: &one.name, organisation: &one.organisation };
    let account = match &one.login {
        Some(login) => directory::account_by_login(tx, login).await?,
        None => None,
    };
    let who = match said.known(tx, account.as_ref()).await? {
        Ok(who) => who,
        // To a competitor's row a login is his own or none.
        Err(fault) if account.is_some() && fault.column != "organisation" => {
            return Ok(Err(RowFault { column: "login".into(), ..fault }));
        }
        Err(fault) => return Ok(Err(fault)),
    };
    if let Who::Known(person) = &who
        && plan.judges.iter().any(|judge| judge.person == *person)
    {
        return Ok(Err(said.fault("name", "此人是本场裁判", "this person is a judge of the contest")));
    }
    if !entered.takes(&said, &who) {
        return Ok(Err(said.fault("name", "该选手已在名单中", "this competitor is in the field already")));
    }
    Ok(Ok(()))
}

/// `seated`: who judges already, by this file or before.
pub async fn judge(tx: &mut Tx<'_>, plan: &Plan, one: &NewJudge, seated: &mut There) -> Checked {
    let said = Said { row: one.row, name: &one.name, organisation: &one.organisation };
    let login = &one.login;
    let known = directory::account_by_login(tx, login).await?;
    if let Some((account, _)) = &known
        && plan.judge(account).is_some()
    {
        return Ok(Err(said.fault(
            "login",
            format!("账号 {login} 已是本场裁判"),
            format!("{login} is a judge of this contest already"),
        )));
    }
    let who = match said.known(tx, known.as_ref()).await? {
        Ok(who) => who,
        Err(fault) => return Ok(Err(fault)),
    };
    if let Who::Known(person) = &who
        && plan.entries.iter().any(|entry| entry.person == *person)
    {
        return Ok(Err(said.fault("name", "此人是本场选手", "this person competes here")));
    }
    if !seated.takes(&said, &who) {
        return Ok(Err(said.fault("name", "此人已是本场裁判", "this person is a judge of this contest already")));
    }
    if let Who::Known(person) = &who
        && let Some(other) = directory::reads_names_by(tx, person, &plan.id).await?
    {
        let column = if known.is_some() { "login" } else { "name" };
        return Ok(Err(said.fault(
            column,
            format!("此人（账号 {other}）能看到选手姓名，不能担任裁判"),
            format!("this person may read who bears which number (login {other}), so he can't judge"),
        )));
    }
    Ok(Ok(()))
}
