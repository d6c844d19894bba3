//! Brings the schema up to this program's, forward only. What was applied is kept by name and checksum, so that a
//! changed file or a database of a newer program is refused instead of guessed at.
//!
//! All missing migrations run in one transaction: a hall that stops half-way has its old schema.

use kernel::{Clock, SystemClock};
use sha2::{Digest, Sha256};

use crate::{ArgKind, BadMigration, Db, Engine, Statement, StoreError, Tx, args};

/// A numbered step of the schema, in the engine's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migration {
    /// File name without `.sql`, such as `0001_store`; its order is the order of names.
    pub name: &'static str,
    pub sql: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

const MAKE_TABLE: &str = "create table if not exists store_migration (
    name text not null primary key, checksum text not null, applied_at bigint not null)";
const MAKE_TABLE_STRICT: &str = "create table if not exists store_migration (
    name text not null primary key, checksum text not null, applied_at integer not null) strict";

const APPLIED: &str = "select name, checksum from store_migration order by name";

const NOTE: Statement = Statement::new(
    "note a migration",
    "insert into store_migration (name, checksum, applied_at) values ($1, $2, $3)",
    &[ArgKind::Text, ArgKind::Text, ArgKind::Int],
);

impl Db {
    /// Applies what is missing of the migrations built into this program. Returns the names applied now.
    pub async fn migrate(&self) -> Result<Vec<&'static str>, StoreError> {
        self.migrate_with(match self.engine() {
            Engine::Sqlite => SQLITE,
            Engine::Postgres => POSTGRES,
        })
        .await
    }

    /// The same with a given list, in the order of its names.
    pub async fn migrate_with(&self, known: &[Migration]) -> Result<Vec<&'static str>, StoreError> {
        let make = match self.engine() {
            Engine::Sqlite => MAKE_TABLE_STRICT,
            Engine::Postgres => MAKE_TABLE,
        };
        self.write(|tx| {
            Box::pin(async move {
                tx.exec(make, &[]).await?;
                let applied = applied(tx).await?;
                let missing = missing(known, &applied)?;
                for migration in &missing {
                    tx.script(migration.name, migration.sql).await?;
                    let checksum = checksum(migration.sql);
                    tx.exec(NOTE, &args![migration.name, checksum, SystemClock.now()]).await?;
                }
                Ok(missing.iter().map(|migration| migration.name).collect())
            })
        })
        .await
    }
}

async fn applied(tx: &mut Tx<'_>) -> Result<Vec<(String, String)>, StoreError> {
    let rows = tx.all(APPLIED, &[]).await?;
    let mut applied: Vec<(String, String)> =
        rows.iter().map(|row| Ok((row.get("name")?, row.get("checksum")?))).collect::<Result<_, StoreError>>()?;
    applied.sort();
    Ok(applied)
}

/// What of `known` is still to apply, or why the two don't fit.
fn missing(known: &[Migration], applied: &[(String, String)]) -> Result<Vec<Migration>, BadMigration> {
    let mut known = known.to_vec();
    known.sort_by_key(|migration| migration.name);
    for (name, sum) in applied {
        match known.iter().find(|migration| migration.name == name) {
            None => return Err(BadMigration::Newer { name: name.clone() }),
            Some(migration) if checksum(migration.sql) != *sum => {
                return Err(BadMigration::Changed { name: name.clone() });
            }
            Some(_) => {}
        }
    }
    let newest = applied.last().map(|(name, _)| name.as_str()).unwrap_or_default();
    known.retain(|migration| !applied.iter().any(|(name, _)| name == migration.name));
    match known.first() {
        Some(first) if first.name < newest => {
            Err(BadMigration::OutOfOrder { name: first.name.to_owned(), after: newest.to_owned() })
        }
        _ => Ok(known),
    }
}

fn checksum(sql: &str) -> String {
    hex::encode(Sha256::digest(sql.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_engines_have_the_same_steps() {
        let names = |list: &[Migration]| list.iter().map(|migration| migration.name).collect::<Vec<_>>();
        assert_eq!(names(SQLITE), names(POSTGRES));
        assert!(names(SQLITE).contains(&"0001_store"));
    }

    #[test]
    fn what_does_not_fit_is_refused_by_name() {
        let step = |name, sql| Migration { name, sql };
        let known = [step("0002_b", "b"), step("0001_a", "a")];
        let was = |name: &str, sql: &str| (name.to_owned(), checksum(sql));

        let todo = missing(&known, &[was("0001_a", "a")]).unwrap();
        assert_eq!(todo.iter().map(|step| step.name).collect::<Vec<_>>(), ["0002_b"]);
        for (applied, says) in
            [(was("0001_a", "A"), "0001_a"), (was("0003_c", "c"), "0003_c"), (was("0002_b", "b"), "0001_a")]
        {
            let error = missing(&known, &[applied]).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
