//! How often an event can have happened, window by window.

use crate::policy::EventWindow;

use super::windows::{apart, most_days, within};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Occurrences.
    Times,
    /// Days on which there are any.
    Days,
}

/// From so many to so many, in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// What is counted.
    pub of: Quantity,
    /// Where.
    pub window: Option<EventWindow>,
    /// At least so many.
    pub least: u64,
    /// At most so many.
    pub most: Option<u64>,
}

/// Whether no log can have all of these counts. `most_ever` bounds what an event can do at all.
pub fn refuted(counts: &[Count], most_ever: Option<u64>) -> bool {
    let ever = most_ever.map(|most| Count { of: Quantity::Times, window: None, least: 0, most: Some(most) });
    let lows = || counts.iter().filter(|count| count.least > 0);
    lows().any(|low| {
        low.most.is_some_and(|most| low.least > most)
            || (low.of == Quantity::Days && most_days(low.window).is_some_and(|most| low.least > most))
            || counts.iter().chain(&ever).any(|high| {
                let Some(most) = high.most else { return false };
                if !within(low.window, high.window) {
                    return false;
                }
                let alone = match (low.of, high.of) {
                    // Days on which something happened are at most as many as the times it did.
                    (Quantity::Times, Quantity::Days) => most == 0,
                    _ => low.least > most,
                };
                alone
                    || (high.of == Quantity::Times
                        && lows().any(|other| {
                            within(other.window, high.window)
                                && apart(low.window, other.window)
                                && low.least.saturating_add(other.least) > most
                        }))
            })
    })
}
