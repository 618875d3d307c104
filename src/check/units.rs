//! The files of a policy: the policy itself and the libraries that it uses, each read, parsed, and holding what it may.

use super::{Checker, names};
use crate::diagnostic::{Diagnostic, codes, did_you_mean};
use crate::source::{FileId, SourceFile, Span};
use crate::syntax::ast::{Statement, StatementKind};
use crate::syntax::{decode, parse};

/// One file with its statements.
pub(super) struct Unit {
    pub path: String,
    pub statements: Vec<Statement>,
}

impl Checker<'_> {
    /// Decodes and parses one file.
    pub(super) fn read(&mut self, path: &str, bytes: &[u8]) -> Option<Unit> {
        let text = match decode(bytes) {
            Ok(text) => text,
            Err(error) => {
                let file = self.sources.add(SourceFile::new(self.files.shown(path), ""));
                self.report(error.diagnostic(file));
                return None;
            }
        };
        let file = self.sources.add(SourceFile::new(self.files.shown(path), text.as_str()));
        let (ast, diagnostics) = parse(file, &text);
        self.diagnostics.extend(diagnostics);
        self.names.lose(ast.lost);
        Some(Unit { path: path.to_owned(), statements: ast.statements })
    }

    /// A file must say what it is. Where a line looks as if it meant to, its own fault was reported.
    pub(super) fn check_head(&mut self, root: &Unit) {
        let Some(file) = self.sources.file(FileId(0)) else { return };
        let means_to = |line: &str| {
            let line = line.trim_start_matches('\u{feff}').to_lowercase();
            let word: String = line.chars().take_while(|c| c.is_alphabetic()).collect();
            did_you_mean(&word, ["policy", "library"]).is_some()
        };
        if root.statements.iter().any(|s| is_head(&s.kind)) || file.text().lines().any(means_to) {
            return;
        }
        let end = file.line(1).len();
        self.report(
            Diagnostic::new(&codes::WRONG_PLACE, Span::new(FileId(0), 0, end), "this file has no `policy` statement")
                .help("Begin it with a line such as `policy \"Acme: from lead to sale\"`, and `  version 1` below it."),
        );
    }

    /// `policy` or `library` first and once, and in a library only what a library may hold.
    pub(super) fn check_places(&mut self, unit: &Unit, is_library: bool) {
        let mut first: Option<Span> = None;
        for (place, statement) in unit.statements.iter().enumerate() {
            let heads = is_head(&statement.kind);
            match (heads, first) {
                (true, None) if place > 0 => {
                    first = Some(statement.span);
                    self.report(
                        Diagnostic::new(
                            &codes::WRONG_PLACE,
                            statement.span,
                            "this must be the first statement of its file",
                        )
                        .help("Move it, with its lines, to the top."),
                    );
                }
                (true, None) => first = Some(statement.span),
                (true, Some(before)) => self.report(
                    Diagnostic::new(
                        &codes::WRONG_PLACE,
                        statement.span,
                        "a file holds one policy or one library, and this is the second",
                    )
                    .also(before, "the first")
                    .help("Delete one of them, or move it into a file of its own."),
                ),
                _ => {}
            }
            if is_library && !allowed_in_library(&statement.kind) {
                self.report(
                    Diagnostic::new(
                        &codes::WRONG_PLACE,
                        statement.span,
                        "a library holds `lead`, `list`, `calendar`, `rates` and `event` statements only",
                    )
                    .help("Move this statement into the policy that uses the library."),
                );
            }
        }
        let mut lead: Option<Span> = None;
        for statement in &unit.statements {
            match (&statement.kind, lead) {
                (StatementKind::Lead(_), Some(before)) => self.report(names::duplicate(
                    "there are two `lead` statements, and a file has one",
                    statement.span,
                    before,
                    "Move its fields into the first.",
                )),
                (StatementKind::Lead(_), None) => lead = Some(statement.span),
                _ => {}
            }
        }
    }

    /// The libraries that the policy uses, in the order of its `uses` lines.
    pub(super) fn libraries(&mut self, root: &Unit) -> Vec<Unit> {
        let mut units: Vec<Unit> = Vec::new();
        let mut seen: Vec<(String, Span)> = Vec::new();
        for statement in &root.statements {
            let StatementKind::Uses(name) = &statement.kind else { continue };
            let (path, bytes) = match self.files.named(&root.path, name) {
                Ok(read) => read,
                Err(diagnostic) => {
                    // What the library would have defined is not there: its users are not at fault.
                    self.names.lose_all();
                    self.report(diagnostic);
                    continue;
                }
            };
            if let Some((_, first)) = seen.iter().find(|(known, _)| *known == path) {
                let (message, help) = ("this library is used twice", "Delete one of the two lines.");
                self.report(names::duplicate(message, name.span, *first, help));
                continue;
            }
            seen.push((path.clone(), name.span));
            let Some(unit) = self.read(&path, &bytes) else {
                self.names.lose_all();
                continue;
            };
            let head = unit.statements.iter().find(|s| is_head(&s.kind)).map(|s| &s.kind);
            if !matches!(head, Some(StatementKind::Library(_))) {
                let what = if head.is_some() { "is a policy" } else { "does not say that it is a library" };
                self.names.lose_all();
                self.report(
                    Diagnostic::new(
                        &codes::WRONG_PLACE,
                        name.span,
                        format!("`{}` {what}, and `uses` reads a library", name.node),
                    )
                    .help("A library begins with `library \"its name\"` in place of `policy`."),
                );
                continue;
            }
            self.check_places(&unit, true);
            units.push(unit);
        }
        units
    }
}

pub(super) fn is_head(kind: &StatementKind) -> bool {
    matches!(kind, StatementKind::Policy(_) | StatementKind::Library(_))
}

fn allowed_in_library(kind: &StatementKind) -> bool {
    matches!(
        kind,
        StatementKind::Policy(_)
            | StatementKind::Library(_)
            | StatementKind::Lead(_)
            | StatementKind::List(_)
            | StatementKind::Calendar(_)
            | StatementKind::Rates(_)
            | StatementKind::Event(_)
    )
}
