//! What can come out at all, as far as the policy itself says: what cannot is not asked of the tests.

use std::collections::BTreeSet;

use crate::policy::{
    BandSubject, Condition, ConditionKind, GradeKind, Ordered, Policy, ScoreOperand, ScoreRule, ScoreRuleKind, Sla,
    SlaStatus, StageTest, TextSubject,
};

/// Definitions, by kind and place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Definition {
    Criterion(usize),
    Checklist(usize),
    Score(usize),
    Grade(usize),
    Stage(usize),
}

/// All that stages and disqualifications ask for, however far behind them.
pub fn asked_for(policy: &Policy) -> BTreeSet<Definition> {
    let mut asked = BTreeSet::new();
    let mut open = Vec::new();
    policy.disqualifiers.iter().for_each(|it| of_condition(&it.condition, &mut open));
    policy.stages.iter().for_each(|it| of_condition(&it.condition, &mut open));
    while let Some(definition) = open.pop() {
        if asked.insert(definition) {
            below(policy, definition, &mut open);
        }
    }
    asked
}

fn of_condition(condition: &Condition, open: &mut Vec<Definition>) {
    condition.visit(&mut |part| match &part.kind {
        ConditionKind::Criterion(id, _) => open.push(Definition::Criterion(id.index())),
        ConditionKind::Checklist { checklist, .. } => open.push(Definition::Checklist(checklist.index())),
        ConditionKind::Grade(id, _) => open.push(Definition::Grade(id.index())),
        ConditionKind::Stage(id, _) => open.push(Definition::Stage(id.index())),
        ConditionKind::Score(id, test) => {
            open.push(Definition::Score(id.index()));
            operands(test, &mut |operand| {
                if let ScoreOperand::Score(id) = operand {
                    open.push(Definition::Score(id.index()));
                }
            });
        }
        _ => {}
    });
}

fn operands<T>(test: &Ordered<T>, each: &mut impl FnMut(&T)) {
    match test {
        Ordered::Compare(_, one) => each(one),
        Ordered::Between(one, other) => {
            each(one);
            each(other);
        }
    }
}

fn below(policy: &Policy, definition: Definition, open: &mut Vec<Definition>) {
    match definition {
        Definition::Criterion(at) => policy.criteria.get(at).iter().for_each(|it| of_condition(&it.condition, open)),
        Definition::Checklist(at) => {
            let items = policy.checklists.get(at).map(|it| it.items.as_slice()).unwrap_or_default();
            items.iter().for_each(|(_, condition)| of_condition(condition, open));
        }
        Definition::Stage(at) => policy.stages.get(at).iter().for_each(|it| of_condition(&it.condition, open)),
        Definition::Score(at) => {
            for rule in policy.scores.get(at).map(|it| it.rules.as_slice()).unwrap_or_default() {
                rule.condition.iter().for_each(|it| of_condition(it, open));
                match &rule.kind {
                    ScoreRuleKind::Table(table) => {
                        table.lines.iter().for_each(|(_, condition)| of_condition(condition, open));
                    }
                    ScoreRuleKind::Bands(bands) => by_score(bands.by, open),
                    ScoreRuleKind::Score { score, .. } => open.push(Definition::Score(score.index())),
                    _ => {}
                }
            }
        }
        Definition::Grade(at) => match policy.grades.get(at).map(|it| &it.kind) {
            Some(GradeKind::Table(table)) => {
                table.lines.iter().for_each(|(_, condition)| of_condition(condition, open));
            }
            Some(GradeKind::Bands(bands)) => by_score(bands.by, open),
            None => {}
        },
    }
}

fn by_score(by: BandSubject, open: &mut Vec<Definition>) {
    if let BandSubject::Score(score) = by {
        open.push(Definition::Score(score.index()));
    }
}

