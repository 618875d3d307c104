//! What must hold of `next_change_at`: as of then the decision differs, and as of no instant before it does.

use chrono::{DateTime, Utc};
use handover::Evaluator;
use serde_json::Value;

/// The last instant that a decision can be of.
pub const LAST: i64 = 253_402_300_799_999_999;

/// What was said of the next change.
#[derive(Debug, PartialEq, Eq)]
pub enum Said {
    At(i64),
    Never,
    /// Not up to there.
    GivenUp(i64),
}

/// What a decision says that is no mere counting on.
pub fn said(evaluator: &Evaluator, lead: &str, at: i64) -> Value {
    let mut decision = serde_json::to_value(evaluator.at(utc(at)).decide(lead).unwrap()).unwrap();
    let object = decision.as_object_mut().unwrap();
    object.remove("as_of");
    for sla in object.get_mut("slas").and_then(Value::as_object_mut).into_iter().flat_map(|slas| slas.values_mut()) {
        let sla = sla.as_object_mut().unwrap();
        sla.remove("elapsed_seconds");
        sla.remove("overrun_seconds");
        if sla["status"] == "paused" {
            sla.remove("due_at");
            sla.remove("at_risk_at");
        }
    }
    decision
}

/// Proves what is said of the next change of a lead, `decides` being the same policy that says nothing of it. `between`
/// gives instants to look at that lie after one and before another.
pub fn prove(
    asked: &Evaluator,
    decides: &Evaluator,
    lead: &str,
    now: i64,
    mut between: impl FnMut(i64, i64) -> Vec<i64>,
) -> Result<Said, String> {
    let decision = serde_json::to_value(asked.at(utc(now)).decide(lead).unwrap()).unwrap();
    let instant = |key: &str| {
        let text = decision.get(key)?.as_str()?;
        Some(DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros())
    };
    let said_of_it = match (instant("next_change_at"), instant("next_change_searched_until")) {
        (Some(at), None) => Said::At(at),
        (None, Some(until)) => Said::GivenUp(until),
        (None, None) if decision["next_change_at"].is_null() => Said::Never,
        _ => return Err(format!("neither an instant nor none: {decision}")),
    };
    let before = said(decides, lead, now);
    let same = |at: i64| match said(decides, lead, at) {
        then if then == before => Ok(()),
        then => Err(format!("{said_of_it:?}, but it changes at {}:\n{before}\n{then}", utc(at))),
    };
    let until = match said_of_it {
        Said::At(at) => {
            if at <= now || said(decides, lead, at) == before {
                return Err(format!("nothing changes at {}:\n{before}", utc(at)));
            }
            same(at - 1)?;
            at
        }
        Said::Never => LAST,
        Said::GivenUp(until) => until,
    };
    between(now, until).into_iter().try_for_each(same)?;
    Ok(said_of_it)
}

fn utc(at: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(at).unwrap()
}
