//! How an occurrence loses worth with age: a finite table, exact, the same on every machine.

use num_bigint::BigInt;

use crate::decimal::Decimal;

/// A decay comes down to nothing within so many periods.
const MOST_PERIODS: usize = 4_096;

/// The worth after 0, 1, 2 … periods that each lose `percent` of what is left; none where it never ends.
pub fn falling_share(points: i64, percent: Decimal) -> Option<Vec<i64>> {
    // worth(k) = points × (keep ÷ whole)^k, each rounded by itself, so the fraction is kept exactly.
    let (mut keep, mut whole) = (BigInt::from(0), BigInt::from(100));
    let scaled = |places: u32| percent.times_power_of_ten(places);
    for places in 0..=18u32 {
        if let Some(percent) = scaled(places) {
            whole = BigInt::from(100) * BigInt::from(10).pow(places);
            keep = &whole - BigInt::from(percent);
            break;
        }
    }
    if keep == whole {
        return None;
    }
    let mut worth = Vec::new();
    let (mut numerator, mut denominator) = (BigInt::from(points), BigInt::from(1));
    for _ in 0..=MOST_PERIODS {
        let rounded: BigInt = (&numerator * 2u32 + &denominator) / (&denominator * 2u32);
        let rounded = i64::try_from(rounded).ok()?;
        if rounded == 0 {
            return Some(worth);
        }
        worth.push(rounded);
        numerator *= &keep;
        denominator *= &whole;
    }
    None
}

/// The worth after 0, 1, 2 … periods that each lose `loss`.
pub fn falling_steps(points: i64, loss: i64) -> Option<Vec<i64>> {
    let mut worth = Vec::new();
    let mut left = points;
    while left > 0 {
        if worth.len() == MOST_PERIODS {
            return None;
        }
        worth.push(left);
        left -= loss;
    }
    Some(worth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halving_rounds_each_period_by_itself() {
        assert_eq!(falling_share(100, Decimal::from(50)), Some(vec![100, 50, 25, 13, 6, 3, 2, 1]));
        // 1 × 0.5 is exactly a half of a hundredth, which rounds up; the next one rounds down.
        assert_eq!(falling_share(1, Decimal::from(50)), Some(vec![1, 1]));
    }

    #[test]
    fn a_share_may_have_decimals() {
        let percent = Decimal::parse("12.5").unwrap();
        assert_eq!(falling_share(1000, percent).map(|w| w[..4].to_vec()), Some(vec![1000, 875, 766, 670]));
        assert_eq!(falling_share(1000, Decimal::from(100)), Some(vec![1000]));
    }

    #[test]
    fn a_decay_that_does_not_end_is_none() {
        assert_eq!(falling_share(1000, Decimal::ZERO), None);
        assert_eq!(falling_share(1000, Decimal::parse("0.01").unwrap()), None);
        assert_eq!(falling_steps(4_097, 1), None);
        assert_eq!(falling_steps(4_096, 1).map(|worth| worth.len()), Some(4_096));
        assert_eq!(falling_steps(5, 2), Some(vec![5, 3, 1]));
    }
}
