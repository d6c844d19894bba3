//! A hall with the people room in it, and an administrator at work.

#![allow(dead_code)] // each test file uses its part

use axum::Router;
use kernel::{FakeClock, Role, Scope};
use people::DemoDoors;
use serde_json::json;
use web::testing::{Answered, Client, Member, account, hall};
use web::{Hall, HallConfig, password};

pub struct Stage {
    pub hall: Hall,
    pub router: Router,
    pub clock: FakeClock,
    pub doors: DemoDoors,
    pub administrator: Client,
    pub member: Member,
}

pub async fn stage(url: &str, config: HallConfig) -> Stage {
    let (hall, clock) = hall(url, config).await;
    let doors = DemoDoors::default();
    let router = web::serve_router(hall.clone(), vec![people::room(hall.clone(), doors.clone())])
        .expect("routes and table agree");
    let member = account(&hall, "root", None, None, &[(Role::Administrator, Scope::Hall)]).await;
    let administrator = Client::signed(&router, &hall, &member.account).await;
    Stage { hall, router, clock, doors, administrator, member }
}

pub async fn each_engine<F: Future<Output = ()>>(run: impl Fn(Stage) -> F) {
    for database in testkit::databases().await {
        let stage = stage(&database.url, HallConfig::default()).await;
        let db = stage.hall.db.clone();
        run(stage).await;
        db.close().await;
    }
}

impl Stage {
    pub async fn signed(&self, login: &str, roles: &[(Role, Scope)]) -> (Member, Client) {
        let member = account(&self.hall, login, None, None, roles).await;
        let client = Client::signed(&self.router, &self.hall, &member.account).await;
        (member, client)
    }

    pub async fn with_password(&self, login: &str, secret: &str) -> Member {
        let hash = password::hash(&self.hall, secret).await.unwrap();
        account(&self.hall, login, Some(hash), None, &[]).await
    }

    pub async fn sign_in(&self, login: &str, secret: &str) -> Answered {
        Client::stranger(&self.router).post("/api/session", json!({"login": login, "password": secret})).await
    }

    pub fn holder(&self, answer: &Answered) -> Client {
        let cookie = answer.headers["set-cookie"].to_str().unwrap();
        let token = cookie.split(['=', ';']).nth(1).unwrap();
        Client::stranger(&self.router).with_token(Some(token))
    }

    pub async fn audited(&self) -> Vec<String> {
        let rows = self.hall.db.all("select act from audit order by position", &[]).await.unwrap();
        rows.iter().map(|row| row.get("act").unwrap()).collect()
    }
}
