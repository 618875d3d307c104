//! The occurrences of a lead → its handovers, each with what became of it.

use crate::engine::{Account, Reason};
use crate::time::Instant;

/// One handover of one lead: what happened up to the next one belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handed {
    pub at: Instant,
    /// Whether the lead had been handed over before.
    pub again: bool,
    pub answer: Answer,
    /// When it was first contacted after it.
    pub contacted: Option<Instant>,
    /// When it was converted.
    pub converted: Option<Instant>,
    /// Whether its answer or its conversion is dated before it.
    pub early: bool,
}

/// What the receiving team said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Open,
    Accepted,
    Rejected(Reason),
}

/// The handovers of a lead. What is dated before the first one, as sloppy records have it, counts for the first.
pub fn handovers(account: &Account) -> impl Iterator<Item = Handed> {
    let all = &account.handed_over;
    all.iter().enumerate().map(move |(place, at)| {
        let until = all.get(place + 1).copied().unwrap_or(Instant::MAX);
        let after = |time: &Instant| at <= time && *time < until;
        let before = |time: &Instant| place == 0 && time < at;
        let mut converted = account.converted.iter().copied();
        let converted = converted.clone().find(after).or_else(|| converted.rfind(before));
        let (answer, answered) = answer(account, after).or_else(|| answer(account, before)).unzip();
        Handed {
            at: *at,
            again: place > 0,
            answer: answer.unwrap_or(Answer::Open),
            contacted: account.contacted.iter().copied().find(after),
            converted,
            early: answered.is_some_and(|time| time < *at) || converted.is_some_and(|time| time < *at),
        }
    })
}

/// The first answer of a stretch of time, and when it came. At one instant, who rejects has the last word.
fn answer(account: &Account, within: impl Fn(&Instant) -> bool) -> Option<(Answer, Instant)> {
    let accepted = account.accepted.iter().copied().find(&within);
    let rejected = account.rejected.iter().find(|(time, _)| within(time));
    match (accepted, rejected) {
        (Some(accepted), Some((rejected, _))) if accepted < *rejected => Some((Answer::Accepted, accepted)),
        (_, Some((rejected, reason))) => Some((Answer::Rejected(reason.clone()), *rejected)),
        (Some(accepted), None) => Some((Answer::Accepted, accepted)),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(handed_over: &[i64], accepted: &[i64], rejected: &[i64]) -> Account {
        let rejected = rejected.iter().map(|at| (*at, Reason::None)).collect();
        Account { handed_over: handed_over.to_vec(), accepted: accepted.to_vec(), rejected, ..Account::default() }
    }

    fn answers(account: &Account) -> Vec<(Answer, bool, bool)> {
        handovers(account).map(|it| (it.answer, it.again, it.early)).collect()
    }

    #[test]
    fn the_first_answer_to_a_handover_counts_and_a_rejection_at_the_same_instant_wins() {
        use Answer::{Accepted, Open, Rejected};
        let rejected = Rejected(Reason::None);
        assert_eq!(answers(&account(&[10], &[], &[])), [(Open, false, false)]);
        assert_eq!(answers(&account(&[10], &[10], &[])), [(Accepted, false, false)]);
        assert_eq!(answers(&account(&[10], &[12], &[11])), [(rejected.clone(), false, false)]);
        assert_eq!(answers(&account(&[10], &[11], &[12])), [(Accepted, false, false)]);
        assert_eq!(answers(&account(&[10], &[11], &[11])), [(rejected.clone(), false, false)]);
        assert_eq!(answers(&account(&[10], &[9], &[])), [(Accepted, false, true)]);
        assert_eq!(answers(&account(&[10], &[9], &[11])), [(rejected.clone(), false, false)]);
        let again = account(&[10, 20, 30], &[20], &[12, 31]);
        assert_eq!(
            answers(&again),
            [(rejected.clone(), false, false), (Accepted, true, false), (rejected, true, false)]
        );
        assert_eq!(answers(&account(&[], &[1], &[])), []);
    }

    #[test]
    fn a_contact_is_after_its_handover_and_a_conversion_up_to_the_next() {
        let account = Account { contacted: vec![5, 15, 25], converted: vec![22], ..account(&[10, 20], &[], &[]) };
        let said: Vec<_> = handovers(&account).map(|it| (it.contacted, it.converted)).collect();
        assert_eq!(said, [(Some(15), None), (Some(25), Some(22))]);
    }
}
