//! Conditions: what they are about, and whether the test fits its type.

use super::names::Kind;
use super::values::describe;
use super::{Checker, unread};
use crate::diagnostic::{self, Diagnostic, codes};
use crate::policy::{
    ChecklistId, Condition, ConditionKind, Count, CriterionId, EventId, EventWindow, FieldId, FieldRef, GradeId,
    StageId, TextSubject, Type,
};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, Happened, Subject};

/// Whose fields a condition reads.
#[derive(Clone, Copy, Debug)]
pub enum Scope {
    /// The lead's.
    Lead,
    /// Those of an item of this list.
    Item(FieldId),
}

/// A field that a test is about.
pub struct Target {
    pub field: FieldRef,
    pub ty: Type,
    /// Where it was declared.
    pub declared: Span,
    /// Its path as people write it.
    pub words: String,
}

impl Checker<'_> {
    /// The typed condition; reports what does not fit.
    pub(super) fn condition(&mut self, condition: &ast::Condition, scope: Scope) -> Condition {
        let span = condition.span;
        self.condition_kind(condition, scope).map_or_else(|| unread(span), |kind| Condition { span, kind })
    }

    /// The condition, or a placeholder where there is none (which the parser reported).
    pub(super) fn required(&mut self, condition: &Option<ast::Condition>, span: Span, scope: Scope) -> Condition {
        condition.as_ref().map_or_else(|| unread(span), |condition| self.condition(condition, scope))
    }

    fn condition_kind(&mut self, condition: &ast::Condition, scope: Scope) -> Option<ConditionKind> {
        if let Scope::Item(list) = scope
            && !matches!(
                condition.kind,
                ast::ConditionKind::Group(..)
                    | ast::ConditionKind::Test(Subject::Field(_) | Subject::DomainOf(_), _)
                    | ast::ConditionKind::Broken
            )
        {
            let list = self.declared(list).map(crate::policy::Field::dotted).unwrap_or_default();
            self.report(
                Diagnostic::new(
                    &codes::WRONG_PLACE,
                    condition.span,
                    "after `where` only the fields of one item can be tested",
                )
                .help(format!("Test a field that the bullets of `{list}` declare under `lead`; ask for the rest where the event is used.")),
            );
            return None;
        }
        match &condition.kind {
            ast::ConditionKind::Group(group, parts) => self.group(group, parts, scope),
            ast::ConditionKind::Test(Subject::Score(score), test) => self.score_test(score, test, scope),
            ast::ConditionKind::Test(Subject::Field(path), test) => {
                let target = self.target(path, scope)?;
                self.field_test(TextSubject::Field(target.field), target, test, condition.span, scope)
            }
            ast::ConditionKind::Test(Subject::DomainOf(path), test) => {
                let target = self.target(path, scope)?;
                if !matches!(target.ty, Type::Text | Type::OneOf(_)) {
                    let message =
                        format!("`{}` is {}, and only a text has a domain", target.words, describe(&target.ty));
                    self.report(
                        Diagnostic::new(&codes::WRONG_TYPE, path.span, message)
                            .also(target.declared, format!("declared as {}", describe(&target.ty)))
                            .help("`domain of` takes the part of an e-mail address after its last `@`."),
                    );
                    return None;
                }
                let domain = Target { ty: Type::Text, words: format!("domain of {}", target.words), ..target };
                self.field_test(TextSubject::DomainOf(domain.field), domain, test, condition.span, scope)
            }
            ast::ConditionKind::Event { event, happened, window } => self.event_test(event, happened, window.as_ref()),
            ast::ConditionKind::Criterion(name, met) => {
                let id = self.find(Kind::Criterion, name)?;
                self.refer(Kind::Criterion, id, name.span);
                Some(ConditionKind::Criterion(CriterionId(id), *met))
            }
            ast::ConditionKind::Checklist { count, checklist, including } => {
                self.checklist_test(count.as_ref(), checklist, including)
            }
            ast::ConditionKind::Grade(name, letters) => self.grade_test(name, letters),
            ast::ConditionKind::Stage(name, test) => {
                let id = self.find(Kind::Stage, name)?;
                self.refer(Kind::Stage, id, name.span);
                Some(ConditionKind::Stage(StageId(id), *test))
            }
            ast::ConditionKind::Expect(_) => {
                self.report(
                    Diagnostic::new(&codes::WRONG_PLACE, condition.span, "this can only be written after `expect`")
                        .help("Elsewhere ask whether something is met or not met."),
                );
                None
            }
            ast::ConditionKind::Broken => None,
        }
    }

    fn group(&mut self, group: &ast::Group, parts: &[ast::Condition], scope: Scope) -> Option<ConditionKind> {
        if let ast::Group::AtLeast(count) = group {
            self.possible(count, parts.len(), "conditions below");
        }
        let parts: Vec<Condition> = parts.iter().map(|part| self.condition(part, scope)).collect();
        Some(match group {
            ast::Group::All => ConditionKind::All(parts),
            ast::Group::Any => ConditionKind::Any(parts),
            ast::Group::None => ConditionKind::None(parts),
            ast::Group::AtLeast(count) => ConditionKind::AtLeast(count.node, parts),
        })
    }

    /// Reports a count that is larger than what there is to count.
    fn possible(&mut self, count: &Spanned<u32>, of: usize, what: &str) {
        if usize::try_from(count.node).unwrap_or(usize::MAX) > of {
            let message = format!("at least {} can never be met: there are {of} {what}", count.node);
            self.report(
                Diagnostic::new(&codes::IMPOSSIBLE_COUNT, count.span, message)
                    .help(format!("Write a number from 1 to {of}, or add more below.")),
            );
        }
    }

    /// The field of that path.
    pub(super) fn target(&mut self, path: &ast::Path, scope: Scope) -> Option<Target> {
        let words = path.node.join(".");
        match scope {
            Scope::Lead => {
                let id = self.field(path)?;
                if self.is_broken(id) {
                    return None;
                }
                let field = self.declared(id)?;
                Some(Target { field: FieldRef::Lead(id), ty: field.ty.clone(), declared: field.span, words })
            }
            Scope::Item(list) => {
                let field = self.fields.get(list.index())?;
                let (of, items) = (field.dotted(), &field.items);
                if let Some((at, item)) = items.iter().enumerate().find(|(_, item)| item.path == path.node) {
                    let at = FieldRef::Item(u32::try_from(at).unwrap_or(u32::MAX));
                    return Some(Target { field: at, ty: item.ty.clone(), declared: item.span, words });
                }
                if self.broken_fields.get(list.index()) != Some(&false) {
                    return None;
                }
                let known = items.iter().map(|item| item.path.as_slice());
                self.names.unknown_field(path, &of, known, &mut self.diagnostics);
                None
            }
        }
    }

    fn event_test(
        &mut self,
        name: &ast::Quoted,
        happened: &Happened,
        window: Option<&Spanned<ast::EventWindow>>,
    ) -> Option<ConditionKind> {
        let event = self.find(Kind::Event, name).map(EventId);
        let count = match happened {
            Happened::Ever => Count::AtLeast(1),
            Happened::Never => Count::AtMost(0),
            Happened::AtLeast(n) => Count::AtLeast(n.node),
            Happened::AtMost(n) => Count::AtMost(n.node),
            Happened::Exactly(n) => Count::Exactly(n.node),
            Happened::OnDays(n) => Count::OnDays(n.node),
        };
        let window = match window {
            None => None,
            Some(window) => {
                let with_hours = |checker: &mut Self, duration: ast::Duration| {
                    checker.has_hours(&Spanned::new(duration, window.span)).map(|()| duration)
                };
                Some(match &window.node {
                    ast::EventWindow::WithinLast(d) => EventWindow::WithinLast(with_hours(self, *d)?),
                    ast::EventWindow::MoreThanAgo(d) => EventWindow::MoreThanAgo(with_hours(self, *d)?),
                    ast::EventWindow::SinceLast(o) => EventWindow::SinceLast(EventId(self.find(Kind::Event, o)?)),
                    ast::EventWindow::BeforeFirst(o) => EventWindow::BeforeFirst(EventId(self.find(Kind::Event, o)?)),
                    ast::EventWindow::AfterLast(d, o) => {
                        let o = self.find(Kind::Event, o);
                        EventWindow::AfterLast(with_hours(self, *d)?, EventId(o?))
                    }
                })
            }
        };
        Some(ConditionKind::Event { event: event?, count, window })
    }

    fn checklist_test(
        &mut self,
        count: Option<&Spanned<u32>>,
        name: &ast::Quoted,
        including: &[Spanned<String>],
    ) -> Option<ConditionKind> {
        let id = self.find(Kind::Checklist, name)?;
        self.refer(Kind::Checklist, id, name.span);
        let labels = self.checklist_labels.get(id as usize)?.clone()?;
        if let Some(count) = count {
            self.possible(count, labels.len(), &format!("items in `{}`", name.node));
        }
        let mut places = Vec::new();
        for label in including {
            match labels.iter().position(|known| *known == label.node) {
                Some(at) => places.push(u32::try_from(at).unwrap_or(u32::MAX)),
                None if self.names.is_lost(&label.node) => {}
                None => {
                    let help = match self.meant(&label.node, &labels, '`') {
                        Some((_, help)) => help,
                        None => format!("Its items are {}.", diagnostic::few(&labels, "")),
                    };
                    let defined = self.names.span(Kind::Checklist, id);
                    self.report(
                        Diagnostic::new(
                            &codes::UNKNOWN_NAME,
                            label.span,
                            format!("the checklist `{}` has no item `{}`", name.node, label.node),
                        )
                        .also(defined, "this checklist")
                        .help(help),
                    );
                }
            }
        }
        let all = u32::try_from(labels.len()).unwrap_or(u32::MAX);
        let count = count.map_or(all, |count| count.node);
        Some(ConditionKind::Checklist { checklist: ChecklistId(id), count, including: places })
    }

    fn grade_test(&mut self, name: &ast::Quoted, asked: &[ast::Quoted]) -> Option<ConditionKind> {
        let id = self.find(Kind::Grade, name)?;
        self.refer(Kind::Grade, id, name.span);
        if let Some(letters) = self.grade_letters.get(id as usize).cloned().flatten() {
            for letter in asked {
                if letters.contains(&letter.node) {
                    continue;
                }
                let help = match self.meant(&letter.node, &letters, '"') {
                    Some((_, help)) => help,
                    None => format!("It gives {}.", diagnostic::few(&letters, "\"")),
                };
                let defined = self.names.span(Kind::Grade, id);
                self.report(
                    Diagnostic::new(
                        &codes::NOT_ONE_OF,
                        letter.span,
                        format!("the grade `{}` is never `{}`", name.node, letter.node),
                    )
                    .also(defined, "this grade")
                    .help(help),
                );
            }
        }
        Some(ConditionKind::Grade(GradeId(id), asked.iter().map(|letter| letter.node.clone()).collect()))
    }
}
