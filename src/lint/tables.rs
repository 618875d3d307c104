//! `shadowed`, and `out-of-reach` of bounds: lines of tables that are never taken.

use super::conditions::{Lookout, MET, NOT_MET, Scope, UNKNOWN};
use super::logic::{Bounds, Want};
use super::{Claim, places, say};
use crate::decimal::Decimal;
use crate::diagnostic::{Diagnostic, codes};
use crate::policy::*;
use crate::source::Span;

/// More points than any score has; then there is no bound.
const ENDLESS: i64 = 100_000_000_000_000_000;

impl<'p> Lookout<'p> {
    /// Goes through every table.
    pub fn tables(&mut self) {
        let policy = self.policy;
        for (id, score) in (0..).map(ScoreId).zip(&policy.scores) {
            for rule in &score.rules {
                let beside: Vec<Want> = rule.condition.iter().map(|it| self.want(it, Scope::Score(id), MET)).collect();
                match &rule.kind {
                    ScoreRuleKind::Table(table) => self.table(table, Scope::Score(id), &beside, &Claim::NeverTaken),
                    ScoreRuleKind::Bands(bands) => self.bands(bands),
                    _ => {}
                }
            }
        }
        for grade in &policy.grades {
            match &grade.kind {
                GradeKind::Table(table) => self.table(table, Scope::Lead, &[], &Claim::NeverTaken),
                GradeKind::Bands(bands) => self.bands(bands),
            }
        }
        for (id, sla) in (0..).map(SlaId).zip(&policy.slas) {
            let beside: Vec<Want> = sla.condition.iter().map(|it| self.want(it, Scope::Lead, MET)).collect();
            let claim = move |span| Claim::NeverTakenBySla(id, span);
            self.table(&sla.allowed, Scope::Lead, &beside, &claim);
            sla.hours.iter().for_each(|hours| self.table(hours, Scope::Lead, &beside, &claim));
        }
    }

    fn table<T>(&mut self, table: &'p Table<T>, scope: Scope, beside: &[Want], claim: &dyn Fn(Span) -> Claim) {
        for (at, (_, line)) in table.lines.iter().enumerate() {
            let span = table.spans.get(at).copied().unwrap_or(line.span);
            // A line that nobody meets, whatever stands before it, is another fault, and said already.
            if self.never(line, scope, MET).is_some() {
                continue;
            }
            let mut wants = beside.to_vec();
            wants.push(self.want(line, scope, MET));
            let alone = self.refute(&wants);
            for (_, before) in table.lines.iter().take(at) {
                wants.push(self.want(before, scope, NOT_MET | UNKNOWN));
            }
            let Some(proof) = alone.clone().or_else(|| self.refute(&wants)) else { continue };
            let words = say::words(self.policy, line.span);
            let earlier: Vec<(usize, Span)> = table
                .lines
                .iter()
                .zip(&table.spans)
                .take(at)
                .filter(|((_, before), _)| alone.is_none() && covers(self.policy, before, &proof))
                .map(|(_, span)| (self.policy.sources.line(*span), *span))
                .collect();
            let message = match earlier.as_slice() {
                _ if alone.is_some() => {
                    format!("no lead comes to this line: `{words}` contradicts when the table counts at all")
                }
                [] => format!("no lead comes to this line: whoever meets `{words}` has taken a line above"),
                [(line, _)] => format!("no lead comes to this line: whoever meets `{words}` has taken line {line}"),
                several => {
                    let lines: Vec<String> = several.iter().map(|(line, _)| line.to_string()).collect();
                    format!(
                        "no lead comes to this line: whoever meets `{words}` has taken one of the lines {}",
                        lines.join(", ")
                    )
                }
            };
            let mut diagnostic = Diagnostic::new(&codes::SHADOWED, span, message)
                .help("Put the narrower line first, or delete this one.");
            for (_, span) in earlier.iter().take(4) {
                diagnostic = diagnostic.also(*span, "taken before it");
            }
            if alone.is_some() {
                diagnostic = say::with_lines(diagnostic, &proof);
            }
            self.say(diagnostic, claim(span));
        }
    }

    /// Bounds of a score that it never comes to, and lines below one that it never falls under.
    fn bands<T>(&mut self, bands: &Bands<T>) {
        let BandSubject::Score(score) = bands.by else { return };
        let Bounds { least, most } = self.formula.bounds(score);
        let points = |points: i64| (points.abs() < ENDLESS).then(|| Decimal::new(points, -2)).flatten();
        let (least, most) = (points(least), points(most));
        let mut all_taken: Option<Span> = None;
        for ((_, bound), span) in bands.lines.iter().zip(&bands.spans) {
            let Bound::Number(bound) = bound else { continue };
            if most.is_some_and(|most| *bound > most) {
                let message = format!("no lead comes to this line: {}", self.reach(score));
                let diagnostic = Diagnostic::new(&codes::OUT_OF_REACH, *span, message);
                let diagnostic =
                    self.with_bounds(diagnostic, score).help("Lower the bound, or give the score more to add up.");
                self.say(diagnostic, Claim::NeverTaken(*span));
            } else if let Some(taken) = all_taken {
                let message = format!("no lead comes to this line: {}", self.reach(score));
                let diagnostic =
                    Diagnostic::new(&codes::SHADOWED, *span, message).also(taken, "every lead takes this line");
                let diagnostic =
                    self.with_bounds(diagnostic, score).help("Raise the bound above, or delete this line.");
                self.say(diagnostic, Claim::NeverTaken(*span));
            } else if least.is_some_and(|least| *bound <= least) {
                all_taken = Some(*span);
            }
        }
    }

    /// From where to where a score goes, as a clause.
    pub fn reach(&self, score: ScoreId) -> String {
        let Bounds { least, most } = self.formula.bounds(score);
        let name = self.policy.scores.get(score.index()).map(|score| score.name.as_str()).unwrap_or_default();
        let points = |points: i64| (points.abs() < ENDLESS).then(|| Decimal::new(points, -2)).flatten();
        match (points(least), points(most)) {
            (Some(least), Some(most)) => format!("the score `{name}` goes from {least} to {most} points"),
            (None, Some(most)) => format!("the score `{name}` goes up to {most} points"),
            (Some(least), None) => format!("the score `{name}` never falls below {least} points"),
            (None, None) => format!("the rules of the score `{name}` do not allow for it"),
        }
    }

    /// The lines that bound a score.
    pub fn with_bounds(&self, mut diagnostic: Diagnostic, score: ScoreId) -> Diagnostic {
        let Some(score) = self.policy.scores.get(score.index()) else { return diagnostic };
        for (bound, words, message) in
            [(score.never_above, "never above", "it stops here"), (score.never_below, "never below", "and here")]
        {
            if bound.is_some() {
                diagnostic = diagnostic.also(places::line(self.policy, score.span, words), message);
            }
        }
        for rule in score.rules.iter().take(5) {
            diagnostic = diagnostic.also(rule.span, "what it adds up");
        }
        if score.rules.is_empty() { diagnostic.also(score.span, "this score adds nothing up") } else { diagnostic }
    }
}

/// Whether a proof uses a condition, or a part of it.
fn covers(policy: &Policy, condition: &Condition, proof: &super::logic::Proof) -> bool {
    let mut spans = Vec::new();
    condition.visit(&mut |part| spans.push(part.span));
    let refers = spans.iter().any(|span| policy.sources.slice(*span).starts_with('"'));
    refers || proof.because.iter().any(|(span, _)| spans.contains(span))
}
