//! Whether policies are versions of one, whose dates of effect follow each other.

use chrono::NaiveDate;

use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use crate::policy::{Policy, Versions};
use crate::source::Span;

impl Versions {
    /// Policies that are versions of one, in any order:
    ///
    /// ```
    /// use handover::{Evaluator, Policy, Versions, loader::Memory};
    ///
    /// let text = |head: &str, size: u32| {
    ///     format!("policy \"Tiny\"\n{head}lead\n  size is a number\nstage \"MQL\"\n  is reached when size is at least {size}\n")
    /// };
    /// let first = Policy::compile(&text("  version 1\n  effective until 2025-12-31\n", 10), &Memory::default())?;
    /// let second = Policy::compile(&text("  version 2\n  effective from 2026-01-01\n", 50), &Memory::default())?;
    /// let versions = Versions::new(vec![second, first])?;
    /// let evaluator = Evaluator::new(versions, "2026-03-10T12:00:00Z".parse()?);
    /// assert_eq!(evaluator.policy().version, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Where there is none, their names differ, two have one number, or two are in effect on one day: the first such
    /// fault, at its place in one of the policies.
    pub fn new(policies: Vec<Policy>) -> Result<Versions, Diagnostics> {
        let mut policies = policies;
        policies.sort_by_key(|policy| (first_day(policy), policy.version));
        for pair in policies.windows(2) {
            let [earlier, later] = pair else { continue };
            if let Some(fault) = fault(earlier, later) {
                return Err(Diagnostics::new(vec![fault], later.sources.clone()));
            }
        }
        Ok(Versions::in_order(policies))
    }
}

/// What keeps two policies from being versions of one; said at the later.
fn fault(earlier: &Policy, later: &Policy) -> Option<Diagnostic> {
    let file = earlier.sources.file(earlier.span.file).map_or("", |file| file.path());
    let said = |span: Span, message: String| Diagnostic::new(&codes::VERSIONS, span, message);
    if earlier.name != later.name {
        let message = format!("this policy is `{}`, and the one in `{file}` is `{}`", later.name, earlier.name);
        return Some(said(later.span, message).help(
            "A folder holds the versions of one policy, all of one name. Name one file, or keep other policies elsewhere.",
        ));
    }
    if earlier.version == later.version {
        let message = format!("`{file}` is version {} as well", earlier.version);
        return Some(said(later.span, message).help("Give each version a number of its own."));
    }
    let (ends, begins) = (last_day(earlier), first_day(later));
    if ends < begins {
        return None;
    }
    let until = earlier.effective_until.map_or("for ever".to_owned(), |date| format!("until {date}"));
    let from = later.effective_from.map_or("has no first day".to_owned(), |date| format!("begins on {date}"));
    let message =
        format!("version {} {from}, and version {} (`{file}`) is in effect {until}", later.version, earlier.version);
    let help = match later.effective_from.and_then(|date| date.pred_opt()) {
        Some(day) if earlier.effective_from.is_none_or(|date| date <= day) => {
            format!("One version is in effect on each day: write `effective until {day}` into `{file}`.")
        }
        _ => {
            "One version is in effect on each day: give each its own `effective from` and `effective until`.".to_owned()
        }
    };
    Some(said(later.effect_span, message).help(help))
}

fn first_day(policy: &Policy) -> NaiveDate {
    policy.effective_from.unwrap_or(NaiveDate::MIN)
}

fn last_day(policy: &Policy) -> NaiveDate {
    policy.effective_until.unwrap_or(NaiveDate::MAX)
}
