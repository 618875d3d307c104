//! The policy's words as parts of sentences, for people who do not know the language.

use super::page::short;
use crate::engine::trace::{DefinitionKind, Node, Observed, ObservedKind, Seen, Trace};
use crate::engine::{Decision, Outcome};
use crate::policy::{Field, Policy, Type};
use crate::report::prose::when::Wall;
use crate::report::prose::words::{after, count, cut, list};

/// So many reasons stand in one sentence.
const MOST_REASONS: usize = 3;

/// A decided lead, and the policy that decided.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    pub policy: &'a Policy,
    pub decision: &'a Decision,
    pub trace: &'a Trace,
    pub wall: Wall,
}

/// The kinds of groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    All,
    Any,
    None,
    Some,
}

/// Whether a condition is a group, and of which kind.
pub fn group(node: &Node) -> Option<Group> {
    if node.children.is_empty() {
        return None;
    }
    let starts = |with: &str| node.text.starts_with(with);
    match () {
        () if starts("all of") => Some(Group::All),
        () if starts("any of") => Some(Group::Any),
        () if starts("none of") => Some(Group::None),
        () if starts("at least ") => Some(Group::Some),
        () => None,
    }
}

/// The conditions that make this one come out as it does, groups taken apart.
pub fn causes(node: &Node) -> Vec<&Node> {
    let Some(kind) = group(node) else { return vec![node] };
    let wanted = node.outcome.map(|outcome| if kind == Group::None { outcome.opposite() } else { outcome });
    let found: Vec<&Node> = node.children.iter().filter(|child| child.outcome == wanted).flat_map(causes).collect();
    // Nothing is met in `none of` that is met, and that is the reason.
    if found.is_empty() { vec![node] } else { found }
}

/// `an SQL`, `a SAL`, `in the stage "Opportunity"`: what a lead is.
pub fn being(stage: &str) -> String {
    match article(stage) {
        Some(article) => format!("{article} {stage}"),
        None => format!("in the stage \"{stage}\""),
    }
}

/// `an SQL`, `the stage "Opportunity"`, as the beginning of a sentence or not.
pub fn the_stage(stage: &str) -> String {
    article(stage).map_or_else(|| format!("the stage \"{stage}\""), |article| format!("{article} {stage}"))
}

/// Of abbreviations. Without a vowel they are spelled: an SQL, a PQL, an MQL. With one they are said: a SAL.
fn article(stage: &str) -> Option<&'static str> {
    let letters = stage.chars().all(|c| c.is_ascii_uppercase());
    let first = stage.chars().next().filter(|_| letters && (2..=5).contains(&stage.len()))?;
    let vowel = |c: char| "AEIOU".contains(c);
    let spelled = !stage.chars().any(vowel);
    let an = if spelled { "FHLMNRSX".contains(first) } else { vowel(first) };
    Some(if an { "an" } else { "a" })
}

/// What follows a subject, of a condition that is not met: `must be at least 50`.
pub fn must(test: &str) -> String {
    const WORDS: [(&str, &str); 11] = [
        ("is not ", "must not be "),
        ("is ", "must be "),
        ("does not ", "must not "),
        ("contains ", "must contain "),
        ("starts ", "must start "),
        ("ends ", "must end "),
        ("matches ", "must match "),
        ("includes none of ", "must include none of "),
        ("includes ", "must include "),
        ("happened ", "must have happened "),
        ("passes ", "must pass "),
    ];
    let found = WORDS.iter().find_map(|(word, must)| Some(format!("{must}{}", test.strip_prefix(word)?)));
    found.unwrap_or_else(|| format!("must fit: {test}"))
}

/// What to ask of something that is not known: `is it at least 50?`
pub fn question(test: &str) -> String {
    const WORDS: [(&str, &str); 9] = [
        ("is not ", "is it "),
        ("is ", "is it "),
        ("does not ", "does it "),
        ("contains ", "does it contain "),
        ("starts ", "does it start "),
        ("ends ", "does it end "),
        ("matches ", "does it match "),
        ("includes none of ", "does it include any of "),
        ("includes ", "does it include "),
    ];
    if test == "is yes" || test == "is no" {
        return "yes or no?".to_owned();
    }
    let found = WORDS.iter().find_map(|(word, does)| Some(format!("{does}{}?", test.strip_prefix(word)?)));
    found.unwrap_or_else(|| format!("is it so that it {test}?"))
}

