//! Values beside a test: literals and fields of the right type, and what to say of the others.

use super::Checker;
use super::conditions::{Scope, Target};
use crate::decimal::Decimal;
use crate::diagnostic::{self, Diagnostic, codes};
use crate::policy::{Instants, Literal, Money, Operand, Type};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, TimeLiteral, Value};
use crate::text::fold;
use crate::time::zone;

/// What a literal is, for people.
pub fn describe_literal(literal: &ast::Literal) -> &'static str {
    match literal {
        ast::Literal::Text(_) => "a text",
        ast::Literal::Number(_) => "a plain number",
        ast::Literal::Money(..) => "an amount of money",
        ast::Literal::Date(_) => "a date",
        ast::Literal::Time(_) => "a time",
        ast::Literal::YesNo(_) => "yes or no",
        ast::Literal::None => "an empty list",
    }
}

/// What a type is, for people.
pub fn describe(ty: &Type) -> &'static str {
    match ty {
        Type::Text => "text",
        Type::Number => "a number",
        Type::Money(_) => "money",
        Type::Date => "a date",
        Type::Time => "a time",
        Type::YesNo => "yes or no",
        Type::OneOf(_) => "one of a few texts",
        Type::TextList => "a list of text",
        Type::Items => "a list of items",
    }
}

fn same_type(a: &Type, b: &Type) -> bool {
    let is_text = |ty: &Type| matches!(ty, Type::Text | Type::OneOf(_));
    let is_money = |ty: &Type| matches!(ty, Type::Money(_));
    a == b || (is_text(a) && is_text(b)) || (is_money(a) && is_money(b))
}

