//! The rows that say who is who: organisations, persons, accounts, grants. The tables are shared by the rooms that must
//! make such rows inside their own transactions (an import of competitors, the demonstration); the routes are the people
//! room's. Nothing here checks a right: whoever calls has been let through by the access tables.

use kernel::{AccountId, ContestId, OrganisationId, PersonId, Role, Scope, Text, Timestamp, VenueId};
use store::{ArgKind, Row, StoreError, Tx, args};

mod sql {
    use super::ArgKind::{Int, Text};

    crate::statements! {
        ORGANISATION_INSERT "add an organisation" [Text, Text, Text, Text, Text, Text, Int]
            "insert into organisation (id, parent, kind, name_zh, name_en, path, created_at)
             values ($1, $2, $3, $4, $5, $6, $7)";
        ORGANISATION_PATH "find where an organisation stands in the tree" [Text]
            "select path from organisation where id = $1";
        ORGANISATIONS_NAMED "find organisations anywhere in the tree by id or Chinese name" [Text]
            "select id from organisation where id = $1 or name_zh = $1 order by id limit 2";
        PERSONS_NAMED "find persons of an organisation by their name" [Text, Text]
            "select id from person where organisation = $1 and name = $2 order by id limit 2";
        PERSON_AT "find a person's name and where he belongs" [Text]
            "select p.name, p.organisation, o.name_zh, o.name_en from person p join organisation o on o.id = p.organisation
             where p.id = $1";
        GRANTS_OF_PERSON "find the roles of all accounts of a person" [Text]
            "select a.login, g.role, g.scope from account a join role_grant g on g.account = a.id
             where a.person = $1 order by a.login, g.role, g.scope";
        PERSON_INSERT "add a person" [Text, Text, Text, Text, Text, Int]
            "insert into person (id, name, gender, organisation, phone, created_at) values ($1, $2, $3, $4, $5, $6)";
        ACCOUNT_INSERT "add an account" [Text, Text, Text, Text, Int]
            "insert into account (id, person, login, password_hash, created_at) values ($1, $2, $3, $4, $5)";
        ACCOUNT_BY_LOGIN "find an account by its login" [Text]
            "select id, person from account where login = $1";
        GRANT_INSERT "grant a role" [Text, Text, Text, Text, Text, Int]
            "insert into role_grant (account, role, scope, contest, granted_by, granted_at) values ($1, $2, $3, $4, $5, $6)
             on conflict (account, role, scope) do nothing";
        GRANT_DELETE "take a role back" [Text, Text, Text]
            "delete from role_grant where account = $1 and role = $2 and scope = $3";
    }
}
pub use sql::STATEMENTS;

/// What kind of node of the organisation tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationKind {
    Federation,
    Enterprise,
    Department,
    Region,
}

impl OrganisationKind {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Federation => "federation",
            Self::Enterprise => "enterprise",
            Self::Department => "department",
            Self::Region => "region",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Federation, Self::Enterprise, Self::Department, Self::Region]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Gender {
    Female,
    Male,
    Other,
}

impl Gender {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Female => "female",
            Self::Male => "male",
            Self::Other => "other",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Female, Self::Male, Self::Other].into_iter().find(|gender| gender.code() == code)
    }
}

#[derive(Debug, Clone)]
pub struct NewOrganisation {
    pub id: OrganisationId,
    pub parent: Option<OrganisationId>,
    pub kind: OrganisationKind,
    pub name: Text,
    pub created_at: Timestamp,
}

#[derive(Debug, Clone)]
pub struct NewPerson {
    pub id: PersonId,
    pub name: String,
    pub gender: Option<Gender>,
    pub organisation: OrganisationId,
    pub phone: Option<String>,
    pub created_at: Timestamp,
}

#[derive(Debug, Clone)]
pub struct NewAccount {
    pub id: AccountId,
    pub person: PersonId,
    /// Is written in lower case.
    pub login: String,
    /// argon2id in PHC form. Without it nobody signs in by password.
    pub password_hash: Option<String>,
    pub created_at: Timestamp,
}

