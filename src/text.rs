//! Text as the language compares it: in NFC, without regard to case, in words of letters, marks and digits.

use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use icu_properties::{
    CodePointMapData, CodePointMapDataBorrowed,
    props::{GeneralCategory, GeneralCategoryGroup},
};
use unicode_normalization::{UnicodeNormalization, is_nfc};

const CASES: CaseMapperBorrowed<'static> = CaseMapper::new();
const CATEGORIES: CodePointMapDataBorrowed<'static, GeneralCategory> = CodePointMapData::<GeneralCategory>::new();
const WORD: GeneralCategoryGroup =
    GeneralCategoryGroup::Letter.union(GeneralCategoryGroup::Mark).union(GeneralCategoryGroup::DecimalNumber);

/// The form in which two texts are equal where the language calls them equal: NFC, then simple case folding.
/// White space stays; see [`trim`].
///
/// ```
/// use handover::text::fold;
/// assert_eq!(fold("STRAßE"), "straße");
/// assert_eq!(fold("Cafe\u{301}"), "café");
/// ```
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

/// Appends [`fold`] of `text`.
pub fn fold_into(text: &str, to: &mut String) {
    if text.is_ascii() {
        let start = to.len();
        to.push_str(text);
        if let Some(added) = to.get_mut(start..) {
            added.make_ascii_lowercase();
        }
    } else if is_normal(text) {
        to.extend(text.chars().map(fold_char));
    } else {
        to.extend(text.nfc().map(fold_char));
    }
}

/// `text` in NFC, as keys and names are compared.
pub fn normalize(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    normalize_into(text, &mut normal);
    normal
}

/// Appends `text` in NFC.
pub fn normalize_into(text: &str, to: &mut String) {
    if is_normal(text) {
        to.push_str(text);
    } else {
        to.extend(text.nfc());
    }
}

/// `text` without the white space (Unicode White_Space) at its ends.
#[inline(always)]
pub fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~'] => text,
        _ => trim_any(text),
    }
}

#[cold]
#[inline(never)]
fn trim_any(text: &str) -> &str {
    text.trim()
}

/// Whether `c` is part of a word: a letter (L), a mark (M) or a digit (Nd).
pub fn is_word_char(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { WORD.contains(CATEGORIES.get(c)) }
}

/// The words of `text`, first to last.
///
/// ```
/// use handover::text::words;
/// assert_eq!(words("vice-president, R&D").collect::<Vec<_>>(), ["vice", "president", "R", "D"]);
/// ```
pub fn words(text: &str) -> impl Iterator<Item = &str> + Clone {
    text.split(|c| !is_word_char(c)).filter(|word| !word.is_empty())
}

/// Whether the words of `row` stand in a row among the words of `text`; both are folded.
pub fn has_words<W: AsRef<str>>(text: &str, row: &[W]) -> bool {
    let Some((first, others)) = row.split_first() else { return false };
    let mut rest = words(text);
    while let Some(word) = rest.next() {
        let mut following = rest.clone();
        if word == first.as_ref() && others.iter().all(|other| following.next() == Some(other.as_ref())) {
            return true;
        }
    }
    false
}

/// Whether `text` is in NFC. The common scripts need no look-up.
fn is_normal(text: &str) -> bool {
    text.chars().all(is_always_normal) || is_nfc(text)
}

