//! AST → policy: names, types, units, counts and files. Everything that keeps a policy from running is found here.
//!
//! A line that could not be read was reported when it was parsed; what it leaves behind is passed over in silence,
//! so that every diagnostic is a fault of its own.

mod conditions;
mod cycles;
mod data;
mod decay;
mod feed;
mod fields;
mod files;
mod names;
mod scores;
mod stages;
mod units;
mod values;
mod versions;

use std::collections::HashMap;

use chrono_tz::Tz;

use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use crate::loader::{Given, Loader};
use crate::pattern::Patterns;
use crate::policy::{CalendarId, Condition, ConditionKind, Field, FieldId, Policy};
use crate::source::{FileId, SourceFile, Sources, Span};
use crate::syntax::ast::{self, Path, Quoted, Statement, StatementKind};

use cycles::Node;
use files::Files;
use names::{Kind, Names};

/// What became of a policy: the policy itself unless it has errors, and all that there is to say about it.
#[derive(Debug)]
pub struct Compiled {
    /// The policy; none where there is an error, and none for a library.
    pub policy: Option<Policy>,
    /// The files that were read.
    pub sources: Sources,
    /// Errors and warnings, in the order of files and places.
    pub diagnostics: Vec<Diagnostic>,
}

impl Compiled {
    /// The policy, or why there is none. Warnings are dropped where there is one.
    ///
    /// # Errors
    /// Where the policy has an error, or is a library.
    pub fn result(self) -> Result<Policy, Diagnostics> {
        let Compiled { policy, sources, mut diagnostics } = self;
        if policy.is_none() && !diagnostics.iter().any(Diagnostic::is_error) {
            let end = sources.file(FileId(0)).map_or(0, |file| file.line(1).len());
            let is_library = "this is a library, and leads are judged by a policy";
            diagnostics.push(
                Diagnostic::new(&codes::WRONG_PLACE, Span::new(FileId(0), 0, end), is_library)
                    .help("Name a policy that has a `uses` line for this library."),
            );
        }
        policy.ok_or_else(|| Diagnostics::new(diagnostics, sources))
    }
}

impl Policy {
    /// Checks the text of a policy. The files that it names are read from `files`, which may have none:
    ///
    /// ```
    /// use handover::{Policy, loader::Memory};
    ///
    /// let text = "policy \"Tiny\"\n  version 1\nlead\n  employees is a number\n\
    ///             stage \"MQL\"\n  is reached when employes is at least 50\n";
    /// let wrong = Policy::compile(text, &Memory::default()).unwrap_err();
    /// assert_eq!(wrong.counts().errors, 1);
    /// assert!(wrong.to_string().starts_with("<policy>:6:19: error H0202 unknown-field: "), "{wrong}");
    ///
    /// let policy = Policy::compile(&text.replace("employes", "employees"), &Memory::default())?;
    /// assert_eq!(policy.name, "Tiny");
    /// # Ok::<(), handover::Diagnostics>(())
    /// ```
    ///
    /// # Errors
    /// Where the policy, or a file that it names, has an error; and where it is a library.
    pub fn compile(text: &str, files: &dyn Loader) -> Result<Policy, Diagnostics> {
        let path = "<policy>".to_owned();
        let given = Given { shown: path.clone(), path, bytes: text.as_bytes().to_vec(), files };
        compile(&given, &given.path).result()
    }

    /// Reads and checks the policy at `path` among `files`, such as a [`Folder`](crate::loader::Folder):
    ///
    /// ```no_run
    /// use handover::{Policy, loader::Folder};
    /// let policy = Policy::load(&Folder::new("policies"), "acme.handover")?;
    /// # Ok::<(), handover::Diagnostics>(())
    /// ```
    ///
    /// # Errors
    /// As [`Policy::compile`], and where the file cannot be read.
    pub fn load(files: &dyn Loader, path: &str) -> Result<Policy, Diagnostics> {
        compile(files, path).result()
    }
}

/// Reads the policy (or library) at `path` and every file that it names, and checks them.
pub fn compile(loader: &dyn Loader, path: &str) -> Compiled {
    let mut checker = Checker::new(loader);
    let policy = checker.run(path);
    let mut diagnostics = checker.diagnostics;
    diagnostics.sort_by_key(|diagnostic| (diagnostic.span.file, diagnostic.span.start, diagnostic.span.end));
    Compiled {
        policy: policy.filter(|_| !diagnostics.iter().any(Diagnostic::is_error)),
        sources: checker.sources,
        diagnostics,
    }
}

