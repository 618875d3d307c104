//! Words of everyday speech that the grammar takes for a field: `is missing`, `is true`, `is five`.
//!
//! A field may have any name, so they are reported only where this file declares every field and none is called so.

use super::grammar::{Node, Rule, first, part};
use super::{At, Parser, faults};
use crate::diagnostic::{BAD_NAME, Diagnostic, NEAR_MISS};
use crate::source::Spanned;
use crate::syntax::ast::{Path, Value};

impl Parser {
    /// Whether a field of one word can only be a word of everyday speech.
    pub(super) fn undeclared<'a>(&self, path: &'a Path) -> Option<&'a str> {
        let [word] = path.node.as_slice() else { return None };
        (!self.uses && !self.declared.contains(word)).then_some(word)
    }

    /// `is missing`, `is not blank`, `is true`
    pub(super) fn everyday_word(&mut self, at: &At<'_>, test: &Node<'_>, value: &Spanned<Value>, not: bool) -> bool {
        let Value::Field(path) = &value.node else { return false };
        let Some(word) = self.undeclared(path) else { return false };
        let fix = match (word.to_lowercase().as_str(), not) {
            ("missing" | "blank" | "null" | "absent" | "undefined" | "unset" | "unknown", false) => "is empty",
            ("missing" | "blank" | "null" | "absent" | "undefined" | "unset" | "unknown", true) => "is filled in",
            ("set" | "known" | "present" | "available" | "given" | "defined" | "complete", false) => "is filled in",
            ("set" | "known" | "present" | "available" | "given" | "defined" | "complete", true) => "is empty",
            ("true" | "ticked" | "checked" | "yes", false) | ("false" | "no", true) => "is yes",
            ("false" | "unticked" | "unchecked" | "no", false) | ("true" | "yes", true) => "is no",
            _ => return false,
        };
        let message = format!("`{}` is written `{fix}`", test.as_str());
        let help = format!("Write `{fix}` instead.");
        self.diagnostics.push(Diagnostic::new(&NEAR_MISS, at.span(test), message).help(help).fix(fix));
        true
    }

    /// `contactable is met`: the name of a criterion without its quotes.
    pub(super) fn unquoted_criterion(&mut self, at: &At<'_>, node: &Node<'_>) -> bool {
        let Some(test) = node.clone().into_inner().last() else { return false };
        let met = matches!(test.as_str(), "is met" | "is not met" | "is reached" | "is not reached");
        let Some(subject) = first(node).filter(|subject| met && subject.as_rule() == Rule::path) else { return false };
        let value = part(&test, Rule::value).and_then(|value| part(&value, Rule::path));
        let Some(value) = value.map(|value| self.field(at, &value)) else { return false };
        if self.undeclared(&value).is_none() {
            return false;
        }
        let written = subject.as_str();
        let stage = test.as_str().ends_with("reached");
        let fix = if stage { format!("stage \"{written}\"") } else { format!("\"{written}\"") };
        let message = format!("the name `{written}` lacks its quotes");
        let help = format!("Write `{fix} {}`.", test.as_str());
        self.diagnostics.push(Diagnostic::new(&BAD_NAME, at.span(&subject), message).help(help).fix(fix));
        true
    }

    /// `five`
    pub(super) fn spelt_number(&self, path: &Path) -> Option<&'static str> {
        faults::spelt_number(self.undeclared(path)?)
    }
}
