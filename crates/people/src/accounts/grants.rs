//! `POST /api/accounts/{account}/roles`, `DELETE /api/accounts/{account}/roles/{role}?scope=`: roles given and taken back.
//!
//! Nobody gives more than he holds, and staff give nothing to themselves:
//! - an administrator of the hall gives every role everywhere;
//! - an administrator of an organisation gives every role at it and below it;
//! - an administrator of a contest or venue gives every role there;
//! - staff of the hall give the roles of contests, in contests and venues, to others;
//! - anybody else gives nothing. In particular only administrators make administrators and staff.
//!
//! Who sits as a judge in a contest is given no role that reads there who bears which number, whichever of his accounts is asked for: he
//! would mark blind no more. The import of judges asks the same the other way round.
//!
//! A role at an organisation is given only to persons at or below an organisation that the giver administers. What one may
//! give one may take back.

use axum::extract::State;
use kernel::{AccountId, Actor, ContestId, ErrorCode, OrganisationId, Role, Scope};
use serde::Deserialize;
use store::{Tx, args};
use utoipa::{IntoParams, ToSchema};
use web::audit::{self, Noted};
use web::{Answer, ApiResult, Hall, IdempotencyKey, Json, Path, Problem, Query, RequestId, Signed, directory, wire};

use super::{find, keep_an_administrator, roles_of};
use crate::{reach, sql};

/// An account's roles after a change.
#[derive(Debug, serde::Serialize, ToSchema)]
pub struct AccountRoles {
    pub account: wire::AccountId,
    pub roles: Vec<wire::Grant>,
}

/// Grant a role.
#[utoipa::path(post, path = "/api/accounts/{account}/roles", tag = "people", operation_id = "grant_role",
    responses((status = 201, body = AccountRoles)))]
pub async fn grant(
    State(hall): State<Hall>,
    signed: Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path(account): Path<wire::AccountId>,
    Json(asked): Json<wire::Grant>,
) -> ApiResult<Answer> {
    let (role, scope): (Role, Scope) = (asked.role.into(), asked.scope.into());
    check_pair(role, &scope)?;
    let subject = format!("{account} {} {}", role.code(), directory::scope_text(&scope));
    let (account, scope, subject, signed, now, request_id) =
        (&account.0, &scope, &subject, &signed, hall.now(), &request_id);
    let answer = web::write(&hall, &key, |tx| {
        Box::pin(async move {
            must_give(tx, signed, account, role, scope).await?;
            must_stay_blind(tx, account, role, scope).await?;
            if directory::grant(tx, account, role, scope, Some(&signed.account), now).await? {
                let (by, subject) = (Some(&signed.account), Some(subject.as_str()));
                audit::note(tx, &Noted { at: now, account: by, act: "role.granted", subject, request_id }).await?;
            }
            Answer::created(&AccountRoles { account: account.into(), roles: roles_of(tx, account).await? })
        })
    })
    .await?;
    hall.sessions.forget(account);
    Ok(answer)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Where {
    /// `hall`, `organisation/org_…`, `contest/con_…` or `venue/con_…/ven_…`.
    scope: String,
}

/// Take a role back.
#[utoipa::path(delete, path = "/api/accounts/{account}/roles/{role}", tag = "people", operation_id = "revoke_role",
    params(("account" = wire::AccountId, Path), ("role" = wire::Role, Path), Where), responses((status = 200, body = AccountRoles)))]
pub async fn revoke(
    State(hall): State<Hall>,
    signed: Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path((account, role)): Path<(wire::AccountId, String)>,
    Query(asked): Query<Where>,
) -> ApiResult<Answer> {
    let role = Role::from_code(&role).ok_or_else(|| Problem::not_found("没有这个角色", "There is no such role"))?;
    let scope = directory::scope_from(&asked.scope).ok_or_else(|| {
        Problem::invalid(
            "scope",
            "应为 hall、organisation/…、contest/… 或 venue/…/…",
            "must be hall, organisation/…, contest/… or venue/…/…",
        )
    })?;
    let subject = format!("{account} {} {}", role.code(), directory::scope_text(&scope));
    let (account, scope, subject, signed, now, request_id) =
        (&account.0, &scope, &subject, &signed, hall.now(), &request_id);
    let answer = web::write(&hall, &key, |tx| {
        Box::pin(async move {
            must_give(tx, signed, account, role, scope).await?;
            if !directory::revoke(tx, account, role, scope).await? {
                return Err(Problem::not_found("该账号没有这个授权", "The account doesn't hold this role there"));
            }
            keep_an_administrator(tx).await?;
            let (by, subject) = (Some(&signed.account), Some(subject.as_str()));
            audit::note(tx, &Noted { at: now, account: by, act: "role.revoked", subject, request_id }).await?;
            Answer::ok(&AccountRoles { account: account.into(), roles: roles_of(tx, account).await? })
        })
    })
    .await?;
    hall.sessions.forget(account);
    Ok(answer)
}

