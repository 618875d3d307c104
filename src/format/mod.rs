//! Policies in canonical form, with proof that they mean what they meant; and the fixes of diagnostics, made.

mod mend;

pub use mend::{is_safe, mend};

use crate::diagnostic::Diagnostic;
use crate::source::FileId;
use crate::syntax::layout::{MOST_BYTES, layout};
use crate::syntax::{ast, parse, print};

/// Why a text is not put into canonical form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unformatted {
    /// It has mistakes, so nobody knows what it means.
    #[error("the text has mistakes")]
    Faults(Vec<Diagnostic>),
    /// With a space after each comma, it would be longer than a file may be.
    #[error(
        "its canonical form has more than 1,048,576 bytes, so it stays as it was; move long lists to files of their own"
    )]
    TooLong,
    /// The canonical form would mean something else: this program is at fault, and the text stays as it is.
    #[error("its canonical form would not say the same; this is a defect of handover, and the file stays as it was")]
    Meaning,
}

/// A policy or library in canonical form. What it says, and every comment, stays.
///
/// # Errors
/// [`Unformatted`] says why there is none.
pub fn format(text: &str) -> Result<String, Unformatted> {
    let before = read(text).map_err(Unformatted::Faults)?;
    let formatted = print::print(text, &layout(FileId(0), text).0);
    if formatted.len() > MOST_BYTES {
        return Err(Unformatted::TooLong);
    }
    let same = read(&formatted).is_ok_and(|after| meaning(&before) == meaning(&after));
    let settled = print::print(&formatted, &layout(FileId(0), &formatted).0) == formatted;
    if same && settled && comments(text) == comments(&formatted) { Ok(formatted) } else { Err(Unformatted::Meaning) }
}

fn read(text: &str) -> Result<ast::File, Vec<Diagnostic>> {
    let (file, faults) = parse(FileId(0), text);
    if faults.iter().any(Diagnostic::is_error) { Err(faults) } else { Ok(file) }
}

fn comments(text: &str) -> Vec<&str> {
    let (layout, _) = layout(FileId(0), text);
    let words = |comment: &crate::syntax::layout::Comment| {
        text.get(comment.span.start as usize..comment.span.end as usize).unwrap_or("")
    };
    layout.comments.iter().map(words).collect()
}

/// All that a file says, without the places where it says so.
fn meaning(file: &ast::File) -> String {
    const PLACE: &str = "Span {";
    let whole = format!("{file:?}");
    let mut said = String::with_capacity(whole.len() / 2);
    let mut rest = whole.as_str();
    while let Some(at) = rest.find(['"', 'S']) {
        let (before, from) = rest.split_at(at);
        said.push_str(before);
        // Names and texts are copied: whatever stands in them is no place.
        let length = if from.starts_with('"') { quoted(from) } else { 1 };
        let place = from.starts_with(PLACE).then(|| from.find('}').map_or(from.len(), |end| end + 1));
        said.push_str(from.get(..length).filter(|_| place.is_none()).unwrap_or(""));
        rest = from.get(place.unwrap_or(length)..).unwrap_or("");
    }
    said.push_str(rest);
    said
}

fn quoted(from: &str) -> usize {
    let mut escaped = false;
    let end = from.char_indices().skip(1).find(|(_, c)| {
        let closes = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        closes
    });
    end.map_or(from.len(), |(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_no_meaning_and_all_else_is() {
        let of = |text: &str| meaning(&read(text).unwrap());
        let policy = "policy \"Span { P\"\n  version 1\n";
        assert_eq!(of(policy), of("\n# a\npolicy   \"Span { P\"\n\n  version 1 # b\n"));
        assert!(of(policy).contains("Span { P") && !of(policy).contains("start:"), "{}", of(policy));
        assert_ne!(of(policy), of("policy \"Span { Q\"\n  version 1\n"));
        assert_ne!(of(policy), of("policy \"Span { P\"\n  version 2\n"));
    }
}
