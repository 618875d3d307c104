//! Which texts can pass several tests at once. Everything here is folded.

use std::collections::HashSet;
use std::rc::Rc;

use crate::policy::Place;
use crate::text::{has_words, trim, words};

/// A test of a text.
#[derive(Clone, Debug)]
pub enum Test {
    /// It is one of these.
    Is(Rc<HashSet<String>>),
    /// It holds one of these.
    Find(Place, Rc<Vec<String>>),
    /// Something of which only this is known: it is the same test as another of that name.
    Named(Rc<str>),
}

impl Test {
    /// Whether a text passes; none where that is not known.
    fn passes(&self, text: &str) -> Option<bool> {
        match self {
            Test::Is(texts) => Some(texts.contains(text)),
            Test::Find(place, needles) => Some(needles.iter().any(|needle| found(text, *place, needle))),
            Test::Named(_) => None,
        }
    }
}

fn found(text: &str, place: Place, needle: &str) -> bool {
    match place {
        Place::Anywhere => text.contains(needle),
        Place::Start => text.starts_with(needle),
        Place::End => text.ends_with(needle),
        Place::Words => has_words(text, &words(needle).collect::<Vec<_>>()),
    }
}

/// What is asked of the outcome of a test.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Whether it is of the domain, the part after the last `@`.
    pub domain: bool,
    /// The test; none asks only whether there is a domain.
    pub test: Option<Test>,
    /// It may pass.
    pub met: bool,
    /// It may fail.
    pub not_met: bool,
    /// It may be neither, though there is a text.
    pub undefined: bool,
}

impl Asked {
    fn allows(&self, text: &str) -> bool {
        let subject = if self.domain { domain(text) } else { Some(text) };
        subject.map_or(self.undefined, |subject| self.allows_subject(subject))
    }

    fn allows_subject(&self, subject: &str) -> bool {
        match self.test.as_ref().map_or(Some(true), |test| test.passes(subject)) {
            Some(true) => self.met,
            Some(false) => self.not_met,
            None => true,
        }
    }

    /// The needles that must be found.
    fn sought(&self) -> Option<(Place, &[String])> {
        match &self.test {
            Some(Test::Find(place, needles)) if self.met && !self.not_met && !self.undefined => Some((*place, needles)),
            _ => None,
        }
    }

    /// The needles that must not be found.
    fn banned(&self) -> Option<(Place, &[String])> {
        match &self.test {
            Some(Test::Find(place, needles)) if !self.met => Some((*place, needles)),
            _ => None,
        }
    }
}

fn domain(text: &str) -> Option<&str> {
    text.rsplit_once('@').map(|(_, domain)| trim(domain)).filter(|domain| !domain.is_empty())
}

/// Whether no text passes all. `options` are all texts that there may be, `empty` those that count as none.
pub fn refuted(asked: &[&Asked], options: Option<&HashSet<String>>, empty: &[String]) -> bool {
    let sets = asked.iter().filter_map(|asked| match &asked.test {
        Some(Test::Is(texts)) if asked.met && !asked.not_met && !asked.undefined => Some((asked.domain, &**texts)),
        _ => None,
    });
    let whole = sets.clone().filter(|(domain, _)| !domain).map(|(_, texts)| texts).chain(options);
    if let Some(texts) = whole.min_by_key(|texts| texts.len()) {
        let possible = |text: &String| {
            let is_value = trim(text) == text && !text.is_empty() && !empty.contains(text);
            is_value
                && options.is_none_or(|options| options.contains(text))
                && asked.iter().all(|asked| asked.allows(text))
        };
        return !texts.iter().any(possible);
    }
    if let Some(texts) = sets.filter(|(domain, _)| *domain).map(|(_, texts)| texts).min_by_key(|texts| texts.len()) {
        let of_domain = || asked.iter().filter(|asked| asked.domain);
        let ends = |text: &str| {
            asked.iter().filter(|asked| !asked.domain).all(|asked| {
                let Some((Place::End, needles)) = asked.sought() else { return true };
                let shut_out = |needle: &str| match needle.rsplit_once('@') {
                    Some((_, end)) => trim(end) != text,
                    None => !text.ends_with(needle) && !needle.ends_with(text),
                };
                !needles.iter().all(|needle| shut_out(needle))
            })
        };
        let is_domain = |text: &str| !text.contains('@') && trim(text) == text && !text.is_empty();
        return !texts.iter().any(|it| is_domain(it) && of_domain().all(|asked| asked.allows_subject(it)) && ends(it));
    }
    [false, true].into_iter().any(|domain| {
        let of_it: Vec<&Asked> = asked.iter().copied().filter(|asked| asked.domain == domain).collect();
        endless(&of_it, domain)
    })
}

