//! Patterns: the `regex` crate's syntax, without regard to case unless the pattern says otherwise.
//!
//! A short pattern can stand for a very large program (`\w{200}`), and a policy may hold thousands of patterns. So
//! what each grows to is worked out before it is compiled, and a policy has so much for all of them.

use std::collections::HashMap;

use regex::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// The compiled form of one pattern grows no larger than this many bytes.
const SIZE_LIMIT: usize = 10 << 20;
/// How many steps all patterns of a policy may have. A step takes about 50 bytes and a third of a microsecond to
/// compile.
const MOST_STEPS: u64 = 1_000_000;

/// A pattern that can be searched for. Copies share its compiled form.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// As it is written.
    pub text: String,
    /// As it is searched for.
    pub regex: Regex,
}

/// Why a pattern cannot be searched for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// It is not a pattern, and why.
    #[error("this is not a pattern: {0}")]
    Malformed(String),
    /// It alone is too much.
    #[error("this pattern grows too large to be searched for")]
    TooLarge,
    /// It is too much beside the patterns before it.
    #[error("this pattern and those before it grow too large together")]
    TooLargeTogether,
}

/// The patterns of one policy: each is compiled once.
#[derive(Debug, Default)]
pub struct Patterns {
    known: HashMap<String, Result<Pattern, PatternError>>,
    steps: u64,
}

impl Patterns {
    /// The compiled form of a pattern.
    pub fn compile(&mut self, text: &str) -> Result<Pattern, PatternError> {
        if let Some(known) = self.known.get(text) {
            return known.clone();
        }
        let compiled = self.compile_new(text);
        self.known.insert(text.to_owned(), compiled.clone());
        compiled
    }

    fn compile_new(&mut self, text: &str) -> Result<Pattern, PatternError> {
        // What cannot be parsed costs nothing more; below it says why.
        let steps = ParserBuilder::new().case_insensitive(true).build().parse(text).map_or(0, |parsed| steps(&parsed));
        if steps > MOST_STEPS {
            return Err(PatternError::TooLarge);
        }
        if self.steps + steps > MOST_STEPS {
            return Err(PatternError::TooLargeTogether);
        }
        self.steps += steps;
        match RegexBuilder::new(text).case_insensitive(true).size_limit(SIZE_LIMIT).build() {
            Ok(regex) => Ok(Pattern { text: text.to_owned(), regex }),
            Err(regex::Error::CompiledTooBig(_)) => Err(PatternError::TooLarge),
            Err(error) => {
                let why = error.to_string();
                let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ");
                Err(PatternError::Malformed(why.to_owned()))
            }
        }
    }
}

/// About how many steps the search for a pattern has: what repeats counts as often as it is repeated. (How deep a
/// pattern nests is limited by its parser.)
fn steps(pattern: &Hir) -> u64 {
    let all = |parts: &[Hir]| parts.iter().map(steps).fold(0, u64::saturating_add);
    let own = match pattern.kind() {
        HirKind::Empty | HirKind::Look(_) => 0,
        HirKind::Literal(literal) => literal.0.len() as u64,
        HirKind::Class(Class::Unicode(class)) => class.ranges().len() as u64,
        HirKind::Class(Class::Bytes(class)) => class.ranges().len() as u64,
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min.saturating_add(1)).max(1);
            steps(&repetition.sub).saturating_mul(times.into())
        }
        HirKind::Capture(capture) => steps(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => all(parts),
    };
    own.saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_pattern_or_says_why_not() {
        let mut patterns = Patterns::default();
        assert!(patterns.compile(r"^vp\b").unwrap().regex.is_match("VP of Sales"));
        assert_eq!(patterns.compile("(").unwrap_err(), PatternError::Malformed("unclosed group".to_owned()));
        assert_eq!(patterns.compile(r"\w{250}").unwrap_err(), PatternError::TooLarge);
        assert_eq!(patterns.compile("((a{1000}){1000}){1000}").unwrap_err(), PatternError::TooLarge);
    }

    #[test]
    fn many_patterns_have_a_limit_together() {
        let mut patterns = Patterns::default();
        let fit = (1..1000).take_while(|n| patterns.compile(&format!(r"x{n}\w{{200}}")).is_ok()).count();
        assert_eq!(fit, 6);
        assert_eq!(patterns.compile(r"y\w{200}").unwrap_err(), PatternError::TooLargeTogether);
        // One that is there already costs nothing.
        assert!(patterns.compile(r"x1\w{200}").is_ok());
    }

    #[test]
    fn what_people_write_is_far_from_the_limit() {
        let mut patterns = Patterns::default();
        for number in 0..200 {
            let text = format!(r"^(chief|head|vp) (of )?(sales|marketing)\b.*[a-z0-9._-]+@example{number}\.(com|org)$");
            assert!(patterns.compile(&text).is_ok(), "{number}");
        }
    }
}
