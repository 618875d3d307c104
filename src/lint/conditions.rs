//! `contradiction`, `repeat`, `always`, `out-of-reach`: conditions against the others of their group, and alone.

use std::collections::HashSet;

use super::logic::{Formula, Mask, Proof, Want, refute};
use super::{Claim, Finding, say};
use crate::diagnostic::{Code, Diagnostic, codes};
use crate::policy::*;
use crate::source::{FileId, Span};

pub const MET: Mask = 1;
pub const UNKNOWN: Mask = 2;
pub const NOT_MET: Mask = 4;

/// So much is asked of values for one policy, in all.
const BUDGET: usize = 400_000;
/// Larger groups are compared only where two parts look at one value, and so many pairs at most.
const MOST_PAIRS: usize = 3_000;
/// What looks at more values than this is not compared with its neighbours.
const MOST_VALUES: usize = 60;

/// So many neighbours of a group are looked at beside each of its parts.
const MOST_BESIDE: usize = 30;

/// Where a condition stands, which decides what its fields and events mean.
#[derive(Clone, Copy)]
pub enum Scope {
    Lead,
    Item(FieldId),
    Score(ScoreId),
}

/// A policy that is gone through for what can never, or must always, be.
pub struct Lookout<'p> {
    pub policy: &'p Policy,
    pub formula: Formula<'p>,
    pub found: Vec<Finding>,
    pub budget: usize,
    /// The places that something was said about, so that what follows from it is not said too.
    pub told: HashSet<Span>,
}

impl<'p> Lookout<'p> {
    pub fn new(policy: &'p Policy) -> Self {
        Lookout { policy, formula: Formula::new(policy), found: Vec::new(), budget: BUDGET, told: HashSet::new() }
    }

    pub fn want(&mut self, condition: &'p Condition, scope: Scope, mask: Mask) -> Want {
        let node = match scope {
            Scope::Lead => self.formula.condition(condition),
            Scope::Item(list) => self.formula.item_condition(condition, list),
            Scope::Score(score) => self.formula.score_condition(condition, score),
        };
        Want::Node(node, mask)
    }

    /// A proof that this cannot all be so.
    pub fn refute(&mut self, wants: &[Want]) -> Option<Proof> {
        refute(&mut self.formula, wants, &mut self.budget)
    }

    pub fn never(&mut self, condition: &'p Condition, scope: Scope, mask: Mask) -> Option<Proof> {
        let want = self.want(condition, scope, mask);
        self.refute(&[want])
    }

    pub fn say(&mut self, diagnostic: Diagnostic, claim: Claim) {
        self.told.insert(diagnostic.span);
        self.found.push(Finding::proven(diagnostic, claim));
    }

    /// Goes through every condition. Events come first: what never happens is needed for the others.
    pub fn conditions(&mut self) {
        let policy = self.policy;
        for (id, event) in (0..).map(EventId).zip(&policy.events) {
            let (Some(condition), Some(list)) = (&event.condition, event.from) else { continue };
            self.root(condition, Scope::Item(list));
            if self.never(condition, Scope::Item(list), MET).is_some() {
                self.formula.never_happens(id);
            }
        }
        for criterion in &policy.criteria {
            self.root(&criterion.condition, Scope::Lead);
        }
        for (_, item) in policy.checklists.iter().flat_map(|checklist| &checklist.items) {
            self.root(item, Scope::Lead);
        }
        for (id, score) in (0..).map(ScoreId).zip(&policy.scores) {
            for rule in &score.rules {
                rule.condition.iter().for_each(|condition| self.root(condition, Scope::Score(id)));
                if let ScoreRuleKind::Table(table) = &rule.kind {
                    table.lines.iter().for_each(|(_, line)| self.root(line, Scope::Score(id)));
                }
            }
        }
        for grade in &policy.grades {
            if let GradeKind::Table(table) = &grade.kind {
                table.lines.iter().for_each(|(_, line)| self.root(line, Scope::Lead));
            }
        }
        for disqualifier in &policy.disqualifiers {
            self.root(&disqualifier.condition, Scope::Lead);
        }
        for stage in &policy.stages {
            self.root(&stage.condition, Scope::Lead);
        }
        for sla in &policy.slas {
            sla.condition.iter().for_each(|condition| self.root(condition, Scope::Lead));
            sla.allowed.lines.iter().for_each(|(_, line)| self.root(line, Scope::Lead));
            sla.hours.iter().flat_map(|hours| &hours.lines).for_each(|(_, line)| self.root(line, Scope::Lead));
        }
    }

