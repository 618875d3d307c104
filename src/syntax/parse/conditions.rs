//! Conditions, and the groups of them that stand as bullets under a head.

use super::grammar::{Node, Rule, first, part, parts};
use super::{At, Parser};
use crate::diagnostic::{Diagnostic, TOO_DEEP};
use crate::source::Spanned;
use crate::syntax::ast::{
    Comparison, Condition, ConditionKind, EventWindow, Expectation, Group, Happened, Includes, Place, SlaStatus,
    StageTest, Subject, Test, Value, Window,
};

/// How deep groups nest.
const MOST_LEVELS: usize = 8;

impl Parser {
    /// The condition in a node such as `is met when …`, with the bullets under its line where it heads a group.
    pub(super) fn condition_in(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Condition> {
        let condition = node.clone().into_inner().last()?;
        Some(self.condition(at, &condition, 1))
    }

    /// A condition; `level` counts the groups that it would be in as a group itself.
    pub(super) fn condition(&mut self, at: &At<'_>, node: &Node<'_>, level: usize) -> Condition {
        let span = at.span(node);
        let kind = self.kind(at, node, level);
        let kind = kind.unwrap_or_else(|| {
            self.broken = true;
            ConditionKind::Broken
        });
        Condition { span, kind }
    }

    fn kind(&mut self, at: &At<'_>, node: &Node<'_>, level: usize) -> Option<ConditionKind> {
        Some(match node.as_rule() {
            Rule::all_of => self.group(at, node, Group::All, level),
            Rule::any_of => self.group(at, node, Group::Any, level),
            Rule::none_of => self.group(at, node, Group::None, level),
            Rule::at_least_of => {
                let count = self.count(at, node)?;
                self.group(at, node, Group::AtLeast(count), level)
            }
            Rule::counted_items | Rule::all_items => self.items(at, node)?,
            Rule::grade_test => {
                let grade = self.name(at, &part(node, Rule::name)?)?;
                let is = node.clone().into_inner().last()?;
                let values = match part(&is, Rule::name) {
                    Some(value) => vec![self.name(at, &value)?],
                    None => self.names(at, &is)?,
                };
                ConditionKind::Grade(grade, values)
            }
            Rule::stage_test => {
                let stage = self.name(at, &part(node, Rule::name)?)?;
                let test = match node.clone().into_inner().last()?.as_rule() {
                    Rule::is_reached => StageTest::Reached,
                    Rule::is_not_reached => StageTest::NotReached,
                    _ => StageTest::PassesTest,
                };
                ConditionKind::Stage(stage, test)
            }
            Rule::criterion_test => {
                let criterion = self.name(at, &part(node, Rule::name)?)?;
                ConditionKind::Criterion(criterion, part(node, Rule::is_met).is_some())
            }
            Rule::event_test => self.event_test(at, node)?,
            Rule::field_test => {
                let subject = self.subject(at, &first(node)?)?;
                if self.unquoted_criterion(at, node) {
                    return None;
                }
                let test = self.test(at, &node.clone().into_inner().last()?)?;
                ConditionKind::Test(subject, test)
            }
            _ => ConditionKind::Expect(self.expectation(at, node)?),
        })
    }

    fn group(&mut self, at: &At<'_>, node: &Node<'_>, group: Group, level: usize) -> ConditionKind {
        let bullets = at.bullets();
        if level > MOST_LEVELS {
            let message = "this group is in 8 others, and groups nest at most 8 deep";
            let help =
                "Give the inner conditions a name: put them into a `criterion` and write `\"its name\" is met` here.";
            self.diagnostics.push(Diagnostic::new(&TOO_DEEP, at.span(node), message).help(help));
            self.broken = true;
            return ConditionKind::Broken;
        }
        if bullets.is_empty() {
            self.wants_bullets(at, "condition", "email is filled in");
            self.broken = true;
        }
        let mut conditions = Vec::with_capacity(bullets.len());
        for bullet in bullets {
            let built = self
                .line(self.bullet, bullet, |parser, at, nodes| Some(parser.condition(at, nodes.first()?, level + 1)));
            let span = bullet.line.words.whole();
            conditions.push(built.unwrap_or(Condition { span, kind: ConditionKind::Broken }));
        }
        ConditionKind::Group(group, conditions)
    }

    fn items(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<ConditionKind> {
        let counted = node.as_rule() == Rule::counted_items;
        let count = if counted { Some(self.count(at, node)?) } else { None };
        let name = part(node, Rule::items_of).and_then(|items| part(&items, Rule::name));
        let checklist = self.name(at, &name.or_else(|| part(node, Rule::name))?)?;
        let including = part(node, Rule::including).map_or_else(Vec::new, |including| {
            parts(&including, Rule::label)
                .map(|label| Spanned::new(super::values::nfc(label.as_str()), at.span(&label)))
                .collect()
        });
        Some(ConditionKind::Checklist { count, checklist, including })
    }

    fn event_test(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<ConditionKind> {
        let mut happened = Happened::Never;
        let mut window = None;
        for inner in node.clone().into_inner() {
            match inner.as_rule() {
                Rule::name | Rule::did_not_happen => {}
                Rule::happened => {
                    happened = match first(&inner) {
                        None => Happened::Ever,
                        Some(often) => {
                            let count = self.count(at, &often)?;
                            match often.as_rule() {
                                Rule::at_least_times => Happened::AtLeast(count),
                                Rule::at_most_times => Happened::AtMost(count),
                                Rule::exactly_times => Happened::Exactly(count),
                                _ => Happened::OnDays(count),
                            }
                        }
                    };
                }
                _ => window = Some(Spanned::new(self.event_window(at, &inner)?, at.span(&inner))),
            }
        }
        let event = self.name(at, &part(node, Rule::name)?)?;
        Some(ConditionKind::Event { event, happened, window })
    }

    fn event_window(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<EventWindow> {
        Some(match node.as_rule() {
            Rule::within_the_last => EventWindow::WithinLast(self.duration(at, node)?.node),
            Rule::more_than_ago => EventWindow::MoreThanAgo(self.duration(at, node)?.node),
            Rule::since_the_last => EventWindow::SinceLast(self.name(at, &part(node, Rule::name)?)?),
            Rule::before_the_first => EventWindow::BeforeFirst(self.name(at, &part(node, Rule::name)?)?),
            Rule::within_after => {
                let after = part(node, Rule::after_the_last)?;
                let other = self.name(at, &part(&after, Rule::name)?)?;
                EventWindow::AfterLast(self.duration(at, node)?.node, other)
            }
            _ => return None,
        })
    }

    fn subject(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Subject> {
        Some(match node.as_rule() {
            Rule::score_value => Subject::Score(self.name(at, &part(node, Rule::name)?)?),
            Rule::domain_of => Subject::DomainOf(self.path(at, node)?),
            _ => Subject::Field(self.field(at, node)),
        })
    }

    fn test(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Test> {
        let asked = node.as_rule();
        if let Some(comparison) = comparison(asked) {
            return Some(Test::Compare(comparison, self.value(at, node)?));
        }
        if let Some(window) = window(asked) {
            return Some(Test::Window(window, self.duration(at, node)?));
        }
        Some(match asked {
            Rule::is_filled_in => Test::FilledIn,
            Rule::is_empty => Test::Empty,
            Rule::is_yes => Test::YesNo(true),
            Rule::is_no => Test::YesNo(false),
            Rule::is_value | Rule::is_not_value => {
                let not = asked == Rule::is_not_value;
                let value = self.value(at, node)?;
                if self.everyday_word(at, node, &value, not) {
                    return None;
                }
                Test::Is { not, one_of: false, values: vec![value] }
            }
            Rule::is_one_of | Rule::is_not_one_of => {
                Test::Is { not: asked == Rule::is_not_one_of, one_of: true, values: self.values(at, node)? }
            }
            Rule::is_in_list | Rule::is_not_in_list => {
                Test::InList { not: asked == Rule::is_not_in_list, list: self.name(at, &part(node, Rule::name)?)? }
            }
            Rule::matches_pattern | Rule::does_not_match_pattern => {
                let pattern = self.pattern(at, &part(node, Rule::text)?)?;
                Test::Pattern { not: asked == Rule::does_not_match_pattern, pattern }
            }
            Rule::is_between => {
                let low = self.value(at, node)?;
                Test::Between(low, self.value(at, &part(node, Rule::and_value)?)?)
            }
            Rule::includes => {
                let (_, values) = self.sought(at, node)?;
                let includes = match first(node)?.as_rule() {
                    Rule::all_of_values => Includes::All,
                    Rule::none_of_values => Includes::None,
                    _ => Includes::Any,
                };
                Test::Includes(includes, values)
            }
            _ => self.text_test(at, node)?,
        })
    }

    /// `contains …`, `starts with …`, `ends with …`, and their opposites.
    fn text_test(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Test> {
        let words = matches!(first(node)?.as_rule(), Rule::the_word | Rule::any_of_the_words);
        let (not, place) = match node.as_rule() {
            Rule::contains => (false, if words { Place::Words } else { Place::Anywhere }),
            Rule::does_not_contain => (true, if words { Place::Words } else { Place::Anywhere }),
            Rule::starts_with => (false, Place::Start),
            Rule::does_not_start_with => (true, Place::Start),
            Rule::ends_with => (false, Place::End),
            Rule::does_not_end_with => (true, Place::End),
            _ => return None,
        };
        let (any_of, values) = self.sought(at, node)?;
        Some(Test::Text { not, place, any_of, values })
    }

    /// What a text is searched for: one value, or several after `any of`.
    fn sought(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<(bool, Vec<Spanned<Value>>)> {
        let inner = first(node)?;
        Some(match inner.as_rule() {
            Rule::value => (false, vec![self.value(at, node)?]),
            Rule::the_word => (false, vec![self.value(at, &inner)?]),
            _ => (true, self.values(at, &inner)?),
        })
    }

    fn expectation(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Expectation> {
        if node.as_rule() == Rule::lead_in_none {
            return Some(Expectation::LeadInNoStage);
        }
        let name = self.name(at, &part(node, Rule::name)?)?;
        Some(match node.as_rule() {
            Rule::lead_in => Expectation::LeadIn(name),
            Rule::lead_disqualified_by => Expectation::DisqualifiedBy(name),
            Rule::stage_unknown => Expectation::StageUnknown(name),
            Rule::named_unknown => Expectation::Unknown(name),
            Rule::sla_status => {
                let status = part(&part(node, Rule::is_status)?, Rule::status)?;
                Expectation::Sla(name, Spanned::new(sla_status(status.as_str()), at.span(&status)))
            }
            _ => return None,
        })
    }
}

fn comparison(asked: Rule) -> Option<Comparison> {
    Some(match asked {
        Rule::is_at_least => Comparison::AtLeast,
        Rule::is_at_most => Comparison::AtMost,
        Rule::is_more_than => Comparison::MoreThan,
        Rule::is_less_than => Comparison::LessThan,
        Rule::is_before => Comparison::Before,
        Rule::is_after => Comparison::After,
        Rule::is_on => Comparison::On,
        Rule::is_on_or_before => Comparison::OnOrBefore,
        Rule::is_on_or_after => Comparison::OnOrAfter,
        _ => return None,
    })
}

fn window(asked: Rule) -> Option<Window> {
    Some(match asked {
        Rule::is_within_the_last => Window::WithinLast,
        Rule::is_within_the_next => Window::WithinNext,
        Rule::is_more_than_ago => Window::MoreThanAgo,
        Rule::is_more_than_ahead => Window::MoreThanAhead,
        _ => return None,
    })
}

fn sla_status(words: &str) -> SlaStatus {
    match words {
        "not applicable" => SlaStatus::NotApplicable,
        "not started" => SlaStatus::NotStarted,
        "running" => SlaStatus::Running,
        "at risk" => SlaStatus::AtRisk,
        "paused" => SlaStatus::Paused,
        "met" => SlaStatus::Met,
        "breached" => SlaStatus::Breached,
        "cancelled" => SlaStatus::Cancelled,
        "handed on" => SlaStatus::HandedOn,
        _ => SlaStatus::Unknown,
    }
}
