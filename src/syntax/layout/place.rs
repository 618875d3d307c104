//! Which line owns which, by indentation; and what to make of a line that stands a little off.

use super::scan::Scan;
use super::{Block, Line, LineState, MOST_BULLETS, MOST_STATEMENTS};
use crate::diagnostic::{Diagnostic, INDENTATION, NEAR_MISS, TOO_LONG};
use crate::source::{FileId, Span};

/// The words that begin a statement.
pub const STATEMENTS: [&str; 18] = [
    "policy",
    "library",
    "uses",
    "lead",
    "list",
    "calendar",
    "rates",
    "event",
    "handover",
    "criterion",
    "checklist",
    "score",
    "grade",
    "disqualify",
    "stage",
    "sla",
    "target",
    "example",
];

/// How the lines under a statement may begin, to tell one that was not indented from a misspelt statement.
const BODY: [&str; 44] = [
    "version ",
    "effective from ",
    "effective until ",
    "agreed by ",
    "working hours",
    "because \"",
    "identified by ",
    "empty when ",
    "time zone ",
    "open ",
    "closed on ",
    "holidays from ",
    "always open",
    "from ",
    "dated by ",
    "reason in ",
    "handed over at ",
    "accepted at ",
    "rejected at ",
    "contacted at ",
    "converted at ",
    "reasons ",
    "cost of a lead ",
    "owner is ",
    "owned by ",
    "is met when ",
    "if unknown, ",
    "if missed",
    "starts at ",
    "starts again ",
    "never below ",
    "never above ",
    "add ",
    "remove ",
    "when ",
    "is reached when ",
    "entered when ",
    "left when ",
    "only while ",
    "for leads where ",
    "clock ",
    "time allowed",
    "given ",
    "expect ",
];

/// Builds the tree line by line.
pub struct Placer<'t> {
    pub diagnostics: Vec<Diagnostic>,
    file: FileId,
    blocks: Vec<Block<'t>>,
    /// From the statement down to the last line.
    open: Vec<Open<'t>>,
    wrong: Option<Wrong>,
    statements: usize,
}

/// A line that may still get lines under it.
struct Open<'t> {
    block: Block<'t>,
    /// The column that its text begins in, from 0.
    text_at: usize,
    /// Whether lines may stand under it, as far as its words tell.
    owner: bool,
}

/// The last line that stood off, so that its neighbours with the same indentation are not reported again.
struct Wrong {
    bullet: bool,
    columns: usize,
    depth: usize,
    diagnostic: usize,
    more: usize,
}

impl<'t> Placer<'t> {
    pub fn new(file: FileId) -> Self {
        let (diagnostics, blocks, open) = (Vec::new(), Vec::new(), Vec::new());
        Placer { diagnostics, file, blocks, open, wrong: None, statements: 0 }
    }

    pub fn finish(mut self) -> (Vec<Block<'t>>, Vec<Diagnostic>) {
        self.close(0);
        (self.blocks, self.diagnostics)
    }

    /// Puts a line where it belongs.
    pub fn place(&mut self, scan: Scan<'t>, number: u32, long: bool) {
        let (depth, expected) = if scan.bullet > 0 { self.bullet_place(&scan) } else { self.line_place(&scan) };
        self.report(&scan, depth, expected);
        let text = scan.words.text.as_ref();
        let owner = if depth == 0 {
            ["list", "rates", "checklist", "grade", "lists", "rate", "grades"].contains(&first_word(text))
        } else {
            // The end of a line that is too long was not looked at.
            long || text.ends_with(':')
        };
        let bullet = scan.bullet > 0 || depth > 1;
        if bullet && scan.bullet == 0 {
            self.lacks_dash(&scan);
        }
        let state = match (long, scan.unclosed) {
            (true, _) => LineState::TooLong,
            (false, true) => LineState::Unclosed,
            (false, false) => LineState::Sound,
        };
        let text_at = scan.columns + scan.bullet;
        let line = Line { number, words: scan.words, text_at, bullet, state };
        self.close(depth);
        if depth == 0 {
            self.statements += 1;
            if self.statements == MOST_STATEMENTS + 1 {
                let message = "a file has at most 2,000 statements, and this is one more";
                let help = "Move what several policies share to a library: `uses \"shared/crm.handover\"`.";
                self.diagnostics.push(Diagnostic::new(&TOO_LONG, line.words.whole(), message).help(help));
            }
        }
        self.open.push(Open { block: Block { line, children: Vec::new() }, text_at, owner });
    }

