//! A difference told with as little as shows it.

use std::cell::RefCell;

use crate::coverage::Seen;
use crate::json::Json;
use crate::model::{Condition, GradeBy, Policy, Source, Statement};
use crate::render::render;
use crate::sla::Sla;
use crate::time::rfc3339;
use crate::{difference, evaluator};

/// The policy, the lead and both decisions, without what could be left out.
pub fn told(policy: &Policy, lead: &Json, now: i64) -> String {
    let (mut policy, mut lead) = (policy.clone(), lead.clone());
    policy.layout = 0;
    policy.library = false;
    while let Some(smaller) = policies(&policy).into_iter().find(|smaller| differs(smaller, &lead, now).is_some()) {
        policy = smaller;
    }
    while let Some(smaller) = leads(&lead).into_iter().find(|smaller| differs(&policy, smaller, now).is_some()) {
        lead = smaller;
    }
    while let Some(smaller) = policies(&policy).into_iter().find(|smaller| differs(smaller, &lead, now).is_some()) {
        policy = smaller;
    }
    let text: String = render(&policy).into_iter().map(|(name, text)| format!("--- {name}\n{text}")).collect();
    let Some((decided, expected)) = differs(&policy, &lead, now) else {
        return "the difference is one of how the policy is written".to_owned();
    };
    let keys = expected.entries().iter().chain(decided.entries()).map(|(key, _)| key);
    let mut told = format!("{text}--- lead\n{lead}\n--- now\n{}\n", rfc3339(now));
    let mut keys: Vec<_> = keys.filter(|key| decided.get(key) != expected.get(key)).collect();
    keys.dedup();
    for key in keys {
        let shown = |decision: &Json| decision.get(key).map_or("absent".to_owned(), Json::to_string);
        told += &format!("--- {key}\nHandover:  {}\nreference: {}\n", shown(&decided), shown(&expected));
    }
    told
}

fn differs(policy: &Policy, lead: &Json, now: i64) -> Option<(Json, Json)> {
    // What refers to something left out no longer compiles.
    let evaluator = evaluator(policy, now).ok()?;
    difference(policy, &evaluator, lead, now, &RefCell::new(Seen::default()))
}

fn policies(policy: &Policy) -> Vec<Policy> {
    let mut all = Vec::new();
    let mut with = |change: &dyn Fn(&mut Policy)| {
        let mut smaller = policy.clone();
        change(&mut smaller);
        all.push(smaller);
    };
    let count = policy.statements.len();
    for many in [count / 2, count / 4, count / 8, 1].into_iter().filter(|many| *many > 0) {
        for at in (0..count).step_by(many) {
            with(&|smaller| _ = smaller.statements.drain(at..count.min(at + many)));
        }
    }
    if policy.handover.is_some() {
        with(&|smaller| smaller.handover = None);
    }
    for at in 0..policy.slas.len() {
        with(&|smaller| _ = smaller.slas.remove(at));
    }
    for (at, sla) in policy.slas.iter().enumerate() {
        for smaller_sla in slas(sla) {
            with(&|smaller| smaller.slas[at] = smaller_sla.clone());
        }
    }
    for at in 0..policy.calendars.len() {
        with(&|smaller| _ = smaller.calendars.remove(at));
    }
    for at in 0..policy.others.len() {
        with(&|smaller| _ = smaller.others.remove(at));
    }
    for at in 0..policy.events.len() {
        with(&|smaller| _ = smaller.events.remove(at));
    }
    for at in 0..policy.rates.len() {
        with(&|smaller| _ = smaller.rates.remove(at));
    }
    for at in 0..policy.lists.len() {
        with(&|smaller| _ = smaller.lists.remove(at));
    }
    for at in 0..policy.fields.len() {
        with(&|smaller| _ = smaller.fields.remove(at));
    }
    // The policy's times are in the zone of its calendar.
    if policy.calendar.as_ref().is_some_and(|calendar| calendar.zone == chrono_tz::UTC) {
        with(&|smaller| smaller.calendar = None);
    }
    for (at, event) in policy.events.iter().enumerate() {
        for condition in event.condition.iter().flat_map(conditions).map(Some).chain([None]) {
            if condition.is_some() || event.condition.is_some() {
                with(&|smaller| smaller.events[at].condition.clone_from(&condition));
            }
        }
    }
    for (at, statement) in policy.statements.iter().enumerate() {
        for smaller_statement in statements(statement) {
            with(&|smaller| smaller.statements[at] = smaller_statement.clone());
        }
    }
    all
}