impl<'a> Case<'a> {
    pub fn field(&self, path: &str) -> Option<&'a Field> {
        self.policy.fields.iter().find(|field| field.dotted() == path)
    }

    /// What people call a field.
    pub fn called(&self, path: &str) -> String {
        self.field(path).map_or_else(|| path.to_owned(), Field::display_name)
    }

    /// The lead at the beginning of a sentence.
    pub fn lead(&self) -> String {
        self.decision.lead.as_deref().map_or_else(|| "This lead".to_owned(), |id| cut(id, 80))
    }

    pub fn definition(&self, kind: DefinitionKind, name: &str) -> Option<&'a Node> {
        let all = match kind {
            DefinitionKind::Criterion => &self.trace.criteria,
            DefinitionKind::Checklist => &self.trace.checklists,
            DefinitionKind::Score => &self.trace.scores,
            DefinitionKind::Grade => &self.trace.grades,
            DefinitionKind::Stage => &self.trace.stages,
            _ => return None,
        };
        all.iter().find(|node| node.name.as_deref() == Some(name))
    }

    /// The definition that a condition asks for.
    pub fn referred(&self, node: &Node) -> Option<&'a Node> {
        let to = node.refers_to.as_ref()?;
        self.definition(to.kind, &to.name)
    }

    /// What a condition is about, and the rest of it: `number of employees` and `is at least 50`.
    pub fn subject<'n>(&self, node: &'n Node) -> Option<(&'n Observed, String, &'n str)> {
        let seen = node.observed.first()?;
        let name = seen.name.as_ref();
        let text = node.text.as_str();
        let (called, rest) = match seen.kind {
            ObservedKind::Field => (self.called(name), after(text, name)?),
            ObservedKind::Domain => {
                (format!("domain of {}", self.called(name)), after(text.strip_prefix("domain of ")?, name)?)
            }
            ObservedKind::Score => (format!("score \"{name}\""), text.strip_prefix(&format!("score \"{name}\" "))?),
            ObservedKind::Grade => (format!("grade \"{name}\""), text.strip_prefix(&format!("grade \"{name}\" "))?),
            _ => return None,
        };
        Some((seen, called, rest))
    }

    /// A value as it stands in a sentence: texts in quotes, times as on the wall.
    pub fn value(&self, seen: &Observed) -> Option<String> {
        let text = match seen.value.as_ref()? {
            Seen::One(value) => value,
            Seen::Many(values) => {
                let quoted: Vec<String> = values.iter().map(|value| format!("\"{}\"", cut(value, 60))).collect();
                return Some(if quoted.is_empty() { "an empty list".to_owned() } else { list(&quoted, 5) });
            }
            Seen::Counts { met, not_met, unknown } => {
                let counts = [(met, "met"), (not_met, "not met"), (unknown, "unknown")];
                let said = counts.iter().filter(|(n, _)| **n > 0).map(|(n, word)| format!("{n} {word}"));
                return Some(said.collect::<Vec<_>>().join(", "));
            }
        };
        if text == "(private)" {
            return Some(text.clone());
        }
        let ty = self.field(&seen.name).map(|field| &field.ty);
        let at = || text.parse().map(|at| self.wall.moment(at)).ok();
        Some(match (seen.kind, ty) {
            (ObservedKind::Domain, _) | (ObservedKind::Field, Some(Type::Text | Type::OneOf(_))) => {
                format!("\"{}\"", short(text))
            }
            (ObservedKind::Event, _) | (ObservedKind::Field, Some(Type::Time)) => at().unwrap_or_else(|| short(text)),
            (ObservedKind::Field, Some(Type::Date)) => {
                text.parse().map_or_else(|_| short(text), |date| self.wall.day_of(date))
            }
            _ => short(text),
        })
    }

    /// Why conditions came out as they did, in one sentence.
    pub fn because(&self, nodes: &[&Node], most: usize) -> String {
        let is_name = |node: &&&Node| self.met_criterion(node).is_some();
        let names: Vec<String> = nodes.iter().filter_map(|node| self.met_criterion(node)).collect();
        let mut said = Vec::new();
        if !names.is_empty() {
            let be = if names.len() == 1 { "is" } else { "are" };
            said.push(format!("{} {be} met", list(&names, 4)));
        }
        let others: Vec<&&Node> = nodes.iter().filter(|node| !is_name(node)).collect();
        let room = most.saturating_sub(said.len());
        // One reason has room for all that is behind it.
        let depth = if others.len() == 1 && said.is_empty() { 2 } else { 1 };
        said.extend(others.iter().take(room).map(|node| self.clause_to(node, depth)));
        let more = match others.len().saturating_sub(room) {
            0 => String::new(),
            more => format!(", and {}", count(more, "more reason", "more reasons")),
        };
        match said.as_slice() {
            [one] => format!("{one}{more}"),
            [first, second] if more.is_empty() && !first.contains(", and ") => format!("{first}, and {second}"),
            all => format!("{}{more}", all.join("; ")),
        }
    }

    /// The name of a criterion that is met, as it is asked to be.
    fn met_criterion(&self, node: &Node) -> Option<String> {
        let to = node.refers_to.as_ref().filter(|to| to.kind == DefinitionKind::Criterion)?;
        let met = node.outcome == Some(Outcome::Met) && node.text.ends_with(" is met");
        met.then(|| format!("\"{}\"", to.name))
    }

    pub fn reasons(&self, node: &Node) -> String {
        self.because(&causes(node), MOST_REASONS)
    }

    /// One condition and its outcome as a clause.
    pub fn clause(&self, node: &Node) -> String {
        self.clause_to(node, 1)
    }

    /// As a clause with so many reasons behind it.
    fn clause_to(&self, node: &Node, depth: usize) -> String {
        let met = node.outcome == Some(Outcome::Met);
        match node.refers_to.as_ref().map(|to| (to.kind, to.name.as_ref())) {
            Some((DefinitionKind::Criterion, name)) => self.criterion(node, name, depth),
            Some((DefinitionKind::Checklist, name)) => self.checklist(node, name),
            Some((DefinitionKind::Stage, name)) => self.stage(node, name, depth),
            Some((DefinitionKind::Event, name)) => self.event(node, name),
            _ => match self.subject(node) {
                Some((seen, called, test)) => self.test(seen, &called, &self.compared(node, test), met),
                None if group(node) == Some(Group::None) && met => "nothing rules it out".to_owned(),
                None if met => cut(&node.text, 160),
                None => format!("it is not so that {}", cut(&node.text, 160)),
            },
        }
    }

    fn criterion(&self, node: &Node, name: &str, depth: usize) -> String {
        let own = self.definition(DefinitionKind::Criterion, name);
        let word = match own.and_then(|own| own.outcome) {
            Some(Outcome::Met) => return format!("\"{name}\" is met"),
            Some(Outcome::NotMet) => "is not met",
            _ => "is open",
        };
        let inner = own.and_then(|own| own.children.first()).filter(|_| node.text.ends_with("is met"));
        match inner {
            Some(inner) if inner.outcome == Some(Outcome::Unknown) => {
                format!("\"{name}\" {word} ({})", self.unknown(&[inner]))
            }
            Some(_) if depth == 0 => format!("\"{name}\" {word}"),
            Some(inner) => format!("\"{name}\" {word} ({})", self.because_short(&causes(inner), depth)),
            None => format!("\"{name}\" {word}"),
        }
    }

    /// As in brackets: one reason after another.
    fn because_short(&self, nodes: &[&Node], most: usize) -> String {
        let said: Vec<String> = nodes.iter().take(most).map(|node| self.clause_to(node, 0)).collect();
        let more = nodes.len().saturating_sub(most);
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        format!("{}{more}", said.join("; "))
    }

    fn checklist(&self, node: &Node, name: &str) -> String {
        let items = self.definition(DefinitionKind::Checklist, name).map_or(&[][..], |own| &own.children);
        let labels = |of: Outcome| -> Vec<String> {
            let those = items.iter().filter(|item| item.outcome == Some(of));
            those.filter_map(|item| item.name.as_deref().map(str::to_owned)).collect()
        };
        let (met, not_met, unknown) = (labels(Outcome::Met), labels(Outcome::NotMet), labels(Outcome::Unknown));
        let has = match met.len() {
            0 => "it has none".to_owned(),
            n => format!("it has {n} ({})", list(&met, 4)),
        };
        if node.outcome == Some(Outcome::Met) {
            let all = count(items.len(), "item", "items");
            return format!("it has {} of the {all} of \"{name}\" ({})", met.len(), list(&met, 4));
        }
        let needs = node.text.replace(" are met", "").replacen(" is met", "", 1);
        let be = |names: &[String]| if names.len() == 1 { "is" } else { "are" };
        let mut lacks = Vec::new();
        if !not_met.is_empty() {
            let said = if not_met.len() > 2 { list(&not_met, 4) } else { self.items_not_met(items) };
            lacks.push(format!("{said} {} not met", be(&not_met)));
        }
        if !unknown.is_empty() {
            lacks.push(format!("{} {} not known", list(&unknown, 4), be(&unknown)));
        }
        format!("it needs {needs}, and {has}: {}", lacks.join(", and "))
    }

    /// `budget (its budget is EUR 6000, and must be at least EUR 15,000)`
    fn items_not_met(&self, items: &[Node]) -> String {
        let not_met = items.iter().filter(|item| item.outcome == Some(Outcome::NotMet));
        let said = not_met.map(|item| {
            let label = item.name.as_deref().unwrap_or_default();
            format!("{label} ({})", self.because_short(&causes(item), 1))
        });
        list(&said.collect::<Vec<_>>(), 2)
    }

    fn stage(&self, node: &Node, name: &str, depth: usize) -> String {
        let own = self.definition(DefinitionKind::Stage, name);
        match own.and_then(|own| Some((own, own.outcome?))) {
            Some((_, Outcome::Met)) => format!("it is {}", being(name)),
            Some((own, Outcome::NotMet)) if node.outcome == Some(Outcome::NotMet) => {
                let held = own.stay.is_some_and(|stay| stay.held_since.is_some());
                let inner = own.children.first().filter(|_| !held && depth > 1);
                let why = inner.map(|inner| format!(": {}", self.because(&causes(inner), 2)));
                format!("it is not {}{}", being(name), why.unwrap_or_default())
            }
            _ => format!("it is not {}", being(name)),
        }
    }

    /// `"demo requested" did not happen within the last 60 days`
    fn event(&self, node: &Node, name: &str) -> String {
        let quoted = format!("\"{name}\"");
        let text = node.text.as_str();
        let Some(rest) = text.strip_prefix(&quoted).map(str::trim_start) else { return cut(text, 160) };
        if node.outcome == Some(Outcome::Met) {
            return cut(text, 160);
        }
        if let Some(window) = rest.strip_prefix("did not happen") {
            return format!("{quoted} happened{window}");
        }
        let rest = rest.strip_prefix("happened").unwrap_or(rest);
        let (how_often, window) = split_count(rest);
        let times = node.counted.as_ref().map_or(0, Vec::len);
        match (times, how_often) {
            (0, _) | (_, "") => format!("{quoted} did not happen{window}"),
            (times, how_often) => {
                format!("{quoted} happened {}, not {how_often},{window}", count(times, "time", "times"))
                    .trim_end_matches(',')
                    .to_owned()
            }
        }
    }

    /// A test with the fields that it compares with as people call them, and their values.
    fn compared(&self, node: &Node, test: &str) -> String {
        let others = node.observed.iter().skip(1).filter(|seen| seen.kind == ObservedKind::Field);
        others.fold(test.to_owned(), |test, seen| {
            let value = self.value(seen).map(|value| format!(" ({})", bare(&value))).unwrap_or_default();
            let called = format!("its {}{value}", self.called(&seen.name));
            let words = test.split(' ').map(|word| if word.trim_matches('`') == &*seen.name { &called } else { word });
            words.collect::<Vec<_>>().join(" ")
        })
    }

    /// `its number of employees is 12, and must be at least 50`
    fn test(&self, seen: &Observed, called: &str, test: &str, met: bool) -> String {
        let its = |called: &str| match called.strip_prefix("domain of ") {
            Some(field) => format!("the domain of its {field}"),
            None => format!("its {called}"),
        };
        if test == "is filled in" || test == "is empty" {
            let filled = (test == "is filled in") == met;
            return if filled { format!("its {called} is filled in") } else { format!("it has no {called}") };
        }
        let ty = self.field(&seen.name).map(|field| &field.ty).filter(|_| seen.kind == ObservedKind::Field);
        let Some(value) = self.value(seen).filter(|value| value != "(private)") else {
            let test = if met { test.to_owned() } else { must(test) };
            return format!("{} {test}", its(called));
        };
        match (ty, met) {
            (Some(Type::YesNo), _) => format!("\"{called}\" is {value}"),
            (Some(Type::TextList), true) => format!("{} {test}", its(called)),
            (_, true) => format!("{} is {value}", its(called)),
            (_, false) => format!("{} is {value}, and {}", its(called), cut(&must(test), 120)),
        }
    }

    /// `line 12`, `line 12 of shared/crm.handover`
    pub fn place(&self, node: &Node) -> Option<String> {
        place(node.line, node.file.as_deref())
    }
}

pub fn place(line: usize, file: Option<&str>) -> Option<String> {
    match file {
        Some(file) => Some(format!("line {line} of {file}")),
        None => (line > 0).then(|| format!("line {line}")),
    }
}

/// A value where it stands in brackets already: `private` for `(private)`.
pub fn bare(value: &str) -> &str {
    if value == "(private)" { "private" } else { value }
}

/// `at least 2 times` and ` within the last 30 days`.
fn split_count(rest: &str) -> (&str, String) {
    let rest = rest.trim_start();
    let counted = ["at least ", "at most ", "exactly ", "on at least "].iter().any(|word| rest.starts_with(word));
    if !counted {
        return ("", if rest.is_empty() { String::new() } else { format!(" {rest}") });
    }
    // The longer word first: both begin at one place. What follows may be a name with such a word in it.
    let ends = [" times", " time", " different days", " different day"];
    let found = ends.iter().filter_map(|end| rest.find(end).map(|at| (at, end.len())));
    let end = found.reduce(|a, b| if b.0 < a.0 { b } else { a }).map_or(rest.len(), |(at, length)| at + length);
    let (how_often, window) = rest.split_at_checked(end).unwrap_or((rest, ""));
    (how_often, window.to_owned())
}
