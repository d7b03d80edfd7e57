//! Queries and forms, undone.

/// The members of `a=1&b=2`, decoded, in the order they stand there. A `+` is a space, as in a form.
pub(super) fn members(text: &str) -> Vec<(String, String)> {
    let member = |member: &str| {
        let (name, value) = member.split_once('=').unwrap_or((member, ""));
        (decode(name), decode(value))
    };
    text.split('&').filter(|part| !part.is_empty()).map(member).collect()
}

/// Undoes percent-encoding. A stray `%` stays, so that a badly encoded name is shown as it was sent.
fn decode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = code.filter(|_| *first == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (byte, after.get(2..)) {
            (Some(byte), Some(later)) => {
                out.push(byte);
                rest = later;
            }
            _ => {
                out.push(if *first == b'+' { b' ' } else { *first });
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_members_are_decoded() {
        let all = members("sku=A%2FB+1&&limit=10&x&y=100%");
        let wanted = [("sku", "A/B 1"), ("limit", "10"), ("x", ""), ("y", "100%")];
        assert!(all.iter().map(|(name, value)| (name.as_str(), value.as_str())).eq(wanted), "{all:?}");
    }
}
