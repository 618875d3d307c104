//! Which diagnostics are shown, in which order, and the line that counts them.

use std::collections::HashSet;

use super::{Diagnostic, escape};
use crate::source::{FileId, SourceFile, Sources};

/// How many diagnostics of one policy are shown; all are counted. Nobody mends more than these before trying again,
/// and the first faults are often the cause of the last.
pub const SHOWN: usize = 50;

/// How many errors and warnings there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Faults that keep the policy from running.
    pub errors: usize,
    /// Doubts that do not.
    pub warnings: usize,
}

impl Counts {
    /// Counts them.
    pub fn of(diagnostics: &[Diagnostic]) -> Self {
        let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
        Counts { errors, warnings: diagnostics.len() - errors }
    }

    /// `3 errors and 1 warning`, `no errors`
    pub(super) fn words(self) -> String {
        let many = |count: usize, word: &str| match count {
            0 => format!("no {word}s"),
            1 => format!("1 {word}"),
            _ => format!("{count} {word}s"),
        };
        let errors = many(self.errors, "error");
        if self.warnings == 0 {
            return errors;
        }
        let and = if self.errors > 0 { " and " } else { ", " };
        errors + and + &many(self.warnings, "warning")
    }
}

/// The diagnostics to show, by file and place. Warnings give way to errors where there are too many.
pub(super) fn shown(diagnostics: &[Diagnostic]) -> Vec<&Diagnostic> {
    let place = |diagnostic: &&Diagnostic| (diagnostic.span, diagnostic.code.id);
    let mut all: Vec<&Diagnostic> = diagnostics.iter().collect();
    all.sort_by_key(|diagnostic| (!diagnostic.is_error(), place(diagnostic)));
    all.truncate(SHOWN);
    all.sort_by_key(place);
    all
}

/// What is shown of several policies in one list. What two of them have in common, such as a fault of their library, is
/// there once, and is counted once.
pub(super) struct Merged<'a> {
    pub shown: Vec<(&'a Diagnostic, &'a Sources)>,
    pub counts: Counts,
    /// Whether a policy has more than are shown.
    pub cut: bool,
}

impl<'a> Merged<'a> {
    pub(super) fn of(policies: impl IntoIterator<Item = (&'a [Diagnostic], &'a Sources)>) -> Self {
        let mut all = Merged { shown: Vec::new(), counts: Counts::default(), cut: false };
        let mut seen = HashSet::new();
        for (diagnostics, sources) in policies {
            let own = Counts::of(diagnostics);
            all.counts.errors += own.errors;
            all.counts.warnings += own.warnings;
            all.cut |= diagnostics.len() > SHOWN;
            for one in shown(diagnostics) {
                let path = sources.file(one.span.file).map(SourceFile::path);
                if seen.insert((path, one.span.start, one.span.end, one.code.id, one.message.as_str())) {
                    all.shown.push((one, sources));
                } else if one.is_error() {
                    all.counts.errors -= 1;
                } else {
                    all.counts.warnings -= 1;
                }
            }
        }
        all
    }
}

/// How to mend it: the help, or else the words to write instead.
pub(super) fn advice(diagnostic: &Diagnostic) -> Option<String> {
    let fix = || diagnostic.fix.as_ref().map(|fix| format!("Write `{fix}` instead."));
    diagnostic.help.clone().or_else(fix)
}

/// `3 errors in acme.handover`
pub(super) fn closing(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let mut line = Counts::of(diagnostics).words();
    if let Some(policy) = sources.file(FileId(0)) {
        line = line + " in " + &escape(policy.path());
    }
    if diagnostics.len() > SHOWN {
        line += &format!(", the first {SHOWN} are shown");
    }
    line
}
