//! The tree of lines → the AST. Every fault of a file is found in one run: a line that cannot be read is reported,
//! leaves its names behind so that their users are not at fault, and costs nothing else.
//!
//! Nothing is looked up here: names, fields, types, units and counts are for `check`. Nothing but `grammar` names
//! pest, and no message of pest is ever shown: `faults` says what is wrong.

mod conditions;
mod data;
mod everyday;
mod example;
mod faults;
mod grammar;
mod handover;
mod judgement;
mod score;
mod sla;
mod statements;
mod values;

use std::cell::Cell;
use std::collections::HashSet;

use grammar::{Node, Rule, range};

use super::ast::{File, Statement};
use super::layout::{Block, LineState, Words, layout};
use crate::diagnostic::{Diagnostic, MISSING_LINE, REPEATED_LINE, UNEXPECTED_WORD};
use crate::source::{FileId, Span};

/// Reads a text. The AST holds whatever could be read, and the diagnostics say why the rest could not, in the
/// order of the text; where one of them says that the file as a whole is too long, nothing was read.
pub fn parse(file: FileId, text: &str) -> (File, Vec<Diagnostic>) {
    let (layout, diagnostics) = layout(file, text);
    let mut parser = Parser::new(diagnostics, &layout.blocks);
    parser.lost.extend(layout.lost);
    let mut statements = Vec::with_capacity(layout.blocks.len());
    for block in &layout.blocks {
        parser.broken = false;
        parser.seen.clear();
        if let Some(kind) = parser.statement(block) {
            statements.push(Statement { span: block.line.words.whole(), kind, broken: parser.broken });
        }
    }
    parser.diagnostics.sort_by_key(|diagnostic| (diagnostic.span.start, diagnostic.span.end));
    (File { statements, lost: parser.lost }, parser.diagnostics)
}

/// What the rule for its place sees in a line as it was written, if that fits.
fn sound<'b>(place: Rule, block: &'b Block<'_>) -> Option<Vec<Node<'b>>> {
    if block.line.state == LineState::Sound { grammar::read(place, &block.line.words.text).ok() } else { None }
}

struct Parser {
    diagnostics: Vec<Diagnostic>,
    /// Names in lines whose head could not be read.
    lost: Vec<String>,
    /// Whether a line of the current statement could not be read.
    broken: bool,
    /// The lines of the current statement that may stand once.
    seen: Vec<(&'static str, Span)>,
    /// The fields that this file declares, as far as they could be told before it was read.
    declared: HashSet<String>,
    /// Whether fields may be declared elsewhere.
    uses: bool,
    /// How many lines could not be read as they are.
    guessed: usize,
    /// What the bullets of a group may be: in an example, more than elsewhere.
    bullet: Rule,
}

/// A line that is being read.
struct At<'a> {
    words: &'a Words<'a>,
    /// Whether the words are not quite those that were written.
    mended: bool,
    block: &'a Block<'a>,
    /// Whether somebody asked for the bullets under it.
    owns: Cell<bool>,
}

impl<'a> At<'a> {
    fn new(words: &'a Words<'a>, block: &'a Block<'a>) -> Self {
        let mended = !std::ptr::eq(words, &raw const block.line.words);
        At { words, mended, block, owns: Cell::new(false) }
    }

    fn span(&self, node: &Node<'_>) -> Span {
        self.words.span(range(node))
    }

    fn whole(&self) -> Span {
        self.words.whole()
    }

    /// The bullets under the line; whoever calls this answers for them.
    fn bullets(&self) -> &'a [Block<'a>] {
        self.owns.set(true);
        &self.block.children
    }
}

impl Parser {
    fn new(diagnostics: Vec<Diagnostic>, blocks: &[Block<'_>]) -> Self {
        let mut parser = Parser {
            diagnostics,
            lost: Vec::new(),
            broken: false,
            seen: Vec::new(),
            declared: HashSet::new(),
            uses: false,
            guessed: 0,
            bullet: Rule::condition_bullet,
        };
        for block in blocks {
            let text = block.line.words.text.as_ref();
            parser.uses |= text.starts_with("uses ");
            if text == "lead" {
                let items = block.children.iter().flat_map(|field| &field.children);
                let words =
                    block.children.iter().chain(items).filter_map(|line| line.line.words.text.split(' ').next());
                parser.declared.extend(words.map(str::to_owned));
            }
        }
        parser
    }

    /// Reads a line by the rule for its place and hands what it says to `build`. A line that cannot be read is
    /// reported and marks the statement; so does a line for which `build` has nothing to show.
    fn line<T>(
        &mut self,
        place: Rule,
        block: &Block<'_>,
        build: impl FnOnce(&mut Self, &At<'_>, &[Node<'_>]) -> Option<T>,
    ) -> Option<T> {
        self.line_read(place, block, sound(place, block), build)
    }

