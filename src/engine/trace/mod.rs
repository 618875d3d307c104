//! How a decision came about: every condition with what it read, every point, every minute of a deadline.
//!
//! A trace is made of the policy and of the state that the decision was made of, so its outcomes are the decision's.
//! [`Tracer`] walks the policy and tells of one line after another; what hears of them is [`Json`], which writes them
//! into a buffer, or [`Tree`], which keeps them as the public values. What does not depend on the lead is ready since
//! the policy was compiled: [`Traced`].

mod conditions;
mod events;
mod found;
mod json;
mod line;
mod plan;
mod scores;
mod slas;
mod tree;
mod value;

pub use value::*;

pub(super) use events::Diary;
pub(super) use plan::{Steps, Traced};

use std::cell::Cell;

use super::evaluate::State;
use super::judge::Judge;
use super::moment::Moment;
use super::sla::{Clocks, Scene};

use conditions::Tracer;
use json::Json;
use line::Tell;
use slas::SlaLine;
use tree::Tree;

/// Traces a lead that has been decided, and whose clocks have run.
pub(super) fn value(clocks: &mut Clocks, mut scene: Scene<'_>) -> Option<Trace> {
    let slas = slas::slas::<Tree>(clocks, &mut scene).iter().map(tree::sla).collect();
    with_tracer(&scene, |tracer| Trace {
        disqualifiers: Tree::nodes(|tree| tracer.disqualifiers(tree)),
        stages: Tree::nodes(|tree| tracer.stages(tree)),
        criteria: Tree::nodes(|tree| tracer.criteria(tree)),
        checklists: Tree::nodes(|tree| tracer.checklists(tree)),
        scores: Tree::nodes(|tree| tracer.scores(tree)),
        grades: Tree::nodes(|tree| tracer.grades(tree)),
        events: tracer.events().iter().map(tree::event).collect(),
        slas,
    })
}

/// The same, appended to `out` as JSON.
pub(super) fn write(clocks: &mut Clocks, mut scene: Scene<'_>, out: &mut Vec<u8>) {
    let slas: Vec<SlaLine<'_, Json>> = slas::slas(clocks, &mut scene);
    let mut json = Json::after(std::mem::take(out));
    with_tracer(&scene, |tracer| {
        json.list(b"{\"disqualifiers\":", |json| tracer.disqualifiers(json));
        json.list(b",\"stages\":", |json| tracer.stages(json));
        json.list(b",\"criteria\":", |json| tracer.criteria(json));
        json.list(b",\"checklists\":", |json| tracer.checklists(json));
        json.list(b",\"scores\":", |json| tracer.scores(json));
        json.list(b",\"grades\":", |json| tracer.grades(json));
        let out = &mut json.out;
        out.extend_from_slice(b",\"events\":[");
        let start = out.len();
        tracer.events().iter().for_each(|event| json::event(out, start, event));
        out.extend_from_slice(b"],\"slas\":[");
        let start = out.len();
        slas.iter().for_each(|sla| json::sla(out, start, sla));
        out.extend_from_slice(b"]}");
    });
    *out = json.out;
}

/// Looks at the lead as the version that judges decided it.
fn with_tracer<T>(scene: &Scene<'_>, look: impl FnOnce(Tracer<'_>) -> T) -> Option<T> {
    let judge = scene.judges.get(scene.judging)?;
    let (moment, seat) = (scene.moments.get(scene.judging)?, scene.seats.get(scene.judging)?);
    tracing(judge, scene.line, &seat.state, moment, look)
}

/// Looks at a lead as one version decided it, as of one moment; none where it was not compiled for traces.
fn tracing<T>(
    judge: &Judge,
    line: &[u8],
    state: &State,
    moment: &Moment,
    look: impl FnOnce(Tracer<'_>) -> T,
) -> Option<T> {
    let past = Cell::new(false);
    let setting = judge.setting(moment);
    let known = setting.known(&past);
    let traced = judge.program.traced.as_ref()?;
    Some(look(Tracer {
        policy: &judge.policy,
        program: &judge.program,
        traced,
        setting,
        known,
        past: &past,
        state,
        line,
    }))
}