/// Adds a node under its parent. `None`: there is no such parent, and nothing was added.
pub async fn insert_organisation(tx: &mut Tx<'_>, new: &NewOrganisation) -> Result<Option<()>, StoreError> {
    let above = match &new.parent {
        Some(parent) => match path_of(tx, parent).await? {
            Some(path) => path,
            None => return Ok(None),
        },
        None => "/".to_owned(),
    };
    let path = format!("{above}{}/", new.id);
    let args = args![&new.id, &new.parent, new.kind.code(), &new.name.zh, &new.name.en, path, new.created_at];
    tx.exec(sql::ORGANISATION_INSERT, &args).await?;
    Ok(Some(()))
}

/// The ids from the root to this organisation, as `/org_a/org_b/`; `None` if there is no such organisation.
pub async fn path_of(tx: &mut Tx<'_>, organisation: &OrganisationId) -> Result<Option<String>, StoreError> {
    tx.opt(sql::ORGANISATION_PATH, &args![organisation]).await?.map(|row| row.get("path")).transpose()
}

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named<T> {
    Nobody,
    One(T),
    /// Several bear it: whoever means one of them has to say it in another way.
    Several,
}

impl<T: store::Column> Named<T> {
    fn of(rows: &[Row]) -> Result<Self, StoreError> {
        Ok(match rows {
            [] => Named::Nobody,
            [one] => Named::One(one.get("id")?),
            _ => Named::Several,
        })
    }
}

/// The organisation that an import means by a word, wherever it stands in the tree: its Chinese name, or its id.
pub async fn organisation_named(tx: &mut Tx<'_>, name: &str) -> Result<Named<OrganisationId>, StoreError> {
    Named::of(&tx.all(sql::ORGANISATIONS_NAMED, &args![name]).await?)
}

/// The person of that name in an organisation.
pub async fn person_named(
    tx: &mut Tx<'_>,
    organisation: &OrganisationId,
    name: &str,
) -> Result<Named<PersonId>, StoreError> {
    Named::of(&tx.all(sql::PERSONS_NAMED, &args![organisation, name]).await?)
}

/// A person's name and where he belongs.
#[derive(Debug, Clone)]
pub struct PersonAt {
    pub name: String,
    pub organisation: OrganisationId,
    pub organisation_name: Text,
}

pub async fn person_at(tx: &mut Tx<'_>, person: &PersonId) -> Result<Option<PersonAt>, StoreError> {
    let Some(row) = tx.opt(sql::PERSON_AT, &args![person]).await? else { return Ok(None) };
    let organisation_name = Text::new(row.get::<String>("name_zh")?, row.get::<String>("name_en")?);
    Ok(Some(PersonAt { name: row.get("name")?, organisation: row.get("organisation")?, organisation_name }))
}

/// Roles that read who bears which blind number. Nobody who holds one there sits as a judge.
pub const READS_NAMES: &[Role] = &[Role::Organiser, Role::Staff, Role::Administrator];

/// Whether a role held at a scope reads the names of a contest's field.
pub fn reads_names_of(contest: &ContestId, role: Role, scope: &Scope) -> bool {
    READS_NAMES.contains(&role) && scope.covers(&Scope::Contest(contest.clone()))
}

/// The login under which a person reads the names of a contest's field, if he does: one person may have several accounts.
pub async fn reads_names_by(
    tx: &mut Tx<'_>,
    person: &PersonId,
    contest: &ContestId,
) -> Result<Option<String>, StoreError> {
    for row in tx.all(sql::GRANTS_OF_PERSON, &args![person]).await? {
        let reads = grant_from(&row)?.is_some_and(|(role, scope)| reads_names_of(contest, role, &scope));
        if reads {
            return row.get("login").map(Some);
        }
    }
    Ok(None)
}

/// Adds a person. A missing organisation is refused by the database.
pub async fn insert_person(tx: &mut Tx<'_>, new: &NewPerson) -> Result<(), StoreError> {
    let gender = new.gender.map(Gender::code);
    let args = args![&new.id, &new.name, gender, &new.organisation, &new.phone, new.created_at];
    tx.exec(sql::PERSON_INSERT, &args).await.map(drop)
}

