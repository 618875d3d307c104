//! Whatever is done to a policy, it is read without a panic, and what is said of it points into its text.

use handover::source::{FileId, Span};
use handover::syntax::layout::layout;

use crate::read;

const POLICIES: [&str; 3] =
    [include_str!("whole.handover"), include_str!("every_line.handover"), include_str!("odd_names.handover")];

/// What people and programs put into files.
const PIECES: [&str; 42] = [
    "\"",
    "\\",
    "`",
    "#",
    "- ",
    "\t",
    "\r",
    "\n",
    "\n  ",
    "\n    - ",
    "  ",
    " ",
    ":",
    ",",
    ".",
    "is ",
    "and ",
    "or ",
    ">=",
    "“",
    "”",
    "–",
    "\u{a0}",
    "\u{200b}",
    "\u{202e}",
    "\u{0}",
    "é",
    "e\u{301}",
    "😀",
    "5.000",
    "10 000",
    "any of:",
    "all of",
    "not",
    "'",
    "\u{feff}",
    "Ж",
    "(",
    "%",
    "EUR",
    "2026-02-30",
    "happened",
];

/// A small generator of numbers that look random (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides.max(1) as u64).unwrap()
    }
}

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn check(text: &str) {
    let read = read(text);
    let whole = |span: Span| {
        let (start, end) = (span.start as usize, span.end as usize);
        start <= end && text.get(start..end).is_some()
    };
    for diagnostic in &read.diagnostics {
        assert!(whole(diagnostic.span), "{diagnostic:?} in {text:?}");
        assert!(diagnostic.labels.iter().all(|label| whole(label.span)), "{diagnostic:?} in {text:?}");
        assert!(!diagnostic.message.is_empty() && diagnostic.help.is_some(), "{diagnostic:?} in {text:?}");
        let upper = diagnostic.message.starts_with(|c: char| c.is_uppercase());
        assert!(!upper && !diagnostic.message.ends_with('.'), "{}", diagnostic.message);
    }
    for statement in &read.file.statements {
        assert!(whole(statement.span), "{statement:?} in {text:?}");
    }
    let (layout, _) = layout(FileId(0), text);
    for comment in &layout.comments {
        assert!(read.source.slice(comment.span).starts_with('#'), "{comment:?} in {text:?}");
    }
}

#[test]
fn a_mutated_policy_is_read_without_a_panic() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for case in 0..1_500 {
        let mut text = POLICIES[case % POLICIES.len()].to_owned();
        // A few lines at a time keep it fast.
        let lines: Vec<&str> = text.lines().collect();
        let first = dice.roll(lines.len());
        let last = (first + 3 + dice.roll(6)).min(lines.len());
        text = lines[first..last].join("\n");
        for _ in 0..=dice.roll(3) {
            let at = boundary(&text, dice.roll(text.len() + 1));
            match dice.roll(4) {
                0 => text.insert_str(at, PIECES[dice.roll(PIECES.len())]),
                1 => {
                    let end = boundary(&text, (at + 1 + dice.roll(12)).min(text.len()));
                    text.replace_range(at.min(end)..end, "");
                }
                2 => {
                    let end = boundary(&text, (at + 1 + dice.roll(6)).min(text.len()));
                    text.replace_range(at.min(end)..end, PIECES[dice.roll(PIECES.len())]);
                }
                _ => {
                    let end = boundary(&text, (at + dice.roll(60)).min(text.len()));
                    let copy = text[at.min(end)..end].to_owned();
                    text.insert_str(boundary(&text, dice.roll(text.len() + 1)), &copy);
                }
            }
        }
        check(&text);
    }
}

#[test]
fn a_heap_of_pieces_is_read_without_a_panic() {
    let mut dice = Dice(7);
    for _ in 0..500 {
        let text: String = (0..dice.roll(40)).map(|_| PIECES[dice.roll(PIECES.len())]).collect();
        check(&text);
    }
}

#[test]
fn a_policy_that_is_cut_off_anywhere_is_read() {
    for policy in POLICIES {
        let mut at = 0;
        while at < policy.len() {
            check(&policy[..boundary(policy, at)]);
            at += 97;
        }
    }
}
