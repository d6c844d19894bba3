//! The learning record store's door: xAPI 1.0.3 and 2.0 (IEEE 9274.1.1) on one address, `/xapi`.
//!
//! # Who acts
//! - Programs come with a key or a token ([`clients`]): they write and read statements ([`statements`]), keep state and profiles
//!   ([`documents`]), ask for agents and activities.
//! - Administrators make and revoke keys, and say where statements go on to, under `/api/archive`.
//!
//! # The way of a statement
//! The handler checks it and works out all that has to be known of it; the archive's one writer puts it, with those of others who ask at the
//! same time, into one transaction ([`archive::Writer`]); the handler answers after the commit.
//!
//! # Invariants
//! - Each request says by which edition it is meant, and is answered by that one; without it nothing is done.
//! - A client sees its tenant, and nothing of others.
//! - What was acknowledged is durable, and found by the next query.

mod about;
mod access;
mod activities;
mod agents;
mod background;
mod call;
pub mod clients;
mod documents;
pub mod erasures;
mod explore;
pub mod export;
pub mod forwards;
mod params;
mod refusal;
mod reply;
mod resource;
pub mod sql;
mod statements;
pub mod tenants;

use std::sync::Arc;

use archive::{Reader, Tenant, Writer};
use axum::extract::FromRef;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Hall, Room, RoomDoc};

pub use access::ACCESS;

/// The longest body of a request, attachments included.
pub(crate) const BODY_MAX: usize = 32 << 20;

/// What the handlers of this room share.
#[derive(Clone)]
pub struct Lrs {
    pub hall: Hall,
    writer: Writer,
    clients: Arc<clients::Clients>,
}

impl FromRef<Lrs> for Hall {
    fn from_ref(lrs: &Lrs) -> Hall {
        lrs.hall.clone()
    }
}

impl Lrs {
    /// Begins to write in the background.
    pub fn new(hall: Hall) -> Lrs {
        let writer = Writer::start(hall.db.clone(), hall.clock.clone());
        Lrs { hall, writer, clients: Arc::default() }
    }

    fn reader(&self, tenant: Tenant) -> Reader {
        Reader::new(self.hall.db.clone(), tenant)
    }

    /// New ids, one for each statement that may need one.
    fn fresh_ids(&self, count: usize) -> Vec<xapi::Uuid> {
        self.hall.unseeded(|rng| (0..count).map(|_| xapi::Uuid::fresh(&*self.hall.clock, rng)).collect())
    }
}

/// The room with its state.
pub fn room(lrs: Lrs) -> Room {
    Room { router: handlers().merge(resource::routes()).with_state(lrs), access: ACCESS }
}

/// The room's part of the OpenAPI document.
pub fn doc() -> RoomDoc {
    RoomDoc { openapi: handlers().into_openapi(), access: ACCESS }
}

fn handlers() -> OpenApiRouter<Lrs> {
    OpenApiRouter::default()
        .routes(routes!(clients::list::list, clients::create::create))
        .routes(routes!(clients::revoke::revoke))
        .routes(routes!(tenants::list, tenants::add))
        .routes(routes!(explore::statements))
        .routes(routes!(export::export))
        .routes(routes!(erasures::erase))
        .routes(routes!(forwards::list::list, forwards::add::add))
        .routes(routes!(forwards::stop::stop))
        .routes(routes!(tenants::change))
}
