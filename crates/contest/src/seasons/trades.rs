//! The trades that contests are held in.

use serde::Serialize;
use utoipa::ToSchema;
use web::wire::Text;
use web::{ApiResult, Json};

#[derive(Debug, Serialize, ToSchema)]
pub struct TradeList {
    /// In the order of the catalogue.
    pub families: Vec<TradeFamily>,
    pub trades: Vec<Trade>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TradeFamily {
    pub code: String,
    pub name: Text,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Trade {
    pub code: String,
    pub name: Text,
    /// A family's code.
    pub family: String,
}

/// The catalogue's trades by families, whole.
#[utoipa::path(get, path = "/api/trades", tag = "seasons", operation_id = "list_trades", responses((status = 200, body = TradeList)))]
pub async fn trades() -> ApiResult<Json<TradeList>> {
    let catalogue::Trades { families, trades } = catalogue::trades();
    Ok(Json(TradeList {
        families: families
            .iter()
            .map(|family| TradeFamily { code: family.code.clone(), name: (&family.name).into() })
            .collect(),
        trades: trades
            .iter()
            .map(|trade| Trade { code: trade.code.clone(), name: (&trade.name).into(), family: trade.family.clone() })
            .collect(),
    }))
}
