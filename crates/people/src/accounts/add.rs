//! `POST /api/accounts`: a sign-in for a person that the caller reaches. It holds no role yet. Without a password nobody can
//! sign in with it until an administrator sets one.

use axum::extract::State;
use kernel::{AccountId, ErrorCode, OrganisationId};
use serde::Deserialize;
use store::args;
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::directory::{self, NewAccount};
use web::{Answer, ApiResult, Faults, Hall, IdempotencyKey, Json, Problem, RequestId, Signed, password, wire};

use super::{Account, check_login, check_password};
use crate::{reach, sql};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddAccount {
    pub person: wire::PersonId,
    /// 3 to 64 of lower-case letters, digits and `. _ - @`.
    pub login: String,
    /// 8 to 128 characters.
    #[schema(format = Password, min_length = 8, max_length = 128)]
    pub password: Option<String>,
}

/// Add an account.
#[utoipa::path(post, path = "/api/accounts", tag = "people", operation_id = "add_account",
    responses((status = 201, body = Account)))]
pub async fn add(
    State(hall): State<Hall>,
    signed: Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Json(asked): Json<AddAccount>,
) -> ApiResult<Answer> {
    let mut faults = Faults::default();
    let login = check_login(&mut faults, "login", &asked.login);
    if let Some(password) = &asked.password {
        check_password(&mut faults, "password", password, &login);
    }
    faults.finish()?;
    let password_hash = match &asked.password {
        Some(password) => Some(password::hash(&hall, password).await?),
        None => None,
    };
    let new = NewAccount {
        id: hall.fresh::<AccountId>(),
        person: asked.person.0,
        login,
        password_hash,
        created_at: hall.now(),
    };
    let (new, signed, request_id) = (&new, &signed, &request_id);
    web::write(&hall, &key, |tx| {
        Box::pin(async move {
            let person = tx.opt(sql::PERSON_ORGANISATION, &args![&new.person]).await?;
            let person = person.ok_or_else(|| Problem::invalid("person", "没有这个人员", "there is no such person"))?;
            reach::must_reach(tx, signed, &person.get::<OrganisationId>("organisation")?, "person").await?;
            if directory::account_by_login(tx, &new.login).await?.is_some() {
                return Err(Problem::new(ErrorCode::Conflict).field("login", "账号名已被使用", "this login is taken"));
            }
            directory::insert_account(tx, new).await?;
            let (account, subject) = (Some(&signed.account), Some(new.id.as_str()));
            audit::note(tx, &Noted { at: new.created_at, account, act: "account.added", subject, request_id }).await?;
            let row = tx.one(sql::ACCOUNT_SHOWN, &args![&new.id]).await?;
            Answer::created(&Account::of(&row)?)
        })
    })
    .await
}
