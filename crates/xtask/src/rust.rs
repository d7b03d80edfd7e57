//! As much of Rust as the checks need: what is code and what is text, and which names are defined.

/// The source with comments, strings and characters blanked, line by line as long as before: what is left is code.
pub(crate) fn code_only(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    while at < chars.len() {
        let end = text_end(&chars, at);
        if end > at {
            out.extend(chars[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
            at = end;
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    out
}

/// Where the comment, string or character that begins at `at` ends; `at` when none begins there.
fn text_end(chars: &[char], at: usize) -> usize {
    let next = |ahead: usize| chars.get(at + ahead).copied();
    let in_word = at > 0 && is_word(chars[at - 1]);
    match chars[at] {
        '/' if next(1) == Some('/') => find(chars, at, &['\n']).min(chars.len()),
        '/' if next(1) == Some('*') => block_comment_end(chars, at),
        '"' => string_end(chars, at + 1),
        'r' if !in_word => raw_string_end(chars, at + 1).unwrap_or(at),
        'b' | 'c' if !in_word && next(1) == Some('r') => raw_string_end(chars, at + 2).unwrap_or(at),
        // A quote begins a character, unless it begins a lifetime.
        '\'' if next(1) == Some('\\') => find(chars, at + 3, &['\'']).saturating_add(1).min(chars.len()),
        '\'' if next(2) == Some('\'') => at + 3,
        _ => at,
    }
}

fn find(chars: &[char], from: usize, what: &[char]) -> usize {
    (from..chars.len()).find(|at| chars[*at..].starts_with(what)).unwrap_or(chars.len())
}

fn block_comment_end(chars: &[char], at: usize) -> usize {
    let (mut depth, mut at) = (0, at);
    while at < chars.len() {
        let pair = (chars[at], chars.get(at + 1).copied());
        match pair {
            ('/', Some('*')) => depth += 1,
            ('*', Some('/')) => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

fn string_end(chars: &[char], mut at: usize) -> usize {
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

fn raw_string_end(chars: &[char], mut at: usize) -> Option<usize> {
    let hashes = chars[at..].iter().take_while(|c| **c == '#').count();
    at += hashes;
    if chars.get(at) != Some(&'"') {
        return None;
    }
    let mut close = vec!['"'];
    close.extend(std::iter::repeat_n('#', hashes));
    Some((find(chars, at + 1, &close) + close.len()).min(chars.len()))
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Words after which a name is defined.
const DEFINES: &[&str] =
    &["struct", "enum", "union", "trait", "fn", "mod", "type", "const", "static", "macro_rules!", "pub"];

/// Every name that code defines (types, functions, modules, constants, public fields), with its line number.
pub(crate) fn definitions(code: &str) -> Vec<(usize, &str)> {
    let mut names = Vec::new();
    for (at, line) in code.lines().enumerate() {
        let mut before = "";
        for word in line.split(|c: char| !(is_word(c) || c == '!')).filter(|word| !word.is_empty()) {
            // `const fn`, `pub struct`: the name comes later.
            let names_something = DEFINES.contains(&before) && !DEFINES.contains(&word) && word != "use";
            if names_something && !["unsafe", "async", "crate", "super", "in", "extern"].contains(&word) {
                names.push((at + 1, word));
            }
            before = word;
        }
    }
    names
}

/// The words of a name, in lower case: `HttpHandlers` is `http`, `handlers`.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower_before = false;
    for c in name.chars() {
        let parts = !c.is_alphanumeric() || (c.is_uppercase() && lower_before);
        if parts && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        lower_before = c.is_lowercase() || c.is_numeric();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The guarantee a test's name begins with: 4 for `g04_one_order_once`.
pub(crate) fn guarantee_of(test: &str) -> Option<u32> {
    let (number, rest) = test.strip_prefix('g')?.split_once('_')?;
    (number.len() == 2 && !rest.is_empty()).then(|| number.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_is_left() {
        let source = "let a = \"todo!(\\\"\"; // todo!()\n/* fn /* x */ y */ fn b<'a>(c: &'a u8) { '\"'; '\\''; r#\"\"fn\"#; }";
        let code = code_only(source);
        assert!(!code.contains("todo") && !code.contains('y') && !code.contains("fn\""), "{code}");
        assert_eq!(definitions(&code), [(2, "b")]);
        assert_eq!(code.lines().count(), source.lines().count());
        assert_eq!(code.chars().count(), source.chars().count());
    }

    #[test]
    fn definitions_are_found_behind_their_keywords() {
        let code = "pub(crate) const fn a() {}\npub struct B { pub c: u8 }\nmacro_rules! d {}\npub use e::f;\nconst G: u8 = 0;";
        let names: Vec<&str> = definitions(code).into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, ["a", "B", "c", "d", "G"]);
    }

    #[test]
    fn names_part_into_words() {
        assert_eq!(words("HttpHandlers"), ["http", "handlers"]);
        assert_eq!(words("g04_one_order"), ["g04", "one", "order"]);
        assert_eq!(words("HTTP"), ["http"]);
    }

    #[test]
    fn a_test_names_its_guarantee() {
        assert_eq!(guarantee_of("g04_one_order_once"), Some(4));
        assert_eq!(guarantee_of("g4_x"), None);
        assert_eq!(guarantee_of("get_x"), None);
        assert_eq!(guarantee_of("g04_"), None);
    }
}
