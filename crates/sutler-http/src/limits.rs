//! Bounds on what others may make us hold.

use sutler_core::error::{Error, ErrorKind, Result};

/// The longest body that is read of one answer, after decompression: 32 MiB.
pub const BODY_BYTES_MAX: usize = 32 * 1024 * 1024;

/// The deepest JSON that a marketplace has a reason to send. The deepest in the published samples is under 20.
pub const NESTING_MAX: usize = 64;

/// Refuses JSON that nests deeper than `depth_max`, before a parser that recurses sees it. Whether it is JSON at all is not
/// looked at: that is the parser's work.
///
/// # Errors
/// `Protocol`, not to be retried.
pub fn check_nesting(op: &'static str, json: &[u8], depth_max: usize) -> Result<()> {
    let mut depth = 0usize;
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' | b'[' => {
                depth += 1;
                if depth > depth_max {
                    return Err(Error::new(ErrorKind::Protocol, op)
                        .message(format!("the answer nests deeper than {depth_max} levels")));
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                // Brackets inside text do not nest.
                while let Some(inner) = bytes.next() {
                    match inner {
                        b'"' => break,
                        b'\\' => drop(bytes.next()),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OP: &str = "test.read";

    #[test]
    fn nesting_is_counted_outside_of_text_only() {
        assert!(check_nesting(OP, br#"{"a":[{"b":1}]}"#, 3).is_ok());
        assert!(check_nesting(OP, br#"{"a":[{"b":1}]}"#, 2).is_err());
        assert!(check_nesting(OP, br#"{"a":"[[[[[\"[[[[\\"}"#, 1).is_ok());
        assert!(check_nesting(OP, br#"[[],[],[],[]]"#, 2).is_ok());
    }

    #[test]
    fn a_bomb_is_refused_and_names_the_bound() {
        let bomb = vec![b'['; 1_000_000];
        let error = check_nesting(OP, &bomb, NESTING_MAX).expect_err("a million levels");
        assert_eq!(error.kind(), ErrorKind::Protocol);
        assert_eq!(error.to_string(), "test.read: the answer nests deeper than 64 levels");
    }

    proptest! {
        #[test]
        fn any_depth_is_measured_exactly(depth in 0usize..200, depth_max in 0usize..200, text in "[^\"\\\\]{0,20}") {
            let json = format!("{}\"{text}\"{}", "[".repeat(depth), "]".repeat(depth));
            prop_assert_eq!(check_nesting(OP, json.as_bytes(), depth_max).is_ok(), depth <= depth_max);
        }

        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = check_nesting(OP, &bytes, 8);
        }
    }
}
