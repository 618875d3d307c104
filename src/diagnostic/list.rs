//! Which diagnostics are shown, in which order, and the line that counts them.

use super::{Diagnostic, escape};
use crate::source::{FileId, Sources};

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

/// How to mend it: the help, or else the words to write instead.
pub(super) fn advice(diagnostic: &Diagnostic) -> Option<String> {
    let fix = || diagnostic.fix.as_ref().map(|fix| format!("Write `{fix}` instead."));
    diagnostic.help.clone().or_else(fix)
}

/// `3 errors in acme.handover`
pub(super) fn closing(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let counts = Counts::of(diagnostics);
    let many = |count: usize, word: &str| match count {
        0 => format!("no {word}s"),
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    };
    let mut line = many(counts.errors, "error");
    if counts.warnings > 0 {
        let and = if counts.errors > 0 { " and " } else { ", " };
        line = line + and + &many(counts.warnings, "warning");
    }
    if let Some(policy) = sources.file(FileId(0)) {
        line = line + " in " + &escape(policy.path());
    }
    if diagnostics.len() > SHOWN {
        line += &format!(", the first {SHOWN} are shown");
    }
    line
}
