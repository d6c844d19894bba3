//! Lists answer in pages: `?limit=` (1–200, default 50) and `?cursor=`, and `{"items":[…],"next":"cursor"|null}`.
//!
//! A cursor is the sort key of the last item that was sent, in hexadecimal, so that a list that grows meanwhile neither
//! repeats nor skips. A room reads one row more than it shows: `limit $n` with [`Page::rows`], then [`Listed::of`].

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::extract::read_query;
use crate::{ApiResult, Problem};

pub(crate) const LIMIT: &str = "limit";
pub(crate) const CURSOR: &str = "cursor";
const LIMIT_MAX: u32 = 200;
const LIMIT_DEFAULT: u32 = 50;

/// Which part of a list is wanted. Checked: `limit` is 1 to 200.
#[derive(Debug, Clone, PartialEq, Eq, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// How many items at most.
    #[param(minimum = 1, maximum = 200, default = 50, required = false)]
    limit: u32,
    /// `next` of the page before.
    #[param(value_type = Option<String>, required = false)]
    cursor: Option<String>,
}

impl Default for Page {
    fn default() -> Self {
        Self { limit: LIMIT_DEFAULT, cursor: None }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    limit: Option<u32>,
    cursor: Option<String>,
}

impl Page {
    pub(crate) fn read(query: &str) -> ApiResult<Self> {
        let Asked { limit, cursor } = read_query(query)?;
        let limit = limit.unwrap_or(LIMIT_DEFAULT);
        if !(1..=LIMIT_MAX).contains(&limit) {
            return Err(Problem::invalid(LIMIT, "应在 1 到 200 之间", "must be 1 to 200"));
        }
        let cursor = cursor.map(|cursor| read_cursor(&cursor)).transpose()?;
        Ok(Self { limit, cursor })
    }

    /// At most so many items are shown.
    pub fn limit(&self) -> usize {
        self.limit as usize
    }

    /// How many rows to read: one more than is shown, which tells whether there is a next page.
    pub fn rows(&self) -> i64 {
        i64::from(self.limit) + 1
    }

    /// The sort key after which this page begins.
    pub fn after(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    /// The same for lists in order of a number.
    pub fn after_number(&self) -> ApiResult<Option<i64>> {
        self.cursor.as_deref().map(|text| text.parse().map_err(|_| no_cursor())).transpose()
    }
}

fn read_cursor(cursor: &str) -> ApiResult<String> {
    let bytes = if cursor.len() <= 800 { hex::decode(cursor).ok() } else { None };
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(no_cursor)?;
    // PostgreSQL takes no NUL in text; no key of ours holds one.
    if text.contains('\0') { Err(no_cursor()) } else { Ok(text) }
}

fn no_cursor() -> Problem {
    Problem::invalid(
        CURSOR,
        "不是本列表给出的位置，请从第一页重新打开",
        "is no position of this list; start from the first page",
    )
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Page::read(parts.uri.query().unwrap_or_default())
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Listed<T> {
    pub items: Vec<T>,
    /// Pass this as `cursor` to get the next page; null on the last.
    pub next: Option<String>,
}

impl<T> Listed<T> {
    /// A list that is always whole.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }

    /// `rows` holds up to one item more than `page` shows; `key` is the sort key of an item.
    pub fn of(mut rows: Vec<T>, page: &Page, key: impl Fn(&T) -> String) -> Self {
        let more = rows.len() > page.limit();
        rows.truncate(page.limit());
        let next = rows.last().filter(|_| more).map(|last| hex::encode(key(last)));
        Self { items: rows, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_walked_to_its_end() {
        let all = ["a", "b", "c", "d", "e"];
        let mut page = Page::read("limit=2").unwrap();
        let mut seen: Vec<&str> = Vec::new();
        loop {
            let rows = all.iter().copied().filter(|item| page.after().is_none_or(|after| *item > after));
            let listed = Listed::of(rows.take(page.rows() as usize).collect(), &page, |item| item.to_string());
            seen.extend(listed.items);
            match listed.next {
                Some(next) => page = Page::read(&format!("limit=2&cursor={next}")).unwrap(),
                None => break,
            }
        }
        assert_eq!(seen, all);
    }

    #[test]
    fn what_is_no_page_is_refused() {
        for query in [
            "limit=0",
            "limit=201",
            "limit=-1",
            "limit=x",
            "limit=1e3",
            "cursor=zz",
            "cursor=ff",
            "cursor=00",
            "page=2",
        ] {
            assert!(Page::read(query).is_err(), "{query}");
        }
        assert_eq!(Page::read("").unwrap(), Page::default());
        assert!(Page::read("cursor=61").unwrap().after_number().is_err());
        assert_eq!(Page::read("cursor=3132").unwrap().after_number().unwrap(), Some(12));
    }
}