/// Whether text of such characters alone is in NFC: they neither combine with a neighbour nor have another form.
fn is_always_normal(c: char) -> bool {
    matches!(c, '\0'..='\u{2ff}' | '\u{388}'..='\u{482}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

fn fold_char(c: char) -> char {
    if c.is_ascii() { c.to_ascii_lowercase() } else { CASES.simple_fold(c) }
}

/// The Latin letter that `c`, a letter of another script or a wide one, looks like.
pub fn look_alike(c: char) -> Option<char> {
    if matches!(c, 'Ａ'..='Ｚ' | 'ａ'..='ｚ') {
        return char::from_u32(u32::from(c) - (u32::from('Ａ') - u32::from('A')));
    }
    const PAIRS: [(&str, &str); 2] =
        [("АВЕКМНОРСТХІЈЅУаеорсухіјѕһ", "ABEKMHOPCTXIJSYaeopcyxijsh"), ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEZHIKMNOPTYXo")];
    PAIRS.iter().find_map(|(from, to)| from.chars().zip(to.chars()).find(|(a, _)| *a == c).map(|(_, b)| b))
}

/// `word` with Latin letters for those that look like them: two words that look the same have one look.
pub fn look(word: &str) -> String {
    word.chars().map(|c| look_alike(c).unwrap_or(c)).collect()
}

/// Where two words look the same and are not, the first letter that differs, in each of them.
///
/// ```
/// use handover::text::alike;
/// assert_eq!(alike("A", "А"), Some(('A', '\u{410}')));
/// assert_eq!(alike("A", "B"), None);
/// ```
pub fn alike(written: &str, meant: &str) -> Option<(char, char)> {
    let latin = |c| look_alike(c).unwrap_or(c);
    let pairs = || written.chars().zip(meant.chars());
    let same_length = written.chars().count() == meant.chars().count();
    let same_look = same_length && pairs().all(|(a, b)| latin(a) == latin(b));
    pairs().find(|(a, b)| a != b).filter(|_| same_look)
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::{IsNormalized, char::canonical_combining_class, is_nfc_quick};

    #[test]
    fn case_and_composition_make_no_difference() {
        for (a, b) in [
            ("VP Marketing", "vp marketing"),
            ("Директор", "дИРЕКТОР"),
            ("ΟΔΟΣ", "οδος"),
            ("οδός", "ΟΔΌΣ"),
            ("\u{212a}", "k"),
            ("e\u{301}", "É"),
            ("\u{1112}\u{1161}\u{11ab}", "한"),
            ("ẞ", "ß"),
        ] {
            assert_eq!(fold(a), fold(b), "{a} and {b}");
        }
        // Simple folding keeps the number of characters, and is not Turkish.
        for (a, b) in [("ß", "ss"), ("İ", "i"), ("ı", "I"), ("ﬁ", "fi")] {
            assert_ne!(fold(a), fold(b), "{a} and {b}");
        }
    }

    #[test]
    fn folding_appends_and_keeps_white_space() {
        let mut to = String::from("A");
        fold_into(" B ", &mut to);
        fold_into("É ", &mut to);
        assert_eq!(to, "A b é ");
        assert_eq!(trim("\u{a0}\u{2003} x\u{3000}\n"), "x");
        assert_eq!(trim("\u{200b}x"), "\u{200b}x");
    }

    #[test]
    fn the_short_cut_to_nfc_holds_for_every_character() {
        for c in ('\0'..=char::MAX).filter(|c| is_always_normal(*c)) {
            assert_eq!(is_nfc_quick(std::iter::once(c)), IsNormalized::Yes, "{c:?}");
            assert_eq!(canonical_combining_class(c), 0, "{c:?}");
        }
    }

    #[test]
    fn words_are_letters_marks_and_digits() {
        for (text, expected) in [
            ("", vec![]),
            ("  , -", vec![]),
            ("vice-president", vec!["vice", "president"]),
            ("snake_case x2", vec!["snake", "case", "x2"]),
            ("e\u{301}te", vec!["e\u{301}te"]),
            ("٣ \u{2163} ½", vec!["٣"]),
            ("продажби/маркетинг", vec!["продажби", "маркетинг"]),
            ("नमस्ते दुनिया", vec!["नमस्ते", "दुनिया"]),
        ] {
            assert_eq!(words(text).collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn words_in_a_row() {
        for (text, row, expected) in [
            ("vice president of sales", vec!["vice", "president"], true),
            ("vice - president", vec!["vice", "president"], true),
            ("vice vice president", vec!["vice", "president"], true),
            ("vice versa president", vec!["vice", "president"], false),
            ("international", vec!["intern"], false),
            ("svp", vec!["vp"], false),
            ("vp", vec!["vp", "sales"], false),
            ("vp", vec![], false),
            ("", vec!["vp"], false),
        ] {
            assert_eq!(has_words(text, &row), expected, "{row:?} in {text}");
        }
    }
}
