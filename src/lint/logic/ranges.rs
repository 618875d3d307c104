//! Sets of numbers: stretches with open or closed ends, in order, that do not touch.

/// One end of a stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End<T> {
    /// Without end.
    Open,
    /// Up to this one, itself included.
    With(T),
    /// Up to this one, itself not.
    Without(T),
}

/// A set of values with an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranges<T>(Vec<(End<T>, End<T>)>);

impl<T: Copy + Ord> Ranges<T> {
    /// All values.
    pub fn all() -> Self {
        Ranges(vec![(End::Open, End::Open)])
    }

    /// No value.
    pub fn none() -> Self {
        Ranges(Vec::new())
    }

    /// What lies between two ends.
    pub fn between(low: End<T>, high: End<T>) -> Self {
        let empty = match (low, high) {
            (End::With(a), End::With(b)) => a > b,
            (End::With(a) | End::Without(a), End::With(b) | End::Without(b)) => a >= b,
            _ => false,
        };
        if empty { Self::none() } else { Ranges(vec![(low, high)]) }
    }

    /// This value and all above.
    pub fn from(low: T) -> Self {
        Self::between(End::With(low), End::Open)
    }

    /// This value and all below.
    pub fn up_to(high: T) -> Self {
        Self::between(End::Open, End::With(high))
    }

    /// All above.
    pub fn above(low: T) -> Self {
        Self::between(End::Without(low), End::Open)
    }

    /// All below.
    pub fn below(high: T) -> Self {
        Self::between(End::Open, End::Without(high))
    }

    /// This value alone.
    pub fn only(value: T) -> Self {
        Self::between(End::With(value), End::With(value))
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let mut both = Vec::new();
        for (low, high) in &self.0 {
            for (from, to) in &other.0 {
                both.extend(Self::between(higher(*low, *from), lower(*high, *to)).0);
            }
        }
        Ranges(both)
    }

    /// What is in one of them. Stretches may overlap, which [`Ranges::and`] does not mind.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        Ranges(self.0.iter().chain(&other.0).copied().collect())
    }

    /// All that is not in it.
    #[must_use]
    pub fn opposite(&self) -> Self {
        self.0.iter().fold(Self::all(), |left, (low, high)| {
            let below = match low {
                End::Open => Self::none(),
                End::With(low) => Self::below(*low),
                End::Without(low) => Self::up_to(*low),
            };
            let above = match high {
                End::Open => Self::none(),
                End::With(high) => Self::above(*high),
                End::Without(high) => Self::from(*high),
            };
            left.and(&below.or(&above))
        })
    }
}

fn higher<T: Copy + Ord>(a: End<T>, b: End<T>) -> End<T> {
    match (a, b) {
        (End::Open, other) | (other, End::Open) => other,
        (End::With(x), End::With(y)) => End::With(x.max(y)),
        (End::Without(x), End::Without(y)) => End::Without(x.max(y)),
        (End::With(x), End::Without(y)) | (End::Without(y), End::With(x)) => {
            if x > y {
                End::With(x)
            } else {
                End::Without(y)
            }
        }
    }
}

fn lower<T: Copy + Ord>(a: End<T>, b: End<T>) -> End<T> {
    match (a, b) {
        (End::Open, other) | (other, End::Open) => other,
        (End::With(x), End::With(y)) => End::With(x.min(y)),
        (End::Without(x), End::Without(y)) => End::Without(x.min(y)),
        (End::With(x), End::Without(y)) | (End::Without(y), End::With(x)) => {
            if x < y {
                End::With(x)
            } else {
                End::Without(y)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(set: &Ranges<i64>, value: i64) -> bool {
        !set.and(&Ranges::only(value)).is_empty()
    }

    /// Every set that two comparisons with 0 to 3 make, value by value; halves lie at the odd places.
    #[test]
    fn sets_are_what_their_values_say() {
        let makers: [fn(i64) -> Ranges<i64>; 5] =
            [Ranges::from, Ranges::up_to, Ranges::above, Ranges::below, Ranges::only];
        let tests: [fn(&i64, &i64) -> bool; 5] = [i64::ge, i64::le, i64::gt, i64::lt, i64::eq];
        for (make_a, test_a) in makers.iter().zip(&tests) {
            for (make_b, test_b) in makers.iter().zip(&tests) {
                for (a, b) in (0..8).flat_map(|a| (0..8).map(move |b| (a, b))) {
                    let (a_set, b_set) = (make_a(2 * a), make_b(2 * b));
                    let (both, one, neither) = (a_set.and(&b_set), a_set.or(&b_set), a_set.or(&b_set).opposite());
                    let mut any = false;
                    for value in -3..20 {
                        let (in_a, in_b) = (test_a(&value, &(2 * a)), test_b(&value, &(2 * b)));
                        assert_eq!(holds(&both, value), in_a && in_b);
                        assert_eq!(holds(&one, value), in_a || in_b);
                        assert_eq!(holds(&neither, value), !in_a && !in_b);
                        any |= in_a && in_b;
                    }
                    assert_eq!(both.is_empty(), !any);
                }
            }
        }
    }
}