    fn root(&mut self, condition: &'p Condition, scope: Scope) {
        // What a library declares is the library's.
        if condition.span.file == FileId(0) {
            self.walk(condition, scope, &[]);
        }
    }

    /// Whether anything was said of the condition or of a part of it. `beside` is what must also be so wherever this
    /// condition matters.
    fn walk(&mut self, condition: &'p Condition, scope: Scope, beside: &[&'p Condition]) -> bool {
        let (parts, together) = match &condition.kind {
            ConditionKind::All(parts) => (parts, Some(MET)),
            ConditionKind::None(parts) => (parts, Some(NOT_MET)),
            ConditionKind::Any(parts) | ConditionKind::AtLeast(_, parts) => (parts, None),
            _ => return self.test(condition, scope, beside),
        };
        let mut said = false;
        for (at, part) in parts.iter().enumerate() {
            // What would meet a part of `none of` is not what makes the group count.
            let mut context = if together == Some(NOT_MET) { Vec::new() } else { beside.to_vec() };
            if let Some(MET) = together
                && is_group(part)
            {
                let others = parts.iter().enumerate().filter(|(other, _)| *other != at).take(MOST_BESIDE);
                context.extend(others.map(|(_, other)| other));
            }
            said |= self.walk(part, scope, &context);
        }
        said |= self.pairs(condition, parts, scope, said);
        if said {
            return true;
        }
        let proof = self.never(condition, scope, MET);
        if let Some(proof) = proof {
            self.never_met(condition, &proof);
            return true;
        }
        if parts.len() > 1 && self.never(condition, scope, NOT_MET).is_some() {
            let head = say::words(self.policy, condition.span);
            let diagnostic = Diagnostic::new(
                &codes::ALWAYS,
                condition.span,
                format!(
                    "this `{head}` is met by every lead whose fields can be read: one of its lines always holds"
                ),
            )
            .help("If each line was meant to rule leads out, write `all of:` in place of the head; otherwise delete the group.");
            let diagnostic =
                parts.iter().take(4).fold(diagnostic, |it, part| it.also(part.span, "one of these always holds"));
            self.say(diagnostic, Claim::NeverNotMet(condition.span));
            return true;
        }
        false
    }

    /// A condition that is no group, by itself and beside what surrounds its group.
    fn test(&mut self, condition: &'p Condition, scope: Scope, beside: &[&'p Condition]) -> bool {
        // What is wrong with a definition is said there.
        if matches!(
            condition.kind,
            ConditionKind::Criterion(..)
                | ConditionKind::Stage(..)
                | ConditionKind::Checklist { .. }
                | ConditionKind::Grade(..)
        ) {
            return false;
        }
        if let Some(proof) = self.never(condition, scope, MET) {
            self.never_met(condition, &proof);
            return true;
        }
        if self.never(condition, scope, NOT_MET).is_some() {
            let words = say::words(self.policy, condition.span);
            let who = match &condition.kind {
                ConditionKind::Score(score, _) => format!("every lead: {}", self.reach(*score)),
                ConditionKind::Event { .. } => "every lead whose log is there".to_owned(),
                _ => "every lead whose field can be read".to_owned(),
            };
            let message = format!("`{words}` is met by {who}");
            let mut diagnostic = Diagnostic::new(&codes::ALWAYS, condition.span, message);
            diagnostic = match &condition.kind {
                ConditionKind::Score(score, _) => self.with_bounds(diagnostic, *score),
                _ => self.with_declaration(diagnostic, condition, scope),
            };
            let help = "Correct it, or delete it; to ask only whether there is a value, write `is filled in`.";
            let help = match &condition.kind {
                ConditionKind::Score(..) | ConditionKind::Event { .. } => "Correct it, or delete it.",
                _ => help,
            };
            self.say(diagnostic.help(help), Claim::NeverNotMet(condition.span));
            return true;
        }
        if beside.is_empty() {
            return false;
        }
        let mut wants: Vec<Want> = beside.iter().map(|other| self.want(other, scope, MET)).collect();
        wants.push(self.want(condition, scope, MET));
        if let Some(proof) = self.refute(&wants)
            // Without this line the proof would be one about the lines around it.
            && proof.because.iter().any(|(span, _)| *span == condition.span)
        {
            let words = say::words(self.policy, condition.span);
            let message = match say::because(self.policy, &proof) {
                Some(lines) => format!("`{words}` can never be met here: {lines}"),
                None => format!("`{words}` can never be met together with the lines around it"),
            };
            let diagnostic = Diagnostic::new(&codes::CONTRADICTION, condition.span, message)
                .help("Correct one of the lines, or delete this one: it can never make a difference.");
            let diagnostic = say::with_lines(diagnostic, &proof);
            let all = beside.iter().map(|other| other.span).chain([condition.span]);
            self.say(diagnostic, Claim::NeverTogether(all.map(|span| (span, true)).collect()));
            return true;
        }
        false
    }

    fn never_met(&mut self, condition: &Condition, proof: &Proof) {
        let words = say::words(self.policy, condition.span);
        let code: &'static Code = match condition.kind {
            ConditionKind::Score(..) => &codes::OUT_OF_REACH,
            _ => &codes::CONTRADICTION,
        };
        let mut diagnostic = match (&condition.kind, say::because(self.policy, proof)) {
            (ConditionKind::Score(score, _), lines) => {
                // Where the rules exclude each other, the score does not go as far as its rules would.
                let why = lines.filter(|_| proof.because.len() > 1).unwrap_or_else(|| self.reach(*score));
                let message = format!("`{words}` can never be met: {why}");
                let diagnostic = Diagnostic::new(code, condition.span, message);
                self.with_bounds(diagnostic, *score).help("Lower the threshold, or give the score more to add up.")
            }
            (_, Some(lines)) if proof.because.len() > 1 => {
                Diagnostic::new(code, condition.span, format!("this can never be met: {lines}"))
                    .help("Correct one of these lines, or split the condition in two.")
            }
            _ => Diagnostic::new(code, condition.span, format!("`{words}` can never be met"))
                .help("Correct it, or delete it."),
        };
        if !matches!(condition.kind, ConditionKind::Score(..)) {
            diagnostic = say::with_lines(diagnostic, proof);
        }
        if diagnostic.labels.is_empty() {
            diagnostic = self.with_declaration(diagnostic, condition, Scope::Lead);
        }
        self.say(diagnostic, Claim::NeverMet(condition.span));
    }

    /// Where the field that a test is about was declared.
    fn with_declaration(&self, diagnostic: Diagnostic, condition: &Condition, scope: Scope) -> Diagnostic {
        let field = match &condition.kind {
            ConditionKind::FilledIn(of, _) | ConditionKind::Text { of, .. } => Some(of.field()),
            ConditionKind::YesNo(of, _) | ConditionKind::Number(of, _) | ConditionKind::Includes(of, ..) => Some(*of),
            ConditionKind::Event { event, .. } => {
                let event = self.policy.events.get(event.index());
                return event.map_or(diagnostic.clone(), |event| {
                    let what = if event.from.is_some() {
                        "this event"
                    } else {
                        "this event happens once at most: it is dated by a field"
                    };
                    diagnostic.also(event.span, what)
                });
            }
            _ => None,
        };
        let field = match (field, scope) {
            (Some(FieldRef::Lead(id)), _) => self.policy.fields.get(id.index()),
            (Some(FieldRef::Item(at)), Scope::Item(list)) => {
                self.policy.fields.get(list.index()).and_then(|list| list.items.get(at as usize))
            }
            _ => None,
        };
        field.map_or(diagnostic.clone(), |field| diagnostic.also(field.span, "as declared here"))
    }

    /// Pairs of parts that exclude each other, or of which one adds nothing.
    fn pairs(&mut self, group: &'p Condition, parts: &'p [Condition], scope: Scope, said: bool) -> bool {
        let mut looks: Vec<HashSet<_>> = Vec::new();
        for part in parts {
            let mut looked = HashSet::new();
            if let Want::Node(node, _) = self.want(part, scope, MET) {
                self.formula.looks_at(node, MOST_VALUES, &mut looked);
            }
            looks.push(looked);
        }
        let (mut pairs, mut any, mut repeated) = (0, false, HashSet::new());
        for (later, b) in parts.iter().enumerate() {
            for (earlier, a) in parts.iter().enumerate().take(later) {
                let shared = looks.get(earlier).zip(looks.get(later)).is_some_and(|(a, b)| !a.is_disjoint(b));
                if !shared || pairs >= MOST_PAIRS || self.told.contains(&a.span) || self.told.contains(&b.span) {
                    continue;
                }
                pairs += 1;
                if !said && self.exclude(group, a, b, scope) {
                    any = true;
                } else if !repeated.contains(&earlier)
                    && !repeated.contains(&later)
                    && let Some(idle) = self.repeat(group, a, b, scope)
                {
                    any = true;
                    repeated.insert(if idle { later } else { earlier });
                }
            }
        }
        any
    }

    fn exclude(&mut self, group: &Condition, a: &'p Condition, b: &'p Condition, scope: Scope) -> bool {
        let mask = match group.kind {
            ConditionKind::All(_) => MET,
            ConditionKind::None(_) => NOT_MET,
            _ => return false,
        };
        let wants = [self.want(a, scope, mask), self.want(b, scope, mask)];
        let Some(proof) = self.refute(&wants) else { return false };
        let (line, first, second) =
            (self.policy.sources.line(a.span), say::words(self.policy, a.span), say::words(self.policy, b.span));
        let how = if mask == MET { "can never both be met" } else { "can never both be not met" };
        let diagnostic = Diagnostic::new(
            &codes::CONTRADICTION,
            b.span,
            format!(
                "`{second}` and `{first}` in line {line} {how}, so this `{}` never is",
                say::words(self.policy, group.span)
            ),
        )
        .also(a.span, "against this line")
        .help("Correct one of the two, or put them under `any of:`.");
        let diagnostic = if proof.because.iter().all(|(span, _)| *span == a.span || *span == b.span) {
            diagnostic
        } else {
            say::with_lines(diagnostic, &proof)
        };
        self.say(diagnostic, Claim::NeverTogether(vec![(a.span, mask == MET), (b.span, mask == MET)]));
        true
    }

    /// Whether the later of two parts adds nothing (true), or the earlier (false).
    fn repeat(&mut self, group: &Condition, a: &'p Condition, b: &'p Condition, scope: Scope) -> Option<bool> {
        let at_least = matches!(group.kind, ConditionKind::AtLeast(..));
        let all = matches!(group.kind, ConditionKind::All(_));
        let (up, down) = (self.never_above(a, b, scope), self.never_above(b, a, scope));
        // In `all of` the part that is met by more adds nothing, elsewhere the one that is met by fewer.
        let later_is_idle = match (up, down) {
            (true, true) => true,
            _ if at_least => return None,
            (true, false) => all,
            (false, true) => !all,
            (false, false) => return None,
        };
        let (idle, other) = if later_is_idle { (b, a) } else { (a, b) };
        let (words, of, line) = (
            say::words(self.policy, idle.span),
            say::words(self.policy, other.span),
            self.policy.sources.line(other.span),
        );
        let same = up && down;
        let message = match (same, at_least, all) {
            (true, true, _) => {
                format!("`{words}` and `{of}` in line {line} are always met together, so they count twice")
            }
            (true, false, _) => format!("`{words}` repeats `{of}` in line {line}"),
            (false, _, true) => format!("`{words}` adds nothing: whoever meets `{of}` in line {line} meets this too"),
            (false, _, false) => format!("`{words}` adds nothing: whoever meets this also meets `{of}` in line {line}"),
        };
        let claim = match (same, later_is_idle == all) {
            (true, _) => Claim::AlwaysSame(a.span, b.span),
            (false, true) => Claim::NeverAbove(a.span, b.span),
            (false, false) => Claim::NeverAbove(b.span, a.span),
        };
        let diagnostic = Diagnostic::new(&codes::REPEAT, idle.span, message)
            .also(other.span, "beside this line")
            .help("Delete this line, or correct it.");
        self.say(diagnostic, claim);
        Some(later_is_idle)
    }

    /// Whether the outcome of `a` is never above that of `b`.
    fn never_above(&mut self, a: &'p Condition, b: &'p Condition, scope: Scope) -> bool {
        let met = [self.want(a, scope, MET), self.want(b, scope, NOT_MET | UNKNOWN)];
        let open = [self.want(a, scope, MET | UNKNOWN), self.want(b, scope, NOT_MET)];
        self.refute(&met).is_some() && self.refute(&open).is_some()
    }
}

fn is_group(condition: &Condition) -> bool {
    matches!(
        condition.kind,
        ConditionKind::All(_) | ConditionKind::Any(_) | ConditionKind::None(_) | ConditionKind::AtLeast(..)
    )
}
