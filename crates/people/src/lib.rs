//! Who is who: the tree of organisations, persons, accounts, roles by scope, and how one signs in.
//!
//! # Who acts
//! - Anybody signs in with login and password, out again, and changes his own password ([`sessions`]).
//! - Federation staff and administrators keep organisations, persons and accounts: staff of an organisation those at and
//!   below it, staff of the hall all ([`reach`]).
//! - Grants follow one rule: nobody gives more than he holds ([`accounts::grants`]).
//! - An organiser makes and revokes the keys by which the venues' gateways send telemetry ([`edge_keys`]).
//! - In a demonstration anybody takes one of the prepared roles with one click ([`demo`]).
//!
//! # Invariants
//! - The organisation tree has no cycle: a node's `path` begins with its parent's, and a move below oneself is refused.
//! - No table holds a password, a session's cookie or an edge's key: argon2id for the first, SHA-256 for the other two.
//! - An unknown login and a wrong password look alike, in words, in time and to the throttle.
//! - Every act on who may do what leaves a line in the audit trail, in its own transaction.

mod access;
pub mod accounts;
mod bootstrap;
pub mod demo;
pub mod edge_keys;
pub mod organisations;
pub mod persons;
pub mod reach;
pub mod sessions;
pub mod sql;
mod throttle;

use axum::extract::FromRef;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Hall, Room, RoomDoc};

pub use access::ACCESS;
pub use bootstrap::{bootstrap_admin, is_set_up};
pub use demo::{DemoDoor, DemoDoors};

/// What the handlers of this room share.
#[derive(Clone)]
pub struct PeopleRoom {
    pub hall: Hall,
    pub doors: DemoDoors,
}

impl FromRef<PeopleRoom> for Hall {
    fn from_ref(room: &PeopleRoom) -> Hall {
        room.hall.clone()
    }
}

/// The room with its state. `doors` are the one-click roles of a demonstration; elsewhere pass the default.
pub fn room(hall: Hall, doors: DemoDoors) -> Room {
    Room { router: handlers().with_state(PeopleRoom { hall, doors }), access: ACCESS }
}

/// The room's part of the OpenAPI document.
pub fn doc() -> RoomDoc {
    RoomDoc { openapi: handlers().into_openapi(), access: ACCESS }
}

fn handlers() -> OpenApiRouter<PeopleRoom> {
    OpenApiRouter::default()
        .routes(routes!(sessions::sign_in::sign_in, sessions::show::show, sessions::sign_out::sign_out))
        .routes(routes!(sessions::change_password::change_password))
        .routes(routes!(demo::roles))
        .routes(routes!(demo::enter))
        .routes(routes!(organisations::list::list, organisations::add::add))
        .routes(routes!(organisations::change::change))
        .routes(routes!(persons::list::list, persons::add::add))
        .routes(routes!(accounts::list::list, accounts::add::add))
        .routes(routes!(accounts::change::change))
        .routes(routes!(accounts::reset_password::reset_password))
        .routes(routes!(accounts::grants::grant))
        .routes(routes!(accounts::grants::revoke))
        .routes(routes!(edge_keys::list::list, edge_keys::create::create))
        .routes(routes!(edge_keys::revoke::revoke))
}
