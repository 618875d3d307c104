//! Scores and grades: points, tables, bands and decay.

use super::conditions::Scope;
use super::decay::{falling_share, falling_steps};
use super::names::Kind;
use super::{Checker, owner_of, text_of, values::describe};
use crate::decimal::Decimal;
use crate::diagnostic::{Diagnostic, codes};
use crate::policy::{
    BandSubject, Bands, Bound, Decay, EventId, FieldRef, Grade, GradeKind, Money, Score, ScoreId, ScoreRule,
    ScoreRuleKind, Table, Type,
};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, BandLine, Literal, Loss, Statement, StatementKind, TableLine, Value};

use super::cycles::Node;

/// Points go up to this size; beyond it sums could overflow.
const MOST_POINTS: i64 = 1_000_000_000 * 100;

impl Checker<'_> {
    pub(super) fn scores(&mut self, statements: &[(String, Statement)]) -> Vec<Score> {
        let mut scores: Vec<Score> = Vec::new();
        for (_, statement) in statements {
            let StatementKind::Score(score) = &statement.kind else { continue };
            let id = u32::try_from(scores.len()).unwrap_or(u32::MAX);
            self.owner = Some(Node { kind: Kind::Score, id });
            self.broken = statement.broken;
            let score = self.score(score);
            self.owner = None;
            scores.push(score);
        }
        scores
    }

    fn score(&mut self, score: &ast::Score) -> Score {
        let starts_at = score.starts_at.as_ref().and_then(|points| self.points(points, Sign::Any));
        let never_below = score.never_below.as_ref().and_then(|points| self.points(points, Sign::Any));
        let never_above = score.never_above.as_ref().and_then(|points| self.points(points, Sign::Any));
        if let (Some(below), Some(above)) = (&score.never_below, &score.never_above)
            && below.node > above.node
        {
            self.report(
                Diagnostic::new(
                    &codes::EMPTY_RANGE,
                    above.span,
                    format!("`never below {}` is above `never above {}`", below.node, above.node),
                )
                .also(below.span, "never below this")
                .help("Swap them, or write another bound."),
            );
        }
        let starts_again = self.find_all(Kind::Event, &score.starts_again, EventId);
        let rules = score.rules.iter().filter_map(|rule| self.rule(rule)).collect();
        Score {
            span: score.name.span,
            name: score.name.node.clone(),
            owner: owner_of(&score.owner),
            starts_at: starts_at.unwrap_or(0),
            never_below,
            never_above,
            starts_again,
            rules,
            because: text_of(&score.because),
        }
    }

    fn rule(&mut self, rule: &ast::ScoreRule) -> Option<ScoreRule> {
        let at_most = rule.at_most.as_ref().and_then(|points| self.points(points, Sign::NotNegative));
        let condition = rule.condition.as_ref().map(|condition| self.condition(condition, Scope::Lead));
        let kind = self.rule_kind(rule)?;
        Some(ScoreRule { span: rule.span, remove: rule.remove, kind, at_most, condition })
    }

    fn rule_kind(&mut self, rule: &ast::ScoreRule) -> Option<ScoreRuleKind> {
        match &rule.kind {
            ast::ScoreRuleKind::Points(points) => Some(ScoreRuleKind::Points(self.points(points, Sign::Positive)?)),
            ast::ScoreRuleKind::Table(lines) => {
                let table =
                    self.table(lines, rule.span, "0", |checker, points| checker.points(points, Sign::NotNegative))?;
                Some(ScoreRuleKind::Table(table))
            }
            ast::ScoreRuleKind::Bands { by, lines } => {
                let subject = self.band_subject(by);
                let bands = self.bands(subject, lines, rule.span, "0", |checker, points| {
                    checker.points(points, Sign::NotNegative)
                })?;
                Some(ScoreRuleKind::Bands(bands))
            }
            ast::ScoreRuleKind::ForEach { points, event, within, once_every, decay } => {
                let event = self.find(Kind::Event, event).map(EventId);
                let worth = self.points(points, Sign::Positive);
                let within = match within {
                    Some(within) => {
                        self.has_hours(within)?;
                        Some(within.node)
                    }
                    None => None,
                };
                let once_every = match once_every {
                    Some(every) => Some(self.period(every)?),
                    None => None,
                };
                let decay = match decay {
                    Some(decay) => Some(self.decay(decay, worth?)?),
                    None => None,
                };
                Some(ScoreRuleKind::ForEach { points: worth?, event: event?, within, once_every, decay })
            }
            ast::ScoreRuleKind::ForEveryWithout { points, period, event } => {
                let event = self.find(Kind::Event, event).map(EventId);
                let points = self.points(points, Sign::Positive);
                let period = self.period(period)?;
                Some(ScoreRuleKind::ForEveryWithout { points: points?, period, event: event? })
            }
            ast::ScoreRuleKind::Field(path) => {
                let target = self.target(path, Scope::Lead)?;
                if let (Type::Number, FieldRef::Lead(id)) = (&target.ty, target.field) {
                    return Some(ScoreRuleKind::Field(id));
                }
                let message =
                    format!("`{}` is {}, and only a number can be added as points", target.words, describe(&target.ty));
                let code = if matches!(target.ty, Type::Money(_)) { &codes::WRONG_UNIT } else { &codes::WRONG_TYPE };
                self.report(
                    Diagnostic::new(code, path.span, message)
                        .also(target.declared, format!("declared as {}", describe(&target.ty)))
                        .help("Name a field that is declared as `is a number`; for points that depend on other fields write `add points by …:` or `add points:`."),
                );
                None
            }
            ast::ScoreRuleKind::Score { score, .. } if rule.remove => {
                self.report(
                    Diagnostic::new(
                        &codes::UNEXPECTED_WORD,
                        rule.span,
                        "a score can be added to another one, not removed from it",
                    )
                    .help(format!("To take something away, let the rules of `{}` remove points.", score.node)),
                );
                None
            }
            ast::ScoreRuleKind::Score { percent, score } => {
                let id = self.find(Kind::Score, score)?;
                self.refer(Kind::Score, id, score.span);
                if let Some(percent) = percent
                    && (percent.node.is_negative() || percent.node > Decimal::from(1_000_000))
                {
                    self.report(
                        Diagnostic::new(
                            &codes::OUT_OF_BOUNDS,
                            percent.span,
                            "a share of a score is from 0% to 1,000,000%",
                        )
                        .help("Write a percentage such as `40%`."),
                    );
                }
                let percent = percent.as_ref().map_or(Decimal::from(100), |percent| percent.node);
                Some(ScoreRuleKind::Score { percent, score: ScoreId(id) })
            }
        }
    }

    /// Points in hundredths.
    fn points(&mut self, points: &Spanned<Decimal>, sign: Sign) -> Option<i64> {
        let fits = points.node.hundredths().filter(|points| points.abs() <= MOST_POINTS);
        let Some(hundredths) = fits else {
            let (message, help) = if points.node.rounded_hundredths().is_some_and(|p| p.abs() <= MOST_POINTS) {
                ("points have at most two decimals", "Round it: `12.25`.")
            } else {
                ("points go up to 1,000,000,000", "Write a smaller number.")
            };
            self.report(Diagnostic::new(&codes::OUT_OF_BOUNDS, points.span, message).help(help));
            return None;
        };
        let allowed = match sign {
            Sign::Any => true,
            Sign::NotNegative => hundredths >= 0,
            Sign::Positive => hundredths > 0,
        };
        if !allowed {
            let message =
                if hundredths == 0 { "a rule of no points does nothing" } else { "points in a rule are above zero" };
            self.report(Diagnostic::new(&codes::OUT_OF_BOUNDS, points.span, message).help(
                "Write the size of the change; to take points away write `remove 10 points …` in place of `add`.",
            ));
            return None;
        }
        Some(hundredths)
    }

    /// The microseconds of a period: minutes to weeks.
    fn period(&mut self, period: &Spanned<ast::Duration>) -> Option<i64> {
        let words = self.sources.slice(period.span).to_owned();
        let Some(micros) = period.node.fixed_micros() else {
            let why = if period.node.unit.is_business() {
                "is business time"
            } else {
                "has no fixed length, because months differ"
            };
            self.report(
                Diagnostic::new(
                    &codes::WRONG_UNIT,
                    period.span,
                    format!(
                        "`{words}` {why}, and periods of a score are counted in whole minutes, hours, days or weeks"
                    ),
                )
                .help("Write days or weeks: `30 days` in place of a month."),
            );
            return None;
        };
        if micros == 0 {
            self.report(
                Diagnostic::new(&codes::OUT_OF_BOUNDS, period.span, "a period must be longer than nothing")
                    .help("Write a number from 1."),
            );
            return None;
        }
        Some(micros)
    }

    fn decay(&mut self, decay: &Spanned<ast::Decay>, points: i64) -> Option<Decay> {
        let every = self.period(&Spanned::new(decay.node.every, decay.span))?;
        let worth = match decay.node.loss {
            Loss::Half => falling_share(points, Decimal::from(50)),
            Loss::Percent(percent) if percent > Decimal::from(100) || percent.is_negative() => {
                self.report(
                    Diagnostic::new(
                        &codes::OUT_OF_BOUNDS,
                        decay.span,
                        "nothing can lose more than 100% or less than 0%",
                    )
                    .help("Write a percentage such as `losing 25% every 7 days`."),
                );
                return None;
            }
            Loss::Percent(percent) if percent.times_power_of_ten(4).is_none() => {
                self.report(
                    Diagnostic::new(&codes::OUT_OF_BOUNDS, decay.span, "a percentage has at most four decimals here")
                        .help("Round it: `losing 12.5% every 7 days`."),
                );
                return None;
            }
            Loss::Percent(percent) => falling_share(points, percent),
            Loss::Points(loss) => {
                let loss = self.points(&Spanned::new(loss, decay.span), Sign::Positive)?;
                falling_steps(points, loss)
            }
        };
        if worth.is_none() {
            self.report(
                Diagnostic::new(
                    &codes::ENDLESS_DECAY,
                    decay.span,
                    "this takes more than 4,096 periods to come down to nothing",
                )
                .help("Let it lose more in each period, or count it in longer ones."),
            );
        }
        worth.map(|worth| Decay { every, worth })
    }

    /// A table by conditions. `value` reads what a line gives; `last` is what its last line might be.
    pub(super) fn table<W, T>(
        &mut self,
        lines: &[TableLine<W>],
        span: Span,
        last: &str,
        mut value: impl FnMut(&mut Self, &W) -> Option<T>,
    ) -> Option<Table<T>> {
        self.otherwise_last(lines.iter().map(|line| (line.span, line.condition.is_none())), span, last);
        let spans = lines.iter().map(|line| line.span).collect();
        let mut table = Vec::new();
        let mut otherwise = None;
        let mut whole = true;
        for line in lines {
            let value = value(self, &line.value);
            whole &= value.is_some();
            let condition = line.condition.as_ref().map(|condition| self.condition(condition, Scope::Lead));
            match (value, condition) {
                (Some(value), Some(condition)) => table.push((value, condition)),
                (Some(value), None) => otherwise = Some(value),
                (None, _) => {}
            }
        }
        otherwise.filter(|_| whole).map(|otherwise| Table { lines: table, otherwise, spans })
    }

    /// `otherwise` must be there once, as the last line.
    fn otherwise_last(&mut self, lines: impl Iterator<Item = (Span, bool)>, head: Span, last: &str) {
        let lines: Vec<(Span, bool)> = lines.collect();
        let otherwise = lines.iter().position(|(_, otherwise)| *otherwise);
        match otherwise {
            None if !self.broken => self.report(
                Diagnostic::new(&codes::OTHERWISE, head, "this table has no last line for all other leads")
                    .help(format!("Add a last line that ends in `otherwise`, such as `- {last} otherwise`.")),
            ),
            Some(at) => {
                if let Some((after, _)) = lines.get(at + 1) {
                    let (line, _) = lines.get(at).copied().unwrap_or((*after, true));
                    self.report(
                        Diagnostic::new(&codes::OTHERWISE, *after, "no lead ever comes to this line")
                            .also(line, "`otherwise` takes all that are left")
                            .help("Move the line that ends in `otherwise` to the end of the table."),
                    );
                }
            }
            None => {}
        }
    }

    fn band_subject(&mut self, by: &Spanned<Value>) -> Option<(BandSubject, Type)> {
        match &by.node {
            Value::Score(name) => {
                let id = self.find(Kind::Score, name)?;
                self.refer(Kind::Score, id, name.span);
                Some((BandSubject::Score(ScoreId(id)), Type::Number))
            }
            Value::Field(path) => {
                let target = self.target(path, Scope::Lead)?;
                if let (Type::Number | Type::Money(_), FieldRef::Lead(id)) = (&target.ty, target.field) {
                    return Some((BandSubject::Field(id), target.ty));
                }
                let message = format!(
                    "`{}` is {}, and points by bounds need a number or money",
                    target.words,
                    describe(&target.ty)
                );
                self.report(
                    Diagnostic::new(&codes::WRONG_TYPE, path.span, message)
                        .also(target.declared, format!("declared as {}", describe(&target.ty)))
                        .help("For other fields write `add points:` with lines such as `- 25 when …`."),
                );
                None
            }
            Value::Literal(_) => None,
        }
    }

    fn bands<W, T>(
        &mut self,
        subject: Option<(BandSubject, Type)>,
        lines: &[BandLine<W>],
        span: Span,
        last: &str,
        mut value: impl FnMut(&mut Self, &W) -> Option<T>,
    ) -> Option<Bands<T>> {
        self.otherwise_last(lines.iter().map(|line| (line.span, line.from.is_none())), span, last);
        let spans = lines.iter().map(|line| line.span).collect();
        let mut read: Vec<(T, Bound)> = Vec::new();
        let mut otherwise = None;
        let mut whole = true;
        let mut last: Option<(Spanned<Literal>, Bound)> = None;
        for line in lines {
            let value = value(self, &line.value);
            whole &= value.is_some();
            let Some(from) = &line.from else {
                otherwise = value;
                continue;
            };
            let Some((_, ty)) = &subject else { continue };
            let Some(bound) = self.bound(from, ty) else {
                whole = false;
                continue;
            };
            if let Some((before, previous)) = &last {
                self.falling(before, previous, from, &bound);
            }
            last = Some((from.clone(), bound.clone()));
            if let Some(value) = value {
                read.push((value, bound));
            }
        }
        let (by, _) = subject?;
        otherwise.filter(|_| whole).map(|otherwise| Bands { by, lines: read, otherwise, spans })
    }

    fn bound(&mut self, from: &Spanned<Literal>, ty: &Type) -> Option<Bound> {
        match (&from.node, ty) {
            (Literal::Number(number), Type::Number) => Some(Bound::Number(*number)),
            (Literal::Money(currency, amount), Type::Money(_)) => {
                Some(Bound::Money(Money { currency: currency.clone(), amount: *amount }))
            }
            (_, Type::Money(default)) => {
                let words = self.sources.slice(from.span).to_owned();
                let currency = default.as_deref().unwrap_or("EUR");
                self.report(
                    Diagnostic::new(
                        &codes::WRONG_UNIT,
                        from.span,
                        "a plain number does not say which currency it is, and these bounds are compared with money",
                    )
                    .help(format!("Write the currency before the amount: `from {currency} {words}`.")),
                );
                None
            }
            _ => {
                self.report(
                    Diagnostic::new(&codes::WRONG_UNIT, from.span, "these bounds are compared with a plain number")
                        .help("Write a number without a unit: `from 1,000`."),
                );
                None
            }
        }
    }

    fn falling(&mut self, before: &Spanned<Literal>, previous: &Bound, from: &Spanned<Literal>, bound: &Bound) {
        let falls = match (previous, bound) {
            (Bound::Number(a), Bound::Number(b)) => a > b,
            (Bound::Money(a), Bound::Money(b)) if a.currency == b.currency => a.amount > b.amount,
            (Bound::Money(_), Bound::Money(_)) => {
                self.report(
                    Diagnostic::new(&codes::WRONG_UNIT, from.span, "the bounds of one table must be in one currency")
                        .also(before.span, "the currency of the line before")
                        .help("Write all bounds in the same currency; the lead's money is converted through `rates`."),
                );
                return;
            }
            _ => return,
        };
        if !falls {
            self.report(
                Diagnostic::new(
                    &codes::BAND_ORDER,
                    from.span,
                    "every lead that reaches this bound is taken by the line above",
                )
                .also(before.span, "this bound is not above it")
                .help("Write the lines from the highest bound to the lowest, and `otherwise` last."),
            );
        }
    }

    pub(super) fn grades(&mut self, statements: &[(String, Statement)]) -> Vec<Grade> {
        let mut grades: Vec<Grade> = Vec::new();
        for (_, statement) in statements {
            let StatementKind::Grade(grade) = &statement.kind else { continue };
            let id = u32::try_from(grades.len()).unwrap_or(u32::MAX);
            self.owner = Some(Node { kind: Kind::Grade, id });
            self.broken = statement.broken;
            let kind = match &grade.kind {
                ast::GradeKind::OfScore { score, lines } => {
                    let subject = self.find(Kind::Score, score).map(|id| {
                        self.refer(Kind::Score, id, score.span);
                        (BandSubject::Score(ScoreId(id)), Type::Number)
                    });
                    self.bands(subject, lines, statement.span, "\"C\"", |_, letter| Some(letter.node.clone()))
                        .map(GradeKind::Bands)
                }
                ast::GradeKind::Table(lines) => self
                    .table(lines, statement.span, "\"C\"", |_, letter| Some(letter.node.clone()))
                    .map(GradeKind::Table),
            };
            self.owner = None;
            let nothing = || GradeKind::Table(Table { lines: Vec::new(), otherwise: String::new(), spans: Vec::new() });
            grades.push(Grade {
                span: grade.name.span,
                name: grade.name.node.clone(),
                kind: kind.unwrap_or_else(nothing),
                because: text_of(&grade.because),
            });
        }
        grades
    }
}

/// Which points a line may name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Any,
    NotNegative,
    Positive,
}
