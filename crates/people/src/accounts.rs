//! Accounts: who may sign in, and with which roles.

pub mod add;
pub mod change;
pub mod grants;
pub mod list;
pub mod reset_password;

use kernel::{AccountId, ErrorCode, OrganisationId, PersonId, Timestamp};
use serde::Serialize;
use store::{Row, StoreError, Tx, args};
use utoipa::ToSchema;
use web::{ApiResult, Faults, Problem, wire};

use crate::sql;

pub(crate) const PASSWORD_CHARS_MIN: usize = 8;
pub(crate) const PASSWORD_CHARS_MAX: usize = 128;
/// No password that was taken is longer than this in UTF-8; a longer guess is wrong without being hashed.
pub(crate) const PASSWORD_BYTES_MAX: usize = PASSWORD_CHARS_MAX * 4;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Account {
    pub id: wire::AccountId,
    pub person: wire::PersonId,
    pub name: String,
    pub login: String,
    pub created_at: wire::Timestamp,
    /// Nobody signs in without one.
    pub has_password: bool,
    /// Nobody signs in while this is set.
    pub disabled_at: Option<wire::Timestamp>,
    pub roles: Vec<wire::Grant>,
}

impl Account {
    pub(crate) fn of(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.get::<AccountId>("id")?.into(),
            person: row.get::<PersonId>("person")?.into(),
            name: row.get("name")?,
            login: row.get("login")?,
            created_at: row.get::<Timestamp>("created_at")?.into(),
            has_password: row.get::<i64>("has_password")? != 0,
            disabled_at: row.get::<Option<Timestamp>>("disabled_at")?.map(Into::into),
            roles: Vec::new(),
        })
    }
}

/// An account that an act is about.
pub(crate) struct Known {
    pub account: AccountId,
    pub login: String,
    pub organisation: OrganisationId,
    pub disabled: bool,
}

pub(crate) async fn find(tx: &mut Tx<'_>, account: &AccountId) -> ApiResult<Known> {
    let row = tx.opt(sql::ACCOUNT, &args![account]).await?;
    let row = row.ok_or_else(|| Problem::not_found("没有这个账号", "There is no such account"))?;
    Ok(Known {
        account: row.get("id")?,
        login: row.get("login")?,
        organisation: row.get("organisation")?,
        disabled: row.get::<Option<Timestamp>>("disabled_at")?.is_some(),
    })
}

pub(crate) async fn roles_of(tx: &mut Tx<'_>, account: &AccountId) -> ApiResult<Vec<wire::Grant>> {
    let mut roles = Vec::new();
    for row in tx.all(sql::GRANTS, &args![account]).await? {
        roles.extend(web::directory::grant_from(&row)?);
    }
    Ok(roles.into_iter().map(|(role, scope)| wire::Grant { role: role.into(), scope: scope.into() }).collect())
}

/// A hall without an administrator could never be given one again from outside.
pub(crate) async fn keep_an_administrator(tx: &mut Tx<'_>) -> ApiResult<()> {
    if tx.one(sql::ADMINISTRATORS, &[]).await?.get::<i64>("many")? > 0 {
        return Ok(());
    }
    Err(Problem::new(ErrorCode::Conflict).detail("至少要保留一名管理员", "At least one administrator must remain"))
}

/// A login: 3 to 64 of letters, digits and `. _ - @`, in lower case.
pub(crate) fn check_login(faults: &mut Faults, field: &str, login: &str) -> String {
    let login = login.trim().to_lowercase();
    let ok = (3..=64).contains(&login.len())
        && login.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_@".contains(&b));
    if !ok {
        faults.add(
            field,
            "账号应为 3 至 64 个小写字母、数字或 . _ - @",
            "must be 3 to 64 of lower-case letters, digits and . _ - @",
        );
    }
    login
}

pub(crate) fn check_password(faults: &mut Faults, field: &str, password: &str, login: &str) {
    let length = password.chars().count();
    if length < PASSWORD_CHARS_MIN {
        faults.add(
            field,
            format!("至少 {PASSWORD_CHARS_MIN} 个字符"),
            format!("at least {PASSWORD_CHARS_MIN} characters"),
        );
    } else if length > PASSWORD_CHARS_MAX {
        faults.add(
            field,
            format!("最多 {PASSWORD_CHARS_MAX} 个字符"),
            format!("at most {PASSWORD_CHARS_MAX} characters"),
        );
    } else if !login.is_empty() && password.to_lowercase().contains(&login.to_lowercase()) {
        faults.add(field, "密码不能包含账号", "must not contain the login");
    } else if password.chars().all(|c| password.starts_with(c)) {
        faults.add(field, "不能只由一个字符组成", "must not be one character over and over");
    }
}
