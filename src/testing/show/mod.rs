//! What came of tests, for people, programs and build servers.

mod human;
mod json;
mod junit;

pub use human::human;
pub use json::json;
pub use junit::junit;

use super::{Came, Group};

/// How many tests there are, by what came of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Totals {
    /// All of them.
    pub tests: usize,
    /// Those that came out as expected.
    pub passed: usize,
    /// Those that did not, or could not be tried.
    pub failed: usize,
    /// Those that say `skip`.
    pub skipped: usize,
}

impl Totals {
    /// Counts the tests of all files.
    pub fn of(groups: &[Group]) -> Totals {
        let mut totals = Totals::default();
        for test in groups.iter().flat_map(|group| &group.tests) {
            totals.tests += 1;
            match test.came {
                Came::Passed => totals.passed += 1,
                Came::Skipped(_) => totals.skipped += 1,
                Came::Failed(_) | Came::Faulty => totals.failed += 1,
            }
        }
        totals
    }

    /// Whether nothing failed; faults of the files are another matter.
    pub fn is_fine(self) -> bool {
        self.failed == 0
    }
}
