//! Sets of texts and searches for many texts at once. Everything here is folded.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use aho_corasick::AhoCorasick;
use memchr::memmem;

use crate::intake::Keys;
use crate::policy::Place;
use crate::text::{fold, words};

/// Texts of which one is looked up.
#[derive(Clone, Debug)]
pub struct Set(Keys<()>);

impl Set {
    /// The set of these texts, folded.
    pub fn new<'a>(texts: impl Iterator<Item = &'a str>) -> Set {
        Set(Keys::new(texts.map(|text| (fold(text), ()))))
    }

    /// Its texts, folded.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.names().filter_map(|name| std::str::from_utf8(name).ok())
    }

    /// Whether a folded text, which these are the bytes of, is in it.
    #[inline]
    pub fn contains(&self, text: &[u8]) -> bool {
        self.0.find(text).is_some()
    }
}

/// A search for any of several texts.
#[derive(Debug)]
pub struct Finder {
    pub place: Place,
    /// Folded.
    pub texts: Vec<Box<str>>,
    /// Made when it is first needed: where many of them look at one field, one search is made for all.
    search: OnceLock<Search>,
}

/// How several texts are searched for.
#[derive(Debug)]
enum Search {
    /// One text anywhere.
    One(Box<memmem::Finder<'static>>),
    /// Several texts anywhere.
    Many(Needles),
    /// Rows of words.
    Words(Rows<()>),
    /// At the start.
    Start,
    /// At the end.
    End,
}

impl Finder {
    /// The search for these texts, folded.
    pub fn new<'a>(place: Place, texts: impl Iterator<Item = &'a str>) -> Finder {
        let texts = texts.map(|text| fold(text).into_boxed_str()).collect();
        Finder { place, texts, search: OnceLock::new() }
    }

    fn search(&self) -> Search {
        match (self.place, self.texts.as_slice()) {
            (Place::Anywhere, [one]) => Search::One(Box::new(memmem::Finder::new(one.as_bytes()).into_owned())),
            (Place::Anywhere, many) => Search::Many(Needles::new(many.iter().map(|text| &**text))),
            (Place::Words, texts) => Search::Words(Rows::new(texts.iter().map(|text| (&**text, ())))),
            (Place::Start, _) => Search::Start,
            (Place::End, _) => Search::End,
        }
    }

    /// Whether a folded text, which these are the bytes of, holds any of them.
    #[inline]
    pub fn finds(&self, text: &[u8]) -> bool {
        let mut needles = self.texts.iter().map(|needle| needle.as_bytes());
        match self.search.get_or_init(|| self.search()) {
            Search::One(finder) => finder.find(text).is_some(),
            Search::Many(needles) => needles.any(text),
            Search::Words(rows) => std::str::from_utf8(text).is_ok_and(|text| rows.any(text, |()| true)),
            Search::Start => needles.any(|needle| text.starts_with(needle)),
            Search::End => needles.any(|needle| text.ends_with(needle)),
        }
    }
}

/// Several texts that are looked for at once.
#[derive(Debug)]
pub struct Needles {
    texts: Vec<Box<str>>,
    /// How many texts were searched one needle after another.
    searched: AtomicU32,
    /// None where there are more needles than an automaton takes.
    automaton: OnceLock<Option<Box<AhoCorasick>>>,
}

/// To make an automaton takes about as long as to look for each needle in so many texts.
const FEW: u32 = 64;

