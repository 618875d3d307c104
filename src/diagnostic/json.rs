//! Diagnostics as JSON, for programs. The keys are a contract.

use serde::Serialize;

use super::list::shown;
use super::place::Place;
use super::{Counts, Diagnostic};
use crate::source::{Sources, Span};

/// All diagnostics of one policy as one JSON object and a line end.
pub fn json(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    json_of_all([(diagnostics, sources)])
}

/// As [`json`], for several policies that were checked in one run.
pub fn json_of_all<'a>(policies: impl IntoIterator<Item = (&'a [Diagnostic], &'a Sources)>) -> String {
    let mut report = Report::default();
    for (diagnostics, sources) in policies {
        let counts = Counts::of(diagnostics);
        report.errors += counts.errors;
        report.warnings += counts.warnings;
        report.diagnostics.extend(shown(diagnostics).into_iter().map(|diagnostic| Entry::of(diagnostic, sources)));
    }
    // Texts and numbers can always be written as JSON.
    serde_json::to_string(&report).unwrap_or_default() + "\n"
}

#[derive(Default, Serialize)]
struct Report<'a> {
    diagnostics: Vec<Entry<'a>>,
    errors: usize,
    warnings: usize,
}

#[derive(Serialize)]
struct Entry<'a> {
    code: &'a str,
    name: &'a str,
    severity: &'a str,
    file: &'a str,
    #[serde(flatten)]
    place: Stretch,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    labels: Vec<Label<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<Fix<'a>>,
}

#[derive(Serialize)]
struct Label<'a> {
    /// Only where it is not the file of the fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(flatten)]
    place: Stretch,
    message: &'a str,
}

#[derive(Serialize)]
struct Fix<'a> {
    replace: &'a str,
}

#[derive(Serialize)]
struct Stretch {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

impl<'a> Entry<'a> {
    fn of(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Self {
        let (file, place) = Stretch::of(sources, diagnostic.span);
        let labels = diagnostic.labels.iter().map(|label| {
            let (elsewhere, place) = Stretch::of(sources, label.span);
            let other = label.span.file != diagnostic.span.file;
            Label { file: other.then_some(elsewhere), place, message: &label.message }
        });
        Entry {
            code: diagnostic.code.id,
            name: diagnostic.code.name,
            severity: diagnostic.code.severity.name(),
            file,
            place,
            message: &diagnostic.message,
            help: diagnostic.help.as_deref(),
            labels: labels.collect(),
            fix: diagnostic.fix.as_deref().map(|replace| Fix { replace }),
        }
    }
}

impl Stretch {
    /// The file's path and the place in it; the first character where there is no such file.
    fn of(sources: &Sources, span: Span) -> (&str, Self) {
        let Some(place) = Place::of(sources, span) else {
            return ("", Stretch { line: 1, column: 1, end_line: 1, end_column: 1 });
        };
        let (from, to) = (place.from(), place.to());
        let stretch = Stretch { line: from.line, column: from.column, end_line: to.line, end_column: to.column };
        (place.file.path(), stretch)
    }
}
