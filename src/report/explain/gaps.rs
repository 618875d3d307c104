//! What is not known: the fields and lists behind unknown conditions.

use super::words::{Case, group, question};
use crate::engine::Outcome;
use crate::engine::trace::{Node, ObservedKind, Reason};
use crate::policy::Type;
use crate::report::prose::words::{cut, list};

/// Something that is not known, and who asks for it.
#[derive(Clone, Debug)]
pub struct Gap {
    pub field: String,
    pub reason: Reason,
    pub asked: String,
    /// The definition that asks.
    pub behind: String,
    pub place: Option<String>,
    /// Of money without a rate.
    pub value: Option<String>,
}

impl Case<'_> {
    /// What is not known behind unknown conditions: `its budget and purchase date are not known`.
    pub fn unknown(&self, nodes: &[&Node]) -> String {
        let mut gaps = Vec::new();
        nodes.iter().for_each(|node| self.gaps(node, &mut gaps));
        let fields = |of: Reason| -> Vec<String> {
            let mut names: Vec<String> = Vec::new();
            for gap in gaps.iter().filter(|gap| gap.reason == of) {
                // "its opted out" is no English.
                let yes_no = self.field(&gap.field).is_some_and(|field| field.ty == Type::YesNo);
                let name = self.called(&gap.field);
                let name = if yes_no { format!("\"{name}\"") } else { name };
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            names
        };
        let be = |names: &[String]| if names.len() == 1 { "is" } else { "are" };
        let its = |names: &[String]| {
            let its = if names.first().is_some_and(|name| name.starts_with('"')) { "" } else { "its " };
            format!("{its}{}", list(names, 4))
        };
        let mut said = Vec::new();
        let empty = fields(Reason::Empty);
        if !empty.is_empty() {
            said.push(format!("{} {} not known", its(&empty), be(&empty)));
        }
        let wrong = fields(Reason::WrongType);
        if !wrong.is_empty() {
            said.push(format!("{} cannot be read", its(&wrong)));
        }
        let unrated = fields(Reason::NoRate);
        if !unrated.is_empty() {
            said.push(format!("there is no exchange rate for its {}", list(&unrated, 4)));
        }
        let logs = fields(Reason::NoLog);
        if !logs.is_empty() {
            said.push(format!("there is no record of its {}", list(&logs, 4)));
        }
        said.join(", and ")
    }

    /// What is not known behind an unknown condition, all the way down.
    pub fn gaps(&self, node: &Node, to: &mut Vec<Gap>) {
        if node.outcome.is_some_and(|outcome| outcome != Outcome::Unknown) {
            return;
        }
        if group(node).is_some() {
            return node.children.iter().for_each(|child| self.gaps(child, to));
        }
        if let Some(own) = self.referred(node).filter(|own| own.points.is_none() && own.grade.is_none()) {
            let label = own.name.as_deref().unwrap_or_default();
            let inner = own.children.iter().filter(|child| child.outcome == Some(Outcome::Unknown));
            if own.reason == Some(Reason::NoLog) {
                self.absent_logs(own, to);
            }
            inner.for_each(|child| {
                let from = to.len();
                self.gaps(child, to);
                let item = child.name.as_deref().map(|item| format!("{label}: {item}"));
                let item = item.unwrap_or_else(|| label.to_owned());
                to.iter_mut()
                    .skip(from)
                    .filter(|gap| gap.behind.is_empty())
                    .for_each(|gap| gap.behind.clone_from(&item));
            });
            return;
        }
        let place = self.place(node);
        if node.reason == Some(Reason::NoLog) {
            if let Some(to_event) = &node.refers_to {
                to.extend(self.log_of(&to_event.name, place.clone()));
            }
            // The other event of its window may be the one whose log is absent.
            for seen in node.observed.iter().filter(|seen| seen.kind == ObservedKind::Event) {
                to.extend(self.log_of(&seen.name, place.clone()));
            }
        }
        let subject = self.subject(node);
        for (at, seen) in node.observed.iter().enumerate() {
            let field = matches!(seen.kind, ObservedKind::Field | ObservedKind::Domain);
            let rated = node.reason == Some(Reason::NoRate);
            if !field || seen.value.is_some() && !rated {
                continue;
            }
            let reason = node.reason.unwrap_or(Reason::Empty);
            let asked = subject.as_ref().filter(|_| at == 0).map(|(_, _, test)| question(test));
            let value = self.value(seen);
            to.push(Gap {
                field: seen.name.to_string(),
                reason,
                asked: asked.unwrap_or_else(|| format!("for `{}`", cut(&node.text, 160))),
                behind: String::new(),
                place: place.clone(),
                value,
            });
        }
    }

    /// The logs that leave a stage's stay unknown.
    pub fn absent_logs(&self, stage: &Node, to: &mut Vec<Gap>) {
        let declared = self.policy.stages.iter().find(|it| Some(it.name.as_str()) == stage.name.as_deref());
        let Some(declared) = declared else { return };
        let events = declared.entered.iter().chain(declared.left.iter().flat_map(|(events, _)| events));
        for event in events.filter_map(|id| self.policy.events.get(id.index())) {
            to.extend(self.log_of(&event.name, self.place(stage)));
        }
    }

    /// The list of an event whose log is absent, or the field that cannot be read as its time.
    fn log_of(&self, event: &str, place: Option<String>) -> Option<Gap> {
        let found = self.trace.events.iter().find(|it| *it.name == *event && it.log_absent)?;
        let list = self.field(&found.from).is_some_and(|field| field.ty == Type::Items);
        let reason = if list { Reason::NoLog } else { Reason::WrongType };
        let (asked, behind) = (String::new(), String::new());
        Some(Gap { field: found.from.to_string(), reason, asked, behind, place, value: None })
    }
}
