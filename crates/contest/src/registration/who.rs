//! Who may read and change applications. A judge of the contest never, whatever else he is: he is not to know who is in the field.

use std::collections::HashSet;

use kernel::{Actor, ApplicationId, ContestId, ErrorCode, OrganisationId, Role, Scope};
use store::{Tx, args};
use web::{ApiResult, Problem};

use super::application::{Application, AsRole};
use crate::arena::Outline;
use crate::sql;

pub(super) fn is_organiser(actor: &Actor, contest: &ContestId) -> bool {
    actor.holds(Role::Organiser, &Scope::Contest(contest.clone()))
}

/// Nobody who marks the contest.
pub(super) fn must_not_judge(outline: &Outline, actor: &Actor) -> ApiResult<()> {
    let judges_here = actor.roles.iter().any(|(role, scope)| {
        let is_here = matches!(scope, Scope::Contest(of) | Scope::Venue(of, _) if *of == outline.plan.id);
        *role == Role::Judge && is_here
    });
    if judges_here || outline.plan.judges.iter().any(|judge| judge.person == actor.person) {
        return Err(Problem::new(ErrorCode::Forbidden).detail(
            "您是本场裁判，不能查看或办理报名",
            "You judge this contest, so its applications are not for you",
        ));
    }
    Ok(())
}

/// Whose applications somebody reads in a contest.
#[derive(Debug)]
pub(super) enum Reach {
    Everybody,
    /// Those of organisations over which he is staff.
    Organisations(HashSet<OrganisationId>),
}

impl Reach {
    pub async fn of(tx: &mut Tx<'_>, outline: &Outline, actor: &Actor) -> ApiResult<Reach> {
        let contest = &outline.plan.id;
        if is_organiser(actor, contest) {
            must_not_judge(outline, actor)?;
            return Ok(Reach::Everybody);
        }
        if !actor.roles.iter().any(|(role, _)| *role == Role::Staff) {
            return Err(ErrorCode::Forbidden.into());
        }
        must_not_judge(outline, actor)?;
        let rows = tx.all(sql::ORGANISATIONS_STAFFED, &args![contest, &actor.account]).await?;
        let reached: Result<HashSet<OrganisationId>, _> = rows.iter().map(|row| row.get("id")).collect();
        Ok(Reach::Organisations(reached?))
    }

    pub fn reaches(&self, application: &Application) -> bool {
        match self {
            Reach::Everybody => true,
            Reach::Organisations(reached) => reached.contains(&application.organisation),
        }
    }

    pub const fn role(&self) -> AsRole {
        match self {
            Reach::Everybody => AsRole::Organiser,
            Reach::Organisations(_) => AsRole::Staff,
        }
    }
}

/// Whether an account is staff over an organisation.
pub(super) async fn is_staff_over(tx: &mut Tx<'_>, actor: &Actor, organisation: &OrganisationId) -> ApiResult<bool> {
    Ok(tx.opt(sql::ORGANISATION_STAFFED, &args![&actor.account, organisation]).await?.is_some())
}

/// As whom somebody acts on an application; to who may not, it isn't there.
pub(super) async fn acts_on(
    tx: &mut Tx<'_>,
    outline: &Outline,
    actor: &Actor,
    application: &Application,
) -> ApiResult<AsRole> {
    let role = if is_organiser(actor, &outline.plan.id) {
        AsRole::Organiser
    } else if application.person == actor.person {
        return Ok(AsRole::Applicant);
    } else if is_staff_over(tx, actor, &application.organisation).await? {
        AsRole::Staff
    } else {
        return Err(no_such(&application.id));
    };
    must_not_judge(outline, actor)?;
    Ok(role)
}

pub(super) fn no_such(application: &ApplicationId) -> Problem {
    Problem::not_found(format!("没有这份报名：{application}"), format!("There is no application {application}"))
}

/// The one of that id, by its place in the list.
pub(super) fn find(all: &[Application], id: &ApplicationId) -> ApiResult<usize> {
    all.iter().position(|application| application.id == *id).ok_or_else(|| no_such(id))
}
