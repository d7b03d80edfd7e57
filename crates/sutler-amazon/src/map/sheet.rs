//! Flat files: a row each line, tabs between columns, a header first.

use serde_json::{Map, Value};

/// The rows as objects of texts, by the names of their columns. Blank lines are no rows.
pub(crate) fn rows(text: &str) -> Vec<Value> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let header = lines.next().unwrap_or_default().trim_start_matches('\u{feff}');
    let columns: Vec<&str> = header.split('\t').map(str::trim).collect();
    let row = |line: &str| {
        let cells = columns.iter().zip(line.split('\t'));
        let cells = cells.map(|(name, cell)| ((*name).to_owned(), Value::from(cell.trim())));
        Value::Object(cells.collect::<Map<_, _>>())
    };
    lines.map(row).collect()
}
