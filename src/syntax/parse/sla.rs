//! `sla`: its clock, what it allows, and what it does.

use super::grammar::{Node, Rule, part};
use super::{At, Parser};
use crate::source::Spanned;
use crate::syntax::ast::{Action, Duration, Quoted, Sla, SlaStep, SlaStepWhen, TableLine};

impl Parser {
    pub(super) fn sla(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Sla> {
        let mut sla = Sla {
            name: self.defined_name(at, &part(node, Rule::name)?)?,
            owner: None,
            condition: None,
            starts: Vec::new(),
            stops: Vec::new(),
            cancels: Vec::new(),
            restarts: Vec::new(),
            pauses: Vec::new(),
            allowed: None,
            hours: None,
            at_risk: None,
            steps: Vec::new(),
            because: None,
        };
        self.body(at, Some(Rule::sla_line), None, |parser, at, nodes| parser.sla_line(at, nodes.first()?, &mut sla));
        let lines = [
            (!sla.starts.is_empty(), "clock starts at", "clock starts at \"became an MQL\""),
            (sla.allowed.is_some(), "time allowed", "time allowed 2 business days"),
        ];
        self.missing(at.block, "sla", &lines);
        Some(sla)
    }

    fn sla_line(&mut self, at: &At<'_>, node: &Node<'_>, sla: &mut Sla) -> Option<()> {
        match node.as_rule() {
            Rule::for_leads => self.only_condition("for leads where", at, node, &mut sla.condition)?,
            Rule::clock_starts => sla.starts.extend(self.events("clock starts at", at, node)?),
            Rule::clock_stops => sla.stops.extend(self.events("clock stops at", at, node)?),
            Rule::clock_cancelled => sla.cancels.extend(self.events("clock is cancelled at", at, node)?),
            Rule::clock_restarts => sla.restarts.extend(self.events("clock restarts at", at, node)?),
            Rule::clock_pauses => {
                let from = self.name(at, &part(node, Rule::name)?)?;
                sla.pauses.push((from, self.name(at, &part(&part(node, Rule::until)?, Rule::name)?)?));
            }
            Rule::allowed => {
                let value = self.duration(at, node)?;
                let line = TableLine { span: at.whole(), value, condition: None };
                if self.once("time allowed", at) {
                    sla.allowed = Some(Spanned::new(vec![line], at.whole()));
                }
            }
            Rule::allowed_table => {
                let lines = self.allowed_lines(at);
                if self.once("time allowed", at) {
                    sla.allowed = Some(Spanned::new(lines, at.whole()));
                }
            }
            Rule::hours_of => {
                let value = self.name(at, &part(node, Rule::name)?)?;
                let line = TableLine { span: at.whole(), value, condition: None };
                if self.once("working hours", at) {
                    sla.hours = Some(Spanned::new(vec![line], at.whole()));
                }
            }
            Rule::hours_table => {
                let lines = self.hours_lines(at);
                if self.once("working hours", at) {
                    sla.hours = Some(Spanned::new(lines, at.whole()));
                }
            }
            Rule::at_risk_after if self.once("at risk after", at) => sla.at_risk = Some(self.percent(at, node)?),
            Rule::after_step => {
                let when = match part(node, Rule::percent) {
                    Some(percent) => SlaStepWhen::Percent(self.decimal(at, &percent)?.node),
                    None => SlaStepWhen::Duration(self.duration(at, node)?.node),
                };
                sla.steps.push(SlaStep { span: at.whole(), when, actions: self.actions(at) });
            }
            Rule::if_missed => {
                let actions = self.actions(at);
                if self.once("if missed", at) {
                    sla.steps.push(SlaStep { span: at.whole(), when: SlaStepWhen::Missed, actions });
                }
            }
            Rule::owned_by if self.once("owned by", at) => sla.owner = Some(self.party(at, node)?),
            Rule::because if self.once("because", at) => sla.because = Some(self.because(at, node)?),
            _ => {}
        }
        Some(())
    }

    fn allowed_lines(&mut self, at: &At<'_>) -> Vec<TableLine<Spanned<Duration>>> {
        let mut lines = Vec::new();
        self.table(at, Rule::allowed_bullet, "2 business days otherwise", |parser, at, nodes| {
            let value = parser.duration_node(at, nodes.first()?)?;
            let condition = parser.when_or_otherwise(at, nodes.get(1)?);
            lines.push(TableLine { span: at.whole(), value, condition });
            Some(())
        });
        lines
    }

    fn hours_lines(&mut self, at: &At<'_>) -> Vec<TableLine<Quoted>> {
        let mut lines = Vec::new();
        self.table(at, Rule::hours_bullet, "\"Berlin office\" otherwise", |parser, at, nodes| {
            let value = parser.name(at, nodes.first()?)?;
            let condition = parser.when_or_otherwise(at, nodes.get(1)?);
            lines.push(TableLine { span: at.whole(), value, condition });
            Some(())
        });
        lines
    }

    fn actions(&mut self, at: &At<'_>) -> Vec<Spanned<Action>> {
        let mut actions = Vec::new();
        self.table(at, Rule::action_bullet, "notify \"lead owner\"", |parser, at, nodes| {
            let node = nodes.first()?;
            let action = match node.as_rule() {
                Rule::count_as_wasted => Action::CountAsWasted,
                Rule::return_to => Action::ReturnTo(parser.party(at, node)?.node),
                Rule::notify => Action::Notify(parser.because(at, node)?.node),
                Rule::assign_to => Action::AssignTo(parser.because(at, node)?.node),
                _ => Action::Task(parser.because(at, node)?.node),
            };
            actions.push(Spanned::new(action, at.whole()));
            Some(())
        });
        actions
    }
}
