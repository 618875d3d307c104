//! Comments that turn warnings off: `# allow months`, on a line of its own above the one that the warning is about.

use std::collections::HashMap;

use crate::diagnostic::{CODES, Diagnostic, Severity, codes, did_you_mean, few};
use crate::source::{FileId, SourceFile, Sources, Span};

/// The `# allow` comments of a policy's files.
#[derive(Clone, Debug, Default)]
pub struct Allows {
    /// By file and by the line that they are about.
    lines: HashMap<(FileId, usize), Vec<Allow>>,
    unknown: Vec<Diagnostic>,
}

#[derive(Clone, Debug)]
struct Allow {
    name: &'static str,
    span: Span,
    used: bool,
}

/// Only a test run can tell whether this one is needed.
const NOT_JUDGED_HERE: &str = "no-example";

impl Allows {
    /// Reads the comments of all files.
    pub fn read(sources: &Sources) -> Allows {
        let mut allows = Allows::default();
        for id in (0..).map(FileId) {
            let Some(file) = sources.file(id) else { break };
            if file.text().contains("allow") {
                allows.file(id, file);
            }
        }
        allows
    }

    fn file(&mut self, id: FileId, file: &SourceFile) {
        let mut waiting: Vec<Allow> = Vec::new();
        for number in 1..=file.lines() {
            let line = file.line(number);
            let text = line.trim_start();
            let Some(comment) = text.strip_prefix('#') else {
                if !waiting.is_empty() && !text.is_empty() {
                    self.lines.insert((id, number), std::mem::take(&mut waiting));
                }
                // A blank line is no line above.
                waiting.clear();
                continue;
            };
            let Some(names) = comment.trim_start().strip_prefix("allow ") else { continue };
            let start = file.line_start(number) + line.len() - names.len();
            self.names(id, start, names, &mut waiting);
        }
    }

    /// The names after `allow`, up to a colon, after which a reason may stand.
    fn names(&mut self, id: FileId, start: usize, names: &str, allowed: &mut Vec<Allow>) {
        let names = names.split(':').next().unwrap_or_default();
        let known: Vec<&'static str> =
            CODES.iter().filter(|code| code.severity == Severity::Warning).map(|code| code.name).collect();
        let words: Vec<&str> = names.split([',', ' ', '\t']).filter(|word| !word.is_empty()).collect();
        let is_near = |word: &&str| known.contains(word) || did_you_mean(word, known.iter().copied()).is_some();
        if words.len() > 1 && !words.first().is_some_and(is_near) {
            // A remark that happens to begin with this word.
            return;
        }
        for word in words {
            let offset = word.as_ptr() as usize - names.as_ptr() as usize;
            let span = Span::new(id, start + offset, start + offset + word.len());
            match known.iter().find(|name| **name == word) {
                Some(name) => allowed.push(Allow { name, span, used: false }),
                None => {
                    let mut unknown = Diagnostic::new(
                        &codes::UNKNOWN_ALLOW,
                        span,
                        format!("there is no warning `{word}`, so this turns nothing off"),
                    );
                    unknown = match did_you_mean(word, known.iter().copied()) {
                        Some(meant) => unknown.help(format!("Did you mean `{meant}`?")).fix(meant),
                        None => {
                            let names: Vec<String> = known.iter().map(|name| (*name).to_owned()).collect();
                            unknown
                                .help(format!("The names are {}; a reason may follow after a colon.", few(&names, "`")))
                        }
                    };
                    self.unknown.push(unknown);
                }
            }
        }
    }

    /// Whether a comment above its line turns a warning off.
    pub fn turns_off(&mut self, warning: &Diagnostic, sources: &Sources) -> bool {
        let line = sources.line(warning.span);
        let Some(allowed) = self.lines.get_mut(&(warning.span.file, line)) else { return false };
        let Some(allow) = allowed.iter_mut().find(|allow| allow.name == warning.code.name) else { return false };
        allow.used = true;
        true
    }

    /// What is wrong with the comments themselves, once all warnings went past them.
    pub fn complaints(self) -> Vec<Diagnostic> {
        let mut complaints = self.unknown;
        let idle = self.lines.into_values().flatten().filter(|allow| !allow.used && allow.name != NOT_JUDGED_HERE);
        complaints.extend(idle.map(|allow| {
            let message = format!("this turns nothing off: there is no warning `{}` about the line below", allow.name);
            Diagnostic::new(&codes::UNUSED, allow.span, message)
                .help("Delete it, or move it right above the line that the warning names.")
        }));
        complaints
    }
}
