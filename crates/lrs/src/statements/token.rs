//! Where a query goes on: a token that holds all of it, so that nothing is kept for a reader who may never come back.

use archive::{Asked, Condition};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::Timestamp;
use serde::{Deserialize, Serialize};

use super::get::{Format, Shape};
use crate::refusal::{Done, Refusal};

#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    /// The form of the token.
    v: u8,
    c: Vec<(i64, i64)>,
    s: Option<i64>,
    u: Option<i64>,
    a: bool,
    b: Option<i64>,
    l: i64,
    f: u8,
    x: bool,
    /// Only of these authorities: a key that reads its own.
    m: bool,
}

const FORM: u8 = 1;

pub fn write(asked: &Asked, shape: &Shape, behind: i64) -> String {
    let kept = Kept {
        v: FORM,
        c: asked.conditions.iter().map(Condition::parts).collect(),
        s: asked.since.map(Timestamp::as_millis),
        u: asked.until.map(Timestamp::as_millis),
        a: asked.ascending,
        b: Some(behind),
        l: asked.limit,
        f: shape.format as u8,
        x: shape.attachments,
        m: false,
    };
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&kept).unwrap_or_default())
}

pub fn read(token: &str) -> Done<(Asked, Shape)> {
    let unknown = Refusal::not_found;
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| unknown())?;
    let kept: Kept = serde_json::from_slice(&bytes).map_err(|_| unknown())?;
    if kept.v != FORM || kept.c.len() > archive::sql::FILTERS_MAX {
        return Err(unknown());
    }
    let asked = Asked {
        conditions: kept.c.into_iter().map(Condition::of_parts).collect(),
        since: kept.s.map(Timestamp::from_millis),
        until: kept.u.map(Timestamp::from_millis),
        ascending: kept.a,
        behind: kept.b,
        limit: kept.l,
    };
    let format = match kept.f {
        0 => Format::Exact,
        1 => Format::Ids,
        _ => Format::Canonical,
    };
    Ok((asked, Shape { format, attachments: kept.x }))
}
