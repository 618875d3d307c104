//! For build servers: JUnit's XML, a suite for each file.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::diagnostic::{Diagnostic, HumanOptions, escape};
use crate::testing::{Came, Group, Test};

/// All tests as JUnit has them. A fault of a file is an error of its own.
///
/// # Errors
/// None: the texts are cleaned of what XML cannot hold.
pub fn junit(groups: &[Group]) -> Result<String, quick_junit::SerializeError> {
    let mut report = Report::new("handover test");
    for group in groups {
        let mut suite = TestSuite::new(group.file.as_str());
        for test in &group.tests {
            let mut case = TestCase::new(test.name.as_str(), status(test, group));
            case.set_classname(group.file.as_str());
            case.extra.insert("file".into(), test.file.as_str().into());
            case.extra.insert("line".into(), test.line.to_string().into());
            suite.add_test_case(case);
        }
        let of_a_test = |fault: &&Diagnostic| group.tests.iter().any(|test| is_of(fault, test));
        for fault in group.faults.iter().filter(|fault| !of_a_test(fault)) {
            let line = group.sources.line(fault.span);
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(escape(&fault.message)).set_type(fault.code.id);
            let mut case = TestCase::new(format!("line {line}"), status);
            case.set_classname(group.file.as_str());
            suite.add_test_case(case);
        }
        report.add_test_suite(suite);
    }
    report.to_string()
}

fn status(test: &Test, group: &Group) -> TestCaseStatus {
    match &test.came {
        Came::Passed => TestCaseStatus::success(),
        Came::Skipped(why) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(escape(why));
            status
        }
        Came::Failed(differ) => {
            let said: Vec<String> = differ
                .iter()
                .map(|it| format!("{}: expected {}, but it is {}", it.what, it.expected, it.actual))
                .collect();
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(escape(&said.join("; "))).set_type("failed-test");
            let one = Group { tests: vec![test.clone()], faults: Vec::new(), ..group.clone() };
            status.set_description(super::human(&[one], HumanOptions { color: false, width: 100 }));
            status
        }
        Came::Faulty => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            let faults = group.faults.iter().filter(|fault| is_of(fault, test));
            let said: Vec<String> = faults.map(|fault| format!("{}: {}", fault.label, fault.message)).collect();
            let said = if said.is_empty() { "its policy has errors".to_owned() } else { said.join("; ") };
            status.set_message(escape(&format!("the test could not be tried: {said}"))).set_type("bad-suite");
            status
        }
    }
}

/// Whether a fault lies within a test, whose path its label begins with.
fn is_of(fault: &Diagnostic, test: &Test) -> bool {
    !test.path.is_empty() && fault.label.starts_with(&test.path)
}
