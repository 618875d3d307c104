//! Which statement a block is, and what becomes of one whose head cannot be read.

use super::faults::language;
use super::grammar::{self, Node, Rule, part};
use super::{At, Parser, sound};
use crate::diagnostic::{Diagnostic, NEAR_MISS, UNEXPECTED_WORD, UNKNOWN_STATEMENT, did_you_mean};
use crate::source::{FileId, Span};
use crate::syntax::ast::StatementKind;
use crate::syntax::layout::{Block, LineState, STATEMENTS, Words};

impl Parser {
    /// Reads a statement and the lines under it. `None` where its head cannot be read: its names are in `lost`.
    pub(super) fn statement(&mut self, block: &Block<'_>) -> Option<StatementKind> {
        let text = block.line.words.text.as_ref();
        let word = text.split([' ', ':']).next().unwrap_or("");
        if block.line.bullet {
            return self.outside(block);
        }
        let Some(place) = place(word) else { return self.unknown_statement(block, word) };
        self.known_statement(block, place, None)
    }

    /// Reads a statement whose word is known; `head` is its head line where that was mended.
    fn known_statement(&mut self, block: &Block<'_>, place: Rule, head: Option<Words<'_>>) -> Option<StatementKind> {
        if head.is_none()
            && let Some(nodes) = sound(place, block)
        {
            return self.build_from(&At::new(&block.line.words, block), nodes.first()?);
        }
        let mended = match head {
            Some(head) => self.mend(place, head),
            None => self.mended(place, block),
        };
        if let Some(words) = mended {
            return self.build(place, block, &words);
        }
        self.broken = true;
        self.lose(block);
        // The lines under it may have faults of their own, and there is only one policy, lead and handover.
        let stand_in = stand_in(place, block);
        let words = Words::new(FileId::default(), &stand_in, 0..stand_in.len(), &[]);
        let span = block.line.words.whole();
        let words = block.line.words.mended(0..block.line.words.text.len(), &words.text);
        let kind = self.build(place, block, &words)?;
        match kind {
            StatementKind::Policy(mut policy) => {
                policy.name.span = span;
                Some(StatementKind::Policy(policy))
            }
            StatementKind::Lead(_) | StatementKind::Handover(_) => Some(kind),
            _ => None,
        }
    }

    fn build(&mut self, place: Rule, block: &Block<'_>, words: &Words<'_>) -> Option<StatementKind> {
        let at = At::new(words, block);
        let nodes = grammar::read(place, &words.text).ok()?;
        self.build_from(&at, nodes.first()?)
    }

    fn build_from(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<StatementKind> {
        Some(match node.as_rule() {
            Rule::policy => StatementKind::Policy(self.policy(at, node)?),
            Rule::library => {
                let name = self.defined_name(at, &part(node, Rule::name)?)?;
                self.no_lines(at, "library", "The statements of a library begin in the first column.");
                StatementKind::Library(name)
            }
            Rule::uses => {
                let file = self.text(at, &part(node, Rule::file)?)?;
                self.no_lines(at, "uses", "Write a line `uses \"…\"` for each library.");
                StatementKind::Uses(file)
            }
            Rule::lead => StatementKind::Lead(self.lead(at)),
            Rule::list => StatementKind::List(self.list(at, node)?),
            Rule::calendar => StatementKind::Calendar(self.calendar(at, node)?),
            Rule::rates_on | Rule::rates_from => StatementKind::Rates(self.rates(at, node)?),
            Rule::event => StatementKind::Event(self.event(at, node)?),
            Rule::handover => StatementKind::Handover(self.handover(at)),
            Rule::criterion => StatementKind::Criterion(self.criterion(at, node)?),
            Rule::checklist => StatementKind::Checklist(self.checklist(at, node)?),
            Rule::score => StatementKind::Score(self.score(at, node)?),
            Rule::grade => StatementKind::Grade(self.grade(at, node)?),
            Rule::disqualify => StatementKind::Disqualify(self.disqualify(at, node)?),
            Rule::stage => StatementKind::Stage(self.stage(at, node)?),
            Rule::sla => StatementKind::Sla(self.sla(at, node)?),
            Rule::target => StatementKind::Target(self.target(at, node)?),
            Rule::example => StatementKind::Example(self.example(at, node)?),
            _ => return None,
        })
    }

    /// Reads the lines of a statement one by one: those without a dash by `line`, bullets by `bullet`.
    pub(super) fn body(
        &mut self,
        at: &At<'_>,
        line: Option<Rule>,
        bullet: Option<Rule>,
        mut build: impl FnMut(&mut Self, &At<'_>, &[Node<'_>]) -> Option<()>,
    ) {
        let mut strays = 0;
        for child in at.bullets() {
            if let (Some(line), false) = (line, child.line.bullet)
                && let Some(nodes) = sound(line, child)
            {
                self.line_read(line, child, Some(nodes), &mut build);
                continue;
            }
            let reads =
                |place: Option<Rule>| place.is_some_and(|place| grammar::read(place, &child.line.words.text).is_ok());
            if !child.line.bullet && !reads(line) && reads(bullet) {
                self.not_a_bullet(bullet, child);
                self.line(bullet.unwrap_or(Rule::EOI), child, &mut build);
                continue;
            }
            let place = if child.line.bullet { bullet } else { line };
            if let Some(place) = place {
                self.line(place, child, &mut build);
                continue;
            }
            self.broken = true;
            if !child.line.bullet {
                self.not_a_bullet(bullet, child);
            } else if strays == 0 {
                self.stray_bullet(at, child);
            }
            strays += usize::from(child.line.bullet);
        }
    }