    /// Closes the open lines below `depth` and hands them to their owners.
    fn close(&mut self, depth: usize) {
        while self.open.len() > depth {
            let Some(closed) = self.open.pop() else { return };
            let Some(owner) = self.open.last_mut() else {
                self.blocks.push(closed.block);
                continue;
            };
            let bullets = owner.block.children.len();
            if bullets == MOST_BULLETS && closed.block.line.bullet {
                let head = owner.block.line.words.whole();
                let span = closed.block.line.words.whole();
                self.diagnostics.push(
                    Diagnostic::new(&TOO_LONG, span, "a head has at most 1,000 bullets, and this is one more")
                        .also(head, "under this head")
                        .help("Put a long list into a file, one entry a line: `list \"x\" from \"lists/x.txt\"`."),
                );
            }
            owner.block.children.push(closed.block);
        }
    }

    /// The depth of a line that is no bullet, and the column where it should begin.
    fn line_place(&mut self, scan: &Scan<'t>) -> (usize, usize) {
        let text = scan.words.text.as_ref();
        let statement = is_statement(text);
        if scan.columns == 0 {
            let body = !statement && !self.open.is_empty() && self.looks_like_body(text);
            return if body { (1, 2) } else { (0, 0) };
        }
        if statement || self.open.is_empty() {
            return (0, 0);
        }
        // A line among bullets has lost its dash.
        let among = self.deepest(|open| open.owner && open.text_at >= 2 && open.text_at + 2 == scan.columns);
        if let Some(depth) = among.filter(|depth| *depth > 1) {
            return (depth, scan.columns);
        }
        // A statement that stands off takes its lines with it.
        let shifted = self.open.first().is_some_and(|head| head.text_at > 0 && head.text_at + 2 == scan.columns);
        (1, if shifted { scan.columns } else { 2 })
    }

    fn looks_like_body(&self, text: &str) -> bool {
        let in_lead = self.open.first().is_some_and(|head| head.block.line.words.text == "lead");
        let field = in_lead && text.split(' ').nth(1) == Some("is");
        field || BODY.iter().any(|start| text.starts_with(start))
    }

    /// The depth of a bullet, and the column where it should begin.
    fn bullet_place(&mut self, scan: &Scan<'t>) -> (usize, usize) {
        let columns = scan.columns;
        if let Some(depth) = self.deepest(|open| open.owner && open.text_at + 2 == columns) {
            return (depth, columns);
        }
        if let Some(wrong) = self.wrong.as_ref().filter(|wrong| wrong.bullet && wrong.columns == columns) {
            let expected = self.open.get(wrong.depth.saturating_sub(1)).map(|owner| owner.text_at + 2);
            if let Some(expected) = expected {
                return (wrong.depth, expected);
            }
        }
        let waiting = self.open.last().filter(|last| last.owner && self.open.len() > 1);
        if let Some(last) = waiting.filter(|last| columns + 2 >= last.text_at) {
            return (self.open.len(), last.text_at + 2);
        }
        if let Some(depth) = self.deepest(|open| open.text_at + 2 == columns) {
            return (depth, columns);
        }
        let nearest = |owner: bool| {
            let fitting = self.open.iter().enumerate().filter(|(_, open)| open.owner || !owner);
            fitting.min_by_key(|(_, open)| (open.text_at + 2).abs_diff(columns))
        };
        match (nearest(true), nearest(false)) {
            (Some((depth, open)), _) => (depth + 1, open.text_at + 2),
            // No bullet belongs here, with whatever indentation.
            (None, Some((depth, _))) => (depth + 1, columns),
            (None, None) => (0, 0),
        }
    }

