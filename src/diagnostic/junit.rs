//! Diagnostics as a report of tests in JUnit's XML, which build servers show as a table.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::list::{closing, shown};
use super::plain::{place, write_one};
use super::{Diagnostic, SHOWN, escape};
use crate::source::{FileId, Sources};

/// All diagnostics of some policies: a suite a policy, in which each error is a test that failed. A policy of which
/// nothing is said is a test that passed. So is a warning, unless warnings are denied.
pub fn junit<'a>(policies: impl IntoIterator<Item = (&'a [Diagnostic], &'a Sources)>, deny_warnings: bool) -> String {
    let mut report = Report::new("handover check");
    for (diagnostics, sources) in policies {
        let file = sources.file(FileId(0)).map_or_else(String::new, |file| written_out(file.path()));
        let mut suite = TestSuite::new(&*file);
        suite.add_test_cases(shown(diagnostics).into_iter().map(|one| case(one, sources, &file, deny_warnings)));
        if diagnostics.is_empty() {
            suite.add_test_case(passed("no errors and no warnings", &file));
        }
        if diagnostics.len() > SHOWN {
            let fails = diagnostics.iter().any(|one| deny_warnings || one.is_error());
            suite.add_test_case(rest(&written_out(&closing(diagnostics, sources)), &file, fails));
        }
        report.add_test_suite(suite);
    }
    // A report without a time of its own, written to memory: nothing in it can fail.
    report.to_string().unwrap_or_default()
}

fn case(diagnostic: &Diagnostic, sources: &Sources, file: &str, deny_warnings: bool) -> TestCase {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_one(&mut text, diagnostic, sources);
    let text: String = text.lines().flat_map(|line| [written_out(line), "\n".to_owned()]).collect();
    let code = diagnostic.code;
    let place = place(sources, diagnostic.span).unwrap_or_default();
    let name = written_out(format!("{} {} {place}", code.id, code.name).trim_end());
    if !diagnostic.is_error() && !deny_warnings {
        let mut case = passed(&name, file);
        case.set_system_out(text);
        return case;
    }
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    let kind = format!("{} {}", code.id, code.name);
    status.set_message(written_out(&diagnostic.message)).set_type(kind).set_description(text);
    with_class(TestCase::new(name, status), file)
}

/// Stands for what is not shown, so that a report which has been cut does not look whole.
fn rest(counts: &str, file: &str, fails: bool) -> TestCase {
    let mut status = TestCaseStatus::success();
    if fails {
        status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(counts);
    }
    let mut case = with_class(TestCase::new("what is not shown", status), file);
    case.set_system_out(counts);
    case
}

fn passed(name: &str, file: &str) -> TestCase {
    with_class(TestCase::new(name, TestCaseStatus::success()), file)
}

fn with_class(mut case: TestCase, file: &str) -> TestCase {
    case.set_classname(file);
    case
}

/// As [`escape`]; XML has no place for two more characters either.
fn written_out(text: &str) -> String {
    escape(text).replace('\u{fffe}', r"\u{fffe}").replace('\u{ffff}', r"\u{ffff}")
}
