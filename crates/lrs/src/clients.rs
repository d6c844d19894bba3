//! Who calls: a program with a key (HTTP Basic) or a token that it got for its key (OAuth 2.0 bearer), each with scopes and a tenant.
//!
//! A key's secret is 256 bits of chance, so that its SHA-256 is enough in the table: nobody guesses it, and looking it up is quick. Who was
//! found is remembered for some seconds; a key that is revoked in this process is forgotten at once.

pub mod create;
pub mod list;
pub mod revoke;
mod scope;
pub mod token;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use archive::Tenant;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, header};
use kernel::Timestamp;
use serde_json::json;
use store::{Row, args};
use web::session::hashed;

pub use scope::{Scope, Scopes};

use crate::refusal::{Done, Refusal};
use crate::{Lrs, sql};

/// So long somebody is remembered without asking the database.
const REMEMBERED_MS: i64 = 5_000;
const REMEMBERED_MAX: usize = 10_000;

/// A program that was let in.
#[derive(Debug, Clone)]
pub struct Client {
    pub id: String,
    pub tenant: Tenant,
    pub scopes: Scopes,
    /// Who vouches for its statements: ready JSON, and its key.
    pub authority: String,
    pub authority_key: String,
}

/// Where clients of this hall are at home, as agents.
const CLIENTS: &str = "urn:x-guildhall:clients";

impl Client {
    fn of(row: &Row) -> Result<Client, store::StoreError> {
        let (login, name): (String, String) = (row.get("login")?, row.get("name")?);
        let scopes: String = row.get("scopes")?;
        let number: u32 = row.get("tenant")?;
        Ok(Client {
            id: row.get("id")?,
            tenant: Tenant::new(number).unwrap_or(Tenant::HALL),
            scopes: Scopes::read(&scopes).unwrap_or_default(),
            authority: json!({"objectType": "Agent", "name": name, "account": {"homePage": CLIENTS, "name": login}})
                .to_string(),
            authority_key: xapi::AgentKey::Account { home_page: CLIENTS.into(), name: login.into() }.to_string(),
        })
    }
}

type Remembered = HashMap<String, (Timestamp, Arc<Client>)>;

/// The clients that this process remembers, by what they showed.
#[derive(Debug, Default)]
pub struct Clients(Mutex<Remembered>);

impl Clients {
    pub fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub async fn who(&self, lrs: &Lrs, headers: &HeaderMap) -> Done<Arc<Client>> {
        let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let shown = shown.ok_or_else(Refusal::not_authorized)?;
        let now = lrs.hall.now();
        {
            let remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((at, client)) = remembered.get(shown)
                && (0..REMEMBERED_MS).contains(&now.millis_since(*at))
            {
                return Ok(client.clone());
            }
        }
        let client = Arc::new(found(lrs, shown, now).await?);
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= REMEMBERED_MAX {
            remembered.clear();
        }
        remembered.insert(shown.to_owned(), (now, client.clone()));
        Ok(client)
    }
}

async fn found(lrs: &Lrs, shown: &str, now: Timestamp) -> Done<Client> {
    let (scheme, given) = shown.split_once(' ').ok_or_else(Refusal::not_authorized)?;
    let row = if scheme.eq_ignore_ascii_case("basic") {
        let (login, secret) = basic(given).ok_or_else(Refusal::not_authorized)?;
        lrs.hall.db.opt(sql::BY_KEY, &args![login, hashed(&secret)]).await?
    } else if scheme.eq_ignore_ascii_case("bearer") {
        lrs.hall.db.opt(sql::BY_TOKEN, &args![hashed(given.trim()), now]).await?
    } else {
        None
    };
    Ok(Client::of(&row.ok_or_else(Refusal::not_authorized)?)?)
}

/// User and password of HTTP Basic.
fn basic(given: &str) -> Option<(String, String)> {
    let text = String::from_utf8(STANDARD.decode(given.trim()).ok()?).ok()?;
    let (login, secret) = text.split_once(':')?;
    (!text.contains('\0')).then(|| (login.to_owned(), secret.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials() {
        assert_eq!(basic("ZGVtbzpkZTptbw=="), Some(("demo".to_owned(), "de:mo".to_owned())));
        for bad in ["", "ZGVtbw==", "!!!", "AAA6AAA="] {
            assert_eq!(basic(bad), None, "{bad}");
        }
    }
}