    fn deepest(&self, fits: impl Fn(&Open<'t>) -> bool) -> Option<usize> {
        self.open.iter().rposition(fits).map(|depth| depth + 1)
    }

    fn lacks_dash(&mut self, scan: &Scan<'t>) {
        let words = &scan.words.text;
        let diagnostic = Diagnostic::new(&NEAR_MISS, scan.words.whole(), "this line lacks the dash of a bullet")
            .help(format!("Write `- {words}`."))
            .fix(format!("- {words}"));
        self.diagnostics.push(diagnostic);
    }

    fn report(&mut self, scan: &Scan<'t>, depth: usize, expected: usize) {
        if depth == 0 && scan.columns == 0 {
            return self.wrong = None;
        }
        let bullet = scan.bullet > 0;
        let right = " ".repeat(expected);
        let span = Span::new(self.file, scan.indentation.start, scan.indentation.end);
        if scan.tabs {
            let message = "this line is indented with a tab";
            let help = format!("Indent it with {}.", spaces(expected));
            self.diagnostics.push(Diagnostic::new(&INDENTATION, span, message).help(help).fix(right));
            return;
        }
        if scan.columns == expected {
            // A line in its place ends the run of those below it that were not.
            self.wrong = self.wrong.take().filter(|wrong| depth >= wrong.depth);
            return;
        }
        if let Some(wrong) = &mut self.wrong
            && (wrong.bullet, wrong.columns, wrong.depth) == (bullet, scan.columns, depth)
        {
            wrong.more += 1;
            let lines =
                if wrong.more == 1 { "line below it".to_owned() } else { format!("{} lines below", wrong.more) };
            if let Some(first) = self.diagnostics.get_mut(wrong.diagnostic) {
                first.help = Some(format!("Indent it with {}, and the {lines} too.", spaces(expected)));
            }
            return;
        }
        let what = if bullet { "bullet" } else { "line" };
        let message = match (scan.columns, expected) {
            (0, _) => format!("this {what} is not indented"),
            (written, 0) => format!("a statement begins in the first column, not after {}", spaces(written)),
            (written, _) => format!("this {what} is indented with {}, not {expected}", spaces(written)),
        };
        let (span, fix) = if scan.columns == 0 {
            // Nothing to point at: the first word stands for the white space that is not there.
            let first = if bullet { "-" } else { first_word(&scan.words.text) };
            let at = scan.indentation.end;
            let span = if bullet { Span::new(self.file, at, at + scan.mark) } else { scan.words.span(0..first.len()) };
            (span, format!("{right}{first}"))
        } else {
            (span, right)
        };
        let help = match expected {
            0 => "Delete the spaces before it.".to_owned(),
            _ => format!("Indent it with {}.", spaces(expected)),
        };
        let diagnostic = self.diagnostics.len();
        self.wrong = Some(Wrong { bullet, columns: scan.columns, depth, diagnostic, more: 0 });
        self.diagnostics.push(Diagnostic::new(&INDENTATION, span, message).help(help).fix(fix));
    }
}

fn spaces(count: usize) -> String {
    if count == 1 { "1 space".to_owned() } else { format!("{count} spaces") }
}

fn first_word(text: &str) -> &str {
    text.split([' ', ':']).next().unwrap_or("")
}

/// Whether a line says what only a statement says; a field may be called `score`.
fn is_statement(text: &str) -> bool {
    let Some((first, rest)) = text.split_once(' ') else { return STATEMENTS.contains(&text) };
    let next = rest.split(' ').next().unwrap_or("");
    match first {
        "rates" => matches!(next, "on" | "from"),
        "target" => next.starts_with(|c: char| c.is_ascii_digit()),
        "lead" | "handover" => false,
        _ => STATEMENTS.contains(&first) && next.starts_with('"'),
    }
}