/// An SLA without one of its lines, or with a smaller condition.
fn slas(sla: &Sla) -> Vec<Sla> {
    let mut all = Vec::new();
    let mut with = |change: &dyn Fn(&mut Sla)| {
        let mut smaller = sla.clone();
        change(&mut smaller);
        all.push(smaller);
    };
    with(&|sla| sla.steps.clear());
    (0..sla.steps.len()).for_each(|at| with(&|sla| _ = sla.steps.remove(at)));
    (0..sla.steps.len()).filter(|at| sla.steps[*at].actions.len() > 1).for_each(|at| {
        with(&|sla| sla.steps[at].actions.truncate(1));
    });
    with(&|sla| sla.at_risk = None);
    with(&|sla| sla.applies = None);
    with(&|sla| sla.hours = None);
    with(&|sla| sla.pauses.clear());
    (0..sla.pauses.len()).for_each(|at| with(&|sla| _ = sla.pauses.remove(at)));
    let lists: [fn(&mut Sla) -> &mut Vec<String>; 4] =
        [|sla| &mut sla.starts, |sla| &mut sla.stops, |sla| &mut sla.cancels, |sla| &mut sla.restarts];
    for (list, least) in lists.into_iter().zip([1, 0, 0, 0]) {
        let count = list(&mut sla.clone()).len();
        (0..count).filter(|_| count > least).for_each(|at| with(&|sla| _ = list(sla).remove(at)));
    }
    (0..sla.allowed.lines.len()).for_each(|at| with(&|sla| _ = sla.allowed.lines.remove(at)));
    for line in 0..sla.hours.as_ref().map_or(0, |table| table.lines.len()) {
        with(&|sla| sla.hours.iter_mut().for_each(|table| _ = table.lines.remove(line)));
    }
    for (at, condition) in sla.conditions().enumerate() {
        conditions(condition).iter().for_each(|smaller| with(&|sla| *sla.conditions_mut()[at] = smaller.clone()));
    }
    // Nothing is gained where nothing has changed.
    all.retain(|smaller| format!("{smaller:?}") != format!("{sla:?}"));
    all
}

fn statements(statement: &Statement) -> Vec<Statement> {
    let mut all = Vec::new();
    let mut with = |change: &dyn Fn(&mut Statement)| {
        let mut smaller = statement.clone();
        change(&mut smaller);
        all.push(smaller);
    };
    let slots = slots(&mut statement.clone()).into_iter().map(|slot| conditions(slot)).collect::<Vec<_>>();
    for (at, smaller) in slots.into_iter().enumerate().flat_map(|(at, all)| all.into_iter().map(move |one| (at, one))) {
        with(&|statement| *slots_of(statement, at) = smaller.clone());
    }
    match statement {
        Statement::Score(score) => (0..score.rules.len()).for_each(|at| {
            with(&|statement| {
                if let Statement::Score(score) = statement {
                    score.rules.remove(at);
                }
            });
        }),
        Statement::Checklist(list) if list.items.len() > 1 => (0..list.items.len()).for_each(|at| {
            with(&|statement| {
                if let Statement::Checklist(list) = statement {
                    list.items.remove(at);
                }
            });
        }),
        Statement::Stage(stage) => (0..stage.left_when.len()).for_each(|at| {
            with(&|statement| {
                if let Statement::Stage(stage) = statement {
                    stage.left_when.remove(at);
                }
            });
        }),
        _ => {}
    }
    all
}

fn slots_of(statement: &mut Statement, at: usize) -> &mut Condition {
    slots(statement).swap_remove(at)
}

/// Every place of a statement at which a condition stands.
pub fn slots(statement: &mut Statement) -> Vec<&mut Condition> {
    match statement {
        Statement::Criterion(criterion) => vec![&mut criterion.condition],
        Statement::Checklist(list) => list.items.iter_mut().map(|(_, condition)| condition).collect(),
        Statement::Disqualify { condition, .. } => vec![condition],
        Statement::Stage(stage) => vec![&mut stage.test],
        Statement::Grade(grade) => match &mut grade.by {
            GradeBy::Conditions(lines) => lines.iter_mut().map(|(_, condition)| condition).collect(),
            GradeBy::Score(..) => Vec::new(),
        },
        Statement::Score(score) => {
            let mut slots = Vec::new();
            for rule in &mut score.rules {
                slots.extend(&mut rule.when);
                if let Source::Table { lines, .. } = &mut rule.source {
                    slots.extend(lines.iter_mut().map(|(_, condition)| condition));
                }
            }
            slots
        }
    }
}

/// A group's parts, and the group with one part fewer or with a smaller part.
fn conditions(condition: &Condition) -> Vec<Condition> {
    let Condition::Group(group, parts) = condition else { return Vec::new() };
    let mut all = parts.clone();
    for at in 0..parts.len() {
        let fits = !matches!(group, crate::model::Group::AtLeast(least) if *least >= parts.len());
        if parts.len() > 1 && fits {
            let mut fewer = parts.clone();
            fewer.remove(at);
            all.push(Condition::Group(*group, fewer));
        }
        for smaller in conditions(&parts[at]) {
            let mut changed = parts.clone();
            changed[at] = smaller;
            all.push(Condition::Group(*group, changed));
        }
    }
    all
}

/// A lead with a key or an entry fewer, at any depth.
fn leads(lead: &Json) -> Vec<Json> {
    match lead {
        Json::Object(entries) => {
            let without = (0..entries.len()).map(|at| {
                let mut fewer = entries.clone();
                fewer.remove(at);
                Json::Object(fewer)
            });
            let changed = entries.iter().enumerate().flat_map(|(at, (_, value))| {
                let with = move |smaller| {
                    let mut changed = entries.clone();
                    changed[at].1 = smaller;
                    Json::Object(changed)
                };
                leads(value).into_iter().map(with)
            });
            without.chain(changed).collect()
        }
        Json::List(items) => {
            let without = (0..items.len()).map(|at| {
                let mut fewer = items.clone();
                fewer.remove(at);
                Json::List(fewer)
            });
            let changed = items.iter().enumerate().flat_map(|(at, item)| {
                let with = move |smaller| {
                    let mut changed = items.clone();
                    changed[at] = smaller;
                    Json::List(changed)
                };
                leads(item).into_iter().map(with)
            });
            without.chain(changed).collect()
        }
        _ => Vec::new(),
    }
}