impl Needles {
    pub fn new<'a>(texts: impl Iterator<Item = &'a str>) -> Needles {
        Needles { texts: texts.map(Box::from).collect(), searched: AtomicU32::new(0), automaton: OnceLock::new() }
    }

    /// Whether any of them stands in the text.
    #[inline]
    pub fn any(&self, text: &[u8]) -> bool {
        match self.automaton() {
            Some(automaton) => automaton.is_match(text),
            None => self.one_by_one(text).next().is_some(),
        }
    }

    /// Calls `found` with the numbers of those that stand in the text, some perhaps several times.
    pub fn each(&self, text: &[u8], mut found: impl FnMut(usize)) {
        match self.automaton() {
            Some(automaton) => automaton.find_overlapping_iter(text).for_each(|it| found(it.pattern().as_usize())),
            None => self.one_by_one(text).for_each(found),
        }
    }

    fn one_by_one(&self, text: &[u8]) -> impl Iterator<Item = usize> {
        let needles = self.texts.iter().enumerate();
        needles.filter(|(_, needle)| memmem::find(text, needle.as_bytes()).is_some()).map(|(at, _)| at)
    }

    /// Made once there were more than a few texts.
    #[inline]
    fn automaton(&self) -> Option<&AhoCorasick> {
        match self.automaton.get() {
            Some(made) => made.as_deref(),
            None => self.make(),
        }
    }

    #[cold]
    fn make(&self) -> Option<&AhoCorasick> {
        if self.searched.fetch_add(1, Ordering::Relaxed) < FEW {
            return None;
        }
        let make = || AhoCorasick::new(self.texts.iter().map(|text| text.as_bytes())).ok().map(Box::new);
        self.automaton.get_or_init(make).as_deref()
    }
}

/// Rows of words, by their first words, each with what it stands for.
#[derive(Debug)]
pub struct Rows<T>(Keys<Vec<Row<T>>>);

/// The words of a row after the first.
type Row<T> = (Vec<Box<str>>, T);

impl<T> Rows<T> {
    /// The rows that these folded texts are.
    pub fn new<'a>(texts: impl Iterator<Item = (&'a str, T)>) -> Rows<T> {
        let mut rows: BTreeMap<String, Vec<Row<T>>> = BTreeMap::new();
        for (text, target) in texts {
            let mut row = words(text).map(Box::<str>::from);
            if let Some(first) = row.next() {
                rows.entry(first.into_string()).or_default().push((row.collect(), target));
            }
        }
        Rows(Keys::new(rows))
    }

    /// Calls `found` for each row that stands in a folded text, until it says true.
    pub fn any(&self, text: &str, mut found: impl FnMut(&T) -> bool) -> bool {
        let mut rest = words(text);
        while let Some(word) = rest.next() {
            for (row, target) in self.0.find(word.as_bytes()).into_iter().flatten() {
                let mut after = rest.clone();
                if row.iter().all(|word| after.next() == Some(&**word)) && found(target) {
                    return true;
                }
            }
        }
        false
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

/// The part of a trimmed text after the last `@`, trimmed; none where there is nothing.
pub fn domain(text: &str) -> Option<&str> {
    let domain = domain_bytes(text.as_bytes())?;
    text.get(text.len() - domain.len()..)
}

/// [`domain`] of a text by its bytes.
#[inline]
pub fn domain_bytes(text: &[u8]) -> Option<&[u8]> {
    let behind = text.get(memchr::memrchr(b'@', text)? + 1..)?;
    match behind.first()? {
        b'!'..=b'~' => Some(behind),
        _ => Some(std::str::from_utf8(behind).ok()?.trim_start().as_bytes()).filter(|domain| !domain.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_whole_and_in_its_row() {
        let finder = Finder::new(Place::Words, ["VP", "vice president"].into_iter());
        for text in ["vp sales", "vice-president, emea", "the vice  president"] {
            assert!(finder.finds(text.as_bytes()), "{text}");
        }
        for text in ["mvp", "vice versa president", "president vice"] {
            assert!(!finder.finds(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn needles_are_found_alike_before_and_after_there_is_an_automaton() {
        let needles = Needles::new(["ceo", "head of", "head", "a", "aa"].into_iter());
        for text in ["head of sales", "ceo", "aa", "intern", "", "the ceo and the head"] {
            let expected: Vec<usize> = needles.one_by_one(text.as_bytes()).collect();
            for _ in 0..2 * FEW {
                let mut found = Vec::new();
                needles.each(text.as_bytes(), |at| found.push(at));
                found.sort();
                found.dedup();
                assert_eq!((&found, needles.any(text.as_bytes())), (&expected, !expected.is_empty()), "{text}");
            }
        }
        assert!(needles.automaton.get().is_some());
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
        assert!(set.contains(b"gmail.com") && set.contains(fold("αθηνα").as_bytes()));
        assert!(!set.contains(b"gmail.co"));
    }
}
