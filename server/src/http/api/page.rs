//! Lists in pages: `limit` entries after the cursor `after`, and the cursor of what follows.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::error::ApiError;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// The entries.
    items: Vec<T>,
    /// `after` of the next page; none on the last one.
    next: Option<String>,
}

/// How many entries a page has: 1 to 200.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u16")]
pub(crate) struct Limit(u16);

impl Limit {
    const MAX: u16 = 200;

    /// What to ask the database for: one more than the page, to know whether there is a next one.
    pub(super) fn and_one(self) -> i64 {
        i64::from(self.0) + 1
    }

    pub(super) fn get(self) -> usize {
        usize::from(self.0)
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

impl TryFrom<u16> for Limit {
    type Error = String;

    fn try_from(limit: u16) -> Result<Self, String> {
        if (1..=Self::MAX).contains(&limit) { Ok(Self(limit)) } else { Err("limit must be 1 to 200".into()) }
    }
}

impl<T> Page<T> {
    /// The page with each entry turned into something else.
    pub(super) fn map<U>(self, turn: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(turn).collect(), next: self.next }
    }

    /// A page of `found`, which holds one entry more than the page if there is a next one.
    pub(super) fn of(mut found: Vec<T>, limit: Limit, cursor: impl Fn(&T) -> String) -> Self {
        let more = found.len() > limit.get();
        found.truncate(limit.get());
        let next = if more { found.last().map(cursor) } else { None };
        Self { items: found, next }
    }
}

/// A cursor that no page gave out.
pub(super) fn unknown_cursor() -> ApiError {
    ApiError::Malformed("after: expected `next` of the page before".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_its_next_only_if_there_is_more() {
        let page = |found: Vec<u32>| Page::of(found, Limit(2), u32::to_string);
        assert_eq!(page(vec![1, 2]).next, None);
        let more = page(vec![1, 2, 3]);
        assert_eq!((more.items, more.next), (vec![1, 2], Some("2".to_owned())));
    }

    #[test]
    fn a_limit_has_limits() {
        for limit in [0, 201] {
            assert!(Limit::try_from(limit).is_err());
        }
        assert!(Limit::try_from(200).is_ok());
    }
}
