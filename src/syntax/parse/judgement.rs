//! How a lead is judged: `criterion`, `checklist`, `grade`, `disqualify`, `stage`.

use super::grammar::{Node, Rule, first, part};
use super::{At, Parser};
use crate::source::Spanned;
use crate::syntax::ast::{
    BandLine, Checklist, ChecklistItem, Condition, Criterion, Disqualify, Grade, GradeKind, LeftWhen, Literal, Stage,
    TableLine,
};

impl Parser {
    pub(super) fn criterion(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Criterion> {
        let name = self.defined_name(at, &part(node, Rule::name)?)?;
        let mut criterion = Criterion { name, owner: None, condition: None, if_unknown: None, because: None };
        self.body(at, Some(Rule::criterion_line), None, |parser, at, nodes| {
            let node = nodes.first()?;
            match node.as_rule() {
                Rule::is_met_when => parser.only_condition("is met when", at, node, &mut criterion.condition)?,
                Rule::if_unknown if parser.once("if unknown", at) => {
                    let treat = first(node)?;
                    let met = treat.as_rule() == Rule::treat_as_met;
                    criterion.if_unknown = Some(Spanned::new(met, at.whole()));
                }
                Rule::owned_by if parser.once("owned by", at) => criterion.owner = Some(parser.party(at, node)?),
                Rule::because if parser.once("because", at) => criterion.because = Some(parser.because(at, node)?),
                _ => {}
            }
            Some(())
        });
        self.missing(
            at.block,
            "criterion",
            &[(criterion.condition.is_some(), "is met when", "is met when email is filled in")],
        );
        Some(criterion)
    }

    /// The condition of a line that may stand once; one that stands again is read for its own faults.
    pub(super) fn only_condition(
        &mut self,
        what: &'static str,
        at: &At<'_>,
        node: &Node<'_>,
        slot: &mut Option<Condition>,
    ) -> Option<()> {
        let condition = self.condition_in(at, node)?;
        if self.once(what, at) {
            *slot = Some(condition);
        }
        Some(())
    }

    pub(super) fn checklist(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Checklist> {
        let name = self.defined_name(at, &part(node, Rule::name)?)?;
        let mut checklist = Checklist { name, owner: None, items: Vec::new(), because: None };
        self.body(at, Some(Rule::checklist_line), Some(Rule::checklist_bullet), |parser, at, nodes| {
            let node = nodes.first()?;
            match node.as_rule() {
                Rule::label => {
                    let label = Spanned::new(super::values::nfc(node.as_str()), at.span(node));
                    let condition = parser.condition(at, nodes.last()?, 1);
                    checklist.items.push(ChecklistItem { label, condition });
                }
                Rule::owned_by if parser.once("owned by", at) => checklist.owner = Some(parser.party(at, node)?),
                Rule::because if parser.once("because", at) => checklist.because = Some(parser.because(at, node)?),
                _ => {}
            }
            Some(())
        });
        if checklist.items.is_empty() && !self.broken {
            self.wants_bullets(at, "item", "budget: budget is at least EUR 10,000");
        }
        Some(checklist)
    }

    pub(super) fn grade(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Grade> {
        let name = self.defined_name(at, &part(node, Rule::name)?)?;
        let score = match part(node, Rule::grade_of_score) {
            Some(of) => Some(self.name(at, &part(&of, Rule::name)?)?),
            None => None,
        };
        let (mut bands, mut table, mut because) = (Vec::new(), Vec::new(), None);
        let bullet = if score.is_some() { Rule::grade_band_bullet } else { Rule::grade_bullet };
        self.body(at, Some(Rule::grade_line), Some(bullet), |parser, at, nodes| {
            let node = nodes.first()?;
            if node.as_rule() == Rule::because {
                if parser.once("because", at) {
                    because = Some(parser.because(at, node)?);
                }
                return Some(());
            }
            let value = parser.defined_name(at, node)?;
            if bullet == Rule::grade_bullet {
                let condition = parser.when_or_otherwise(at, nodes.get(1)?);
                table.push(TableLine { span: at.whole(), value, condition });
            } else {
                let from = parser.bound_or_otherwise(at, nodes.get(1)?)?;
                bands.push(BandLine { span: at.whole(), value, from });
            }
            Some(())
        });
        if bands.is_empty() && table.is_empty() && !self.broken {
            let example = if score.is_some() { "\"A\" from 80" } else { "\"heavy\" when …" };
            self.wants_bullets(at, "line", example);
        }
        let kind = match score {
            Some(score) => GradeKind::OfScore { score, lines: bands },
            None => GradeKind::Table(table),
        };
        Some(Grade { name, kind, because })
    }

    /// The condition of a line of a table; none for `otherwise`.
    pub(super) fn when_or_otherwise(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Condition> {
        if node.as_rule() == Rule::otherwise { None } else { self.condition_in(at, node) }
    }

    /// The bound of a line of bands, none for `otherwise`; the outer `None` where it cannot be read.
    #[expect(clippy::option_option, reason = "the outer one is for a bound that cannot be read")]
    pub(super) fn bound_or_otherwise(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Option<Spanned<Literal>>> {
        if node.as_rule() == Rule::otherwise {
            return Some(None);
        }
        self.literal(at, &part(node, Rule::bound)?).map(Some)
    }

    pub(super) fn disqualify(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Disqualify> {
        let name = self.defined_name(at, &part(node, Rule::name)?)?;
        let mut disqualify = Disqualify { name, condition: None, because: None };
        self.body(at, Some(Rule::disqualify_line), None, |parser, at, nodes| {
            let node = nodes.first()?;
            match node.as_rule() {
                Rule::when_ => parser.only_condition("when", at, node, &mut disqualify.condition)?,
                Rule::because if parser.once("because", at) => disqualify.because = Some(parser.because(at, node)?),
                _ => {}
            }
            Some(())
        });
        self.missing(at.block, "disqualify", &[(disqualify.condition.is_some(), "when", "when email is empty")]);
        Some(disqualify)
    }

    pub(super) fn stage(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Stage> {
        let mut stage = Stage {
            name: self.defined_name(at, &part(node, Rule::name)?)?,
            owner: None,
            condition: None,
            entered: Vec::new(),
            left: Vec::new(),
            only_while: None,
            because: None,
        };
        self.body(at, Some(Rule::stage_line), None, |parser, at, nodes| {
            let node = nodes.first()?;
            match node.as_rule() {
                Rule::is_reached_when => parser.only_condition("is reached when", at, node, &mut stage.condition)?,
                Rule::entered_when => stage.entered.extend(parser.events("entered when", at, node)?),
                Rule::left_when => {
                    let events = parser.names(at, node)?;
                    let hold = match part(node, Rule::hold) {
                        Some(hold) => Some(parser.duration(at, &hold)?),
                        None => None,
                    };
                    stage.left.push(LeftWhen { events, hold });
                }
                Rule::only_while if parser.once("only while it passes its test", at) => {
                    stage.only_while = Some(at.whole());
                }
                Rule::owned_by if parser.once("owned by", at) => stage.owner = Some(parser.party(at, node)?),
                Rule::because if parser.once("because", at) => stage.because = Some(parser.because(at, node)?),
                _ => {}
            }
            Some(())
        });
        self.missing(
            at.block,
            "stage",
            &[(stage.condition.is_some(), "is reached when", "is reached when email is filled in")],
        );
        Some(stage)
    }
}
