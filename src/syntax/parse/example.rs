//! `target` and `example`.

use super::grammar::{Node, Rule, part};
use super::{At, Parser};
use crate::source::Spanned;
use crate::syntax::ast::{Example, Given, Period, Target, TargetGoal};

impl Parser {
    pub(super) fn target(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Target> {
        let per = part(&part(node, Rule::per)?, Rule::period)?;
        let goal = match part(node, Rule::target_count) {
            Some(count) => TargetGoal::Stage(self.count(at, &count)?, self.name(at, &part(&count, Rule::name)?)?),
            None => {
                let share = part(node, Rule::target_share)?;
                let on_time = part(&share, Rule::on_time_for)?;
                TargetGoal::OnTime(self.percent(at, &share)?, self.name(at, &part(&on_time, Rule::name)?)?)
            }
        };
        let period = match per.as_str() {
            "week" => Period::Week,
            "month" => Period::Month,
            "quarter" => Period::Quarter,
            _ => Period::Year,
        };
        self.no_lines(at, "target", "Write each target as one line of its own, in the first column.");
        Some(Target { goal, period: Spanned::new(period, at.span(&per)) })
    }

    pub(super) fn example(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Example> {
        let name = self.defined_name(at, &part(node, Rule::name)?)?;
        let mut example = Example { name, at: None, given: Vec::new(), expect: Vec::new() };
        self.bullet = Rule::expect_bullet;
        self.body(at, Some(Rule::example_line), None, |parser, at, nodes| {
            let node = nodes.first()?;
            match node.as_rule() {
                Rule::at if parser.once("at", at) => example.at = Some(parser.moment(at, node)?),
                Rule::at => {}
                Rule::expect => example.expect.push(parser.condition_in(at, node)?),
                _ => example.given.push(parser.given(at, node)?),
            }
            Some(())
        });
        self.bullet = Rule::condition_bullet;
        self.missing(at.block, "example", &[(example.at.is_some(), "at", "at 2026-03-10 09:00")]);
        Some(example)
    }

    fn given(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Given> {
        Some(match node.as_rule() {
            Rule::given_lead => Given::Lead(self.text(at, &part(node, Rule::file)?)?),
            Rule::given_absent => Given::Absent(self.path(at, node)?),
            Rule::given_event => {
                let event = self.name(at, &part(node, Rule::name)?)?;
                Given::Event(event, self.moment(at, &part(node, Rule::happened_at)?)?)
            }
            Rule::given_field => {
                let path = self.path(at, node)?;
                Given::Field(path, self.literal(at, &part(node, Rule::is_literal)?)?)
            }
            _ => return None,
        })
    }
}
