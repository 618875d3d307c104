//! §2 and §5: how texts are compared.

use icu_casemap::CaseMapper;
use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory;
use unicode_normalization::UnicodeNormalization;

pub fn nfc(text: &str) -> String {
    // ASCII is its own normal form.
    if text.is_ascii() { text.to_owned() } else { text.nfc().collect() }
}

/// Unicode simple case folding.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let folded: String = nfc(text).chars().map(|letter| CaseMapper::new().simple_fold(letter)).collect();
    nfc(&folded)
}

/// Maximal runs of letters (L), marks (M) and digits (Nd).
pub fn words(text: &str) -> Vec<String> {
    use GeneralCategory as Is;
    let categories = CodePointMapData::<GeneralCategory>::new();
    let belongs = |letter: char| {
        matches!(
            categories.get(letter),
            Is::UppercaseLetter
                | Is::LowercaseLetter
                | Is::TitlecaseLetter
                | Is::ModifierLetter
                | Is::OtherLetter
                | Is::NonspacingMark
                | Is::SpacingMark
                | Is::EnclosingMark
                | Is::DecimalNumber
        )
    };
    text.split(|letter| !belongs(letter)).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// These words in a row.
pub fn holds_words(text: &str, sought: &str) -> bool {
    let (text, sought) = (words(text), words(sought));
    !sought.is_empty() && text.windows(sought.len()).any(|row| row == sought)
}
