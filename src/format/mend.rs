//! The fixes of diagnostics, made: those that mend how something is written, and leave alone what it says.

use crate::diagnostic::{Diagnostic, codes};
use crate::source::{FileId, Span};
use crate::syntax::{layout::layout, print};

/// What a slip hides may be another slip, seldom more than a few.
const MOST_ROUNDS: usize = 50;

/// The text with all safe fixes made, until none is left. `faults` says what is wrong with a text, which is file 0.
pub fn mend(text: String, faults: &mut dyn FnMut(&str) -> Vec<Diagnostic>) -> String {
    let mut text = text;
    for _ in 0..MOST_ROUNDS {
        let found = faults(&text);
        let mended = round(&text, &found);
        if mended == text {
            break;
        }
        text = mended;
    }
    text
}

fn round(text: &str, found: &[Diagnostic]) -> String {
    let mut fixes: Vec<(Span, &str)> = found
        .iter()
        .filter(|it| is_safe(it, text) && it.code != &codes::INDENTATION)
        .filter_map(|it| Some((it.span, it.fix.as_deref()?)))
        .collect();
    fixes.sort_by_key(|(span, _)| (span.start, span.end));
    let too_long = found.iter().any(|it| it.code == &codes::TOO_LONG);
    if fixes.is_empty() && !too_long && found.iter().any(|it| it.code == &codes::INDENTATION) {
        // One line that stands off takes others with it, so all are put where the tree of lines has them.
        return print::print(text, &layout(FileId(0), text).0);
    }
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for (span, fix) in fixes {
        let (start, end) = (span.start as usize, span.end as usize);
        // Of two slips in one place, the second waits for the next round.
        if start >= at {
            out.push_str(text.get(at..start).unwrap_or(""));
            out.push_str(fix);
            at = end;
        }
    }
    out.push_str(text.get(at..).unwrap_or(""));
    out
}

/// Whether the fix of a diagnostic is no more than another way to write the same. Names that are probably misspelt are
/// not: only people know what they meant.
pub fn is_safe(diagnostic: &Diagnostic, text: &str) -> bool {
    let Some(fix) = diagnostic.fix.as_deref().filter(|_| diagnostic.span.file == FileId(0)) else { return false };
    let slips = [
        &codes::HIDDEN_CHARACTER,
        &codes::INDENTATION,
        &codes::UNCLOSED_QUOTE,
        &codes::TYPOGRAPHIC,
        &codes::BAD_NUMBER,
        &codes::BAD_DATE,
        &codes::BAD_DURATION,
        &codes::BAD_NAME,
        &codes::NEAR_MISS,
    ];
    let written = text.get(diagnostic.span.start as usize..diagnostic.span.end as usize).unwrap_or("");
    // There are many dollars.
    let guesses = diagnostic.code == &codes::HIDDEN_CHARACTER && !takes_away(written, fix) || written.contains('$');
    (slips.contains(&diagnostic.code) && !guesses) || fix == format!("\"{written}\"")
}

/// Whether a fix only takes characters away, or puts spaces in their place. A letter of another alphabet may stand in other
/// lines too, which would then name something else.
fn takes_away(written: &str, fix: &str) -> bool {
    let mut left = written.chars();
    fix.chars().all(|kept| kept == ' ' || left.any(|c| c == kept))
}
