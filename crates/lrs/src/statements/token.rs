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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_token_goes_on_with_what_was_asked(
            conditions in prop::collection::vec(any::<(i64, i64)>(), 0..=archive::sql::FILTERS_MAX),
            times in any::<(Option<i64>, Option<i64>)>(),
            (ascending, attachments) in any::<(bool, bool)>(),
            (behind, limit) in any::<(i64, i64)>(),
            format in prop_oneof![Just(Format::Exact), Just(Format::Ids), Just(Format::Canonical)],
        ) {
            let asked = Asked {
                conditions: conditions.into_iter().map(Condition::of_parts).collect(),
                since: times.0.map(Timestamp::from_millis),
                until: times.1.map(Timestamp::from_millis),
                ascending,
                behind: None,
                limit,
            };
            let token = write(&asked, &Shape { format, attachments }, behind);
            prop_assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
            let (read, shape) = read(&token).map_err(|_| TestCaseError::fail("refused"))?;
            prop_assert_eq!((shape.format, shape.attachments), (format, attachments));
            prop_assert_eq!(format!("{read:?}"), format!("{:?}", Asked { behind: Some(behind), ..asked }));
        }

        #[test]
        fn what_is_no_token_is_refused(text in ".{0,80}", json in r#"[{]("[vcsuablfxm]":[0-9a-z\[\],.-]{0,9},?){0,10}[}]"#) {
            for token in [text, URL_SAFE_NO_PAD.encode(json)] {
                if let Ok((asked, _)) = read(&token) {
                    prop_assert!(asked.conditions.len() <= archive::sql::FILTERS_MAX);
                }
            }
        }
    }
}
