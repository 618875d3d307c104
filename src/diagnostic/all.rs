//! All that was found in one policy, with the files that it was found in.

use std::fmt;

use super::{Counts, Diagnostic, HumanOptions, human, json, plain};
use crate::source::Sources;

/// The diagnostics of one policy, in the order of files and places. As an error it reads as plain lines.
#[derive(Clone)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    sources: Sources,
}

impl Diagnostics {
    /// Diagnostics whose places lie in `sources`.
    pub fn new(list: Vec<Diagnostic>, sources: Sources) -> Self {
        Diagnostics { list, sources }
    }

    /// One after another.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// How many errors and warnings there are.
    pub fn counts(&self) -> Counts {
        Counts::of(&self.list)
    }

    /// The files, in which [`Diagnostic::span`] is found: its line, column and words.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// For people, with the lines that each is about.
    pub fn human(&self, options: HumanOptions) -> String {
        human(&self.list, &self.sources, options)
    }

    /// One JSON object, for programs.
    pub fn json(&self) -> String {
        json(&self.list, &self.sources)
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Diagnostics {
    /// As plain lines: `acme.handover:57:7: error H0201 unknown-name: …`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(plain(&self.list, &self.sources).trim_end())
    }
}

impl fmt::Debug for Diagnostics {
    /// As plain lines as well: this is what a program shows whose `main` gives the error back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Diagnostics {}
