//! Deadlines beside those of the second evaluator: policies that are all clocks, and leads whose clocks ran.

use std::cell::RefCell;

use crate::coverage::Seen;
use crate::time::{self, DAY};
use crate::{compiled, difference, number, slas, smaller};

/// Policies, and leads for each.
const CASES: u64 = 50;
const LEADS: usize = 30;

#[test]
fn a_second_reading_of_the_language_counts_the_same_deadlines() {
    let (first, cases) = (number("HANDOVER_FIRST", 0), number("HANDOVER_CASES", CASES));
    let seen = RefCell::new(Seen::default());
    let mut failures = Vec::new();
    for seed in first..first + cases {
        let mut generator = slas::generate(seed);
        let evaluator = compiled(&generator.policy, generator.now, seed);
        seen.borrow_mut().policy(&generator.policy);
        'leads: for at in 0..LEADS {
            let (lead, now) = generator.timeline(at);
            // A key is the same whenever it is asked.
            let later = generator.chance.some(30, |chance| now + chance.range(0, 9 * DAY));
            for now in [now].into_iter().chain(later) {
                let evaluator = evaluator.at(time::utc(now));
                if difference(&generator.policy, &evaluator, &lead, now, &seen).is_some() {
                    failures.push(format!("case {seed}:\n{}", smaller::told(&generator.policy, &lead, now)));
                    break 'leads;
                }
            }
        }
        assert!(failures.len() < 3, "{}", failures.join("\n"));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let complaints = [seen.borrow().never(DEADLINES), seen.borrow().confused().to_vec()].concat();
    assert!(complaints.is_empty(), "of deadlines, this did not come up:\n{}", complaints.join("\n"));
    println!("{cases} policies, {LEADS} leads each: {}", seen.borrow().summary());
}

/// What must come up of §8.
const DEADLINES: &str = "
    sla: not_applicable
    sla: not_started
    sla: running
    sla: at_risk
    sla: paused
    sla: met
    sla: breached
    sla: cancelled
    sla: unknown
    sla: several cycles
    sla: missed before
    sla: an absent log, and no start
    sla: an absent log, and a start or none to be known
    for leads where: met
    for leads where: not_met
    for leads where: unknown
    still open: in time
    still open: late
    still open: exactly at due
    still open: a microsecond after due
    still open: late, and paused
    stopped: in time
    stopped: late
    stopped: exactly at due
    stopped: a microsecond after due
    cancelled: in time
    cancelled: late
    cancelled: exactly at due
    cancelled: a microsecond after due
    handed on: in time
    handed on: late
    handed on: exactly at due
    handed on: a microsecond after due
    clock: cancel before stop
    clock: cancel before restart
    clock: stop before restart
    clock: a start while one is running
    clock: a start beside a restart
    clock: a start where one ended
    clock: a restart with none running
    clock: a restart beside the start
    clock: an end with none running
    clock: stopped at once
    clock: cancelled at once
    pause: closed and opened at one instant
    pause: begun again while it lasts
    pause: ended where there is none
    pause: opened beside its end
    pause: overlapping
    pause: touching
    pause: from the start
    pause: from due on
    pause: after due
    pause: before due, as moved
    pause: moves due
    pause: several
    pause: in closed hours
    never due: open
    never due: ended
    never due: by a pause
    never due: paused
    time allowed: minutes
    time allowed: hours
    time allowed: days
    time allowed: weeks
    time allowed: business minutes
    time allowed: business hours
    time allowed: business days
    time allowed: none
    time allowed: a line that is met
    time allowed: a line that is not_met
    time allowed: a line that is unknown
    working hours: a line that is met
    working hours: a line that is not_met
    working hours: a line that is unknown
    at risk: exactly now
    at risk: not named
    step: after a share
    step: after minutes
    step: after hours
    step: after days
    step: after weeks
    step: after business minutes
    step: after business hours
    step: after business days
    step: if missed
    step: in an open cycle
    step: in an ended cycle
    action: count_as_wasted
    action: notify
    action: return_to
    action: assign_to
    action: task
    due: at a close
    start: out of hours
    start: in hours, or at a close
    business time: closed on
    business time: open on
    business time: a holiday
    business time: open on a holiday, or by one
    business time: always open
    business time: past midnight
    business time: a break
    business time: the clocks go forward
    business time: the clocks go back
    business time: a zone of half or quarter hours
    warning: H0735
    warning: H0736
";
