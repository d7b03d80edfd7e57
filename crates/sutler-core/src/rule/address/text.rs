//! What a line of an address says besides its letters: placeholders, masks, PO boxes. Nothing here allocates.

/// Texts people and systems write where they have nothing to write, of one length; compared without case. By length,
/// because nearly every line is ruled out by it.
fn placeholders(length: usize) -> &'static [&'static str] {
    match length {
        2 => &["xx"],
        3 => &["n/a", "nil", "tbd", "tba", "xxx"],
        4 => &["none", "null", "test", "asdf", "city", "name"],
        5 => &["dummy"],
        6 => &["tester", "qwerty", "sample", "street"],
        7 => &["unknown", "testing", "no name", "address"],
        8 => &["asdfasdf"],
        9 => &["undefined", "test test"],
        10 => &["no address"],
        12 => &["not provided"],
        13 => &["not available"],
        14 => &["not applicable"],
        _ => &[],
    }
}

/// How a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sense {
    /// Nothing, or blanks.
    Empty,
    /// Written where nothing was known.
    Placeholder,
    /// Written over what is known to somebody else.
    Masked,
    /// As good as can be told.
    Text,
}

/// Judges one part of an address.
pub(super) fn sense(text: &str) -> Sense {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Sense::Empty;
    }
    if is_masked(trimmed) {
        return Sense::Masked;
    }
    let bare = trimmed.trim_matches(|c: char| c.is_ascii_punctuation());
    if bare.is_empty() || is_placeholder(bare) || is_one_letter(trimmed) {
        return Sense::Placeholder;
    }
    Sense::Text
}

fn is_placeholder(text: &str) -> bool {
    placeholders(text.len()).iter().any(|known| known.eq_ignore_ascii_case(text))
}

/// Three stars or bullets in a row, or four crosses.
fn is_masked(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has =
        |run: usize, one: u8| bytes.windows(run).any(|w| w.iter().all(|b| b.eq_ignore_ascii_case(&one)));
    // Looking for one byte is many times cheaper than looking for a run, and nearly always says no.
    (bytes.contains(&b'*') && has(3, b'*'))
        || ((bytes.contains(&b'x') || bytes.contains(&b'X')) && has(4, b'x'))
        || (!text.is_ascii() && ["•••", "●●●", "███"].iter().any(|mask| text.contains(mask)))
}

/// One letter or digit three times or more and nothing else: `aaa`, `000`, `1-1-1-1`. Other scripts repeat with sense.
fn is_one_letter(text: &str) -> bool {
    let mut letters = text.chars().filter(|c| c.is_alphanumeric());
    let Some(first) = letters.next().filter(char::is_ascii) else { return false };
    let mut count = 1u32;
    letters.all(|c| {
        count += 1;
        c.eq_ignore_ascii_case(&first)
    }) && count >= 3
}

/// Characters that print nothing and can turn a line around; they never stand in a real address.
pub(super) fn has_controls(text: &str) -> bool {
    // Bytes first: a line of plain ASCII, which is nearly every one, needs no decoding.
    if text.is_ascii() {
        return text.bytes().any(|b| b.is_ascii_control());
    }
    text.chars().any(|c| {
        c.is_control()
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    })
}

/// The same letters, whatever their case, in any script.
pub(super) fn same(a: &str, b: &str) -> bool {
    a.chars().flat_map(char::to_lowercase).eq(b.chars().flat_map(char::to_lowercase))
}

/// Does the line name a post-office box: `PO Box 12`, `P.O.Box 12`, `POB 12`, `Post Office Box 12`, `Case postale 12`?
///
/// A box of a rural route, a highway contract or a military unit is a way to a door and not meant.
pub(super) fn is_po_box(line: &str) -> bool {
    // Every way of writing it has a P, and most lines have none.
    if !line.as_bytes().contains(&b'P') && !line.as_bytes().contains(&b'p') {
        return false;
    }
    let mut words = line.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    // The three words before the present one; an address line has few, so a window is all the memory there is.
    let (mut third, mut second, mut first) = ("", "", "");
    words.any(|word| {
        let is = |text: &str, wanted: &str| text.eq_ignore_ascii_case(wanted);
        let starts_box = is_box(word);
        let found = starts_box
            && (is(first, "po")
                || (is(first, "o") && is(second, "p"))
                || (is(first, "office") && is(second, "post")))
            || is_joined_box(word)
            || (is(first, "pob") && starts_with_digit(word))
            || (is(first, "b") && is(second, "o") && is(third, "p") && starts_with_digit(word))
            || (is(word, "postale") && is(first, "case"))
            || (is(word, "postal") && (is(first, "casier") || is(first, "apartado")));
        (third, second, first) = (second, first, word);
        found
    })
}

