//! The report of returns by the day they were asked for (`GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE`): a row for each item. Its
//! columns are those of Amazon's "Returns Reports" page; `Order Item ID` is newer than the page and not in every report.

use super::sheet;
use chrono::{NaiveDate, NaiveTime};
use serde_json::Value;
use std::collections::BTreeMap;
use sutler_core::{
    id::{ChannelOrderId, LineId, Sku},
    returns::{Return, ReturnStage, ReturnedUnits},
    time::Timestamp,
};

/// The report's name.
pub(crate) const KIND: &str = "GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE";
/// The column that names the order.
pub(crate) const ORDER_ID: &str = "Order ID";

/// Returns of a report, in the order of their first rows; rows of one RMA of one order are one return. None when the text is no
/// such report. A row that names no order belongs to nobody and is left out.
pub(crate) fn cut(text: &str) -> Option<Vec<(ChannelOrderId, Return)>> {
    let header = text.lines().find(|line| !line.trim().is_empty())?.trim_start_matches('\u{feff}');
    header.split('\t').find(|column| column.trim() == ORDER_ID)?;
    let mut all: Vec<(ChannelOrderId, Return)> = Vec::new();
    let mut known: BTreeMap<(String, String), usize> = BTreeMap::new();
    for row in sheet::rows(text) {
        let row = Row(&row);
        let Some(order) = row.text(ORDER_ID) else { continue };
        let id = ["Amazon RMA ID", "Merchant RMA ID", ORDER_ID].iter().find_map(|column| row.text(column));
        let id = id.unwrap_or(order);
        match known.get(&(order.to_owned(), id.to_owned())).and_then(|at| all.get_mut(*at)) {
            Some((_, one)) => row.add_to(one),
            None => {
                known.insert((order.to_owned(), id.to_owned()), all.len());
                all.push((ChannelOrderId::new(order), row.read(id)));
            }
        }
    }
    Some(all)
}

struct Row<'a>(&'a Value);

impl<'a> Row<'a> {
    /// A cell that says something.
    fn text(&self, column: &str) -> Option<&'a str> {
        self.0.get(column)?.as_str().filter(|text| !text.is_empty())
    }

    fn read(&self, id: &str) -> Return {
        let status = self.text("Return request status").unwrap_or_default();
        Return {
            id: id.to_owned(),
            stage: self.stage(status),
            status: status.to_owned(),
            opened_at: self.text("Return request date").and_then(day),
            changed_at: None,
            refund: self.text("Refunded Amount").map(|amount| {
                let currency = self.text("Currency code").unwrap_or_default();
                format!("{amount} {currency}").trim_end().to_owned()
            }),
            lines: vec![self.units()],
        }
    }

    fn stage(&self, status: &str) -> ReturnStage {
        let status = status.to_ascii_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| status.contains(word));
        // Of these only "Approved" and "Completed" were seen in reports; the rest is how Seller Central puts it.
        if says(&["denied", "declined", "rejected", "cancel"]) {
            ReturnStage::Voided
        } else if says(&["completed", "closed", "refunded"]) {
            ReturnStage::Closed
        } else if self.is_back() {
            ReturnStage::Confirmed
        } else {
            ReturnStage::Announced
        }
    }

    fn is_back(&self) -> bool {
        self.text("Return delivery date").is_some()
    }

    fn units(&self) -> ReturnedUnits {
        let quantity = self.text("Return quantity").and_then(|text| text.parse().ok()).unwrap_or_default();
        ReturnedUnits {
            line_id: self.text("Order Item ID").map(LineId::new),
            sku: self.text("Merchant SKU").map(Sku::new),
            quantity,
            back: if self.is_back() { quantity } else { 0 },
            reason: self.text("Return Reason").unwrap_or_default().to_owned(),
        }
    }

    /// One more row of a return that is known. It is as far as the row that is least far.
    fn add_to(&self, one: &mut Return) {
        let told = self.read(&one.id);
        if told.stage < one.stage {
            (one.stage, one.status) = (told.stage, told.status);
        }
        for units in told.lines {
            let same = one.lines.iter_mut().find(|o| (&o.line_id, &o.sku) == (&units.line_id, &units.sku));
            match same {
                Some(ours) => {
                    ours.quantity = ours.quantity.saturating_add(units.quantity);
                    ours.back = ours.back.saturating_add(units.back);
                }
                None => one.lines.push(units),
            }
        }
        one.lines.sort_by(|a, b| (&a.line_id, &a.sku).cmp(&(&b.line_id, &b.sku)));
    }
}

