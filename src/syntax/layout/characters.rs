//! Characters that do not belong in a policy, and what they stand for.

use crate::text::look_alike;

/// What is wrong with a character, where something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Odd {
    /// It shows nothing, controls a device, or turns the reading direction.
    Hidden,
    /// A space that is not the space of the space bar.
    Space,
}

/// Whether `c` may not stand in a policy.
pub fn odd(c: char) -> Option<Odd> {
    match c {
        ' '..='~' => None,
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Some(Odd::Space),
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' => {
            Some(Odd::Hidden)
        }
        '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}' => Some(Odd::Hidden),
        // Letters of Hangul and Khmer that show nothing, and what chooses the form of the character before it.
        '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}' | '\u{ffa0}' => Some(Odd::Hidden),
        c if chooses_form(c) => Some(Odd::Hidden),
        c if c.is_control() => Some(Odd::Hidden),
        _ => None,
    }
}

/// Whether `c` joins or parts the letters of some scripts and of emoji, or chooses their form: inside a text it may be
/// meant.
pub fn joins_letters(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}') || chooses_form(c)
}

fn chooses_form(c: char) -> bool {
    matches!(c, '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// A double quote that a word processor put in.
pub fn is_double_quote(c: char) -> bool {
    matches!(c, '“' | '”' | '„' | '‟' | '«' | '»' | '″' | '＂')
}

/// A single quote that a word processor put in, where it opens a text.
pub fn opens_single(c: char) -> bool {
    matches!(c, '‘' | '‚' | '‛' | '‹')
}

/// A single quote that a word processor put in, where it closes a text.
pub fn closes_single(c: char) -> bool {
    matches!(c, '’' | '‘' | '›')
}

/// A dash that is not the hyphen of the keyboard.
pub fn is_dash(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}')
}

/// What people put before the lines of a list instead of a dash.
pub fn is_bullet(c: char) -> bool {
    is_dash(c) || matches!(c, '•' | '·' | '◦' | '▪' | '‣' | '●' | '*')
}

/// `U+200B (zero width space)`
pub fn code_point(c: char) -> String {
    let name = match c {
        '\0' => "nothing at all, NUL",
        '\t' => "tab",
        '\u{b}' => "vertical tab",
        '\u{c}' => "form feed",
        '\u{1b}' => "escape",
        '\u{7f}' => "delete",
        '\u{85}' => "next line",
        '\u{ad}' => "soft hyphen",
        '\u{200b}' => "zero width space",
        '\u{200c}' => "zero width non-joiner",
        '\u{200d}' => "zero width joiner",
        '\u{2028}' => "line separator",
        '\u{2029}' => "paragraph separator",
        '\u{2060}' => "word joiner",
        '\u{feff}' => "byte order mark",
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "turns the reading direction"
        }
        c if c.is_control() => "control character",
        _ => "shows nothing",
    };
    format!("U+{:04X} ({name})", u32::from(c))
}

/// The Latin word that `word` looks like, where it mixes Latin letters with look-alikes of another script, and
/// the first of those.
pub fn in_latin(word: &str) -> Option<(String, char)> {
    if word.is_ascii() {
        return None;
    }
    let first = word.chars().find(|c| look_alike(*c).is_some())?;
    let latin: String = word.chars().map(|c| look_alike(c).unwrap_or(c)).collect();
    let mixed = word.chars().any(|c| c.is_ascii_alphabetic());
    (mixed && latin.is_ascii()).then_some((latin, first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_word_of_two_scripts_is_a_look_alike() {
        assert_eq!(in_latin("сompany"), Some(("company".into(), 'с')));
        assert_eq!(in_latin("МQL"), Some(("MQL".into(), 'М')));
        assert_eq!(in_latin("compａny"), Some(("company".into(), 'ａ')));
        assert_eq!(in_latin("ＭＱＬ"), None);
        assert_eq!(in_latin("Продажби"), None);
        assert_eq!(in_latin("СОК"), None);
        assert_eq!(in_latin("B2Bклиент"), None);
        assert_eq!(in_latin("company"), None);
        assert_eq!(in_latin("café"), None);
    }
}
