//! `fuzz/handover.dict`: the words of the language by their kinds, and what else people and programs put into files.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::dice::Dice;

/// The words of each kind. What is no character (half of one) is left to the fuzzer.
static WORDS: LazyLock<BTreeMap<&'static str, Vec<String>>> = LazyLock::new(|| {
    let mut words: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for line in
        include_str!("../../fuzz/handover.dict").lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let (kind, word) = line.split_once('=').expect("a kind and a word");
        let word = word.strip_prefix('"').and_then(|word| word.strip_suffix('"')).expect("a word in quotes");
        words.entry(kind).or_default().push(unescape(word));
    }
    words
});

fn unescape(word: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = word.bytes();
    while let Some(byte) = rest.next() {
        match (byte, if byte == b'\\' { rest.next() } else { None }) {
            (_, Some(b'x')) => {
                let digits =
                    [rest.next(), rest.next()].map(|digit| char::from(digit.expect("two digits")).to_digit(16));
                let [high, low] = digits.map(|digit| digit.expect("a digit"));
                bytes.push(u8::try_from(high * 16 + low).expect("a byte"));
            }
            (_, Some(escaped)) => bytes.push(escaped),
            (plain, None) => bytes.push(plain),
        }
    }
    String::from_utf8(bytes).expect("words are text")
}

/// A word of one kind.
pub fn of(kind: &str, dice: &mut Dice) -> &'static str {
    let words = WORDS.get(kind).unwrap_or_else(|| panic!("there are no words of the kind {kind}"));
    let word: &String = dice.pick(words);
    word
}

/// A word of any kind, each kind as likely as another.
pub fn any(dice: &mut Dice) -> &'static str {
    let kinds: Vec<&str> = WORDS.keys().copied().collect();
    let kind = *dice.pick(&kinds);
    of(kind, dice)
}

/// The kind of a word of a policy that another of its kind can stand for.
pub fn kind_of(word: &str) -> Option<&'static str> {
    let digits = |from: usize| word.as_bytes().get(from).is_some_and(u8::is_ascii_digit);
    match word {
        "minute" | "minutes" | "hour" | "hours" | "day" | "days" | "week" | "weeks" | "month" | "months" | "year"
        | "years" => Some("unit"),
        "all" | "any" | "none" => Some("group"),
        _ if word.len() == 10 && digits(0) && word.as_bytes().get(4) == Some(&b'-') => Some("date"),
        _ if digits(0) && word.ends_with('%') => Some("percent"),
        _ if digits(0) && !word.contains(':') => Some("number"),
        _ => None,
    }
}
