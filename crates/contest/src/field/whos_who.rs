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

/// What a row says of a person.
struct Said<'a> {
    row: u32,
    name: &'a str,
    organisation: &'a str,
}

impl Said<'_> {
    fn fault(&self, column: &'static str, zh: impl Into<String>, en: impl Into<String>) -> RowFault {
        RowFault { row: self.row, column, text: Text::new(zh, en) }
    }

    /// The known person whom the row means; `None` for a new one.
    async fn known(
        &self,
        tx: &mut Tx<'_>,
        account: Option<&(AccountId, PersonId)>,
    ) -> Result<Result<Option<PersonId>, RowFault>, StoreError> {
        let name = self.organisation;
        let organisation = match directory::organisation_named(tx, name).await? {
            Named::One(id) => Some(id),
            Named::Nobody => None,
            Named::Several => {
                return Ok(Err(self.fault(
                    "organisation",
                    format!("有多个单位名为“{name}”，请改填单位编号（org_…）"),
                    format!("several organisations are called {name:?}: write the id (org_…) instead"),
                )));
            }
        };
        match account {
            Some((_, person)) => self.must_be(tx, person, organisation.as_ref()).await,
            None => self.by_name(tx, organisation.as_ref()).await,
        }
    }

    /// An account that is there already belongs to whom the row names.
    async fn must_be(
        &self,
        tx: &mut Tx<'_>,
        person: &PersonId,
        organisation: Option<&OrganisationId>,
    ) -> Result<Result<Option<PersonId>, RowFault>, StoreError> {
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
        Ok(Ok(Some(person.clone())))
    }

    async fn by_name(
        &self,
        tx: &mut Tx<'_>,
        organisation: Option<&OrganisationId>,
    ) -> Result<Result<Option<PersonId>, RowFault>, StoreError> {
        let Some(organisation) = organisation else { return Ok(Ok(None)) };
        Ok(match directory::person_named(tx, organisation, self.name).await? {
            Named::One(person) => Ok(Some(person)),
            Named::Nobody => Ok(None),
            Named::Several => Err(self.fault(
                "name",
                "该单位有多名同名人员，请填写他已有的账号",
                "several persons of this organisation bear the name: give the login of the one who is meant",
            )),
        })
    }
}

/// `entered`: who takes part already, by this file or before.
pub async fn competitor(tx: &mut Tx<'_>, plan: &Plan, one: &NewCompetitor, entered: &mut HashSet<PersonId>) -> Checked {
    let said = Said { row: one.row, name: &one.name, organisation: &one.organisation };
    let account = match &one.login {
        Some(login) => directory::account_by_login(tx, login).await?,
        None => None,
    };
    let person = match said.known(tx, account.as_ref()).await? {
        Ok(Some(person)) => person,
        Ok(None) => return Ok(Ok(())),
        // To a competitor's row a login is his own or none.
        Err(fault) if account.is_some() && fault.column != "organisation" => {
            return Ok(Err(RowFault { column: "login", ..fault }));
        }
        Err(fault) => return Ok(Err(fault)),
    };
    if plan.judges.iter().any(|judge| judge.person == person) {
        return Ok(Err(said.fault("name", "此人是本场裁判", "this person is a judge of the contest")));
    }
    if !entered.insert(person) {
        return Ok(Err(said.fault("name", "该选手已在名单中", "this competitor is in the field already")));
    }
    Ok(Ok(()))
}

/// `seated`: who judges already, by this file or before.
pub async fn judge(tx: &mut Tx<'_>, plan: &Plan, one: &NewJudge, seated: &mut HashSet<PersonId>) -> Checked {
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
    let person = match said.known(tx, known.as_ref()).await? {
        Ok(person) => person,
        Err(fault) => return Ok(Err(fault)),
    };
    if plan.entries.iter().any(|entry| Some(&entry.person) == person.as_ref()) {
        return Ok(Err(said.fault("name", "此人是本场选手", "this person competes here")));
    }
    if let Some(person) = &person
        && !seated.insert(person.clone())
    {
        return Ok(Err(said.fault("name", "此人已是本场裁判", "this person is a judge of this contest already")));
    }
    if let Some(person) = &person
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
