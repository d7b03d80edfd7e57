//! One page of `searchOrders`, cut into its orders without reading them.

use serde::Deserialize;
use serde_json::value::RawValue;

/// A page.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    pub(crate) orders: Vec<&'a RawValue>,
    pub(crate) next: Option<String>,
}

impl<'a> Page<'a> {
    pub(crate) fn read(body: &'a [u8]) -> Option<Page<'a>> {
        #[derive(Deserialize)]
        struct Wire<'a> {
            #[serde(borrow)]
            orders: Vec<&'a RawValue>,
            pagination: Option<Pagination>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Pagination {
            next_token: Option<String>,
        }
        let wire: Wire<'a> = serde_json::from_slice(body).ok()?;
        let next =
            wire.pagination.and_then(|pagination| pagination.next_token).filter(|token| !token.is_empty());
        Some(Page { orders: wire.orders, next })
    }
}
