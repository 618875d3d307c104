//! Undoing the escapes of JSON strings.

/// Appends what `written`, whose escapes have been checked for their form, means. False where it holds half a
/// character: a surrogate without its partner.
pub(super) fn unescape(written: &str, to: &mut String) -> bool {
    let mut rest = written;
    while let Some((plain, escape)) = rest.split_once('\\') {
        to.push_str(plain);
        let mut chars = escape.chars();
        match chars.next() {
            Some('b') => to.push('\u{8}'),
            Some('f') => to.push('\u{c}'),
            Some('n') => to.push('\n'),
            Some('r') => to.push('\r'),
            Some('t') => to.push('\t'),
            Some('u') => match code_point(chars.as_str()) {
                Some((c, after)) => {
                    to.push(c);
                    chars = after.chars();
                }
                None => return false,
            },
            Some(itself) => to.push(itself),
            None => {}
        }
        rest = chars.as_str();
    }
    to.push_str(rest);
    true
}

/// The character of the four hexadecimal digits at the head of `text`, or of a pair of surrogates, and the rest.
fn code_point(text: &str) -> Option<(char, &str)> {
    let (high, rest) = unit(text)?;
    if let Some(c) = char::from_u32(high) {
        return Some((c, rest));
    }
    let (low, rest) = unit(rest.strip_prefix("\\u")?)?;
    let pair = (0xd800..0xdc00).contains(&high) && (0xdc00..0xe000).contains(&low);
    let c = pair.then(|| char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)))??;
    Some((c, rest))
}

fn unit(text: &str) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(4)?;
    Some((u32::from_str_radix(digits, 16).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_and_halves_of_characters_refused() {
        for (written, expected) in [
            ("", Some("")),
            (r"a\nb", Some("a\nb")),
            (r#"\"\\\/\b\f\n\r\t"#, Some("\"\\/\u{8}\u{c}\n\r\t")),
            (r"\u0000\u00e9\u00E9x", Some("\0ééx")),
            (r"\ud83d\ude00!", Some("😀!")),
            (r"\uD83D\uDE00", Some("😀")),
            (r"\\ud83d", Some("\\ud83d")),
            (r"\ud83d", None),
            (r"\ude00", None),
            (r"\ude00\ud83d", None),
            (r"\ud83d\ud83d\ude00", None),
            (r"\ud83d\n", None),
            (r"\ud83dx", None),
            (r"\ud83d\u0041", None),
        ] {
            let mut to = String::new();
            let whole = unescape(written, &mut to);
            assert_eq!(whole.then_some(to.as_str()), expected, "{written}");
        }
    }
}
