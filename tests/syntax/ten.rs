//! Files with ten faults in ten statements: ten diagnostics, on their lines and words, and nothing that follows.
//!
//! A line `#! CODE words` stands above each faulty line.

use std::fs;
use std::path::Path;

use crate::read;

#[test]
fn ten_faults_are_ten_diagnostics() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/syntax/ten");
    let mut files = 0;
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let expected: Vec<String> = text
            .lines()
            .enumerate()
            .filter_map(|(index, line)| {
                let (code, words) = line.trim_start().strip_prefix("#! ")?.split_once(' ')?;
                Some(format!("{} {code} `{words}`", index + 2))
            })
            .collect();
        assert_eq!(expected.len(), 10, "{}", path.display());
        let read = read(&text);
        let found: Vec<String> = read
            .diagnostics
            .iter()
            .map(|diagnostic| {
                let line = read.source.line_column(diagnostic.span.start).0;
                format!("{line} {} `{}`", diagnostic.code.id, read.source.slice(diagnostic.span))
            })
            .collect();
        assert_eq!(found, expected, "{}\n{:#?}", path.display(), read.shown());
        files += 1;
    }
    assert!(files >= 4);
}
