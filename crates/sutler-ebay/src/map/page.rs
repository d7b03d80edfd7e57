//! One page of `getOrders`, cut into its orders without reading them, and where the next one begins.

use serde::Deserialize;
use serde_json::value::RawValue;

/// How many orders of the last page the next one repeats: as many may leave the set meanwhile and none is missed.
const OVERLAP: u64 = 20;
/// Pages of one window, at most: a list that never ends is an error and no loop.
const PAGES_MAX: u64 = 5_000;

/// A page.
#[derive(Debug, Deserialize)]
pub(crate) struct Page<'a> {
    #[serde(borrow, default)]
    pub(crate) orders: Vec<&'a RawValue>,
    pub(crate) total: Option<u64>,
    #[serde(default)]
    pub(crate) next: Option<String>,
}

impl<'a> Page<'a> {
    pub(crate) fn read(body: &'a [u8]) -> Option<Page<'a>> {
        #[derive(Deserialize)]
        struct Loose<'a> {
            #[serde(borrow)]
            orders: Option<Vec<&'a RawValue>>,
            #[serde(borrow)]
            total: Option<&'a RawValue>,
            next: Option<String>,
        }
        let page: Loose<'a> = serde_json::from_slice(body).ok()?;
        let total = page.total.and_then(|total| total.get().trim_matches('"').parse().ok());
        // A list without orders says so by its total.
        let orders = match page.orders {
            Some(orders) => orders,
            None if total == Some(0) => Vec::new(),
            None => return None,
        };
        Some(Page { orders, total, next: page.next })
    }
}

/// Where a page of a window begins, and what the page before said of the whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) offset: u64,
    total: Option<u64>,
    pages: u64,
}

impl Cursor {
    pub(crate) fn read(text: &str) -> Option<Cursor> {
        let mut parts = text.split('/').map(|part| part.parse::<u64>().ok());
        let (offset, total, pages) = (parts.next()??, parts.next()??, parts.next()??);
        parts.next().is_none().then_some(Cursor { offset, total: Some(total), pages })
    }

    /// The cursor after `page`; none at the end of the window.
    ///
    /// # Errors
    /// In words, when the set shrank by more than pages overlap, or does not end: the window must begin anew (G1).
    pub(crate) fn after(&self, page: &Page<'_>, limit: u16) -> Result<Option<String>, String> {
        let held = page.orders.len() as u64;
        let total = page.total.unwrap_or(self.offset + held + u64::from(page.next.is_some()));
        if let Some(before) = self.total
            && before.saturating_sub(total) > OVERLAP
        {
            return Err(format!(
                "the window held {before} orders and holds {total} now; what pages overlap covers {OVERLAP}, so it is read anew"
            ));
        }
        if self.pages >= PAGES_MAX {
            return Err(format!(
                "the window does not end after {PAGES_MAX} pages; every page must come nearer to its end"
            ));
        }
        let end = self.offset + held;
        if held == 0 || end >= total {
            return Ok(None);
        }
        // A page of fewer than asked before the end is eBay's own; the overlap must never stand still.
        let back = OVERLAP.min(held / 2).min(u64::from(limit) / 2);
        Ok(Some(format!("{}/{total}/{}", end - back, self.pages + 1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(orders: usize, total: u64) -> String {
        let list: Vec<String> =
            (0..orders).map(|n| format!("{{\"orderId\":\"{n}\",\"sellerId\":\"me\"}}")).collect();
        format!("{{\"orders\":[{}],\"total\":{total}}}", list.join(","))
    }

    fn after(cursor: Cursor, orders: usize, total: u64) -> Result<Option<Cursor>, String> {
        let text = page(orders, total);
        let page = Page::read(text.as_bytes()).expect("a page");
        Ok(cursor.after(&page, 200)?.map(|text| Cursor::read(&text).expect("ours")))
    }

    #[test]
    fn pages_overlap_and_end_where_the_set_ends() {
        let next = after(Cursor::default(), 200, 450).expect("a page").expect("more");
        assert_eq!(next.offset, 180);
        let next = after(next, 200, 450).expect("a page").expect("more");
        assert_eq!(next.offset, 360);
        assert_eq!(after(next, 90, 450), Ok(None));
        assert_eq!(after(Cursor::default(), 0, 0), Ok(None));
        assert_eq!(after(Cursor::default(), 7, 7), Ok(None));
    }

    #[test]
    fn g01_a_set_that_shrinks_by_more_than_pages_overlap_is_read_anew() {
        let next = after(Cursor::default(), 200, 450).expect("a page").expect("more");
        assert!(after(next, 200, 430).is_ok());
        let why = after(next, 200, 429).expect_err("21 are gone");
        assert!(why.contains("held 450") && why.contains("429"), "{why}");
    }

    #[test]
    fn every_page_comes_nearer_to_the_end_however_small() {
        let mut cursor = Cursor::default();
        let mut pages = 0;
        while let Some(next) = after(cursor, 1, 30).expect("a page") {
            assert!(next.offset > cursor.offset, "{cursor:?}");
            cursor = next;
            pages += 1;
        }
        assert_eq!(pages, 29);
    }

    #[test]
    fn a_document_that_is_no_list_is_none() {
        assert!(Page::read(b"{\"href\":\"x\"}").is_none());
        assert!(Page::read(b"{\"total\":0}").is_some_and(|page| page.orders.is_empty()));
        assert!(Page::read(b"{\"orders\":null,\"total\":\"0\"}").is_some());
    }
}
