//! The tree: every condition in the policy's own words, what it read, and what came of it.

use crate::report::prose::words::{count, list, thousands};
use std::collections::HashSet;
use std::sync::Arc;

use super::page::{Branch, Mark, short};
use super::words::{Case, bare, group};
use crate::engine::Outcome;
use crate::engine::trace::{Counted, DefinitionKind, Node, NotCounted, ObservedKind, Reason, WhyNot};
use crate::policy::Type;

/// So many dates of an event stand in one line.
const MOST_DATES: usize = 5;

/// Where the sum of a score stands.
pub const SEE_POINTS: &str = "see its points below";

/// Makes trees, each definition once.
pub struct Trees<'a> {
    case: Case<'a>,
    shown: HashSet<(u8, Arc<str>)>,
}

impl<'a> Trees<'a> {
    pub fn new(case: Case<'a>) -> Self {
        Trees { case, shown: HashSet::new() }
    }

    /// Whether a definition has been shown; from now on it has.
    fn again(&mut self, kind: DefinitionKind, name: &Arc<str>) -> bool {
        !self.shown.insert((kind as u8, Arc::clone(name)))
    }

    pub fn has_shown(&self, kind: DefinitionKind, name: &str) -> bool {
        self.shown.contains(&(kind as u8, Arc::from(name)))
    }

    /// A definition with all that it asks for.
    pub fn definition(&mut self, kind: DefinitionKind, node: &'a Node) -> Branch {
        let name = node.name.clone().unwrap_or_default();
        let mut branch = Branch::new(node.outcome.into(), node.text.clone());
        branch.place = self.case.place(node);
        if self.again(kind, &name) {
            return branch.note("see above");
        }
        self.below(kind, node, &mut branch);
        branch
    }

    /// A disqualification, which nothing refers to.
    pub fn disqualifier(&mut self, node: &'a Node) -> Branch {
        let name = node.name.as_deref().unwrap_or_default();
        let mut branch = Branch::new(node.outcome.into(), format!("\"{name}\""));
        branch.place = self.case.place(node);
        let declared = self.case.policy.disqualifiers.iter().find(|it| it.name == name);
        branch.notes.extend(declared.and_then(|it| it.because.as_ref()).map(|why| format!("because: {why}")));
        self.inner(node, &mut branch);
        branch
    }

    /// What stands below a definition, or below what refers to it.
    fn below(&mut self, kind: DefinitionKind, node: &'a Node, branch: &mut Branch) {
        branch.notes.extend(self.about(kind, node));
        match kind {
            DefinitionKind::Checklist => {
                branch.children.extend(node.children.iter().map(|item| self.item(item)));
            }
            _ => self.inner(node, branch),
        }
    }

    /// The condition of a definition: a group's parts stand right below, where they come to the same.
    fn inner(&mut self, node: &'a Node, branch: &mut Branch) {
        let Some(test) = node.children.first() else { return };
        let same = Mark::from(test.outcome) == branch.mark;
        if same && group(test).is_some() {
            branch.text.push_str(&format!(": {}", test.text.trim_end_matches(':')));
            branch.children.extend(test.children.iter().map(|part| self.condition(part)));
        } else {
            branch.children.push(self.condition(test));
        }
    }

    fn item(&mut self, item: &'a Node) -> Branch {
        let mut branch = self.condition(item);
        if let Some(label) = &item.name {
            branch.text = format!("{label}: {}", branch.text);
        }
        branch
    }

    /// A condition that was judged as of another instant: what it asks for is not what stands above.
    pub fn judged_elsewhere(&self, node: &Node) -> Branch {
        let mut branch = Branch::new(node.outcome.into(), node.text.trim_end_matches(':'));
        branch.place = self.case.place(node);
        if group(node).is_some() {
            branch.children = node.children.iter().map(|part| self.judged_elsewhere(part)).collect();
        } else {
            branch.notes = self.notes(node);
        }
        branch
    }

    /// A condition, and what it asks for.
    pub fn condition(&mut self, node: &'a Node) -> Branch {
        let mut branch = Branch::new(node.outcome.into(), node.text.trim_end_matches(':'));
        branch.place = self.case.place(node);
        if group(node).is_some() {
            branch.children = node.children.iter().map(|part| self.condition(part)).collect();
            return branch;
        }
        branch.notes = self.notes(node);
        let Some(to) = node.refers_to.as_ref() else { return branch };
        let Some(own) = self.case.definition(to.kind, &to.name) else { return branch };
        match to.kind {
            DefinitionKind::Score | DefinitionKind::Grade => branch.notes.push(SEE_POINTS.to_owned()),
            _ if self.again(to.kind, &to.name) => branch.notes.push("see above".to_owned()),
            kind if own.outcome == node.outcome || own.outcome.is_none() => self.below(kind, own, &mut branch),
            // What is asked is the opposite, or the test alone.
            kind => {
                let mut definition = Branch::new(own.outcome.into(), own.text.clone());
                definition.place = self.case.place(own);
                self.below(kind, own, &mut definition);
                branch.children.push(definition);
            }
        }
        branch
    }