    fn stray_bullet(&mut self, at: &At<'_>, child: &Block<'_>) {
        let head = at.words.text.split(' ').next().unwrap_or("");
        let condition = match head {
            "criterion" => Some("is met when all of:"),
            "stage" => Some("is reached when all of:"),
            "disqualify" => Some("when any of:"),
            "score" => Some("add points:"),
            "sla" => Some("if missed:"),
            _ => None,
        };
        let help = match condition {
            Some(line) => format!("Bullets stand under a line that ends in a colon, such as `{line}`."),
            None => "Lines here have no dash; delete it.".to_owned(),
        };
        let message = format!("a bullet stands right under `{head}`");
        self.diagnostics.push(Diagnostic::new(&UNEXPECTED_WORD, shown(child), message).help(help));
    }

    /// A line without a dash where only bullets stand.
    fn not_a_bullet(&mut self, bullet: Option<Rule>, child: &Block<'_>) {
        let span = shown(child);
        let readable = bullet.is_some_and(|bullet| grammar::read(bullet, &child.line.words.text).is_ok());
        let diagnostic = if readable {
            let words = &child.line.words.text;
            Diagnostic::new(&NEAR_MISS, span, "this line lacks the dash of a bullet")
                .help(format!("Write `- {words}`."))
                .fix(format!("- {words}"))
        } else {
            Diagnostic::new(&UNEXPECTED_WORD, span, "this line does not belong here")
                .help("Only bullets stand under this statement: lines that begin with `- `.")
        };
        self.diagnostics.push(diagnostic);
    }

    /// Reports lines under a statement that has none.
    pub(super) fn no_lines(&mut self, at: &At<'_>, statement: &str, help: &str) {
        let Some(child) = at.bullets().first() else { return };
        let message = format!("`{statement}` has no lines under it");
        let diagnostic = Diagnostic::new(&UNEXPECTED_WORD, shown(child), message).help(help);
        self.diagnostics.push(diagnostic.also(at.whole(), "under this line"));
    }

    /// A line that belongs to no statement.
    fn outside(&mut self, block: &Block<'_>) -> Option<StatementKind> {
        let diagnostic = Diagnostic::new(&UNEXPECTED_WORD, shown(block), "this line stands under no statement")
            .help("Begin the file with `policy \"its name\"`, and indent what belongs to it with two spaces.");
        self.lose(block);
        self.fault(diagnostic)
    }

    fn unknown_statement(&mut self, block: &Block<'_>, word: &str) -> Option<StatementKind> {
        let words = &block.line.words;
        let near = did_you_mean(word, STATEMENTS).filter(|_| word.chars().count() > 2);
        let synonym = synonym(&word.to_lowercase());
        let span = words.span(0..word.len());
        if word.is_empty() || block.line.state == LineState::TooLong {
            self.lose(block);
            if block.line.state != LineState::TooLong {
                let message = "a statement begins with a word";
                self.diagnostics
                    .push(Diagnostic::new(&UNKNOWN_STATEMENT, words.whole(), message).help(every_statement()));
            }
            return None;
        }
        let Some(near) = synonym.or(near) else {
            if word.starts_with("//") {
                let diagnostic = Diagnostic::new(&NEAR_MISS, words.span(0..2), "a note begins with `#`, not with `//`");
                self.diagnostics.push(diagnostic.help("Write `#` instead.").fix("#"));
                return None;
            }
            let message = format!("`{word}` begins no statement");
            let help = format!("{}{}", language(word), every_statement());
            self.diagnostics.push(Diagnostic::new(&UNKNOWN_STATEMENT, span, message).help(help));
            self.lose(block);
            return None;
        };
        let same = near == word.to_lowercase();
        let diagnostic = if same {
            Diagnostic::new(&NEAR_MISS, span, format!("`{word}` is written in lower case"))
                .help(format!("Write `{near}`; only names and parties have capitals."))
        } else {
            Diagnostic::new(&UNKNOWN_STATEMENT, span, format!("`{word}` begins no statement"))
                .label(format!("did you mean `{near}`?"))
                .help(format!("The line then reads: `{near}{}`.", words.text.get(word.len()..).unwrap_or("")))
        };
        self.diagnostics.push(diagnostic.fix(near));
        let head = words.mended(0..word.len(), near);
        if same || near == "policy" {
            self.broken |= !same;
            return self.known_statement(block, place(near)?, Some(head));
        }
        self.lose(block);
        None
    }

