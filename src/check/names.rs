//! Who is called what: every name of the policy and its libraries, found once, looked up everywhere.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{self, Diagnostic, codes, did_you_mean};
use crate::source::Span;
use crate::syntax::ast::{Path, Quoted};
use crate::text::{alike, look};

/// The kinds of named things; names are unique within a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    List,
    Calendar,
    Event,
    Criterion,
    Checklist,
    Score,
    Grade,
    Disqualify,
    Stage,
    Sla,
    Example,
}

impl Kind {
    /// The statement word.
    pub fn word(self) -> &'static str {
        match self {
            Kind::List => "list",
            Kind::Calendar => "calendar",
            Kind::Event => "event",
            Kind::Criterion => "criterion",
            Kind::Checklist => "checklist",
            Kind::Score => "score",
            Kind::Grade => "grade",
            Kind::Disqualify => "disqualify",
            Kind::Stage => "stage",
            Kind::Sla => "sla",
            Kind::Example => "example",
        }
    }

    /// The word with its article.
    pub fn a(self) -> &'static str {
        match self {
            Kind::List => "a list",
            Kind::Calendar => "a calendar",
            Kind::Event => "an event",
            Kind::Criterion => "a criterion",
            Kind::Checklist => "a checklist",
            Kind::Score => "a score",
            Kind::Grade => "a grade",
            Kind::Disqualify => "a disqualification",
            Kind::Stage => "a stage",
            Kind::Sla => "an SLA",
            Kind::Example => "an example",
        }
    }
}

/// All of them.
const KINDS: [Kind; 11] = [
    Kind::List,
    Kind::Calendar,
    Kind::Event,
    Kind::Criterion,
    Kind::Checklist,
    Kind::Score,
    Kind::Grade,
    Kind::Disqualify,
    Kind::Stage,
    Kind::Sla,
    Kind::Example,
];

/// A name and where it was given.
#[derive(Clone, Debug)]
struct Entry {
    name: String,
    span: Span,
}

/// All names, and what has been reported about them.
#[derive(Debug, Default)]
pub struct Names {
    by_kind: HashMap<Kind, Vec<Entry>>,
    ids: HashMap<(Kind, String), u32>,
    /// The names by what they look like.
    looks: HashMap<(Kind, String), u32>,
    /// Names and paths in lines that could not be read: whoever uses one of them is not at fault.
    lost: HashSet<String>,
    all_lost: bool,
    /// The diagnostic that first reported a name, so that its other uses become labels of that one.
    reported: HashMap<(String, String), usize>,
}

/// So many uses of one unknown name are shown; more would bury the first.
const MOST_LABELS: usize = 4;
/// After so many faults nobody reads suggestions any more, and finding them takes time.
pub const MOST_SUGGESTIONS: usize = 100;

impl Names {
    /// Takes note of names whose definition could not be read.
    pub fn lose(&mut self, names: impl IntoIterator<Item = String>) {
        self.lost.extend(names);
    }

    /// Takes note that a whole file could not be read: any name may have been in it.
    pub fn lose_all(&mut self) {
        self.all_lost = true;
    }

    /// Whether a name or path stood, or may have stood, in a line that could not be read.
    pub fn is_lost(&self, name: &str) -> bool {
        self.all_lost || self.lost.contains(name)
    }

    /// Gives `name` its number among those of its kind, and reports a second one of that name.
    pub fn define(&mut self, kind: Kind, name: &Quoted, diagnostics: &mut Vec<Diagnostic>) -> u32 {
        let entries = self.by_kind.entry(kind).or_default();
        let id = u32::try_from(entries.len()).unwrap_or(u32::MAX);
        entries.push(Entry { name: name.node.clone(), span: name.span });
        if let Some(first) = self.ids.get(&(kind, name.node.clone())) {
            let first = entries.get(*first as usize).map_or(name.span, |entry| entry.span);
            diagnostics.push(duplicate(
                &format!("there are two {} `{}`", plural(kind), name.node),
                name.span,
                first,
                "Give one of them another name, or delete it.",
            ));
            return id;
        }
        self.ids.insert((kind, name.node.clone()), id);
        let twin = self.looks.insert((kind, look(&name.node)), id);
        let twin = twin.and_then(|twin| entries.get(twin as usize)).filter(|twin| twin.name != name.node);
        if let Some((twin, (here, there))) = twin.and_then(|twin| Some((twin, alike(&name.node, &twin.name)?))) {
            let message = format!("two {} look the same: `{}`", plural(kind), name.node);
            let (one, other) = (u32::from(here), u32::from(there));
            let help = format!("The `{here}` here is U+{one:04X}, the `{there}` there U+{other:04X}: type both alike.");
            diagnostics.push(duplicate(&message, name.span, twin.span, &help));
        }
        id
    }

    /// Where the thing of that number got its name.
    pub fn span(&self, kind: Kind, id: u32) -> Span {
        self.by_kind.get(&kind).and_then(|entries| entries.get(id as usize)).map_or(Span::default(), |e| e.span)
    }

    /// The name of the thing of that number.
    pub fn name(&self, kind: Kind, id: u32) -> &str {
        self.by_kind.get(&kind).and_then(|entries| entries.get(id as usize)).map_or("", |e| e.name.as_str())
    }

    /// The number of that name, where it is defined; reports nothing.
    pub fn get(&self, kind: Kind, name: &str) -> Option<u32> {
        self.ids.get(&(kind, name.to_owned())).copied()
    }