    /// Who answers for a definition, why it is there, and how it came to be what it is.
    fn about(&self, kind: DefinitionKind, node: &Node) -> Vec<String> {
        let name = node.name.as_deref().unwrap_or_default();
        let (policy, wall) = (self.case.policy, self.case.wall);
        let mut notes = Vec::new();
        let because = match kind {
            DefinitionKind::Criterion => policy.criteria.iter().find(|it| it.name == name).map(|it| &it.because),
            DefinitionKind::Checklist => policy.checklists.iter().find(|it| it.name == name).map(|it| &it.because),
            DefinitionKind::Stage => policy.stages.iter().find(|it| it.name == name).map(|it| &it.because),
            _ => None,
        };
        if let Some(treated) = node.treated_as {
            let word = if treated == Outcome::Met { "met" } else { "not met" };
            notes.push(format!("not known, which the policy treats as {word}"));
        }
        if let Some(stay) = node.stay {
            if let Some(since) = stay.since {
                notes.push(format!("in this stage since {}", wall.moment(since)));
            }
            if let Some(since) = stay.held_since {
                let until = stay.held_until.map(|until| format!(", and shut until {}", wall.moment(until)));
                let until = until.unwrap_or_else(|| ", and shut until it is entered again".to_owned());
                notes.push(format!("left on {}{until}", wall.moment(since)));
            }
            if Some(stay.test) != node.outcome {
                let word = Mark::from(Some(stay.test)).word();
                notes.push(format!("what it asks for, by itself, is {word}"));
            }
        }
        if node.reason == Some(Reason::NoLog) {
            let mut gaps = Vec::new();
            self.case.absent_logs(node, &mut gaps);
            let fields: Vec<String> = gaps.iter().map(|gap| self.case.called(&gap.field)).collect();
            notes.push(format!("there is no record of its {}", list(&fields, 4)));
        }
        notes.extend(because.and_then(Option::as_ref).map(|why| format!("because: {why}")));
        notes
    }

    /// What a condition read.
    pub fn notes(&self, node: &Node) -> Vec<String> {
        let case = &self.case;
        let mut notes = Vec::new();
        for seen in &node.observed {
            let name = match seen.kind {
                ObservedKind::Field => case.called(&seen.name),
                ObservedKind::Domain => format!("domain of {}", case.called(&seen.name)),
                ObservedKind::Score => format!("score \"{}\"", seen.name),
                ObservedKind::Grade => format!("grade \"{}\"", seen.name),
                ObservedKind::Checklist => format!("\"{}\"", seen.name),
                _ => format!("\"{}\"", seen.name),
            };
            let value = case.value(seen);
            let event = seen.kind == ObservedKind::Event;
            notes.push(match (value, event) {
                (Some(at), true) => format!("{name}: {at}"),
                (None, true) => format!("{name}: never"),
                (Some(value), _) if node.reason == Some(Reason::NoRate) => {
                    format!("{name}: {value}, and there is no exchange rate for it")
                }
                (Some(value), _) => format!("{name}: {}", bare(&value)),
                (None, _) if let Some(found) = &seen.found => {
                    let found = if found == "(private)" { "private" } else { found };
                    format!("{name}: {}, which is {}", short(found), self.type_word(&seen.name))
                }
                (None, _) if node.outcome.is_some_and(|it| it != Outcome::Unknown) => format!("{name}: empty"),
                (None, _) => format!("{name}: not known"),
            });
        }
        if node.reason == Some(Reason::NoLog) {
            notes.push("there is no record of what happened".to_owned());
        }
        if let Some(counted) = &node.counted {
            notes.push(self.dates(counted));
        }
        notes.extend(not_counted(&node.not_counted));
        notes
    }

    fn type_word(&self, path: &str) -> &'static str {
        match self.case.field(path).map(|field| &field.ty) {
            Some(Type::Number) => "no number",
            Some(Type::Money(_)) => "no amount of money",
            Some(Type::Date) => "no date",
            Some(Type::Time) => "no time",
            Some(Type::YesNo) => "neither yes nor no",
            Some(Type::OneOf(_)) => "none of those that the policy lists",
            Some(Type::TextList | Type::Items) => "no list",
            _ => "no text",
        }
    }

    /// `2 times: Mon 9 Mar 10:50, Tue 10 Mar 08:00`; of many, the latest.
    fn dates(&self, counted: &[Counted]) -> String {
        if counted.is_empty() {
            return "did not happen".to_owned();
        }
        let latest = counted.iter().rev().take(MOST_DATES).rev();
        let dates: Vec<String> = latest.map(|it| self.case.wall.moment(it.at)).collect();
        let earlier = counted.len().saturating_sub(MOST_DATES);
        let earlier = if earlier > 0 { format!("{} earlier, and ", thousands(earlier)) } else { String::new() };
        format!("happened {}: {earlier}{}", count(counted.len(), "time", "times"), dates.join(", "))
    }
}

/// Why occurrences do not count.
pub fn not_counted(all: &[NotCounted]) -> Option<String> {
    let said: Vec<String> = all
        .iter()
        .map(|it| {
            let times = count(it.times, "time", "times");
            match it.why {
                WhyNot::OutsideWindow => format!("{times} outside of the window"),
                WhyNot::CountedOnce => format!("{times} too soon after one that counts"),
                WhyNot::BeforeRestart => format!("{times} before the score started again"),
            }
        })
        .collect();
    (!said.is_empty()).then(|| format!("not counted: {}", said.join(", ")))
}