/// Whether two tests cannot be passed together, where nothing says which texts there are.
fn endless(asked: &[&Asked], domain: bool) -> bool {
    let named = |want: bool| {
        asked.iter().filter_map(move |asked| match &asked.test {
            Some(Test::Named(name)) if asked.met == want && asked.not_met != want && !(want && asked.undefined) => {
                Some((name, asked.undefined))
            }
            _ => None,
        })
    };
    if named(true).any(|(name, _)| named(false).any(|(other, undefined)| name == other && !undefined)) {
        return true;
    }
    asked.iter().filter_map(|asked| asked.sought()).any(|(place, needles)| {
        let alone = |needle: &String| !can_be_found(place, needle, domain);
        let bans = || asked.iter().filter_map(|asked| asked.banned());
        let banned = |needle: &String| bans().any(|(at, all)| all.iter().any(|ban| implies(place, needle, at, ban)));
        let others = || asked.iter().filter_map(|asked| asked.sought());
        needles.iter().all(|needle| alone(needle) || banned(needle))
            || others().any(|(at, all)| {
                at == place && needles.iter().all(|needle| all.iter().all(|other| exclude(place, needle, other)))
            })
    })
}

/// Whether any text at all holds the needle there: texts are trimmed, and a domain has no `@`.
fn can_be_found(place: Place, needle: &str, domain: bool) -> bool {
    let at_start = needle.chars().next().is_some_and(char::is_whitespace);
    let at_end = needle.chars().next_back().is_some_and(char::is_whitespace);
    match place {
        Place::Start => !(at_start || (domain && needle.contains('@'))),
        Place::End => !(at_end || (domain && needle.contains('@'))),
        Place::Anywhere => !(domain && needle.contains('@')),
        Place::Words => true,
    }
}

/// Whether no text both starts (ends) with the one and with the other.
fn exclude(place: Place, a: &str, b: &str) -> bool {
    match place {
        Place::Start => !a.starts_with(b) && !b.starts_with(a),
        Place::End => !a.ends_with(b) && !b.ends_with(a),
        _ => false,
    }
}

/// Whether every text that holds `needle` at `place` holds `other` at `at`.
fn implies(place: Place, needle: &str, at: Place, other: &str) -> bool {
    match (place, at) {
        (Place::Start, Place::Start) => needle.starts_with(other),
        (Place::End, Place::End) => needle.ends_with(other),
        (Place::Start | Place::End | Place::Anywhere, Place::Anywhere) => needle.contains(other),
        (Place::Words, Place::Words) => {
            let (row, part): (Vec<_>, Vec<_>) = (words(needle).collect(), words(other).collect());
            !part.is_empty() && row.windows(part.len()).any(|some| some == part)
        }
        (Place::Words, Place::Anywhere) => words(needle).any(|word| word.contains(other)),
        (Place::Start | Place::End | Place::Anywhere, Place::Words) => {
            // A word at the needle's edge may go on outside of it, but for the edge that is the text's own.
            let part: Vec<_> = words(other).collect();
            let first = if place == Place::Start { needle } else { after_word(needle) };
            let inner = if place == Place::End { first } else { before_word(first) };
            !part.is_empty() && has_words(inner, &part)
        }
        _ => false,
    }
}

/// What follows the word that a text begins with.
fn after_word(text: &str) -> &str {
    text.trim_start_matches(crate::text::is_word_char)
}

/// What stands before the word that a text ends in.
fn before_word(text: &str) -> &str {
    text.trim_end_matches(crate::text::is_word_char)
}
