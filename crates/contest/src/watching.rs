//! Equipment and spectators: telemetry in, recordings and live views out.

pub(crate) mod live;
mod pictures;
mod recordings;
mod signals;
mod telemetry;
mod whole;

use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ContestRoom;

pub(crate) use pictures::Pictures;
pub(crate) use whole::Boards;

pub fn routes() -> OpenApiRouter<ContestRoom> {
    OpenApiRouter::new()
        .routes(routes!(telemetry::take))
        .routes(routes!(recordings::recordings))
        .routes(routes!(signals::signals))
        .routes(routes!(whole::whole))
        .route("/live/contests/{contest}/{*view}", get(live::public))
        .route("/live/staff/contests/{contest}/{*view}", get(live::staff))
}