/// Whether a condition can be unknown. Points, grades and whether a field is filled in are always known.
pub fn may_be_unknown(policy: &Policy, condition: &Condition) -> bool {
    let may = |condition: &Condition| may_be_unknown(policy, condition);
    match &condition.kind {
        ConditionKind::All(parts)
        | ConditionKind::Any(parts)
        | ConditionKind::None(parts)
        | ConditionKind::AtLeast(_, parts) => parts.iter().any(may),
        ConditionKind::FilledIn(TextSubject::Field(_), _) | ConditionKind::Grade(..) => false,
        ConditionKind::Score(_, test) => {
            let mut by_field = false;
            operands(test, &mut |operand| by_field |= matches!(operand, ScoreOperand::Field(_)));
            by_field
        }
        ConditionKind::Criterion(id, _) => policy.criteria.get(id.index()).is_some_and(|it| criterion(policy, it)),
        ConditionKind::Checklist { checklist, .. } => {
            let items = policy.checklists.get(checklist.index()).map(|it| it.items.as_slice()).unwrap_or_default();
            items.iter().any(|(_, condition)| may(condition))
        }
        ConditionKind::Stage(id, test) => policy.stages.get(id.index()).is_some_and(|stage| match test {
            StageTest::PassesTest => may(&stage.condition),
            _ => self::stage(policy, stage),
        }),
        _ => true,
    }
}

pub fn criterion(policy: &Policy, criterion: &crate::policy::Criterion) -> bool {
    criterion.if_unknown.is_none() && may_be_unknown(policy, &criterion.condition)
}

/// A stay is unknown where a log of its events is absent.
pub fn stage(policy: &Policy, stage: &crate::policy::Stage) -> bool {
    may_be_unknown(policy, &stage.condition) || !stage.entered.is_empty() || !stage.left.is_empty()
}

/// Whether a rule can add nothing because something is not known.
pub fn rule(policy: &Policy, rule: &ScoreRule) -> bool {
    let by_condition = rule.condition.as_ref().is_some_and(|it| may_be_unknown(policy, it));
    by_condition
        || match &rule.kind {
            ScoreRuleKind::Points(_) | ScoreRuleKind::Score { .. } => false,
            ScoreRuleKind::Table(table) => {
                table.otherwise == 0 && table.lines.iter().any(|(_, condition)| may_be_unknown(policy, condition))
            }
            ScoreRuleKind::Bands(bands) => bands.otherwise == 0 && matches!(bands.by, BandSubject::Field(_)),
            ScoreRuleKind::ForEach { .. } | ScoreRuleKind::ForEveryWithout { .. } | ScoreRuleKind::Field(_) => true,
        }
}

/// Whether a rule can add nothing though all is known.
pub fn rule_adds_nothing(rule: &ScoreRule) -> bool {
    rule.condition.is_some()
        || match &rule.kind {
            ScoreRuleKind::Points(_) => false,
            ScoreRuleKind::Table(table) => table.otherwise == 0 || table.lines.iter().any(|(points, _)| *points == 0),
            ScoreRuleKind::Bands(bands) => bands.otherwise == 0 || bands.lines.iter().any(|(points, _)| *points == 0),
            _ => true,
        }
}

/// Whether a rule can be flipped: how much a field or another score would add is not in the policy.
pub fn rule_has_opposite(rule: &ScoreRule) -> bool {
    rule_adds_nothing(rule) || !matches!(rule.kind, ScoreRuleKind::Field(_) | ScoreRuleKind::Score { .. })
}

/// The statuses that an SLA can have.
pub fn statuses(sla: &Sla) -> Vec<SlaStatus> {
    let all = [
        (SlaStatus::NotApplicable, sla.condition.is_some()),
        (SlaStatus::NotStarted, true),
        (SlaStatus::Running, true),
        (SlaStatus::AtRisk, sla.at_risk.is_some()),
        (SlaStatus::Paused, !sla.pauses.is_empty()),
        (SlaStatus::Met, !sla.stops.is_empty()),
        (SlaStatus::Breached, true),
        (SlaStatus::Cancelled, !sla.cancels.is_empty()),
        (SlaStatus::HandedOn, false),
        (SlaStatus::Unknown, true),
    ];
    all.into_iter().filter(|(_, can)| *can).map(|(status, _)| status).collect()
}
