//! When two texts of an export are the same in spite of how they are typed.

use std::borrow::Cow;

use crate::text::{fold, normalize};

/// A text without the white space round it, and with one space for any white space within; in NFC.
pub fn tidy(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let odd = |pair: &[u8]| pair.iter().all(u8::is_ascii_whitespace);
    let is_tidy = text.is_ascii() && !text.as_bytes().windows(2).any(odd) && !text.contains(['\t', '\n', '\r']);
    if is_tidy {
        return Cow::Borrowed(text);
    }
    Cow::Owned(normalize(&text.split_whitespace().collect::<Vec<_>>().join(" ")))
}

/// A text without regard to case and to the white space round it and doubled: texts that are alike have one such form.
pub fn plain(text: &str) -> String {
    fold(&tidy(text))
}

/// Whether a text is a long number that a spreadsheet has rounded: `5.80503E+18`. Many names come to be one there.
pub fn is_rounded(name: &str) -> bool {
    let parts = name.trim().split_once(['E', 'e']).and_then(|(digits, power)| Some((digits, power.strip_prefix('+')?)));
    parts.is_some_and(|(digits, power)| {
        let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        is_digits(power) && digits.split(['.', ',']).count() <= 2 && digits.split(['.', ',']).all(is_digits)
    })
}

/// What is said of such a name.
pub const ROUNDED: &str = "a number that a spreadsheet has rounded, so it names nobody; export the file anew, and do not \
    save it from a spreadsheet";

/// Texts that are looked up by how they are written: as they are, or else without regard to their spelling.
#[derive(Clone, Debug, Default)]
pub struct Words<T>(Vec<(String, String, T)>);

impl<T: PartialEq> Words<T> {
    pub fn new(words: impl IntoIterator<Item = (String, T)>) -> Words<T> {
        Words(words.into_iter().map(|(word, it)| (word.trim().to_owned(), plain(&word), it)).collect())
    }

    /// What is kept for a text. Where several words are alike and differ in what is kept, only their own spelling counts.
    pub fn find(&self, text: &str) -> Option<&T> {
        if let Some((.., it)) = self.0.iter().find(|(word, ..)| word == text) {
            return Some(it);
        }
        let first = text.trim_start().bytes().next().map(|byte| byte.to_ascii_lowercase());
        // Most texts are none of the words, and most of these begin otherwise.
        if text.is_ascii() && !self.0.iter().any(|(_, plain, _)| plain.bytes().next() == first) {
            return None;
        }
        let tidy = tidy(text);
        let folded = if tidy.is_ascii() { None } else { Some(fold(&tidy)) };
        let mut alike = self.0.iter().filter(|(_, plain, _)| match &folded {
            None => tidy.eq_ignore_ascii_case(plain),
            Some(folded) => folded == plain,
        });
        let (.., first) = alike.next()?;
        alike.all(|(.., it)| it == first).then_some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_however_they_are_typed() {
        let words = [("Qualified", 1), ("NOT  Reached", 2), ("m", 3), ("M", 4), ("Größe", 5), ("", 6)];
        let words = Words::new(words.map(|(word, it)| (word.to_owned(), it)));
        for (text, found) in [
            ("Qualified", Some(1)),
            ("QUALIFIED ", Some(1)),
            ("\u{a0}qualified", Some(1)),
            ("not reached", Some(2)),
            ("Not\u{a0} Reached", Some(2)),
            ("m", Some(3)),
            ("M", Some(4)),
            ("m ", None),
            ("GRÖSSE", None),
            ("gro\u{308}ße", Some(5)),
            ("", Some(6)),
            ("qualified lead", None),
        ] {
            assert_eq!(words.find(text).copied(), found, "{text:?}");
        }
        assert_eq!(tidy(" a \t b "), "a b");
        for (name, rounded) in [
            ("5.80503E+18", true),
            ("5,80503E+18", true),
            ("6E+18", true),
            ("6E18", false),
            ("E+18", false),
            ("A1E+2x", false),
        ] {
            assert_eq!(is_rounded(name), rounded, "{name}");
        }
    }
}
