//! Diagnostics as plain lines, for logs and screen readers: no drawing, no colour.

use std::fmt::{self, Write};

use super::escape::escape_lines;
use super::list::{advice, closing, shown};
use super::place::Place;
use super::{Diagnostic, escape};
use crate::source::{Sources, Span};

/// All diagnostics of one policy as plain lines:
///
/// ```text
/// acme.handover:57:7: error H0201 unknown-name: no criterion is called `company fitt`
///   see acme.handover:54:11: this one is called `company fit`
///   help: Did you mean `company fit`?
/// 1 error in acme.handover
/// ```
pub fn plain(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let mut out = String::new();
    for diagnostic in shown(diagnostics) {
        // Writing to a string cannot fail.
        let _ = write_one(&mut out, diagnostic, sources);
    }
    out + &closing(diagnostics, sources) + "\n"
}

pub(super) fn write_one(out: &mut String, diagnostic: &Diagnostic, sources: &Sources) -> fmt::Result {
    if let Some(place) = place(sources, diagnostic.span) {
        write!(out, "{place}: ")?;
    }
    let (code, message) = (diagnostic.code, escape(&diagnostic.message));
    writeln!(out, "{} {} {}: {message}", code.severity.name(), code.id, code.name)?;
    write_details(out, diagnostic, sources)
}

/// What is said below the first line: the label, the other places, and how to mend it.
pub(super) fn write_details(out: &mut String, diagnostic: &Diagnostic, sources: &Sources) -> fmt::Result {
    if !diagnostic.label.is_empty() {
        writeln!(out, "  here: {}", escape(&diagnostic.label))?;
    }
    for label in &diagnostic.labels {
        let place = place(sources, label.span).unwrap_or_default();
        writeln!(out, "  see {place}: {}", escape(&label.message))?;
    }
    if let Some(help) = advice(diagnostic) {
        for (number, line) in escape_lines(&help).lines().enumerate() {
            let indent = if number == 0 { "  help: " } else { "        " };
            writeln!(out, "{}", format!("{indent}{line}").trim_end())?;
        }
    }
    Ok(())
}

/// `acme.handover:57:7`
pub(super) fn place(sources: &Sources, span: Span) -> Option<String> {
    let place = Place::of(sources, span)?;
    let from = place.from();
    Some(format!("{}:{}:{}", escape(place.file.path()), from.line, from.column))
}
