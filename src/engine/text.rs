//! Sets of texts and searches for many texts at once. Everything here is folded.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use aho_corasick::AhoCorasick;
use memchr::memmem;

use crate::policy::Place;
use crate::text::{fold, words};

/// FNV-1a: short texts, and the policy alone says what is in the tables.
#[derive(Clone, Debug)]
pub struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

type Hash = BuildHasherDefault<Fnv>;

/// Texts of which one is looked up.
#[derive(Clone, Debug)]
pub struct Set {
    texts: HashSet<Box<str>, Hash>,
    /// The length of the longest and the shortest in bytes: most texts fail by these alone.
    longest: usize,
    shortest: usize,
}

impl Set {
    /// The set of these texts, folded.
    pub fn new<'a>(texts: impl Iterator<Item = &'a str>) -> Set {
        let texts: HashSet<Box<str>, Hash> = texts.map(|text| fold(text).into_boxed_str()).collect();
        let lengths = || texts.iter().map(|text| text.len());
        Set { longest: lengths().max().unwrap_or(0), shortest: lengths().min().unwrap_or(usize::MAX), texts }
    }

    /// Whether a folded text is in it.
    #[inline]
    pub fn contains(&self, text: &str) -> bool {
        self.shortest <= text.len() && text.len() <= self.longest && self.texts.contains(text)
    }
}

/// A search for any of several texts.
#[derive(Debug)]
pub enum Finder {
    /// One text anywhere.
    One(Box<memmem::Finder<'static>>),
    /// Several texts anywhere.
    Many(Box<AhoCorasick>),
    /// Several texts anywhere, more than an automaton takes.
    Each(Vec<Box<str>>),
    /// Rows of words, by their first word.
    Words(HashMap<Box<str>, Vec<Vec<Box<str>>>, Hash>),
    /// At the start.
    Start(Vec<Box<str>>),
    /// At the end.
    End(Vec<Box<str>>),
}

impl Finder {
    /// The search for these texts, folded.
    pub fn new<'a>(place: Place, texts: impl Iterator<Item = &'a str>) -> Finder {
        let texts: Vec<Box<str>> = texts.map(|text| fold(text).into_boxed_str()).collect();
        match (place, texts.as_slice()) {
            (Place::Anywhere, [one]) => Finder::One(Box::new(memmem::Finder::new(one.as_bytes()).into_owned())),
            (Place::Anywhere, many) => match AhoCorasick::new(many.iter().map(|text| text.as_bytes())) {
                Ok(automaton) => Finder::Many(Box::new(automaton)),
                Err(_) => Finder::Each(texts),
            },
            (Place::Words, _) => {
                let mut rows: HashMap<Box<str>, Vec<Vec<Box<str>>>, Hash> = HashMap::default();
                for text in &texts {
                    let mut row = words(text).map(Box::from);
                    if let Some(first) = row.next() {
                        rows.entry(first).or_default().push(row.collect());
                    }
                }
                Finder::Words(rows)
            }
            (Place::Start, _) => Finder::Start(texts),
            (Place::End, _) => Finder::End(texts),
        }
    }

    /// Whether a folded text holds any of them.
    #[inline]
    pub fn finds(&self, text: &str) -> bool {
        match self {
            Finder::One(finder) => finder.find(text.as_bytes()).is_some(),
            Finder::Many(automaton) => automaton.is_match(text),
            Finder::Each(texts) => texts.iter().any(|needle| text.contains(&**needle)),
            Finder::Words(rows) => {
                let mut rest = words(text);
                while let Some(word) = rest.next() {
                    let after = || rest.clone();
                    let starts = |row: &Vec<Box<str>>| {
                        let mut after = after();
                        row.iter().all(|word| after.next() == Some(&**word))
                    };
                    if rows.get(word).is_some_and(|rows| rows.iter().any(starts)) {
                        return true;
                    }
                }
                false
            }
            Finder::Start(texts) => texts.iter().any(|needle| text.starts_with(&**needle)),
            Finder::End(texts) => texts.iter().any(|needle| text.ends_with(&**needle)),
        }
    }
}

/// Whether a folded text holds another one at a place.
pub fn holds(text: &str, place: Place, other: &str) -> bool {
    match place {
        Place::Anywhere => text.contains(other),
        Place::Words => {
            let row: Vec<&str> = words(other).collect();
            !row.is_empty() && crate::text::has_words(text, &row)
        }
        Place::Start => text.starts_with(other),
        Place::End => text.ends_with(other),
    }
}

/// The part after the last `@`, trimmed; none where there is nothing.
#[inline]
pub fn domain(text: &str) -> Option<&str> {
    let at = memchr::memrchr(b'@', text.as_bytes())?;
    text.get(at + 1..).map(str::trim).filter(|domain| !domain.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_whole_and_in_its_row() {
        let finder = Finder::new(Place::Words, ["VP", "vice president"].into_iter());
        for text in ["vp sales", "vice-president, emea", "the vice  president"] {
            assert!(finder.finds(text), "{text}");
        }
        for text in ["mvp", "vice versa president", "president vice"] {
            assert!(!finder.finds(text), "{text}");
        }
    }

    #[test]
    fn a_domain_is_what_follows_the_last_at() {
        assert_eq!(domain("ana@contoso.com"), Some("contoso.com"));
        assert_eq!(domain("\"a@b\"@c.com"), Some("c.com"));
        assert_eq!(domain("ana"), None);
        assert_eq!(domain("ana@ "), None);
    }

    #[test]
    fn a_set_compares_folded() {
        let set = Set::new(["Gmail.com", "ΑΘΗΝΑ"].into_iter());
        assert!(set.contains("gmail.com") && set.contains(&fold("αθηνα")));
        assert!(!set.contains("gmail.co"));
    }
}
