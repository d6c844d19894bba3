//! Who may use the routes of this room. Staff and administrators are let in wherever they hold their role; the handlers
//! then show and change only what that role reaches.

use kernel::Role;
use web::{Access, Rule, ScopeOf};

const DESK: Access = Access::Roles(&[Role::Staff, Role::Administrator], ScopeOf::Anywhere);
/// Organisers name organisations in what they import, by id where several have one name; they change none.
const ORGANISATION_READERS: Access =
    Access::Roles(&[Role::Staff, Role::Administrator, Role::Organiser], ScopeOf::Anywhere);
const HALL_ADMINISTRATOR: Access = Access::Roles(&[Role::Administrator], ScopeOf::Hall);
/// An administrator may do what an organiser may.
const ORGANISER: Access = Access::Roles(&[Role::Organiser], ScopeOf::ContestParam);

pub const ACCESS: &[Rule] = &[
    Rule::post("/api/session", Access::Public).takes(4096).repeatable().without_csrf(),
    Rule::get("/api/session", Access::SignedIn),
    Rule::delete("/api/session", Access::SignedIn).takes(4096).repeatable(),
    Rule::post("/api/session/password", Access::SignedIn).takes(4096).secret(),
    Rule::get("/api/demo/roles", Access::DemoOnly),
    Rule::post("/api/demo/session", Access::DemoOnly).takes(4096).repeatable().without_csrf(),
    Rule::get("/api/organisations", ORGANISATION_READERS),
    Rule::post("/api/organisations", DESK),
    Rule::patch("/api/organisations/{organisation}", DESK),
    Rule::get("/api/persons", DESK),
    Rule::post("/api/persons", DESK),
    Rule::get("/api/accounts", DESK),
    Rule::post("/api/accounts", DESK).secret(),
    Rule::patch("/api/accounts/{account}", HALL_ADMINISTRATOR),
    Rule::post("/api/accounts/{account}/password", HALL_ADMINISTRATOR).secret(),
    Rule::post("/api/accounts/{account}/roles", DESK),
    Rule::delete("/api/accounts/{account}/roles/{role}", DESK),
    Rule::get("/api/contests/{contest}/edge-keys", ORGANISER),
    Rule::post("/api/contests/{contest}/edge-keys", ORGANISER),
    Rule::delete("/api/contests/{contest}/edge-keys/{key}", ORGANISER),
];
