//! For people at a terminal: every failure whole, what was skipped, and how many passed.

use super::Totals;
use crate::diagnostic::{HumanOptions, escape};
use crate::testing::{Came, Difference, Group, Test};

const BOLD: &str = "1";
const DIM: &str = "2";
const GOOD: &str = "32";
const BAD: &str = "31";
const DOUBT: &str = "33";

/// The tests of all files. Faults of the files are diagnostics, and shown as such.
pub fn human(groups: &[Group], options: HumanOptions) -> String {
    let paint = |text: &str, style: &str| match options.color {
        true => format!("\u{1b}[{style}m{text}\u{1b}[0m"),
        false => text.to_owned(),
    };
    let mut out = String::new();
    for test in groups.iter().flat_map(|group| &group.tests) {
        let place = format!("{}:{}", escape(&test.file), test.line);
        match &test.came {
            Came::Failed(differ) => {
                out.push_str(&format!(
                    "{}  {}  {}\n",
                    paint("FAILED", BAD),
                    paint(&name(test), BOLD),
                    paint(&place, DIM)
                ));
                differ.iter().for_each(|it| difference(&mut out, test, it, options, &paint));
                out.push('\n');
            }
            Came::Skipped(why) => {
                out.push_str(&format!("{}  {}  {}\n", paint("skipped", DOUBT), name(test), paint(&place, DIM)));
                out.push_str(&format!("  {}\n\n", escape(why)));
            }
            Came::Passed | Came::Faulty => {}
        }
    }
    out.push_str(&summary(groups, &paint));
    out
}

fn name(test: &Test) -> String {
    escape(&test.name)
}

fn difference(
    out: &mut String,
    test: &Test,
    it: &Difference,
    options: HumanOptions,
    paint: &dyn Fn(&str, &str) -> String,
) {
    out.push_str(&format!("  {}  {}\n", escape(&it.what), paint(&format!("line {}", it.line), DIM)));
    out.push_str(&format!("    expected  {}\n", paint(&escape(&it.expected), GOOD)));
    out.push_str(&format!("    actual    {}\n", paint(&escape(&it.actual), BAD)));
    if let Some(trace) = &it.trace {
        out.push_str(&format!("    {}\n", paint(&format!("by {}:", escape(&test.policy)), DIM)));
        for line in trace.body(options.width.saturating_sub(4), options.color).lines() {
            out.push_str(format!("    {line}").trim_end());
            out.push('\n');
        }
    }
}

fn summary(groups: &[Group], paint: &dyn Fn(&str, &str) -> String) -> String {
    let totals = Totals::of(groups);
    if totals.tests == 0 {
        return "no tests\n".to_owned();
    }
    let tests = if totals.tests == 1 { "1 test".to_owned() } else { format!("{} tests", totals.tests) };
    let faulty = groups.iter().flat_map(|group| &group.tests).filter(|test| matches!(test.came, Came::Faulty)).count();
    let failed = totals.failed - faulty;
    let parts = [
        (totals.passed, "passed", GOOD),
        (failed, "failed", BAD),
        (faulty, "could not be tried", BAD),
        (totals.skipped, "skipped", DOUBT),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(count, _, _)| *count > 0)
        .map(|(count, word, style)| paint(&format!("{count} {word}"), style))
        .collect();
    format!("{tests}: {}\n", parts.join(", "))
}
