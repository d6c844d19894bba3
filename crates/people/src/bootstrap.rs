//! The first administrator. `guildhall migrate` and `serve` call this with a login and a password from the operator's
//! configuration; a hall that has an administrator already is left as it is.

use kernel::{AccountId, ErrorCode, OrganisationId, PersonId, Role, Scope, Text};
use store::{Db, args};
use web::audit::{self, Noted};
use web::directory::{self, NewAccount, NewOrganisation, NewPerson, OrganisationKind};
use web::{ApiResult, Faults, Hall, Problem, RequestId, password};

use crate::accounts::{check_login, check_password};
use crate::sql;

/// Whether a database holds a hall with an administrator. One that has no tables yet holds none.
pub async fn is_set_up(db: &Db) -> bool {
    let counted = db.one(sql::ADMINISTRATORS, &[]).await.and_then(|row| row.get::<i64>("many"));
    counted.is_ok_and(|many| many > 0)
}

/// Makes an administrator of the hall, with a person at the root of the organisation tree (which is made if there is
/// none). `None`: the hall has an administrator already, and nothing was changed.
pub async fn bootstrap_admin(hall: &Hall, login: &str, password: &str) -> ApiResult<Option<AccountId>> {
    let mut faults = Faults::default();
    let login = check_login(&mut faults, "login", login);
    check_password(&mut faults, "password", password, &login);
    faults.finish()?;
    let password_hash = Some(password::hash(hall, password).await?);

    let created_at = hall.now();
    let root = NewOrganisation {
        id: hall.fresh::<OrganisationId>(),
        parent: None,
        kind: OrganisationKind::Federation,
        name: Text::new("总工会", "Federation of Trade Unions"),
        created_at,
    };
    let (person, account) = (hall.fresh::<PersonId>(), hall.fresh::<AccountId>());
    let (root, person, account, login, password_hash) = (&root, &person, &account, &login, &password_hash);
    let request_id = &RequestId("bootstrap".into());
    hall.db
        .write(|tx| {
            Box::pin(async move {
                if tx.one(sql::ADMINISTRATORS, &[]).await?.get::<i64>("many")? > 0 {
                    return Ok(None);
                }
                let organisation = match tx.opt(sql::ORGANISATION_ROOT, &args![]).await? {
                    Some(row) => row.get::<OrganisationId>("id")?,
                    None => {
                        directory::insert_organisation(tx, root).await?;
                        root.id.clone()
                    }
                };
                if directory::account_by_login(tx, login).await?.is_some() {
                    return Err(Problem::new(ErrorCode::Conflict).field(
                        "login",
                        "账号名已被使用",
                        "this login is taken",
                    ));
                }
                let name = "系统管理员".to_owned();
                let new = NewPerson { id: person.clone(), name, gender: None, organisation, phone: None, created_at };
                directory::insert_person(tx, &new).await?;
                let (id, person) = (account.clone(), person.clone());
                let (login, password_hash) = (login.clone(), password_hash.clone());
                directory::insert_account(tx, &NewAccount { id, person, login, password_hash, created_at }).await?;
                directory::grant(tx, account, Role::Administrator, &Scope::Hall, None, created_at).await?;
                let (by, act, subject) = (None, "administrator.bootstrapped", Some(account.as_str()));
                audit::note(tx, &Noted { at: created_at, account: by, act, subject, request_id }).await?;
                Ok(Some(account.clone()))
            })
        })
        .await
}