/// Adds an account. A login that is taken is [`StoreError::Unique`]; ask [`account_by_login`] first to say so kindly.
pub async fn insert_account(tx: &mut Tx<'_>, new: &NewAccount) -> Result<(), StoreError> {
    let login = new.login.to_lowercase();
    let args = args![&new.id, &new.person, login, &new.password_hash, new.created_at];
    tx.exec(sql::ACCOUNT_INSERT, &args).await.map(drop)
}

pub async fn account_by_login(tx: &mut Tx<'_>, login: &str) -> Result<Option<(AccountId, PersonId)>, StoreError> {
    let found = tx.opt(sql::ACCOUNT_BY_LOGIN, &args![login.to_lowercase()]).await?;
    found.map(|row| Ok((row.get("id")?, row.get("person")?))).transpose()
}

/// Grants a role; `false` if the account held it there already. After the commit call `hall.sessions.forget(&account)`.
pub async fn grant(
    tx: &mut Tx<'_>,
    account: &AccountId,
    role: Role,
    scope: &Scope,
    by: Option<&AccountId>,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let contest: Option<&ContestId> = match scope {
        Scope::Contest(contest) | Scope::Venue(contest, _) => Some(contest),
        Scope::Hall | Scope::Organisation(_) => None,
    };
    let args = args![account, role.code(), scope_text(scope), contest, by, at];
    Ok(tx.exec(sql::GRANT_INSERT, &args).await? > 0)
}

/// Takes a role back; `false` if the account didn't hold it there. After the commit forget the account's sessions.
pub async fn revoke(tx: &mut Tx<'_>, account: &AccountId, role: Role, scope: &Scope) -> Result<bool, StoreError> {
    Ok(tx.exec(sql::GRANT_DELETE, &args![account, role.code(), scope_text(scope)]).await? > 0)
}

/// `hall`, `organisation/org_…`, `contest/con_…`, `venue/con_…/ven_…`.
pub fn scope_text(scope: &Scope) -> String {
    match scope {
        Scope::Hall => "hall".to_owned(),
        Scope::Organisation(organisation) => format!("organisation/{organisation}"),
        Scope::Contest(contest) => format!("contest/{contest}"),
        Scope::Venue(contest, venue) => format!("venue/{contest}/{venue}"),
    }
}

/// The scope that a text of [`scope_text`] names.
pub fn scope_from(text: &str) -> Option<Scope> {
    let mut parts = text.split('/');
    let scope = match parts.next()? {
        "hall" => Scope::Hall,
        "organisation" => Scope::Organisation(parts.next()?.parse().ok()?),
        "contest" => Scope::Contest(parts.next()?.parse().ok()?),
        "venue" => {
            let contest: ContestId = parts.next()?.parse().ok()?;
            let venue: VenueId = parts.next()?.parse().ok()?;
            Scope::Venue(contest, venue)
        }
        _ => return None,
    };
    parts.next().is_none().then_some(scope)
}

/// A grant out of a row's `role` and `scope`; `None` for a role that this program doesn't know (a newer one wrote it).
pub fn grant_from(row: &Row) -> Result<Option<(Role, Scope)>, StoreError> {
    let (role, scope): (Option<String>, Option<String>) = (row.get("role")?, row.get("scope")?);
    Ok(role.as_deref().and_then(Role::from_code).zip(scope.as_deref().and_then(scope_from)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_survives_its_text() {
        let (contest, venue): (ContestId, VenueId) = ("con_a".parse().unwrap(), "ven_1".parse().unwrap());
        for scope in [
            Scope::Hall,
            Scope::Organisation("org_1".parse().unwrap()),
            Scope::Contest(contest.clone()),
            Scope::Venue(contest, venue),
        ] {
            assert_eq!(scope_from(&scope_text(&scope)), Some(scope));
        }
        for text in ["", "hall/x", "contest", "contest/A", "venue/con_a", "moon/1"] {
            assert_eq!(scope_from(text), None, "{text}");
        }
    }
}