    /// The same for a line of which it is known what the rule for its place sees in it, if that fits.
    fn line_read<'b, T>(
        &mut self,
        place: Rule,
        block: &'b Block<'_>,
        sound: Option<Vec<Node<'b>>>,
        build: impl FnOnce(&mut Self, &At<'_>, &[Node<'_>]) -> Option<T>,
    ) -> Option<T> {
        let written = &block.line.words;
        let mended;
        let (words, nodes) = match sound {
            Some(nodes) => (written, nodes),
            None => {
                mended = self.mended(place, block);
                let read = mended.as_ref().and_then(|words| Some((words, grammar::read(place, &words.text).ok()?)));
                let Some(read) = read else {
                    self.broken = true;
                    self.bullets_of_broken(place, block);
                    return None;
                };
                read
            }
        };
        let at = At::new(words, block);
        let built = build(self, &at, &nodes);
        if built.is_none() {
            self.broken = true;
        }
        if !at.owns.get() {
            self.no_bullets(block);
        }
        built
    }

    /// Reports what is wrong with a line, and how it is meant where that is certain.
    fn mended<'t>(&mut self, place: Rule, block: &Block<'t>) -> Option<Words<'t>> {
        match block.line.state {
            LineState::TooLong => None,
            LineState::Unclosed => self.close_quote(place, block),
            LineState::Sound => self.mend(place, block.line.words.clone()),
        }
    }

    /// Reports lines under a line that owns none.
    fn no_bullets(&mut self, block: &Block<'_>) {
        let Some(child) = block.children.first() else { return };
        self.broken = true;
        let span = child.line.words.whole();
        let span = if span.start == span.end { block.line.words.whole() } else { span };
        let diagnostic = Diagnostic::new(&UNEXPECTED_WORD, span, "this bullet stands under a line that owns none")
            .also(block.line.words.whole(), "this line is complete without it")
            .help("Bullets stand under a head such as `any of:`; should the line above end in one?");
        self.diagnostics.push(diagnostic);
    }

    /// Reads what it can of the bullets under a line that could not be read, for their own faults.
    fn bullets_of_broken(&mut self, place: Rule, block: &Block<'_>) {
        if matches!(place, Rule::lead_line | Rule::item_bullet) {
            return;
        }
        let text = block.line.words.text.trim_end_matches(':');
        let group = ["of", "all", "any", "none"].iter().any(|word| text.ends_with(word));
        if group && !text.contains(" list") {
            for child in &block.children {
                self.line(self.bullet, child, |parser, at, nodes| Some(parser.condition(at, nodes.first()?, 1)));
            }
        }
    }

    /// Whether this is the first line of its kind in the statement; reports it where it is not.
    fn once(&mut self, what: &'static str, at: &At<'_>) -> bool {
        let span = at.whole();
        let first = self.seen.iter().find(|(seen, _)| *seen == what).map(|(_, span)| *span);
        let Some(first) = first else {
            self.seen.push((what, span));
            return true;
        };
        let diagnostic = Diagnostic::new(&REPEATED_LINE, span, format!("`{what}` stands here a second time"))
            .label("again")
            .also(first, "first here")
            .help("Keep one of the two lines.");
        self.diagnostics.push(diagnostic);
        false
    }

    /// Reports the lines that a sound statement lacks: whether each is there, how it begins, and an example.
    fn missing(&mut self, block: &Block<'_>, statement: &str, lines: &[(bool, &str, &str)]) {
        let missing: Vec<_> = lines.iter().filter(|(there, ..)| !there).collect();
        if missing.is_empty() || self.broken {
            return;
        }
        let quoted = |words: Vec<String>| words.join(" and ");
        let begin = quoted(missing.iter().map(|(_, begin, _)| format!("`{begin}`")).collect());
        let examples = quoted(missing.iter().map(|(.., example)| format!("`{example}`")).collect());
        let (line, it) = if missing.len() == 1 { ("line", "a line") } else { ("lines", "lines") };
        let message = format!("this {statement} lacks its {line} {begin}");
        let help = format!("Add {it} below it, indented with two spaces: {examples}.");
        self.diagnostics.push(Diagnostic::new(&MISSING_LINE, block.line.words.whole(), message).help(help));
    }

    /// Reports a head without bullets, unless the statement has a line that could not be read.
    fn wants_bullets(&mut self, at: &At<'_>, what: &str, example: &str) {
        if at.mended {
            // It may have been meant as no head at all.
            self.broken = true;
            return;
        }
        let message = format!("`{}` has no {what} under it", at.words.text);
        let indent = at.block.line.text_at + 2;
        let help = format!("Write at least one below it, indented with {indent} spaces: `- {example}`.");
        self.diagnostics.push(Diagnostic::new(&MISSING_LINE, at.whole(), message).help(help));
    }
}
