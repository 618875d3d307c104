//! For programs: one object, described by `docs/schema/coverage.schema.json`.

use serde::Serialize;

use super::Totals;
use crate::testing::{Came, Difference, Group, Kind, Test};

#[derive(Serialize)]
struct Report<'a, C: Serialize> {
    schema: u32,
    tests: Vec<Tested<'a>>,
    faults: Vec<Fault<'a>>,
    totals: Totals,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<C>,
}

#[derive(Serialize)]
struct Tested<'a> {
    name: &'a str,
    kind: &'static str,
    file: &'a str,
    line: usize,
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    skip: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failures: Option<Vec<Failure<'a>>>,
}

#[derive(Serialize)]
struct Failure<'a> {
    what: &'a str,
    line: usize,
    expected: &'a str,
    actual: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<String>,
}

#[derive(Serialize)]
struct Fault<'a> {
    code: &'static str,
    file: &'a str,
    line: usize,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
}

/// All tests with what came of them, how many there are, and what they cover where that was asked for.
pub fn json(groups: &[Group], coverage: Option<&impl Serialize>) -> String {
    let faults =
        groups.iter().flat_map(|group| group.faults.iter().map(move |it| (group, it))).map(|(group, it)| Fault {
            code: it.code.id,
            file: group.sources.file(it.span.file).map_or(group.file.as_str(), |file| file.path()),
            line: group.sources.line(it.span),
            message: &it.message,
            help: it.help.as_deref(),
        });
    let report = Report {
        schema: 1,
        tests: groups.iter().flat_map(|group| &group.tests).map(tested).collect(),
        faults: faults.collect(),
        totals: Totals::of(groups),
        coverage,
    };
    serde_json::to_string(&report).unwrap_or_default() + "\n"
}

fn tested(test: &Test) -> Tested<'_> {
    let (result, skip, failures) = match &test.came {
        Came::Passed => ("passed", None, None),
        Came::Skipped(why) => ("skipped", Some(why.as_str()), None),
        Came::Failed(differ) => ("failed", None, Some(differ.iter().map(failure).collect())),
        Came::Faulty => ("not_tried", None, None),
    };
    let kind = match test.kind {
        Kind::Example => "example",
        Kind::Suite => "suite",
    };
    Tested { name: &test.name, kind, file: &test.file, line: test.line, result, skip, failures }
}

fn failure(it: &Difference) -> Failure<'_> {
    let trace = it.trace.as_ref().map(|trace| trace.plain_body());
    Failure { what: &it.what, line: it.line, expected: &it.expected, actual: &it.actual, trace }
}