/// The state of a check: what is known so far of the policy.
struct Checker<'a> {
    files: Files<'a>,
    sources: Sources,
    diagnostics: Vec<Diagnostic>,
    names: Names,
    fields: Vec<Field>,
    /// Whether a field's line could not be read in full: nothing is said about its type.
    broken_fields: Vec<bool>,
    field_ids: HashMap<Vec<String>, FieldId>,
    /// Whether there is a `lead` to look in; where there is none that is said once.
    has_lead: bool,
    no_lead_reported: bool,
    zone: Tz,
    calendar: Option<CalendarId>,
    /// Whether the policy names a calendar, even one that does not exist.
    has_calendar: bool,
    /// The definition that is being read, for the search for cycles.
    owner: Option<Node>,
    references: Vec<(Node, Node, Span)>,
    /// Whether the statement that is being read has a line which could not be.
    broken: bool,
    /// The labels of each checklist; none where its lines could not all be read.
    checklist_labels: Vec<Option<Vec<String>>>,
    /// The letters of each grade; none where its lines could not all be read.
    grade_letters: Vec<Option<Vec<String>>>,
    patterns: Patterns,
}

impl<'a> Checker<'a> {
    fn new(loader: &'a dyn Loader) -> Self {
        Checker {
            files: Files::new(loader),
            sources: Sources::default(),
            diagnostics: Vec::new(),
            names: Names::default(),
            fields: Vec::new(),
            broken_fields: Vec::new(),
            field_ids: HashMap::new(),
            has_lead: false,
            no_lead_reported: false,
            zone: Tz::UTC,
            calendar: None,
            has_calendar: false,
            owner: None,
            references: Vec::new(),
            broken: false,
            checklist_labels: Vec::new(),
            grade_letters: Vec::new(),
            patterns: Patterns::default(),
        }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Whether suggestions are still worth their time.
    fn suggests(&self) -> bool {
        self.diagnostics.len() < names::MOST_SUGGESTIONS
    }

    /// The one among `known` that was meant, and a sentence that says so.
    fn meant<'t>(&self, written: &str, known: &'t [String], mark: char) -> Option<(&'t str, String)> {
        names::meant(written, known.iter().map(String::as_str).filter(|_| self.suggests()), mark)
    }

    fn find(&mut self, kind: Kind, name: &Quoted) -> Option<u32> {
        self.names.find(kind, name, &mut self.diagnostics)
    }

    fn find_all<T>(&mut self, kind: Kind, names: &[Quoted], id: impl Fn(u32) -> T) -> Vec<T> {
        names.iter().filter_map(|name| self.find(kind, name)).map(id).collect()
    }

    /// Notes that the definition being read needs another one.
    fn refer(&mut self, kind: Kind, id: u32, span: Span) {
        if let Some(owner) = self.owner {
            self.references.push((owner, Node { kind, id }, span));
        }
    }

    fn run(&mut self, path: &str) -> Option<Policy> {
        let root = match self.files.root(path) {
            Ok(bytes) => self.read(path, &bytes)?,
            Err(error) => {
                let file = self.sources.add(SourceFile::new(self.files.shown(path), ""));
                let name = Quoted::new(path.to_owned(), Span::new(file, 0, 0));
                let message = format!("the file `{}` cannot be read: {error}", name.node);
                self.report(Diagnostic::new(&codes::MISSING_FILE, name.span, message));
                return None;
            }
        };
        let is_library = matches!(root.statements.first().map(|s| &s.kind), Some(StatementKind::Library(_)));
        self.check_head(&root);
        self.check_places(&root, is_library);
        let mut units = self.libraries(&root);
        units.push(root);
        let statements: Vec<(String, Statement)> = units
            .into_iter()
            .flat_map(|unit| unit.statements.into_iter().map(move |s| (unit.path.clone(), s)))
            .collect();
        self.define_names(&statements);
        let policy = self.build(&statements);
        self.find_cycles();
        policy
    }

