//! text → AST: policies of every shape, faults of every kind, and whatever else people save under `.handover`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![expect(clippy::disallowed_methods, reason = "tests read their own files")]

mod faults;
mod layout;
mod limits;
mod shapes;
mod ten;

use handover::diagnostic::Diagnostic;
use handover::source::{FileId, SourceFile};
use handover::syntax::ast::File;

/// A text, read.
struct Read {
    file: File,
    diagnostics: Vec<Diagnostic>,
    source: SourceFile,
}

fn read(text: &str) -> Read {
    let (file, diagnostics) = handover::syntax::parse(FileId(0), text);
    Read { file, diagnostics, source: SourceFile::new("test.handover", text) }
}

impl Read {
    /// What it says, one line a diagnostic: line, code, words, message.
    fn shown(&self) -> Vec<String> {
        let show = |diagnostic: &Diagnostic| {
            let (line, _) = self.source.line_column(diagnostic.span.start);
            let words = self.source.slice(diagnostic.span);
            format!("{line} {} `{words}` {}", diagnostic.code.id, diagnostic.message)
        };
        self.diagnostics.iter().map(show).collect()
    }
}
