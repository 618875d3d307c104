//! Ten slips of the pen in each policy of `tests/faults/`: one run finds all of them, and nothing else.
//!
//! A line of `<name>.expected` is the line of a fault, a tab, and what is wrong there.
#![expect(clippy::disallowed_methods, reason = "a test reads its own cases")]

use std::fs;
use std::path::Path;

use handover::diagnostic::plain;
use handover::loader::Memory;

#[test]
fn ten_faults_are_ten_diagnostics_on_their_lines() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults");
    let names = ["adventure", "contoso", "fabrikam", "northwind", "tailspin"];
    for name in names {
        let read = |extension: &str| fs::read_to_string(folder.join(name).with_extension(extension)).unwrap();
        let expected = read("expected");
        let expected: Vec<usize> =
            expected.lines().map(|line| line.split_once('\t').unwrap().0.parse().unwrap()).collect();
        let policy = format!("{name}.handover");
        let compiled = handover::compile(&Memory::default().with(&policy, read("handover")), &policy);
        let said = plain(&compiled.diagnostics, &compiled.sources);
        let mut found: Vec<usize> =
            compiled.diagnostics.iter().map(|fault| compiled.sources.line(fault.span)).collect();
        found.sort_unstable();
        assert_eq!((expected.len(), found), (10, expected), "{said}");
        assert!(compiled.policy.is_none() && compiled.diagnostics.iter().all(|fault| fault.is_error()), "{said}");
    }
    let policies = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let policies = policies.filter(|path| path.extension().is_some_and(|extension| extension == "handover"));
    assert_eq!(policies.count(), names.len());
}
