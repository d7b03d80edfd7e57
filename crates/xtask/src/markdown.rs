//! As much of Markdown as the checks need: tables, links, headings, marked blocks.

/// The cells of every table row, without heads and rulers, with the row's line number.
pub(crate) fn rows(text: &str) -> Vec<(usize, Vec<String>)> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let is_ruler = |line: &str| line.starts_with('|') && line.chars().all(|c| "|-: ".contains(c));
    let mut rows = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let heads = lines.get(at + 1).is_some_and(|next| is_ruler(next));
        if line.starts_with('|') && !is_ruler(line) && !heads {
            let inner = line.trim_start_matches('|').trim_end_matches('|');
            rows.push((at + 1, inner.split('|').map(|cell| cell.trim().to_owned()).collect()));
        }
    }
    rows
}

/// What stands in backticks.
pub(crate) fn codes(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The part below the heading `## TITLE`, up to the next of its rank.
pub(crate) fn section<'a>(text: &'a str, title: &str) -> Option<&'a str> {
    let head = format!("## {title}\n");
    let start = if text.starts_with(&head) { 0 } else { text.find(&format!("\n{head}"))? + 1 } + head.len();
    let rest = &text[start..];
    Some(&rest[..rest.find("\n## ").unwrap_or(rest.len())])
}

/// The first fenced block opened by a line that starts with `open`.
pub(crate) fn fenced<'a>(text: &'a str, open: &str) -> Option<&'a str> {
    let start = text.find(open)?;
    let body = start + text[start..].find('\n')? + 1;
    Some(&text[body..body + text[body..].find("```")?])
}

/// Targets of links, with their line numbers; code is no link.
pub(crate) fn links(text: &str) -> Vec<(usize, String)> {
    let mut links = Vec::new();
    let mut fenced = false;
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("``");
        for rest in prose.split("](").skip(1) {
            if let Some((target, _)) = rest.split_once(')') {
                links.push((at + 1, target.to_owned()));
            }
        }
    }
    links
}

/// The anchors of a page's headings, as forges make them.
pub(crate) fn anchors(text: &str) -> Vec<String> {
    let heads = text.lines().filter(|line| line.starts_with('#'));
    heads
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let kept = title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect()
}

/// The page with what stands between `<!-- NAME -->` and `<!-- /NAME -->` replaced, if it has such a block.
pub(crate) fn with_block(text: &str, name: &str, inner: &str) -> Option<String> {
    let open = format!("<!-- {name} -->\n");
    let (before, rest) = text.split_once(&open)?;
    let (_, after) = rest.split_once(&format!("<!-- /{name} -->"))?;
    Some(format!("{before}{open}{inner}<!-- /{name} -->{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_without_heads() {
        let text = "| a | b |\n|---|:-:|\n| 1 | `x`, `y` |\n\n| c |\n|---|\n| 2 |\n";
        assert_eq!(rows(text), [(3, vec!["1".into(), "`x`, `y`".into()]), (7, vec!["2".into()])]);
        assert_eq!(codes("`x`, `y`").collect::<Vec<_>>(), ["x", "y"]);
    }

    #[test]
    fn sections_and_blocks_end_where_they_end() {
        let text = "# t\n## A\none\n### B\ntwo\n## C\nthree\n<!-- x -->\nfour\n<!-- /x -->\n";
        assert_eq!(section(text, "A"), Some("one\n### B\ntwo"));
        assert_eq!(section(text, "D"), None);
        assert_eq!(
            with_block("a\n<!-- x -->\n<!-- /x -->b", "x", "c\n"),
            Some("a\n<!-- x -->\nc\n<!-- /x -->b".into())
        );
        assert_eq!(with_block(text, "y", ""), None);
        assert_eq!(fenced("x\n```rust\na\n```\n", "```rust"), Some("a\n"));
    }

    #[test]
    fn links_in_code_are_not_links() {
        let text = "[a](b.md) `[c](d)`\n```\n[e](f)\n```\n[g](h#i)\n";
        assert_eq!(links(text), [(1, "b.md".into()), (5, "h#i".into())]);
        assert_eq!(anchors("# Who, *me*?\n## a_b c\n"), ["who-me", "a_b-c"]);
    }
}
