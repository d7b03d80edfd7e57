//! The file of counts: CSV with the header `sku,quantity,as_of`.

use crate::exit::{Failure, Outcome};
use serde::Deserialize;
use std::{collections::BTreeMap, path::Path};
use sutler::{Host, model::Count};

/// More units than any shelf holds; a larger count is a slip of the keyboard.
const UNITS_MAX: i64 = 1_000_000_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    sku: String,
    quantity: String,
    as_of: String,
}

/// Reads the whole file. One bad row refuses all of it.
pub(crate) fn read(path: &Path) -> Outcome<Vec<Count>> {
    let shown = path.display();
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(path)
        .map_err(|error| Failure::wrong(format!("{shown} cannot be read: {error}")))?;
    let headers = reader.headers().map_err(|error| Failure::wrong(format!("{shown} line 1: {error}")))?;
    if headers.iter().collect::<Vec<_>>() != ["sku", "quantity", "as_of"] {
        let found = headers.iter().collect::<Vec<_>>().join(",");
        return Err(Failure::wrong(format!("{shown} line 1: header {found:?}; sku,quantity,as_of is right")));
    }
    let mut counts = Vec::new();
    let mut lines = BTreeMap::new();
    for (at, row) in reader.deserialize::<Row>().enumerate() {
        let row = row.map_err(|error| {
            let line = error.position().map_or(at as u64 + 2, csv::Position::line);
            Failure::wrong(format!(
                "{shown} line {line}: {error}; three values, sku,quantity,as_of, are right"
            ))
        })?;
        let wrong = |field: &str, value: &str, right: &str| {
            Failure::wrong(format!("{shown} line {}: {field} {value:?}; {right} is right", at + 2))
        };
        if row.sku.is_empty() {
            return Err(wrong("sku", &row.sku, "the SKU as the marketplace spells it"));
        }
        let quantity = row.quantity.parse().ok().filter(|units| (0..=UNITS_MAX).contains(units));
        let quantity = quantity.ok_or_else(|| {
            wrong("quantity", &row.quantity, &format!("a whole number from 0 to {UNITS_MAX}"))
        })?;
        // Without it a restart would declare an old count anew, and what was sold since would come back.
        let as_of = chrono::DateTime::parse_from_rfc3339(&row.as_of)
            .map_err(|_| wrong("as_of", &row.as_of, "when it was counted, such as 2026-01-31T08:00:00Z,"))?;
        if let Some(before) = lines.insert(row.sku.clone(), at + 2) {
            return Err(wrong("sku", &row.sku, &format!("one line a SKU (it stands in line {before} too)")));
        }
        counts.push(Count { sku: row.sku.into(), quantity, as_of: as_of.to_utc() });
    }
    Ok(counts)
}

/// Declares every count. One that is known already changes nothing.
pub(crate) async fn declare(host: &Host, counts: Vec<Count>) -> Outcome<usize> {
    let some = counts.len();
    for count in counts {
        host.on_hand(count.sku, count.quantity).as_of(count.as_of).await?;
    }
    Ok(some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Outcome<Vec<Count>> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("stock.csv");
        std::fs::write(&path, text).expect("a file");
        read(&path)
    }

    #[test]
    fn counts_are_read_with_quotes_and_blanks() {
        let counts =
            of("sku,quantity,as_of\n\"A,1\",3,2026-01-31T08:00:00Z\n B , 0 ,2026-01-31T08:00:00+01:00\n")
                .unwrap_or_else(|failure| panic!("{}", failure.text));
        assert_eq!(counts.len(), 2);
        assert_eq!((counts[0].sku.as_str(), counts[0].quantity), ("A,1", 3));
        assert_eq!(counts[1].as_of.to_rfc3339(), "2026-01-31T07:00:00+00:00");
    }

    #[test]
    fn a_bad_row_names_line_field_value_and_what_would_be_right() {
        for (row, wants) in [
            (",3,2026-01-31T08:00:00Z", ["line 2", "sku"]),
            ("A,-3,2026-01-31T08:00:00Z", ["line 2", "\"-3\""]),
            ("A,3.5,2026-01-31T08:00:00Z", ["whole number", "\"3.5\""]),
            ("A,3,2026-01-31T08:00:00Z\nA,4,2026-01-31T08:00:00Z", ["line 3", "line 2"]),
            ("A,3,", ["as_of", "2026-01-31T08:00:00Z"]),
            ("A,3", ["line 2", "sku,quantity,as_of"]),
        ] {
            let text =
                of(&format!("sku,quantity,as_of\n{row}\n")).err().map(|f| f.line()).unwrap_or_default();
            assert!(wants.iter().all(|want| text.contains(want)), "{row:?}: {text}");
        }
        assert!(of("item,qty\nA,1\n").err().is_some_and(|f| f.text.contains("sku,quantity,as_of is right")));
    }
}
