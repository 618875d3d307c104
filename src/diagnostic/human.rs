//! Diagnostics for people: the words, the lines they stand on, and what to do.

use std::fmt;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, ThemeCharacters, ThemeStyles};

use super::escape::escape_lines;
use super::excerpt::{Excerpts, Mark, excerpts};
use super::list::{advice, closing, shown};
use super::place::Place;
use super::{Counts, Diagnostic, Severity, escape};
use crate::source::Sources;

/// What the reader's screen can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HumanOptions {
    /// Whether to use colour.
    pub color: bool,
    /// How many columns the screen has.
    pub width: usize,
}

impl Default for HumanOptions {
    fn default() -> Self {
        HumanOptions { color: false, width: 80 }
    }
}

/// So many other places are shown with a fault; the rest is counted. Two hundred lines of one name would hide the
/// faults before and after it.
const PLACES: usize = 20;

/// All diagnostics of one policy, each with the lines that it is about, and a closing line that counts them.
pub fn human(diagnostics: &[Diagnostic], sources: &Sources, options: HumanOptions) -> String {
    // Narrower, nothing fits beside the line numbers; wider, the eye loses the line.
    let options = HumanOptions { width: options.width.clamp(40, 120), ..options };
    let mut out = String::new();
    for diagnostic in shown(diagnostics) {
        for line in one(diagnostic, sources, options).lines() {
            out.push_str(line.trim_end());
            out.push('\n');
        }
        let more = diagnostic.labels.len().saturating_sub(PLACES);
        if more > 0 {
            out += &format!("  and {more} more {}\n", if more == 1 { "place" } else { "places" });
        }
        out.push('\n');
    }
    let closing = closing(diagnostics, sources);
    let color = match Counts::of(diagnostics) {
        _ if !options.color => return out + &closing + "\n",
        Counts { errors: 0, warnings: 0 } => GREEN,
        Counts { errors: 0, .. } => YELLOW,
        _ => RED,
    };
    out + color + &closing + PLAIN + "\n"
}

const RED: &str = "\u{1b}[31m";
const YELLOW: &str = "\u{1b}[33m";
const GREEN: &str = "\u{1b}[32m";
const PLAIN: &str = "\u{1b}[0m";

fn one(diagnostic: &Diagnostic, sources: &Sources, options: HumanOptions) -> String {
    let (excerpts, labels) = excerpts(marks(diagnostic, sources), options.width);
    let styles = if options.color { ThemeStyles::ansi() } else { ThemeStyles::none() };
    let own = if diagnostic.is_error() { styles.error } else { styles.warning };
    // The fault has the colour of its severity, and every other place another one.
    let highlights = labels.iter().map(|label| if label.primary() { own } else { styles.advice }).collect();
    // An emoji sign would be two columns wide on some terminals.
    let characters = ThemeCharacters { warning: "!".to_owned(), ..ThemeCharacters::unicode() };
    let highlights = if labels.is_empty() { styles.highlights } else { highlights };
    let styles = ThemeStyles { link: styles.help, highlights, ..styles };
    let theme = GraphicalTheme { characters, styles };
    let shown = Shown { diagnostic, excerpts, labels };
    let mut out = String::new();
    let handler = GraphicalReportHandler::new_themed(theme).with_width(options.width).with_links(false);
    match handler.render_report(&mut out, &shown) {
        Ok(()) => out,
        // miette writes to a string, which cannot fail; the message must not get lost if it refuses all the same.
        Err(fmt::Error) => shown.to_string(),
    }
}

/// The fault itself first, then the other places, those in the same file before those in others.
fn marks<'a>(diagnostic: &Diagnostic, sources: &'a Sources) -> Vec<Mark<'a>> {
    let mark = |span, message: &str, primary| {
        Place::of(sources, span).map(|place| Mark { place, message: message.to_owned(), primary })
    };
    let mut others: Vec<_> = diagnostic.labels.iter().collect();
    others.sort_by_key(|label| (label.span.file != diagnostic.span.file, label.span));
    let others = others.into_iter().take(PLACES).filter_map(|label| mark(label.span, &label.message, false));
    mark(diagnostic.span, &diagnostic.label, true).into_iter().chain(others).collect()
}

/// A diagnostic as miette wants it.
#[derive(Debug)]
struct Shown<'a> {
    diagnostic: &'a Diagnostic,
    excerpts: Excerpts,
    labels: Vec<LabeledSpan>,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&escape(&self.diagnostic.message))
    }
}

impl std::error::Error for Shown<'_> {}

impl miette::Diagnostic for Shown<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let severity = if self.diagnostic.is_error() { "error" } else { "warning" };
        Some(Box::new(format!("{severity} {} {}", self.diagnostic.code.id, self.diagnostic.code.name)))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.code.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        advice(self.diagnostic).map(|help| Box::new(escape_lines(&help)) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpts)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}
