//! Tests of fields and scores: which fit which type, and what to say of those that do not.

use super::Checker;
use super::conditions::{Scope, Target};
use super::names::Kind;
use super::values::{describe, describe_literal};
use crate::diagnostic::{Diagnostic, codes};
use crate::pattern::{Pattern, PatternError};
use crate::policy::{
    Compare, ConditionKind, FieldRef, ListId, Operand, Ordered, ScoreId, ScoreOperand, TextSubject, TextTest, Type,
    Unit,
};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, Comparison, Test, Value};

impl Checker<'_> {
    pub(super) fn field_test(
        &mut self,
        subject: TextSubject,
        target: Target,
        test: &Test,
        span: Span,
        scope: Scope,
    ) -> Option<ConditionKind> {
        let of = target.field;
        match (test, &target.ty) {
            (Test::FilledIn, _) => Some(ConditionKind::FilledIn(subject, true)),
            (Test::Empty, _) => Some(ConditionKind::FilledIn(subject, false)),
            (Test::YesNo(yes), Type::YesNo) => Some(ConditionKind::YesNo(of, *yes)),
            (Test::Is { not, values, .. }, Type::Text | Type::OneOf(_)) => {
                let operands = self.texts(values, &target, scope)?;
                if let Type::OneOf(options) = &target.ty {
                    for (operand, value) in operands.iter().zip(values) {
                        if let Operand::Literal(text) = operand {
                            self.among(text, value.span, options, target.declared, &target.words);
                        }
                    }
                }
                Some(ConditionKind::Text { of: subject, not: *not, test: TextTest::Is(operands) })
            }
            (Test::InList { not, list }, Type::Text | Type::OneOf(_)) => {
                let id = self.find(Kind::List, list)?;
                Some(ConditionKind::Text { of: subject, not: *not, test: TextTest::InList(ListId(id)) })
            }
            (Test::Text { not, place, values, .. }, Type::Text | Type::OneOf(_)) => {
                let operands = self.texts(values, &target, scope)?;
                self.words_have_letters(*place, &operands, values);
                Some(ConditionKind::Text { of: subject, not: *not, test: TextTest::Find(*place, operands) })
            }
            (Test::Pattern { not, pattern }, Type::Text | Type::OneOf(_)) => {
                let pattern = self.pattern(pattern)?;
                Some(ConditionKind::Text { of: subject, not: *not, test: TextTest::Pattern(pattern) })
            }
            (Test::Is { not, one_of: false, values }, Type::Number) => {
                let value = self.number(values.first()?, &target, scope)?;
                Some(ConditionKind::Number(of, Ordered::Compare(equality(*not), value)))
            }
            (Test::Is { not, one_of: false, values }, Type::Money(_)) => {
                let value = self.money(values.first()?, &target, scope)?;
                Some(ConditionKind::Money(of, Ordered::Compare(equality(*not), value)))
            }
            (Test::Compare(comparison, value), Type::Number) => match numeric(*comparison) {
                Some(compare) => {
                    let value = self.number(value, &target, scope)?;
                    Some(ConditionKind::Number(of, Ordered::Compare(compare, value)))
                }
                None => self.clash(&target, test, span),
            },
            (Test::Compare(comparison, value), Type::Money(_)) => match numeric(*comparison) {
                Some(compare) => {
                    let value = self.money(value, &target, scope)?;
                    Some(ConditionKind::Money(of, Ordered::Compare(compare, value)))
                }
                None => self.clash(&target, test, span),
            },
            (Test::Compare(comparison, value), Type::Date) => match temporal(*comparison) {
                Some(compare) => {
                    let value = self.date(value, &target, scope)?;
                    Some(ConditionKind::Date(of, Ordered::Compare(compare, value)))
                }
                None => self.clash(&target, test, span),
            },
            (Test::Compare(comparison, value), Type::Time) => match temporal(*comparison) {
                Some(compare) => {
                    let value = self.time(value, &target, scope)?;
                    Some(ConditionKind::Time(of, Ordered::Compare(compare, value)))
                }
                None => self.clash(&target, test, span),
            },
            (Test::Between(low, high), Type::Number) => {
                let (a, b) = (self.number(low, &target, scope), self.number(high, &target, scope));
                let (a, b) = (a?, b?);
                self.in_order(low, high, matches!((&a, &b), (Operand::Literal(a), Operand::Literal(b)) if a > b));
                Some(ConditionKind::Number(of, Ordered::Between(a, b)))
            }
            (Test::Between(low, high), Type::Money(_)) => {
                let (a, b) = (self.money(low, &target, scope), self.money(high, &target, scope));
                let (a, b) = (a?, b?);
                let empty = matches!((&a, &b), (Operand::Literal(a), Operand::Literal(b))
                    if a.currency == b.currency && a.amount > b.amount);
                self.in_order(low, high, empty);
                Some(ConditionKind::Money(of, Ordered::Between(a, b)))
            }
            (Test::Between(low, high), Type::Date) => {
                let (a, b) = (self.date(low, &target, scope), self.date(high, &target, scope));
                let (a, b) = (a?, b?);
                self.in_order(low, high, matches!((&a, &b), (Operand::Literal(a), Operand::Literal(b)) if a > b));
                Some(ConditionKind::Date(of, Ordered::Between(a, b)))
            }
            (Test::Between(low, high), Type::Time) => {
                let (a, b) = (self.time(low, &target, scope), self.time(high, &target, scope));
                let (a, b) = (a?, b?);
                let empty = matches!((&a, &b), (Operand::Literal(a), Operand::Literal(b)) if a.first > b.last);
                self.in_order(low, high, empty);
                Some(ConditionKind::Time(of, Ordered::Between(a, b)))
            }
            (Test::Window(window, duration), Type::Date | Type::Time) => {
                let date = target.ty == Type::Date;
                self.window_unit(duration, date.then_some(&target))?;
                Some(ConditionKind::Window { of, date, window: *window, duration: duration.node })
            }
            (Test::Includes(how, values), Type::TextList) => {
                let as_text = Target { ty: Type::Text, ..target };
                let operands = self.texts(values, &as_text, scope)?;
                Some(ConditionKind::Includes(of, *how, operands))
            }
            _ => self.clash(&target, test, span),
        }
    }

    fn texts(&mut self, values: &[Spanned<Value>], target: &Target, scope: Scope) -> Option<Vec<Operand<String>>> {
        let operands: Vec<Option<Operand<String>>> =
            values.iter().map(|value| self.text(value, target, scope)).collect();
        operands.into_iter().collect()
    }

    /// `contains the word "+"` could never be met: a word is made of letters and digits.
    fn words_have_letters(&mut self, place: ast::Place, operands: &[Operand<String>], values: &[Spanned<Value>]) {
        for (operand, value) in operands.iter().zip(values) {
            if let Operand::Literal(text) = operand
                && place == ast::Place::Words
                && crate::text::words(text).next().is_none()
            {
                self.report(
                    Diagnostic::new(
                        &codes::BLANK_TEXT,
                        value.span,
                        format!("`{text}` has no word in it, so no text contains it as a word"),
                    )
                    .help("A word is made of letters and digits; to look for other signs write `contains` without `the word`."),
                );
            }
        }
    }

    fn in_order(&mut self, low: &Spanned<Value>, high: &Spanned<Value>, empty: bool) {
        if empty {
            self.empty_range(low.span, high.span);
        }
    }

    fn pattern(&mut self, pattern: &ast::Quoted) -> Option<Pattern> {
        let error = match self.patterns.compile(&pattern.node) {
            Ok(pattern) => return Some(pattern),
            Err(error) => error,
        };
        let help = match error {
            PatternError::Malformed(_) => {
                "If you look for these very letters, write `contains` in place of `matches pattern`."
            }
            PatternError::TooLarge => "Lower the counts in braces, or split it into several patterns.",
            PatternError::TooLargeTogether => "Lower the counts in braces, or write fewer patterns.",
        };
        self.report(Diagnostic::new(&codes::BAD_PATTERN, pattern.span, error.to_string()).help(help));
        None
    }

    /// The duration fits the field, and business time has a calendar.
    fn window_unit(&mut self, duration: &Spanned<ast::Duration>, date: Option<&Target>) -> Option<()> {
        let by_day = matches!(duration.node.unit, Unit::Days | Unit::Weeks | Unit::Months | Unit::Years);
        if let Some(target) = date
            && !by_day
        {
            let message = format!(
                "`{}` is a date without a time of day, so `{}` cannot be counted from it",
                target.words,
                self.sources.slice(duration.span)
            );
            self.report(
                Diagnostic::new(&codes::WRONG_UNIT, duration.span, message)
                    .label("shorter than a day, or in business time")
                    .also(target.declared, "declared as a date")
                    .help("Count in days, weeks, months or years, or declare the field as `is a time`."),
            );
            return None;
        }
        self.has_hours(duration)
    }

    /// Business time needs a calendar that says what it is.
    pub(super) fn has_hours(&mut self, duration: &Spanned<ast::Duration>) -> Option<()> {
        let business = duration.node.unit.is_business();
        if !business || self.has_calendar {
            return Some(());
        }
        let message = format!(
            "`{}` is business time, and this policy does not say when business is open",
            self.sources.slice(duration.span)
        );
        self.report(Diagnostic::new(&codes::NO_CALENDAR, duration.span, message).help(
            "Name a calendar under `policy`: `working hours of \"Sofia office\"`, or count in plain hours or days.",
        ));
        None
    }

    pub(super) fn score_test(&mut self, name: &ast::Quoted, test: &Test, scope: Scope) -> Option<ConditionKind> {
        let id = self.find(Kind::Score, name)?;
        self.refer(Kind::Score, id, name.span);
        let score = ScoreId(id);
        let test = match test {
            // A score always has a value.
            Test::FilledIn => return Some(ConditionKind::All(Vec::new())),
            Test::Empty => return Some(ConditionKind::Any(Vec::new())),
            Test::Is { not, one_of: false, values } => {
                Ordered::Compare(equality(*not), self.score_operand(values.first()?, scope)?)
            }
            Test::Compare(comparison, value) if numeric(*comparison).is_some() => {
                Ordered::Compare(numeric(*comparison)?, self.score_operand(value, scope)?)
            }
            Test::Between(low, high) => {
                let (a, b) = (self.score_operand(low, scope), self.score_operand(high, scope));
                let (a, b) = (a?, b?);
                let empty = matches!((a, b), (ScoreOperand::Points(a), ScoreOperand::Points(b)) if a > b);
                self.in_order(low, high, empty);
                Ordered::Between(a, b)
            }
            _ => {
                self.report(
                    Diagnostic::new(
                        &codes::WRONG_TYPE,
                        name.span,
                        format!("the score `{}` is a number of points, and cannot be asked this", name.node),
                    )
                    .help("Of a score you can ask `is at least 50`, `is at most`, `is more than`, `is less than`, `is`, `is not`, `is between 20 and 50`; it always has a value."),
                );
                return None;
            }
        };
        Some(ConditionKind::Score(score, test))
    }

    fn score_operand(&mut self, value: &Spanned<Value>, scope: Scope) -> Option<ScoreOperand> {
        match &value.node {
            Value::Literal(ast::Literal::Number(number)) => Some(ScoreOperand::Points(*number)),
            Value::Score(name) => {
                let id = self.find(Kind::Score, name)?;
                self.refer(Kind::Score, id, name.span);
                Some(ScoreOperand::Score(ScoreId(id)))
            }
            Value::Field(path) => {
                let target = self.target(path, scope)?;
                if let (Type::Number, FieldRef::Lead(id)) = (&target.ty, target.field) {
                    return Some(ScoreOperand::Field(id));
                }
                let message =
                    format!("a score is a number of points, and `{}` is {}", target.words, describe(&target.ty));
                self.report(
                    Diagnostic::new(&codes::WRONG_TYPE, path.span, message)
                        .also(target.declared, format!("declared as {}", describe(&target.ty)))
                        .help("Compare it with a number, a number field, or another score: `score \"fit\"`."),
                );
                None
            }
            Value::Literal(literal) => {
                let words = self.sources.slice(value.span).to_owned();
                let what = describe_literal(literal);
                self.report(
                    Diagnostic::new(
                        &codes::WRONG_UNIT,
                        value.span,
                        format!("a score is a number of points, and `{words}` is {what}"),
                    )
                    .help("Compare it with a plain number: `is at least 50`."),
                );
                None
            }
        }
    }

    /// Says that a test does not fit the type of its field, and which tests do.
    fn clash(&mut self, target: &Target, test: &Test, span: Span) -> Option<ConditionKind> {
        let (asks, unit) = match test {
            Test::YesNo(_) => ("`is yes` and `is no` ask of yes or no", false),
            Test::Is { one_of: true, .. } => ("`is one of` compares texts", false),
            Test::Is { .. } => ("`is` compares texts, numbers and money", false),
            Test::InList { .. } => ("`is in list` looks up a text", false),
            Test::Text { .. } => ("`contains`, `starts with` and their like look into a text", false),
            Test::Pattern { .. } => ("a pattern looks into a text", false),
            Test::Compare(comparison, _) if numeric(*comparison).is_some() => {
                ("`is at least` and its like compare numbers and money", false)
            }
            Test::Compare(..) => ("`is before` and its like compare dates and times", false),
            Test::Between(..) => ("`between` compares numbers, money, dates and times", false),
            Test::Window(..) => ("`is within` and `ago` count from a date or a time", true),
            Test::Includes(..) => ("`includes` looks into a list of text", false),
            Test::FilledIn | Test::Empty => ("this asks any field", false),
        };
        let help = match (&target.ty, test) {
            (Type::Date | Type::Time, Test::Is { not: false, .. }) => {
                "Write `is on 2026-03-10`; of a date you can also ask `is before`, `is after`, `is on or before`, `is on or after`, `is between`, `is within the last 30 days`."
            }
            (Type::Date | Type::Time, Test::Compare(Comparison::AtLeast, _)) => {
                "Write `is on or after` in place of `is at least`."
            }
            (Type::Date | Type::Time, Test::Compare(Comparison::AtMost, _)) => {
                "Write `is on or before` in place of `is at most`."
            }
            (Type::Date | Type::Time, Test::Compare(Comparison::MoreThan, _)) => {
                "Write `is after` in place of `is more than`."
            }
            (Type::Date | Type::Time, Test::Compare(Comparison::LessThan, _)) => {
                "Write `is before` in place of `is less than`."
            }
            (Type::YesNo, Test::Is { .. }) => "Write `is yes` or `is no`, without quotes.",
            (Type::Number, Test::Is { one_of: true, .. }) => {
                "For several numbers write `any of:` with a bullet `is N` for each, or `is between N and N`."
            }
            (ty, _) => tests_of(ty),
        };
        let code = if unit { &codes::WRONG_UNIT } else { &codes::WRONG_TYPE };
        let message = format!("`{}` is {}, but {asks}", target.words, describe(&target.ty));
        self.report(
            Diagnostic::new(code, span, message)
                .also(target.declared, format!("declared as {}", describe(&target.ty)))
                .help(help),
        );
        None
    }
}