    fn define_names(&mut self, statements: &[(String, Statement)]) {
        for (_, statement) in statements {
            let (kind, name) = match &statement.kind {
                StatementKind::List(it) => (Kind::List, &it.name),
                StatementKind::Calendar(it) => (Kind::Calendar, &it.name),
                StatementKind::Event(it) => (Kind::Event, &it.name),
                StatementKind::Criterion(it) => (Kind::Criterion, &it.name),
                StatementKind::Checklist(it) => {
                    let labels = it.items.iter().map(|item| item.label.node.clone()).collect();
                    self.checklist_labels.push((!statement.broken).then_some(labels));
                    (Kind::Checklist, &it.name)
                }
                StatementKind::Score(it) => (Kind::Score, &it.name),
                StatementKind::Grade(it) => {
                    let letters = match &it.kind {
                        ast::GradeKind::OfScore { lines, .. } => lines.iter().map(|l| l.value.node.clone()).collect(),
                        ast::GradeKind::Table(lines) => lines.iter().map(|l| l.value.node.clone()).collect(),
                    };
                    self.grade_letters.push((!statement.broken).then_some(letters));
                    (Kind::Grade, &it.name)
                }
                StatementKind::Disqualify(it) => (Kind::Disqualify, &it.name),
                StatementKind::Stage(it) => (Kind::Stage, &it.name),
                StatementKind::Sla(it) => (Kind::Sla, &it.name),
                StatementKind::Example(it) => (Kind::Example, &it.name),
                _ => continue,
            };
            self.names.define(kind, name, &mut self.diagnostics);
        }
    }

    /// Everything in turn: the data first, then what decides.
    fn build(&mut self, statements: &[(String, Statement)]) -> Option<Policy> {
        let lists = self.lists(statements);
        // The zone comes first: a time without an offset is read in it, in `lead` as well.
        let calendars = self.calendars(statements);
        self.default_calendar(statements, &calendars);
        let identified_by = self.lead(statements);
        let rates = self.rates(statements);
        let events = self.events(statements);
        let handover = self.handover(statements);
        let criteria = self.criteria(statements);
        let checklists = self.checklists(statements);
        let scores = self.scores(statements);
        let grades = self.grades(statements);
        let disqualifiers = self.disqualifiers(statements);
        let stages = self.stages(statements);
        let slas = self.slas(statements);
        let targets = self.targets(statements);
        let examples = self.examples(statements);
        let head = statements.iter().find_map(|(_, s)| match &s.kind {
            StatementKind::Policy(head) => Some(head),
            _ => None,
        })?;
        Some(Policy {
            sources: self.sources.clone(),
            digest: self.files.digest(),
            span: head.name.span,
            name: head.name.node.clone(),
            effect_span: [&head.effective_from, &head.effective_until]
                .into_iter()
                .find_map(|date| date.as_ref().map(|date| date.span))
                .unwrap_or(head.name.span),
            version: head.version.as_ref().map_or(0, |version| version.node),
            effective_from: head.effective_from.as_ref().map(|date| date.node),
            effective_until: head.effective_until.as_ref().map(|date| date.node),
            agreements: head.agreements.iter().map(data::agreement).collect(),
            because: text_of(&head.because),
            zone: self.zone,
            calendar: self.calendar,
            identified_by,
            fields: std::mem::take(&mut self.fields),
            lists,
            calendars,
            rates,
            events,
            handover,
            criteria,
            checklists,
            scores,
            grades,
            disqualifiers,
            stages,
            slas,
            targets,
            examples,
        })
    }

    /// The number of a field of the lead; reports one that is not declared.
    fn field(&mut self, path: &Path) -> Option<FieldId> {
        if let Some(id) = self.field_ids.get(&path.node) {
            return Some(*id);
        }
        if self.has_lead {
            let declared = self.fields.iter().map(|field| field.path.as_slice());
            self.names.unknown_field(path, "", declared, &mut self.diagnostics);
            return None;
        }
        if !std::mem::replace(&mut self.no_lead_reported, true) && !self.names.is_lost("lead") {
            self.report(
                Diagnostic::new(
                    &codes::UNKNOWN_FIELD,
                    path.span,
                    "this is a field of the lead, and there is no `lead` statement that declares it",
                )
                .help("Write `lead`, and below it a line for each field: `  email is text`."),
            );
        }
        None
    }

    fn declared(&self, id: FieldId) -> Option<&Field> {
        self.fields.get(id.index())
    }

    fn is_broken(&self, id: FieldId) -> bool {
        self.broken_fields.get(id.index()).copied().unwrap_or(true)
    }
}

fn text_of(quoted: &Option<Quoted>) -> Option<String> {
    quoted.as_ref().map(|quoted| quoted.node.clone())
}

fn owner_of(owner: &Option<crate::source::Spanned<String>>) -> Option<String> {
    owner.as_ref().map(|owner| owner.node.clone())
}

/// Stands where a condition could not be read; no policy is made of it.
fn unread(span: Span) -> Condition {
    Condition { span, kind: ConditionKind::All(Vec::new()) }
}