/// Roles that mean something only in a contest can't be held at an organisation; `public` is held by everyone already.
fn check_pair(role: Role, scope: &Scope) -> ApiResult<()> {
    let problem = match (role, scope) {
        (Role::Public, _) => Problem::invalid("role", "人人都是公众，无需授权", "everyone is public already"),
        (
            Role::ChiefJudge
            | Role::Supervisor
            | Role::Arbitrator
            | Role::Judge
            | Role::VenueOperator
            | Role::Competitor,
            Scope::Organisation(_),
        ) => Problem::invalid("scope", "该角色只在赛事中有意义", "this role means something in contests only"),
        _ => return Ok(()),
    };
    Err(problem)
}

async fn must_give(tx: &mut Tx<'_>, giver: &Actor, taker: &AccountId, role: Role, scope: &Scope) -> ApiResult<()> {
    let known = find(tx, taker).await?;
    if let Scope::Organisation(organisation) = scope
        && tx.opt(sql::ORGANISATION, &args![organisation]).await?.is_none()
    {
        return Err(Problem::invalid("scope.organisation", "没有这个组织", "there is no such organisation"));
    }
    if gives_as_administrator(tx, giver, &known.organisation, scope).await? || gives_as_staff(giver, taker, role, scope)
    {
        return Ok(());
    }
    Err(Problem::new(ErrorCode::Forbidden)
        .detail("不能授予或收回超出自己权限的角色", "You can't give or take back more than you hold"))
}

/// Nobody judges and reads names, be it by two accounts.
async fn must_stay_blind(tx: &mut Tx<'_>, account: &AccountId, role: Role, scope: &Scope) -> ApiResult<()> {
    if !directory::READS_NAMES.contains(&role) {
        return Ok(());
    }
    for row in tx.all(sql::JUDGES_IN, &args![account]).await? {
        let contest: ContestId = row.get("id")?;
        if directory::reads_names_of(&contest, role, scope) {
            let (zh, en): (String, String) = (row.get("name_zh")?, row.get("name_en")?);
            return Err(Problem::new(ErrorCode::Conflict).detail(
                format!("此人是“{zh}”的裁判（可能用另一账号），不能再看到该赛事选手的姓名；请另派他人，或等该赛事定榜"),
                format!(
                    "This person judges in {en:?}, perhaps by another login, and must not read who bears which number there: \
                     choose somebody else, or wait until that contest is final"
                ),
            ));
        }
    }
    Ok(())
}

async fn gives_as_administrator(
    tx: &mut Tx<'_>,
    giver: &Actor,
    taker_at: &OrganisationId,
    scope: &Scope,
) -> ApiResult<bool> {
    if giver.holds(Role::Administrator, scope) && !matches!(scope, Scope::Organisation(_)) {
        return Ok(true);
    }
    let Scope::Organisation(organisation) = scope else { return Ok(false) };
    let over_scope = reach::roles_over(tx, giver, organisation).await?.contains(&Role::Administrator);
    Ok(over_scope && reach::roles_over(tx, giver, taker_at).await?.contains(&Role::Administrator))
}

fn gives_as_staff(giver: &Actor, taker: &AccountId, role: Role, scope: &Scope) -> bool {
    giver.account != *taker
        && giver.holds(Role::Staff, &Scope::Hall)
        && matches!(scope, Scope::Contest(_) | Scope::Venue(..))
        && !matches!(role, Role::Administrator | Role::Staff)
}
