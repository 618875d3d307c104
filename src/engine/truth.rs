//! Met, not met, unknown: strong Kleene logic.

/// The outcome of a condition. The order is that of the logic: `all of` is the least, `any of` the greatest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It does not hold.
    NotMet,
    /// The lead does not say.
    #[default]
    Unknown,
    /// It holds.
    Met,
}

impl Outcome {
    /// Met where `holds`, else not met.
    pub fn of(holds: bool) -> Outcome {
        if holds { Outcome::Met } else { Outcome::NotMet }
    }

    /// The opposite; unknown stays unknown.
    #[must_use]
    pub fn opposite(self) -> Outcome {
        match self {
            Outcome::NotMet => Outcome::Met,
            Outcome::Unknown => Outcome::Unknown,
            Outcome::Met => Outcome::NotMet,
        }
    }

    /// As decisions write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::NotMet => "not_met",
            Outcome::Unknown => "unknown",
            Outcome::Met => "met",
        }
    }
}

/// `all of`: not met if any is not met, else unknown if any is unknown, else met.
/// Parts after one that decides are not asked for.
pub fn all(parts: impl Iterator<Item = Outcome>) -> Outcome {
    let mut all = Outcome::Met;
    for part in parts {
        all = all.min(part);
        if all == Outcome::NotMet {
            break;
        }
    }
    all
}

/// `any of`: met if any is met, else unknown if any is unknown, else not met. `none of` is its opposite.
/// Parts after one that decides are not asked for.
pub fn any(parts: impl Iterator<Item = Outcome>) -> Outcome {
    let mut any = Outcome::NotMet;
    for part in parts {
        any = any.max(part);
        if any == Outcome::Met {
            break;
        }
    }
    any
}

/// `at least N of`: met when N are met, not met when too few could still be, else unknown. All parts are asked for: among
/// many, that takes less than to look after each whether enough are met.
pub fn at_least(count: u32, parts: impl Iterator<Item = Outcome>) -> Outcome {
    let (met, unknown) = parts.fold((0u32, 0u32), |(met, unknown), part| {
        // By its number, because comparisons would not come to one addition each.
        let part = part as u32;
        (met + (part >> 1), unknown + (part & 1))
    });
    if met >= count {
        Outcome::Met
    } else if met + unknown < count {
        Outcome::NotMet
    } else {
        Outcome::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::Outcome::{Met, NotMet, Unknown};
    use super::*;

    #[test]
    fn the_tables_of_two_parts() {
        let rows = [
            (NotMet, NotMet, NotMet, NotMet, Met),
            (NotMet, Unknown, NotMet, Unknown, Unknown),
            (NotMet, Met, NotMet, Met, NotMet),
            (Unknown, Unknown, Unknown, Unknown, Unknown),
            (Unknown, Met, Unknown, Met, NotMet),
            (Met, Met, Met, Met, NotMet),
        ];
        for (a, b, all_of, any_of, none_of) in rows {
            for parts in [[a, b], [b, a]] {
                assert_eq!(all(parts.into_iter()), all_of, "all of {parts:?}");
                assert_eq!(any(parts.into_iter()), any_of, "any of {parts:?}");
                assert_eq!(any(parts.into_iter()).opposite(), none_of, "none of {parts:?}");
            }
        }
    }

    #[test]
    fn at_least_counts_what_could_still_be_met() {
        let parts = [Met, Unknown, NotMet];
        for (count, outcome) in [(0, Met), (1, Met), (2, Unknown), (3, NotMet)] {
            assert_eq!(at_least(count, parts.into_iter()), outcome, "at least {count}");
        }
    }

    #[test]
    fn at_least_all_is_all_and_at_least_one_is_any() {
        let outcomes = [NotMet, Unknown, Met];
        for a in outcomes {
            for b in outcomes {
                let parts = [a, b];
                assert_eq!(at_least(2, parts.into_iter()), all(parts.into_iter()));
                assert_eq!(at_least(1, parts.into_iter()), any(parts.into_iter()));
            }
        }
    }
}
