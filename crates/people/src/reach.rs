//! How far a staff member's or an administrator's role reaches over the organisation tree: over the whole of it when held
//! in the hall, otherwise over the organisation where it is held and all below. The database is asked, not the session, so
//! that a grant that has just been taken back no longer reaches.

use kernel::{Actor, ErrorCode, OrganisationId, Role};
use store::{Tx, args};
use web::{ApiResult, Problem};

use crate::sql;

/// The roles (administrator, staff) whose reach covers this organisation; empty also when there is no such organisation.
pub async fn roles_over(tx: &mut Tx<'_>, actor: &Actor, organisation: &OrganisationId) -> ApiResult<Vec<Role>> {
    let rows = tx.all(sql::ORGANISATION_REACHED, &args![&actor.account, organisation]).await?;
    let mut roles = Vec::new();
    for row in rows {
        roles.extend(Role::from_code(&row.get::<String>("role")?));
    }
    Ok(roles)
}

/// Refuses who doesn't reach the organisation. One that doesn't exist is a fault of `field`.
pub async fn must_reach(tx: &mut Tx<'_>, actor: &Actor, organisation: &OrganisationId, field: &str) -> ApiResult<()> {
    if !roles_over(tx, actor, organisation).await?.is_empty() {
        return Ok(());
    }
    match tx.opt(sql::ORGANISATION, &args![organisation]).await? {
        Some(_) => Err(Problem::new(ErrorCode::Forbidden)
            .detail("该组织不在您的管辖范围内", "This organisation is outside your reach")),
        None => Err(Problem::invalid(field, "没有这个组织", "there is no such organisation")),
    }
}

/// A text to search for, as a pattern of `like … escape '!'`.
pub(crate) fn pattern(asked: Option<&str>) -> Option<String> {
    let asked = asked?.trim().to_lowercase();
    let mut pattern = String::from("%");
    for letter in asked.chars().take(100).filter(|letter| *letter != '\0') {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    (!asked.is_empty()).then_some(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_searched_is_taken_by_the_letter() {
        assert_eq!(pattern(Some(" 50%_A! ")).unwrap(), "%50!%!_a!!%");
        assert_eq!(pattern(Some("  ")), None);
        assert_eq!(pattern(None), None);
    }
}