    /// Remembers what a block that cannot be read may define, so that its users are not reported.
    pub(super) fn lose(&mut self, block: &Block<'_>) {
        let text = block.line.words.text.as_ref();
        let quoted = text.split('"').skip(1).step_by(2).map(super::values::nfc);
        self.lost.extend(quoted.filter(|name| !name.is_empty()));
        if !text.contains('"')
            && let Some((_, name)) = text.split_once(' ')
        {
            self.lost.push(super::values::nfc(name.trim_end_matches(':')));
        }
        for child in block.children.iter().flat_map(|child| std::iter::once(child).chain(&child.children)) {
            if let Some((field, _)) = child.line.words.text.split_once(" is ")
                && !field.contains(['"', ' '])
            {
                self.lost.push(super::values::nfc(&field.replace('`', "")));
            }
        }
    }
}

/// The words of a line, or its place where it has none.
pub(super) fn shown(block: &Block<'_>) -> Span {
    block.line.words.whole()
}

fn every_statement() -> String {
    format!("A statement begins with one of these words: {}.", STATEMENTS.map(|word| format!("`{word}`")).join(", "))
}

/// What other tools call the statements.
fn synonym(word: &str) -> Option<&'static str> {
    Some(match word {
        "criteria" | "criterium" | "condition" | "rule" => "criterion",
        "checklists" => "checklist",
        "scoring" | "scores" => "score",
        "service" | "sla's" => "sla",
        "exclude" | "reject" | "disqualification" => "disqualify",
        "test" | "scenario" | "case" => "example",
        "goal" => "target",
        "fields" | "field" | "leads" | "contact" => "lead",
        "import" | "include" | "use" | "using" => "uses",
        "holidays" | "hours" => "calendar",
        "activity" | "trigger" => "event",
        "phase" | "step" => "stage",
        "rating" => "grade",
        "currencies" | "rate" => "rates",
        "hand-over" | "hand_over" => "handover",
        _ => return None,
    })
}

fn place(word: &str) -> Option<Rule> {
    Some(match word {
        "policy" => Rule::policy_head,
        "library" => Rule::library_head,
        "uses" => Rule::uses_head,
        "lead" => Rule::lead_head,
        "list" => Rule::list_head,
        "calendar" => Rule::calendar_head,
        "rates" => Rule::rates_head,
        "event" => Rule::event_head,
        "handover" => Rule::handover_head,
        "criterion" => Rule::criterion_head,
        "checklist" => Rule::checklist_head,
        "score" => Rule::score_head,
        "grade" => Rule::grade_head,
        "disqualify" => Rule::disqualify_head,
        "stage" => Rule::stage_head,
        "sla" => Rule::sla_head,
        "target" => Rule::target_head,
        "example" => Rule::example_head,
        _ => return None,
    })
}

/// A head that reads well, for one that does not.
fn stand_in(place: Rule, block: &Block<'_>) -> String {
    let bands = block.children.iter().any(|child| child.line.words.text.contains("\" from "));
    let bullets = !block.children.is_empty();
    match place {
        Rule::policy_head => "policy \"?\"",
        Rule::library_head => "library \"?\"",
        Rule::uses_head => "uses \"?\"",
        Rule::lead_head => "lead",
        Rule::list_head if bullets => "list \"?\":",
        Rule::list_head => "list \"?\" from \"?\"",
        Rule::calendar_head => "calendar \"?\"",
        Rule::rates_head if bullets => "rates on 2000-01-01",
        Rule::rates_head => "rates from \"?\"",
        Rule::event_head => "event \"?\"",
        Rule::handover_head => "handover",
        Rule::criterion_head => "criterion \"?\"",
        Rule::checklist_head => "checklist \"?\"",
        Rule::score_head => "score \"?\"",
        Rule::grade_head if bands => "grade \"?\" of score \"?\"",
        Rule::grade_head => "grade \"?\"",
        Rule::disqualify_head => "disqualify \"?\"",
        Rule::stage_head => "stage \"?\"",
        Rule::sla_head => "sla \"?\"",
        Rule::target_head => "target 1 \"?\" per month",
        _ => "example \"?\"",
    }
    .to_owned()
}
