//! A suite: a YAML file with tests of a policy.

mod read;

use chrono::{DateTime, Utc};
use serde_yaml::{Mapping, Value};

use crate::diagnostic::{Diagnostic, codes};
use crate::loader::Loader;
use crate::source::{SourceFile, Sources};
use crate::testing::expect::{self, Found};
use crate::testing::{Came, Difference, Each, Group, Kind, Test, Tester, Wanted};
use crate::yaml::{Step, line_from, lines_of, locate, shown};

use read::Reader;

const HELP: &str = "A suite has the keys `policy`, `now`, `leads` and `tests`; the page docs/testing.md shows one.";

/// The tests of one file, ready to be tried.
#[derive(Clone, Debug)]
pub struct Suite {
    /// The policy, relative to the suite's own folder: a file, or a folder with versions.
    pub policy: Option<String>,
    file: SourceFile,
    cases: Vec<Case>,
    faults: Vec<Diagnostic>,
}

#[derive(Clone, Debug)]
struct Case {
    place: usize,
    name: String,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Skip(String),
    Try { lead: String, now: DateTime<Utc>, expect: Mapping },
    Faulty,
}

impl Suite {
    /// Reads a suite. The files that it names are read from `files`, which begin at the suite's own folder. What is wrong
    /// with it is among the faults of its [`Group`].
    pub fn read(shown: &str, bytes: &[u8], files: &dyn Loader) -> Suite {
        let text = std::str::from_utf8(bytes);
        let file = SourceFile::new(shown, text.unwrap_or_default().trim_start_matches('\u{feff}'));
        let mut suite = Suite { policy: None, file, cases: Vec::new(), faults: Vec::new() };
        if text.is_err() {
            let span = line_from(&suite.file, 1, 1);
            suite.faults.push(Diagnostic::new(&codes::BAD_SUITE, span, "this file is not UTF-8 text").help(HELP));
            return suite;
        }
        match serde_yaml::from_str::<Value>(suite.file.text()) {
            Ok(value) => Reader::new(&mut suite, files).file(&value),
            Err(error) => {
                let place = error.location().map_or((1, 1), |at| (at.line(), at.column()));
                let why = error.to_string();
                let end = format!(" at line {} column {}", place.0, place.1);
                let why = why.strip_suffix(&end).unwrap_or(&why);
                let why = why.replace(&end, "");
                let span = line_from(&suite.file, place.0, place.1);
                let message = format!("this is not YAML as it should be: {why}");
                suite.faults.push(Diagnostic::new(&codes::BAD_SUITE, span, message).help(HELP));
            }
        }
        suite
    }

    /// Tries the tests that are wanted, and tells `each` of every lead that is decided. Without a tester, because the
    /// policy has faults, none can be tried.
    pub fn run(&self, tester: Option<&mut Tester>, wanted: &Wanted, each: &mut Each<'_>) -> Group {
        let mut sources = Sources::default();
        sources.add(self.file.clone());
        let mut group =
            Group { file: self.file.path().to_owned(), sources, tests: Vec::new(), faults: self.faults.clone() };
        let mut tester = tester;
        let lines = lines_of(&self.file, "tests", self.cases.last().map_or(0, |case| case.place + 1));
        for case in self.cases.iter().filter(|case| wanted.has(&case.name)) {
            let path = vec![Step::Key("tests".to_owned()), Step::Item(case.place)];
            let came = match (&case.what, &mut tester) {
                (What::Skip(why), _) => Came::Skipped(why.clone()),
                (What::Faulty, _) | (_, None) => Came::Faulty,
                (What::Try { lead, now, expect }, Some(tester)) => {
                    self.one(&path, (lead, *now, expect), tester, each, &mut group.faults)
                }
            };
            let line = lines.get(case.place).copied().unwrap_or_default();
            let policy = match (&case.what, &mut tester) {
                (What::Try { now, .. }, Some(tester)) => tester.policy_file(*now),
                _ => String::new(),
            };
            group.tests.push(Test {
                name: case.name.clone(),
                kind: Kind::Suite,
                file: group.file.clone(),
                line,
                policy,
                path: shown(&path),
                came,
            });
        }
        group
    }

    fn one(
        &self,
        path: &[Step],
        (lead, now, expect): (&str, DateTime<Utc>, &Mapping),
        tester: &mut Tester,
        each: &mut Each<'_>,
        faults: &mut Vec<Diagnostic>,
    ) -> Came {
        let mut place: Vec<Step> = path.to_vec();
        place.push(Step::Key("expect".to_owned()));
        let span_of = |path: &[Step]| locate(&self.file, path);
        let decision = match tester.decide(now, lead) {
            Ok(decision) => decision,
            Err(error) => {
                let span = span_of(path);
                let line = self.file.line_column(span.start).0;
                return Came::Failed(vec![Difference::unreadable(line, span, &error)]);
            }
        };
        each(&mut tester.worker, lead, &decision);
        let found = expect::compare(expect, &decision, tester.policy(now));
        let (mut differ, mut about, mut faulty) = (Vec::new(), Vec::new(), false);
        for found in found {
            let at = |keys: &[Step]| {
                let path: Vec<Step> = place.iter().chain(keys).cloned().collect();
                (span_of(&path), shown(&path))
            };
            match found {
                Found::Fault { keys, message, help } => {
                    faulty = true;
                    let (span, path) = at(&keys);
                    let mut fault = Diagnostic::new(&codes::BAD_SUITE, span, message).label(path);
                    fault.help = help;
                    faults.push(fault);
                }
                Found::Difference { keys, expected, actual, about: it } => {
                    let (span, _) = at(&keys);
                    let line = self.file.line_column(span.start).0;
                    differ.push(Difference { what: shown(&keys), line, span, expected, actual, trace: None });
                    about.push(it);
                }
            }
        }
        if !differ.is_empty() {
            tester.explain(now, lead, &about, &mut differ);
            return Came::Failed(differ);
        }
        if faulty { Came::Faulty } else { Came::Passed }
    }
}

/// The policy that a suite names, for whoever looks for the suites of a policy.
pub fn policy_of(bytes: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Head {
        policy: String,
    }
    serde_yaml::from_slice::<Head>(bytes).ok().map(|head| head.policy)
}
