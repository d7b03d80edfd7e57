//! On which line a field stands.

use std::ops::Range;

/// The lines of a TOML file by the fields that stand on them.
pub(super) struct Places {
    text: String,
    /// Field path and line, from 1, in the file's order.
    fields: Vec<(String, usize)>,
}

impl Places {
    /// Looks at tables and keys that begin a line, which is how people write them; inline tables are their own line.
    pub(super) fn of(text: &str) -> Places {
        let mut table = String::new();
        let mut fields = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
                table = bare(name);
                fields.push((table.clone(), at + 1));
            } else if let Some((key, _)) = line.split_once('=').filter(|_| !line.starts_with('#')) {
                let key = bare(key);
                let path = if table.is_empty() { key } else { format!("{table}.{key}") };
                fields.push((path, at + 1));
            }
        }
        Places { text: text.to_owned(), fields }
    }

    /// The line of a field, or of `KEY_env` and `KEY_file` that stand in for it, or of its table.
    pub(super) fn line_of(&self, field: &str) -> Option<usize> {
        let find = |wanted: &str| self.fields.iter().find(|(path, _)| path == wanted).map(|(_, line)| *line);
        find(field)
            .or_else(|| find(&format!("{field}_env")))
            .or_else(|| find(&format!("{field}_file")))
            .or_else(|| field.rsplit_once('.').and_then(|(table, _)| find(table)))
    }

    /// A parser's complaint about some bytes, with line, field and value.
    pub(super) fn describe(&self, file: &str, span: Option<Range<usize>>, complaint: &str) -> String {
        let complaint = complaint.trim().replace('\n', ", ");
        let Some(span) = span else { return format!("{file}: {complaint}") };
        let before = self.text.get(..span.start).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        let field = self.fields.iter().rev().find(|(_, at)| *at == line).map(|(path, _)| path.as_str());
        let value = self
            .text
            .lines()
            .nth(line - 1)
            .and_then(|text| text.split_once('='))
            .map(|(_, value)| value.trim());
        match (field, value) {
            // A secret is not repeated, however wrong it is.
            (Some(field), Some(_)) if field.contains("secret") || field.contains("token") => {
                format!(
                    "{file} line {line}: {field}: it is not a known field or not a text; a text in quotes is right"
                )
            }
            (Some(field), Some(value)) => format!("{file} line {line}: {field} = {value}: {complaint}"),
            (Some(field), None) => format!("{file} line {line}: [{field}]: {complaint}"),
            (None, _) => format!("{file} line {line}: {complaint}"),
        }
    }
}

fn bare(name: &str) -> String {
    name.trim().trim_matches('[').replace(['"', '\''], "").replace(' ', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_tables_and_stand_ins_have_lines() {
        let places =
            Places::of("[store]\nurl = \"x\"\n\n# url = \"no\"\n[channels.us]\nclient_secret_env = \"A\"\n");
        assert_eq!(places.line_of("store.url"), Some(2));
        assert_eq!(places.line_of("channels.us"), Some(5));
        assert_eq!(places.line_of("channels.us.client_secret"), Some(6));
        assert_eq!(places.line_of("channels.us.seller"), Some(5));
        assert_eq!(places.line_of("clock.speed"), None);
    }
}
