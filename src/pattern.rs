//! Patterns: the `regex` crate's syntax, without regard to case unless the pattern says otherwise.

use regex::{Regex, RegexBuilder};

/// The compiled form of a pattern grows no larger than this many bytes.
const SIZE_LIMIT: usize = 10 << 20;

/// Compiles a pattern; fails where it is not one, and where it grows too large.
pub fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).case_insensitive(true).size_limit(SIZE_LIMIT).build()
}
