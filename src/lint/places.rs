//! Where in the text things stand that a policy does not keep the place of.

use crate::policy::Policy;
use crate::source::Span;

/// The lines below a statement, by where its name was written: each without its indentation and comment sign.
fn body(policy: &Policy, name: Span) -> impl Iterator<Item = (usize, Span, &str)> {
    let file = policy.sources.file(name.file);
    let head = policy.sources.line(name);
    let lines = file.map_or(0, crate::source::SourceFile::lines);
    (head + 1..=lines)
        .filter_map(move |number| file.map(|file| (number, file.line(number), file.line_start(number))))
        .take_while(|(_, line, _)| line.is_empty() || line.starts_with([' ', '\t', '#', '\r']))
        .map(move |(number, line, start)| {
            let text = line.trim();
            let from = start + (line.len() - line.trim_start().len());
            (number, Span::new(name.file, from, from + text.len()), text)
        })
}

/// The line of a statement that begins with these words; where there is none, its name.
pub fn line(policy: &Policy, name: Span, begins: &str) -> Span {
    body(policy, name).find(|(_, _, text)| text.starts_with(begins)).map_or(name, |(_, span, _)| words(policy, span))
}

/// The bullet with this number, from 0, below the line at `head`; where there is none, the line.
pub fn bullet(policy: &Policy, head: Span, number: usize) -> Span {
    let bullets = body(policy, head).take_while(|(_, _, text)| text.is_empty() || text.starts_with(['-', '#']));
    let mut bullets = bullets.filter(|(_, _, text)| text.starts_with('-'));
    bullets.nth(number).map_or(head, |(_, span, _)| {
        let whole = words(policy, span);
        Span { start: (whole.start + 2).min(whole.end), ..whole }
    })
}

/// A line without a comment at its end.
fn words(policy: &Policy, span: Span) -> Span {
    let text = policy.sources.slice(span);
    let mut quoted = false;
    let end = text.char_indices().find(|(at, c)| {
        let escaped = *at > 0 && text.as_bytes().get(at - 1) == Some(&b'\\');
        quoted ^= *c == '"' && !escaped;
        *c == '#' && !quoted
    });
    let end = end.map_or(text, |(at, _)| text.get(..at).unwrap_or(text)).trim_end().len();
    Span { end: span.start + u32::try_from(end).unwrap_or(0), ..span }
}
