//! `score` and its rules.

use super::grammar::{Node, Rule, first, part};
use super::{At, Parser};
use crate::decimal::Decimal;
use crate::diagnostic::{Diagnostic, REPEATED_LINE};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{BandLine, Decay, Loss, Score, ScoreRule, ScoreRuleKind, TableLine, Value};

/// What may follow a rule after commas.
#[derive(Default)]
struct Options {
    within: Option<Spanned<crate::syntax::ast::Duration>>,
    once_every: Option<Spanned<crate::syntax::ast::Duration>>,
    decay: Option<Spanned<Decay>>,
    at_most: Option<Spanned<Decimal>>,
}

impl Parser {
    pub(super) fn score(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Score> {
        let mut score = Score {
            name: self.defined_name(at, &part(node, Rule::name)?)?,
            owner: None,
            starts_at: None,
            never_below: None,
            never_above: None,
            rules: Vec::new(),
            starts_again: Vec::new(),
            because: None,
        };
        self.body(at, Some(Rule::score_line), None, |parser, at, nodes| {
            let node = nodes.first()?;
            match node.as_rule() {
                Rule::add | Rule::remove => score.rules.push(parser.score_rule(at, node)?),
                Rule::starts_at if parser.once("starts at", at) => score.starts_at = Some(parser.number(at, node)?),
                Rule::never_below if parser.once("never below", at) => {
                    score.never_below = Some(parser.number(at, node)?);
                }
                Rule::never_above if parser.once("never above", at) => {
                    score.never_above = Some(parser.number(at, node)?);
                }
                Rule::starts_again => score.starts_again.extend(parser.events("starts again at", at, node)?),
                Rule::owned_by if parser.once("owned by", at) => score.owner = Some(parser.party(at, node)?),
                Rule::because if parser.once("because", at) => score.because = Some(parser.because(at, node)?),
                _ => {}
            }
            Some(())
        });
        let some = !score.rules.is_empty() || score.starts_at.is_some();
        self.missing(at.block, "score", &[(some, "add", "add 10 points when email is filled in")]);
        Some(score)
    }

    fn score_rule(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<ScoreRule> {
        let remove = node.as_rule() == Rule::remove;
        let inner = first(node)?;
        let mut built = ScoreRule {
            span: at.whole(),
            remove,
            kind: ScoreRuleKind::Table(Vec::new()),
            at_most: None,
            condition: None,
        };
        match inner.as_rule() {
            Rule::points_table => built.kind = ScoreRuleKind::Table(self.points_table(at)),
            Rule::points_by => {
                let by = self.band_subject(at, &inner)?;
                built.kind = ScoreRuleKind::Bands { by, lines: self.points_bands(at) };
            }
            Rule::points_rule => self.points_rule(at, &inner, &mut built)?,
            other => {
                let options = self.options(at, &inner)?;
                built.at_most = options.at_most;
                built.condition = self.last_when(at, &inner);
                built.kind = match other {
                    Rule::whole_score => {
                        ScoreRuleKind::Score { percent: None, score: self.name(at, &part(&inner, Rule::name)?)? }
                    }
                    Rule::share_of_score => ScoreRuleKind::Score {
                        percent: Some(self.percent(at, &inner)?),
                        score: self.name(at, &part(&part(&inner, Rule::of_score)?, Rule::name)?)?,
                    },
                    _ => ScoreRuleKind::Field(self.path(at, &inner)?),
                };
            }
        }
        Some(built)
    }

    /// `20 points when …`, `15 points for each …`, `10 points for every …`
    fn points_rule(&mut self, at: &At<'_>, node: &Node<'_>, written: &mut ScoreRule) -> Option<()> {
        let points = self.number(at, node)?;
        let inner = node.clone().into_inner().last()?;
        if inner.as_rule() == Rule::when_ {
            written.condition = self.condition_in(at, &inner);
            written.kind = ScoreRuleKind::Points(points);
            return Some(());
        }
        let options = self.options(at, &inner)?;
        written.at_most = options.at_most;
        written.condition = self.last_when(at, &inner);
        written.kind = if inner.as_rule() == Rule::for_each {
            ScoreRuleKind::ForEach {
                points,
                event: self.name(at, &part(&inner, Rule::name)?)?,
                within: options.within,
                once_every: options.once_every,
                decay: options.decay,
            }
        } else {
            let without = part(&inner, Rule::without)?;
            ScoreRuleKind::ForEveryWithout {
                points,
                period: self.duration(at, &inner)?,
                event: self.name(at, &part(&without, Rule::name)?)?,
            }
        };
        Some(())
    }

    /// The condition after `, when`.
    fn last_when(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<crate::syntax::ast::Condition> {
        part(node, Rule::when_).and_then(|when| self.condition_in(at, &when))
    }

    fn options(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Options> {
        let mut options = Options::default();
        let mut seen: Vec<(&str, Span)> = Vec::new();
        for option in node.clone().into_inner() {
            let span = at.span(&option);
            let what = match option.as_rule() {
                Rule::within_the_last => "within the last",
                Rule::once_every => "counted once every",
                Rule::halving | Rule::losing => "halving` or `losing",
                Rule::at_most_points => "at most",
                _ => continue,
            };
            if let Some((_, first)) = seen.iter().find(|(seen, _)| *seen == what) {
                let diagnostic = Diagnostic::new(&REPEATED_LINE, span, format!("`{what}` stands here twice"))
                    .also(*first, "first here")
                    .help("Keep one of the two.");
                self.diagnostics.push(diagnostic);
                continue;
            }
            seen.push((what, span));
            match option.as_rule() {
                Rule::within_the_last => options.within = Some(self.duration(at, &option)?),
                Rule::once_every => options.once_every = Some(self.duration(at, &option)?),
                Rule::at_most_points => options.at_most = Some(self.number(at, &option)?),
                Rule::halving => {
                    let every = self.duration(at, &option)?.node;
                    options.decay = Some(Spanned::new(Decay { loss: Loss::Half, every }, span));
                }
                _ => {
                    let every = self.duration(at, &part(&option, Rule::every)?)?.node;
                    let loss = match part(&option, Rule::losing_points) {
                        Some(points) => Loss::Points(self.number(at, &points)?.node),
                        None => Loss::Percent(self.percent(at, &option)?.node),
                    };
                    options.decay = Some(Spanned::new(Decay { loss, every }, span));
                }
            }
        }
        Some(options)
    }

    fn band_subject(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Spanned<Value>> {
        let by = first(node)?;
        let span = at.span(&by);
        let value = match by.as_rule() {
            Rule::score_value => Value::Score(self.name(at, &part(&by, Rule::name)?)?),
            _ => Value::Field(self.field(at, &by)),
        };
        Some(Spanned::new(value, span))
    }

    fn points_table(&mut self, at: &At<'_>) -> Vec<TableLine<Spanned<Decimal>>> {
        let mut lines = Vec::new();
        self.table(at, Rule::points_bullet, "25 when …", |parser, at, nodes| {
            let value = parser.decimal(at, nodes.first()?)?;
            let condition = parser.when_or_otherwise(at, nodes.get(1)?);
            lines.push(TableLine { span: at.whole(), value, condition });
            Some(())
        });
        lines
    }

    fn points_bands(&mut self, at: &At<'_>) -> Vec<BandLine<Spanned<Decimal>>> {
        let mut lines = Vec::new();
        self.table(at, Rule::band_bullet, "20 from 1,000", |parser, at, nodes| {
            let value = parser.decimal(at, nodes.first()?)?;
            let from = parser.bound_or_otherwise(at, nodes.get(1)?)?;
            lines.push(BandLine { span: at.whole(), value, from });
            Some(())
        });
        lines
    }

    /// The bullets under a line of a body; none at all is a fault.
    pub(super) fn table(
        &mut self,
        at: &At<'_>,
        place: Rule,
        example: &str,
        mut build: impl FnMut(&mut Self, &At<'_>, &[Node<'_>]) -> Option<()>,
    ) {
        if at.bullets().is_empty() {
            self.wants_bullets(at, "line", example);
            self.broken = true;
        }
        for bullet in at.bullets() {
            self.line(place, bullet, &mut build);
        }
    }
}