/// `box`, or `box12`.
fn is_box(word: &str) -> bool {
    match word.as_bytes().split_at_checked(3) {
        Some((head, tail)) => head.eq_ignore_ascii_case(b"box") && tail.iter().all(u8::is_ascii_digit),
        None => false,
    }
}

/// `pobox`, `pobox12`, or `pob12`.
fn is_joined_box(word: &str) -> bool {
    let Some((head, tail)) = word.as_bytes().split_at_checked(2) else { return false };
    if !head.eq_ignore_ascii_case(b"po") {
        return false;
    }
    let digits = |tail: &[u8]| tail.iter().all(u8::is_ascii_digit);
    match (tail.split_at_checked(3), tail.split_at_checked(1)) {
        (Some((word, rest)), _) if word.eq_ignore_ascii_case(b"box") && digits(rest) => true,
        (_, Some((b, rest))) => b.eq_ignore_ascii_case(b"b") && !rest.is_empty() && digits(rest),
        _ => false,
    }
}

fn starts_with_digit(word: &str) -> bool {
    word.as_bytes().first().is_some_and(u8::is_ascii_digit)
}

/// Is the city a military post office?
pub(super) fn is_military_city(city: &str) -> bool {
    ["APO", "FPO", "DPO"].iter().any(|post| post.eq_ignore_ascii_case(city.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_found_however_they_are_written() {
        for line in [
            "PO Box 12",
            "po box 12",
            "P.O. Box 12",
            "P. O. Box 12",
            "P.O.Box 12",
            "P O Box 12",
            "POBox 12",
            "PO BOX12",
            "pobox12",
            "POB 12",
            "P.O.B. 12",
            "POB12",
            "Post Office Box 12",
            "12 Main St, PO Box 4",
            "Case postale 12",
            "Casier Postal 12",
            "Apartado Postal 12",
            "po-box 1",
        ] {
            assert!(is_po_box(line), "{line}");
        }
    }

    #[test]
    fn boxes_are_not_seen_where_none_are() {
        for line in [
            "",
            "12 Main St",
            "RR 2 Box 45",
            "HC 1 Box 3",
            "PSC 3 Box 4120",
            "Unit 2050 Box 4190",
            "12 Box Elder Rd",
            "4 Po Street",
            "Boxwood Lane 7",
            "12 Oboxa Way",
            "1 Pobst Ave",
            "9 Post Office Rd",
            "12 Pob Rd",
            "日本",
        ] {
            assert!(!is_po_box(line), "{line}");
        }
    }

    #[test]
    fn every_placeholder_stands_at_its_length() {
        for length in 0..40 {
            assert!(placeholders(length).iter().all(|text| text.len() == length), "{length}");
        }
    }

    #[test]
    fn placeholders_and_masks_are_told_from_text() {
        for text in
            ["N/A", "n/a", "(none)", "NULL", "Test", "xxx", "XX", "...", "-", "???", "000", "aaaa", "1-1-1"]
        {
            assert_eq!(sense(text), Sense::Placeholder, "{text}");
        }
        for text in ["***", "J*** D**", "M****", "xxxx", "XXXXXX", "12 xxxx Street", "•••"] {
            assert_eq!(sense(text), Sense::Masked, "{text}");
        }
        for text in ["", "  ", "\t"] {
            assert_eq!(sense(text), Sense::Empty, "{text:?}");
        }
        for text in [
            "Nan Test",
            "1 Test Rd",
            "Li",
            "O",
            "Xx Yy",
            "City of Industry",
            "Ha Ha",
            "**Rear door** 5 Elm",
            "東京",
            "11 Elm",
        ] {
            assert_eq!(sense(text), Sense::Text, "{text}");
        }
    }

    #[test]
    fn controls_are_found_in_and_out_of_ascii() {
        assert!(has_controls("12 Main\u{0}St") && has_controls("12 Ma\u{202E}in") && has_controls("é\u{7}"));
        assert!(!has_controls("12 Main St") && !has_controls("12 Rue de l'Église"));
    }
}
