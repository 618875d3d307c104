//! How proofs are worded.

use super::logic::{Mask, Proof};
use crate::diagnostic::Diagnostic;
use crate::policy::Policy;
use crate::source::Span;

/// So many lines of a proof are shown.
const MOST_LINES: usize = 6;

/// The words of a condition, on one line, cut where they are long.
pub fn words(policy: &Policy, span: Span) -> String {
    const MOST: usize = 70;
    let text = policy.sources.slice(span);
    let one: Vec<&str> = text.split_whitespace().collect();
    let one = one.join(" ");
    let one = one.strip_suffix(':').unwrap_or(&one);
    if one.chars().count() <= MOST {
        return one.to_owned();
    }
    one.chars().take(MOST - 1).chain(['…']).collect()
}

const MET: Mask = 1;

/// The lines of a proof as a clause: line 40 asks for this, line 47 for that.
pub fn because(policy: &Policy, proof: &Proof) -> Option<String> {
    // That a stage was entered or left is no line of its own.
    let is_name = |span: Span| policy.sources.slice(span).starts_with('"') && policy.sources.slice(span).ends_with('"');
    let lines: Vec<(Span, Mask)> = proof.because.iter().copied().filter(|(span, _)| !is_name(*span)).collect();
    if let [(first, _), (second, _)] = lines.as_slice()
        && first == second
    {
        let (line, words) = (policy.sources.line(*first), words(policy, *first));
        return Some(format!("line {line}, `{words}`, would have to be met and not met at once"));
    }
    if lines.is_empty() || lines.len() > 3 {
        return None;
    }
    let all_asked = lines.iter().all(|(_, mask)| *mask == MET);
    let clause = |(at, (span, mask)): (usize, &(Span, Mask))| {
        let (line, words) = (policy.sources.line(*span), words(policy, *span));
        match (all_asked, at) {
            (true, 0) => format!("line {line} asks for `{words}`"),
            (true, _) => format!("line {line} for `{words}`"),
            (false, _) if *mask == MET => format!("line {line} asks for `{words}`"),
            (false, _) => format!("line {line}, `{words}`, must not be met"),
        }
    };
    Some(lines.iter().enumerate().map(clause).collect::<Vec<_>>().join(", "))
}

/// Adds the lines of a proof as places.
pub fn with_lines(mut diagnostic: Diagnostic, proof: &Proof) -> Diagnostic {
    for (span, mask) in proof.because.iter().take(MOST_LINES) {
        let known = diagnostic.labels.iter().any(|label| label.span == *span);
        if *span != diagnostic.span && !known {
            let message = if *mask == MET { "this is asked for" } else { "and this must not be met" };
            diagnostic = diagnostic.also(*span, message);
        }
    }
    diagnostic
}
