//! Whether a decision stays as it is until `next_change_at`, and is another one then.

use chrono::{DateTime, TimeDelta, Utc};
use handover::{Decision, Evaluator};
use serde_json::Value;

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outlook {
    /// There is a next change, and it is one.
    Changes,
    /// There is none, and none was seen.
    Never,
    /// The search was given up.
    GivenUp,
}

/// A decision without what changes all the time.
fn lasting(decision: &Decision) -> Value {
    let mut decision = serde_json::to_value(decision).unwrap();
    let keys = decision.as_object_mut().unwrap();
    for key in ["as_of", "next", "next_change_at", "next_change_searched_until"] {
        keys.remove(key);
    }
    for clock in keys["slas"].as_object_mut().unwrap().values_mut() {
        let clock = clock.as_object_mut().unwrap();
        let paused = clock["status"] == "paused";
        clock.retain(|key, _| {
            !key.ends_with("elapsed_seconds")
                && key != "overrun_seconds"
                && !(paused && key.ends_with("_at") && key != "started_at")
        });
    }
    decision
}

/// Holds the `next_change_at` of a decision against the decisions around it. `plain` decides the same without it; `chance`
/// gives numbers from 0 to 1.
pub fn stays(decision: &Decision, plain: &Evaluator, lead: &str, mut chance: impl FnMut() -> f64) -> Outlook {
    let at = |instant: DateTime<Utc>| lasting(&plain.at(instant).decide(lead).unwrap());
    let (now, change) = (decision.as_of, decision.next_change.unwrap());
    let before = at(now);
    let micro = TimeDelta::microseconds(1);
    let last: DateTime<Utc> = "9999-12-31T23:59:59Z".parse().unwrap();
    if let Some(next) = change.at {
        assert!(next > now, "{next}: {lead}");
        assert_ne!(at(next), before, "nothing changes at {next}: {lead}");
        assert_eq!(at(next - micro), before, "it changed before {next}: {lead}");
    }
    let until = change.at.map_or(change.searched_until.unwrap_or(last), |next| next - micro);
    // Near and far, and at the beginnings of hours and days, where changes like to be.
    let span = (until - now).num_microseconds().unwrap_or(i64::MAX);
    for sample in 0..12 {
        let share = chance().powi(1 + sample % 6);
        let instant = now + TimeDelta::microseconds((span as f64 * share) as i64);
        let hour = instant - TimeDelta::microseconds(instant.timestamp_micros().rem_euclid(3_600_000_000));
        for instant in [instant, hour.max(now)] {
            assert_eq!(at(instant.min(until)), before, "it changed by {instant}, before {:?}: {lead}", change.at);
        }
    }
    match (change.at, change.searched_until) {
        (Some(_), _) => Outlook::Changes,
        (None, None) => Outlook::Never,
        (None, Some(_)) => Outlook::GivenUp,
    }
}
