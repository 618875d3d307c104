//! Diagnostics as workflow commands: GitHub Actions shows each beside its line of the change.

use super::list::Merged;
use super::place::Place;
use super::plain::write_details;
use super::{Diagnostic, SHOWN, escape};
use crate::source::Sources;

/// All diagnostics of some policies as lines for the log of a GitHub workflow, and a last line that counts them.
/// What two policies have in common, such as a fault of their library, is written once.
///
/// ```text
/// ::error file=acme.handover,line=57,endLine=57,col=7,endColumn=20,title=H0201 unknown-name::no criterion is …
/// 1 error
/// ```
pub fn github<'a>(policies: impl IntoIterator<Item = (&'a [Diagnostic], &'a Sources)>) -> String {
    let all = Merged::of(policies);
    let mut out: String = all.shown.into_iter().map(|(diagnostic, sources)| command(diagnostic, sources)).collect();
    // No file is named here: in a line that is no command, a name could be one.
    out += &all.counts.words();
    if all.cut {
        out += &format!(", the first {SHOWN} of each policy are shown");
    }
    out + "\n"
}

fn command(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let code = diagnostic.code;
    let mut line = format!("::{} ", code.severity.name());
    if let Some(place) = Place::of(sources, diagnostic.span) {
        let (from, to) = (place.from(), place.to());
        line += &format!("file={},line={},endLine={}", property(place.file.path()), from.line, to.line);
        // GitHub takes no columns where the stretch has several lines.
        if from.line == to.line {
            line += &format!(",col={},endColumn={}", from.column, to.column);
        }
        line.push(',');
    }
    let mut message = escape(&diagnostic.message) + "\n";
    // Writing to a string cannot fail.
    let _ = write_details(&mut message, diagnostic, sources);
    line + &format!("title={} {}::{}\n", code.id, code.name, data(message.trim_end()))
}

/// What stands behind the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What stands behind a `=`.
fn property(text: &str) -> String {
    data(&escape(text)).replace(':', "%3A").replace(',', "%2C")
}
