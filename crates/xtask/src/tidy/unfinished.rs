//! Nothing is left open, nothing is skipped silently, and no file is a drawer.

use super::Finding;
use crate::{
    rust,
    tree::{File, Tree},
};

/// A file longer than this may hold a second idea.
const LINES: usize = 500;

/// What must not stand in code, and why.
const OPEN: &[(&str, &str)] = &[
    ("todo!(", "is not done"),
    ("unimplemented!(", "is not done"),
    ("#[ignore", "is a test that does not run"),
    ("assert!(true", "cannot fail"),
    ("#[allow(", "is for ever; #[expect(lint, reason = \"…\")] says when it has become needless"),
    ("#![allow(", "is for ever; #![expect(lint, reason = \"…\")] says when it has become needless"),
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.files.iter().filter(|file| file.is_rust() || file.is_markdown()).flat_map(in_file).collect()
}

fn in_file(file: &File) -> Vec<Finding> {
    let mut found = Vec::new();
    if file.name() == "mod.rs" {
        found.push(Finding::new(&file.path, "a module is called by its own name, not mod.rs"));
    }
    if file.is_rust() {
        let code = rust::code_only(&file.text);
        let in_tests = file.path.contains("/tests/") || file.name() == "tests.rs";
        for (at, line) in code.lines().enumerate() {
            // Spaces make no difference to the compiler.
            let line: String = line.split_whitespace().collect();
            for (words, why) in OPEN {
                if line.contains(words) {
                    found.push(Finding::on_line(&file.path, at + 1, format!("{words}…) {why}")));
                }
            }
            if in_tests && line.contains("sleep(") {
                let what = "a test sleeps; use virtual time, or wait for the thing itself";
                found.push(Finding::on_line(&file.path, at + 1, what));
            }
        }
        let lines = file.text.lines().count();
        if lines > LINES {
            let what = format!("{lines} lines; which second idea moved in?");
            found.push(Finding::new(&file.path, what).mild());
        }
    }
    for (at, line) in file.text.lines().enumerate() {
        let text = line.trim_start().trim_start_matches(['/', '!']).trim_start();
        if text.starts_with("```") && text.contains("ignore") {
            found.push(Finding::on_line(&file.path, at + 1, "an example that is not even compiled"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<String> {
        check(&Tree::of(&[(path, text)])).into_iter().map(|finding| finding.at).collect()
    }

    #[test]
    fn what_is_open_is_found_in_code_and_not_in_text() {
        let text = "fn a() { todo!(\"x\") }\n// todo!()\nlet b = \"#[ignore]\";\n#[ ignore ]\nassert!( true );\n/// ```ignore\n";
        assert_eq!(lines("a.rs", text), ["a.rs:1", "a.rs:4", "a.rs:5", "a.rs:6"]);
    }

    #[test]
    fn sleep_is_found_in_tests_alone() {
        let text = "thread::sleep(SECOND);";
        assert_eq!(lines("x/tests/a.rs", text), ["x/tests/a.rs:1"]);
        assert_eq!(lines("x/src/a.rs", text), [""; 0]);
    }

    #[test]
    fn mod_rs_fails_and_a_long_file_is_worth_a_look() {
        assert_eq!(lines("a/mod.rs", ""), ["a/mod.rs"]);
        let found = check(&Tree::of(&[("a.rs", &"\n".repeat(LINES + 1))]));
        assert!(found.len() == 1 && found[0].mild, "{found:?}");
    }
}