/// `14-Jul-2025` or `2025-07-14`: its beginning, as if the day were UTC's (the report says no zone).
fn day(text: &str) -> Option<Timestamp> {
    let whole = chrono::DateTime::parse_from_rfc3339(text).map(|at| at.to_utc()).ok();
    let date = || {
        let formats = ["%d-%b-%Y", "%Y-%m-%d"];
        let date = formats.iter().find_map(|format| NaiveDate::parse_from_str(text, format).ok())?;
        Some(date.and_time(NaiveTime::MIN).and_utc())
    };
    whole.or_else(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "Order ID\tOrder date\tReturn request date\tReturn request status\tAmazon RMA ID\tCurrency code\tMerchant SKU\tReturn quantity\tReturn Reason\tReturn delivery date\tRefunded Amount";

    fn read(rows: &[&str]) -> Vec<(ChannelOrderId, Return)> {
        cut(&format!("\u{feff}{HEADER}\r\n{}\r\n", rows.join("\r\n"))).expect("a report")
    }

    #[test]
    fn a_return_is_as_far_as_its_row_says() {
        let all = read(&[
            "111-1\t10-Jul-2025\t14-Jul-2025\tApproved\tD1\tUSD\tA\t2\tCR-DEFECTIVE\t\t",
            "111-2\t2026-09-22\t2026-09-29\tApproved\tD2\tUSD\tA\t1\tCR-X\t01-Oct-2026\t",
            "111-3\t2026-09-22\t2026-09-29\tCompleted\tD3\tUSD\tA\t1\tCR-X\t2026-10-01\t27.36",
            "111-4\t2026-09-22\tsoon\tCanceled\tD4\tUSD\tA\tmany\tCR-X\t\t",
            "111-5\t2026-09-22\t2026-09-29\tNew word\t\tUSD\tA\t1\t\t\t",
        ]);
        let stages: Vec<_> = all.iter().map(|(_, one)| one.stage).collect();
        use ReturnStage::{Announced, Closed, Confirmed, Voided};
        assert_eq!(stages, [Announced, Confirmed, Closed, Voided, Announced]);
        assert_eq!(all[0].1.opened_at.map(|at| at.to_rfc3339()), Some("2025-07-14T00:00:00+00:00".into()));
        assert_eq!((all[1].1.lines[0].quantity, all[1].1.lines[0].back), (1, 1));
        assert_eq!(all[2].1.refund.as_deref(), Some("27.36 USD"));
        assert_eq!((all[3].1.opened_at, all[3].1.lines[0].quantity), (None, 0));
        assert_eq!(all[4].1.id, "111-5", "without an RMA, its order is its name");
    }

    #[test]
    fn rows_of_one_rma_are_one_return() {
        let all = read(&[
            "111-1\t10-Jul-2025\t14-Jul-2025\tCompleted\tD1\tUSD\tB\t1\tCR-X\t15-Jul-2025\t",
            "111-1\t10-Jul-2025\t14-Jul-2025\tApproved\tD1\tUSD\tA\t2\tCR-X\t\t",
            "111-1\t10-Jul-2025\t14-Jul-2025\tApproved\tD1\tUSD\tA\t1\tCR-X\t\t",
            "\t10-Jul-2025\t14-Jul-2025\tApproved\tD9\tUSD\tA\t1\tCR-X\t\t",
        ]);
        let [(order, one)] = all.as_slice() else { panic!("{all:?}") };
        assert_eq!((order.as_str(), one.stage), ("111-1", ReturnStage::Announced));
        let units: Vec<_> =
            one.lines.iter().map(|l| (l.sku.as_ref().map(|s| s.as_str()), l.quantity, l.back)).collect();
        assert_eq!(units, [(Some("A"), 3, 0), (Some("B"), 1, 1)]);
    }

    #[test]
    fn a_row_may_name_the_item() {
        let all = cut("Order ID\tMerchant SKU\tReturn quantity\tOrder Item ID\n111-1\tA\t1\t9001\n");
        let all = all.expect("a report");
        assert_eq!(all[0].1.lines[0].line_id, Some("9001".into()));
        assert!(cut("order-id\tsku\n1\tA\n").is_none() && cut("").is_none());
        assert_eq!(cut("Order ID\tMerchant SKU\n"), Some(Vec::new()));
    }
}
