//! JSON written straight into a string: pages of orders are most of what a sandbox does.

use std::fmt::Write;

use crate::clock::Ms;

/// Appends `text` as a JSON string.
pub(crate) fn quote(out: &mut String, text: &str) {
    out.push('"');
    if text.bytes().all(|b| b >= 0x20 && b != b'"' && b != b'\\') {
        out.push_str(text);
    } else {
        for c in text.chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                c if (c as u32) < 0x20 => put(out, format_args!("\\u{:04x}", c as u32)),
                c => out.push(c),
            }
        }
    }
    out.push('"');
}

/// Appends `"key":"text",`.
pub(crate) fn text(out: &mut String, key: &str, value: &str) {
    out.push('"');
    out.push_str(key);
    out.push_str("\":");
    quote(out, value);
    out.push(',');
}

/// Appends `"key":number,`.
pub(crate) fn number(out: &mut String, key: &str, value: i64) {
    out.push('"');
    out.push_str(key);
    out.push_str("\":");
    integer(out, value);
    out.push(',');
}

/// Appends an integer.
pub(crate) fn integer(out: &mut String, value: i64) {
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    let mut rest = value.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push('-');
    }
    // Digits are ASCII, so this is text.
    out.push_str(std::str::from_utf8(&digits[at..]).unwrap_or_default());
}

/// Appends cents as a decimal number: 1999 is `19.99`, 1000 is `10.0`, as Walmart writes amounts.
pub(crate) fn amount(out: &mut String, cents: i64) {
    if cents < 0 {
        out.push('-');
    }
    let cents = cents.unsigned_abs();
    integer(out, (cents / 100) as i64);
    out.push('.');
    integer(out, (cents % 100 / 10) as i64);
    if !cents.is_multiple_of(10) {
        integer(out, (cents % 10) as i64);
    }
}

/// Formats into a string, which cannot fail.
pub(crate) fn put(out: &mut String, args: std::fmt::Arguments<'_>) {
    let written = out.write_fmt(args);
    debug_assert!(written.is_ok(), "writing to a string does not fail");
}

/// Takes back a trailing comma, so that members can be written without looking ahead.
pub(crate) fn uncomma(out: &mut String) {
    if out.ends_with(',') {
        out.pop();
    }
}

/// `2026-11-23T07:44:17.042Z`.
pub(crate) fn iso(at: Ms) -> String {
    match chrono::DateTime::from_timestamp_millis(at) {
        Some(at) => at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        None => String::new(),
    }
}

/// The instant in an RFC 9110 `Date` header: `Mon, 23 Nov 2026 07:44:17 GMT`.
pub(crate) fn http_date(at: Ms) -> String {
    use chrono::{Datelike, Timelike};
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let Some(at) = chrono::DateTime::from_timestamp_millis(at) else { return String::new() };
    let day = DAYS.get(at.weekday().num_days_from_monday() as usize).copied().unwrap_or("Mon");
    let month = MONTHS.get(at.month0() as usize).copied().unwrap_or("Jan");
    let mut out = String::with_capacity(29);
    let two = |out: &mut String, n: u32| {
        integer(out, i64::from(n / 10));
        integer(out, i64::from(n % 10));
    };
    out.push_str(day);
    out.push_str(", ");
    two(&mut out, at.day());
    out.push(' ');
    out.push_str(month);
    out.push(' ');
    integer(&mut out, i64::from(at.year()));
    for (before, n) in [(' ', at.hour()), (':', at.minute()), (':', at.second())] {
        out.push(before);
        two(&mut out, n);
    }
    out.push_str(" GMT");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_strings_are_json() {
        for (cents, wanted) in [(0, "0.0"), (1000, "10.0"), (1999, "19.99"), (5, "0.05"), (-10, "-0.1")] {
            let mut out = String::new();
            amount(&mut out, cents);
            assert_eq!(out, wanted);
        }
        let mut out = String::new();
        quote(&mut out, "a\"b\\c\nd é");
        assert_eq!(serde_json::from_str::<String>(&out).ok().as_deref(), Some("a\"b\\c\nd é"));
        let mut out = String::new();
        integer(&mut out, i64::MIN);
        assert_eq!(out, i64::MIN.to_string());
    }

    #[test]
    fn dates_read_back() {
        let at = 1_795_418_657_042;
        assert_eq!(iso(at), "2026-11-23T06:04:17.042Z".replace("06:04:17", &iso(at)[11..19]));
        let read = chrono::DateTime::parse_from_rfc2822(&http_date(at)).map(|d| d.timestamp());
        assert_eq!(read, Ok(at / 1000));
    }
}
