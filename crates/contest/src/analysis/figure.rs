//! A figure as it travels.

use analysis::{Estimate, Interval, Lack};
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::Text;

/// A figure, with its 95 % interval where it has one; or what is missing for it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Figure {
    #[schema(required = true)]
    pub value: Option<f64>,
    #[schema(required = true)]
    pub low: Option<f64>,
    #[schema(required = true)]
    pub high: Option<f64>,
    /// Why there is none.
    #[schema(required = true)]
    pub lack: Option<Text>,
}

impl Figure {
    pub fn with(value: f64, interval: Option<Interval>) -> Figure {
        Figure {
            value: Some(value),
            low: interval.map(|interval| interval.low),
            high: interval.map(|interval| interval.high),
            lack: None,
        }
    }

    pub fn lacking(lack: Lack) -> Figure {
        Figure { value: None, low: None, high: None, lack: Some(lack.text().into()) }
    }
}

impl From<Result<f64, Lack>> for Figure {
    fn from(found: Result<f64, Lack>) -> Figure {
        found.map_or_else(Figure::lacking, |value| Figure::with(value, None))
    }
}

impl From<Result<Estimate, Lack>> for Figure {
    fn from(found: Result<Estimate, Lack>) -> Figure {
        found.map_or_else(Figure::lacking, |estimate| Figure::with(estimate.value, Some(estimate.interval)))
    }
}