    /// The number of that name; reports a name that nothing defines.
    pub fn find(&mut self, kind: Kind, name: &Quoted, diagnostics: &mut Vec<Diagnostic>) -> Option<u32> {
        if let Some(id) = self.get(kind, &name.node) {
            return Some(id);
        }
        if self.is_lost(&name.node) || self.repeat(kind.word(), &name.node, name.span, diagnostics) {
            return None;
        }
        let mut diagnostic = Diagnostic::new(
            &codes::UNKNOWN_NAME,
            name.span,
            format!("there is no {} called `{}`", noun(kind), name.node),
        );
        let known = self.by_kind.get(&kind).map(Vec::as_slice).unwrap_or_default();
        let candidates = if diagnostics.len() < MOST_SUGGESTIONS { known } else { &[] };
        let other = KINDS.iter().filter_map(|kind| Some((*kind, self.get(*kind, &name.node)?)));
        let near = meant(&name.node, candidates.iter().map(|entry| entry.name.as_str()), '"');
        if let Some((kind_of_it, id)) = other.min_by_key(|(kind, _)| *kind) {
            diagnostic = diagnostic
                .also(self.span(kind_of_it, id), format!("this is {}", kind_of_it.a()))
                .help(format!("`{}` is {}, not {}.", name.node, kind_of_it.a(), kind.a()));
        } else if let Some((near, help)) = near {
            diagnostic = diagnostic.help(help).fix(format!("\"{}\"", escape(near)));
        } else if known.is_empty() {
            diagnostic = diagnostic.help(format!(
                "This policy has no {} yet; one begins with `{} \"{}\"`.",
                plural(kind),
                kind.word(),
                name.node
            ));
        } else {
            let all: Vec<&str> = known.iter().map(|entry| entry.name.as_str()).take(8).collect();
            diagnostic = diagnostic.help(format!("The {} are \"{}\".", plural(kind), all.join("\", \"")));
        }
        self.reported.insert((kind.word().to_owned(), name.node.clone()), diagnostics.len());
        diagnostics.push(diagnostic);
        None
    }

    /// Reports a field that is not declared, once for all its uses.
    pub fn unknown_field<'a>(
        &mut self,
        path: &Path,
        of: &str,
        declared: impl Iterator<Item = &'a [String]>,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let dotted = path.node.join(".");
        if self.is_lost(&dotted) || self.repeat(of, &dotted, path.span, diagnostics) {
            return;
        }
        let message = if of.is_empty() {
            format!("the lead has no field `{dotted}`")
        } else {
            format!("the items of `{of}` have no field `{dotted}`")
        };
        let mut diagnostic = Diagnostic::new(&codes::UNKNOWN_FIELD, path.span, message).label("not declared");
        let declared: Vec<String> = if diagnostics.len() < MOST_SUGGESTIONS {
            declared.map(|path| path.join(".")).collect()
        } else {
            Vec::new()
        };
        diagnostic = match meant(&dotted, declared.iter().map(String::as_str), '`') {
            Some((near, help)) => diagnostic.help(help).fix(near),
            None if of.is_empty() => {
                diagnostic.help(format!("Declare it under `lead`, for example `{dotted} is text`."))
            }
            None => diagnostic.help(format!(
                "Declare it among the bullets of `{of}` under `lead`, for example `- {dotted} is text`."
            )),
        };
        self.reported.insert((of.to_owned(), dotted), diagnostics.len());
        diagnostics.push(diagnostic);
    }

    /// Adds a further use to the diagnostic that reported a name first; whether there is one.
    fn repeat(&self, kind: &str, name: &str, span: Span, diagnostics: &mut [Diagnostic]) -> bool {
        let Some(at) = self.reported.get(&(kind.to_owned(), name.to_owned())) else { return false };
        if let Some(first) = diagnostics.get_mut(*at)
            && first.labels.len() < MOST_LABELS
        {
            first.labels.push(diagnostic::Label { span, message: "and here".to_owned() });
        }
        true
    }
}

/// Two of something that may be there once.
pub fn duplicate(message: &str, span: Span, first: Span, help: &str) -> Diagnostic {
    Diagnostic::new(&codes::DUPLICATE, span, message).label("the second").also(first, "the first").help(help)
}

fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Disqualify => "disqualification",
        Kind::Sla => "SLA",
        _ => kind.word(),
    }
}

fn plural(kind: Kind) -> &'static str {
    match kind {
        Kind::List => "lists",
        Kind::Calendar => "calendars",
        Kind::Event => "events",
        Kind::Criterion => "criteria",
        Kind::Checklist => "checklists",
        Kind::Score => "scores",
        Kind::Grade => "grades",
        Kind::Disqualify => "disqualifications",
        Kind::Stage => "stages",
        Kind::Sla => "SLAs",
        Kind::Example => "examples",
    }
}

fn escape(name: &str) -> String {
    name.replace('\\', "\\\\").replace('"', "\\\"")
}

/// The name that was meant, and a sentence that says so. Where the two only look the same, nobody would see what is
/// wrong without the letter.
pub(super) fn meant<'a>(
    written: &str,
    known: impl Iterator<Item = &'a str> + Clone,
    mark: char,
) -> Option<(&'a str, String)> {
    let twin = known.clone().find_map(|name| Some((name, alike(written, name)?)));
    if let Some((name, (typed, there))) = twin {
        let (one, other) = (u32::from(typed), u32::from(there));
        let why =
            format!("They look the same, but the `{typed}` here is U+{one:04X} and the `{there}` there U+{other:04X}");
        return Some((name, format!("Did you mean {mark}{name}{mark}? {why}.")));
    }
    let near = did_you_mean(written, known)?;
    Some((near, format!("Did you mean {mark}{near}{mark}?")))
}