fn tests_of(ty: &Type) -> &'static str {
    match ty {
        Type::Text | Type::OneOf(_) => {
            "Of a text you can ask `is \"…\"`, `is one of \"…\", \"…\"`, `is in list`, `contains`, `contains the word`, `starts with`, `ends with`, `matches pattern`, `is filled in`."
        }
        Type::Number => {
            "Of a number you can ask `is 5`, `is at least 5`, `is at most`, `is more than`, `is less than`, `is between 5 and 50`, `is filled in`."
        }
        Type::Money(_) => {
            "Of money you can ask `is at least EUR 10,000`, `is at most`, `is more than`, `is less than`, `is between`, `is filled in`."
        }
        Type::Date | Type::Time => {
            "Of a date or time you can ask `is before 2026-03-10`, `is after`, `is on`, `is between`, `is within the last 30 days`, `is more than 30 days ago`, `is filled in`."
        }
        Type::YesNo => "Ask `is yes`, `is no`, `is filled in` or `is empty`.",
        Type::TextList => {
            "Of a list of text you can ask `includes \"…\"`, `includes any of`, `includes all of`, `includes none of`, `is filled in`."
        }
        Type::Items => {
            "The items of a list are counted through an event: `event \"…\"` with `from` this list. The list itself can be asked `is filled in` or `is empty`."
        }
    }
}

fn equality(not: bool) -> Compare {
    if not { Compare::NotEqual } else { Compare::Equal }
}

fn numeric(comparison: Comparison) -> Option<Compare> {
    match comparison {
        Comparison::AtLeast => Some(Compare::AtLeast),
        Comparison::AtMost => Some(Compare::AtMost),
        Comparison::MoreThan => Some(Compare::MoreThan),
        Comparison::LessThan => Some(Compare::LessThan),
        _ => None,
    }
}

fn temporal(comparison: Comparison) -> Option<Compare> {
    match comparison {
        Comparison::Before => Some(Compare::LessThan),
        Comparison::After => Some(Compare::MoreThan),
        Comparison::On => Some(Compare::Equal),
        Comparison::OnOrBefore => Some(Compare::AtMost),
        Comparison::OnOrAfter => Some(Compare::AtLeast),
        _ => None,
    }
}
