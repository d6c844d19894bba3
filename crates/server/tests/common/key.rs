//! A program's key to the record store.

use serde_json::json;

use crate::common::program::{ADMIN, ADMIN_PASSWORD};
use crate::common::visitor::Visitor;

#[derive(Debug, Clone)]
pub struct Key {
    pub login: String,
    pub secret: String,
}

impl Key {
    /// A new one, of the hall's administrator.
    pub async fn with(base: &str, scopes: &[&str]) -> Key {
        let admin = Visitor::by_password(base, ADMIN, ADMIN_PASSWORD).await;
        let made = json!({"name": "A program", "tenant": 0, "scopes": scopes});
        let made = admin.post("/api/archive/clients", made).await;
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        Key { login: text("login"), secret: text("secret") }
    }
}