impl Checker<'_> {
    /// The instants that a date or time literal stands for, in the policy's zone.
    pub(super) fn instants(&self, literal: &ast::Literal) -> Option<Instants> {
        match literal {
            ast::Literal::Date(date) => {
                let next = date.succ_opt().unwrap_or(*date);
                Some(Instants {
                    first: zone::start_of_day(self.zone, *date),
                    last: zone::start_of_day(self.zone, next).saturating_sub(1),
                })
            }
            ast::Literal::Time(TimeLiteral::Instant(at)) => Some(Instants { first: *at, last: *at }),
            ast::Literal::Time(TimeLiteral::Local(local)) => {
                let at = zone::first_instant(self.zone, *local);
                Some(Instants { first: at, last: at })
            }
            _ => None,
        }
    }

    /// A value that is a field: its reference, where it has the type of the one it is compared with.
    fn field_operand<T>(&mut self, value: &ast::Path, target: &Target, scope: Scope) -> Option<Operand<T>> {
        let before = self.diagnostics.len();
        let Some(other) = self.target(value, scope) else {
            self.perhaps_a_text(value, target, before);
            return None;
        };
        if same_type(&other.ty, &target.ty) {
            return Some(Operand::Field(other.field));
        }
        let message = format!(
            "`{}` is {}, and `{}` is {}: they cannot be compared",
            target.words,
            describe(&target.ty),
            other.words,
            describe(&other.ty)
        );
        let mut diagnostic = Diagnostic::new(&codes::WRONG_TYPE, value.span, message)
            .also(target.declared, format!("declared as {}", describe(&target.ty)))
            .also(other.declared, format!("declared as {}", describe(&other.ty)));
        diagnostic = if matches!(target.ty, Type::Text | Type::OneOf(_)) {
            diagnostic.help("Compare it with a field of the same type; a text to compare with stands in quotes.")
        } else {
            diagnostic.help("Compare it with a value or a field of the same type.")
        };
        self.report(diagnostic);
        None
    }

    /// A word beside a text that is no field is most likely a text that lacks its quotes.
    fn perhaps_a_text(&mut self, value: &ast::Path, target: &Target, before: usize) {
        let ([word], Some(diagnostic)) = (value.node.as_slice(), self.diagnostics.get_mut(before)) else { return };
        let is_text = matches!(target.ty, Type::Text | Type::OneOf(_));
        if is_text && diagnostic.fix.is_none() {
            diagnostic.label = "neither a field nor a text in quotes".to_owned();
            diagnostic.help = Some(format!("A text stands in quotes: `\"{word}\"`."));
            diagnostic.fix = Some(format!("\"{word}\""));
        }
    }

    /// Says that a value does not fit what it is compared with.
    fn misfit<T>(&mut self, value: &Spanned<Value>, target: &Target) -> Option<T> {
        let (what, unit) = match &value.node {
            Value::Literal(literal) => (describe_literal(literal), is_unit_clash(literal, &target.ty)),
            Value::Field(_) => ("a field", false),
            Value::Score(_) => ("a score", false),
        };
        let code = if unit { &codes::WRONG_UNIT } else { &codes::WRONG_TYPE };
        let words = self.sources.slice(value.span).to_owned();
        let message = format!("`{}` is {}, and `{words}` is {what}", target.words, describe(&target.ty));
        let help = match (&target.ty, &value.node) {
            (Type::Text | Type::OneOf(_), Value::Literal(ast::Literal::Number(_) | ast::Literal::Date(_) | ast::Literal::YesNo(_))) => {
                format!("A text stands in quotes: `\"{words}\"`.")
            }
            (Type::Money(default), Value::Literal(ast::Literal::Number(_))) => {
                format!("Write the currency before the amount: `{} {words}`.", default.as_deref().unwrap_or("EUR"))
            }
            (Type::Number, Value::Literal(ast::Literal::Money(_, amount))) => format!(
                "Compare it with a plain number, such as `{amount}`, or declare the field as `is money` under `lead`."
            ),
            (Type::Number, Value::Literal(ast::Literal::Text(_))) => {
                "A number stands without quotes: `50`.".to_owned()
            }
            (Type::Date, Value::Literal(ast::Literal::Time(_))) => {
                "A date is compared with a date, such as `2026-03-10`; to compare hours, declare the field as `is a time`."
                    .to_owned()
            }
            (Type::Date | Type::Time, _) => "Compare it with a date, such as `2026-03-10`.".to_owned(),
            (ty, _) => format!("Compare it with {}, or with a field that is.", describe(ty)),
        };
        self.report(
            Diagnostic::new(code, value.span, message)
                .label(what)
                .also(target.declared, format!("declared as {}", describe(&target.ty)))
                .help(help),
        );
        None
    }

    pub(super) fn text(&mut self, value: &Spanned<Value>, target: &Target, scope: Scope) -> Option<Operand<String>> {
        match &value.node {
            Value::Literal(ast::Literal::Text(text)) => Some(Operand::Literal(text.clone())),
            Value::Field(path) => self.field_operand(path, target, scope),
            _ => self.misfit(value, target),
        }
    }

    pub(super) fn number(&mut self, value: &Spanned<Value>, target: &Target, scope: Scope) -> Option<Operand<Decimal>> {
        match &value.node {
            Value::Literal(ast::Literal::Number(number)) => Some(Operand::Literal(*number)),
            Value::Field(path) => self.field_operand(path, target, scope),
            _ => self.misfit(value, target),
        }
    }

    pub(super) fn money(&mut self, value: &Spanned<Value>, target: &Target, scope: Scope) -> Option<Operand<Money>> {
        match &value.node {
            Value::Literal(ast::Literal::Money(currency, amount)) => {
                Some(Operand::Literal(Money { currency: currency.clone(), amount: *amount }))
            }
            Value::Field(path) => self.field_operand(path, target, scope),
            _ => self.misfit(value, target),
        }
    }

    pub(super) fn date(&mut self, value: &Spanned<Value>, target: &Target, scope: Scope) -> Option<Operand<i32>> {
        match &value.node {
            Value::Literal(ast::Literal::Date(date)) => Some(Operand::Literal(date.to_epoch_days())),
            Value::Field(path) => self.field_operand(path, target, scope),
            _ => self.misfit(value, target),
        }
    }

    pub(super) fn time(&mut self, value: &Spanned<Value>, target: &Target, scope: Scope) -> Option<Operand<Instants>> {
        match &value.node {
            Value::Literal(literal @ (ast::Literal::Date(_) | ast::Literal::Time(_))) => {
                self.instants(literal).map(Operand::Literal)
            }
            Value::Field(path) => self.field_operand(path, target, scope),
            _ => self.misfit(value, target),
        }
    }

    /// A text that must be among those that the field allows.
    pub(super) fn among(&mut self, text: &str, span: Span, options: &[String], declared: Span, words: &str) {
        let folded = fold(text);
        if options.iter().any(|option| fold(option) == folded) {
            return;
        }
        let help = match self.meant(text, options, '"') {
            Some((_, help)) => help,
            None => format!("It may be {}.", diagnostic::few(options, "\"")),
        };
        self.report(
            Diagnostic::new(&codes::NOT_ONE_OF, span, format!("`{words}` is never `{text}`"))
                .label("not among them")
                .also(declared, "declared with these texts")
                .help(help),
        );
    }

    /// A literal as the value of a field of that type (`when empty V`, `given F is V`).
    pub(super) fn literal(&mut self, value: &Spanned<ast::Literal>, target: &Target) -> Option<Literal> {
        use ast::Literal as L;
        let fits = match (&target.ty, &value.node) {
            (Type::Text, L::Text(text)) => Some(Literal::Text(text.clone())),
            (Type::OneOf(options), L::Text(text)) => {
                self.among(text, value.span, options, target.declared, &target.words);
                Some(Literal::Text(text.clone()))
            }
            (Type::Number, L::Number(number)) => Some(Literal::Number(*number)),
            (Type::Money(_), L::Money(currency, amount)) => {
                Some(Literal::Money(Money { currency: currency.clone(), amount: *amount }))
            }
            (Type::Date, L::Date(date)) => Some(Literal::Date(*date)),
            (Type::Time, literal @ (L::Date(_) | L::Time(_))) => {
                self.instants(literal).map(|instants| Literal::Time(instants.first))
            }
            (Type::YesNo, L::YesNo(yes)) => Some(Literal::YesNo(*yes)),
            (Type::TextList, L::Text(text)) => Some(Literal::Text(text.clone())),
            (Type::TextList | Type::Items, L::None) => Some(Literal::None),
            _ => None,
        };
        fits.or_else(|| {
            let value = Spanned::new(Value::Literal(value.node.clone()), value.span);
            self.misfit(&value, target)
        })
    }

    /// Says that a range has nothing in it.
    pub(super) fn empty_range(&mut self, low: Span, high: Span) {
        let (a, b) = (self.sources.slice(low).to_owned(), self.sources.slice(high).to_owned());
        self.report(
            Diagnostic::new(&codes::EMPTY_RANGE, low.to(high), format!("nothing lies between `{a}` and `{b}`"))
                .label("the first is above the second")
                .help(format!("Write the lower one first: `between {b} and {a}`."))
                .fix(format!("{b} and {a}")),
        );
    }
}

fn is_unit_clash(literal: &ast::Literal, ty: &Type) -> bool {
    matches!(
        (literal, ty),
        (ast::Literal::Number(_), Type::Money(_))
            | (ast::Literal::Money(..), Type::Number)
            | (ast::Literal::Time(_), Type::Date)
    )
}
