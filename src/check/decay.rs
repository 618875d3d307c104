//! How an occurrence loses worth with age: a finite table, exact, the same on every machine.

use num_bigint::BigInt;

use crate::decimal::Decimal;

/// A decay comes down to nothing within so many periods.
const MOST_PERIODS: usize = 4_096;

/// The worth after 0, 1, 2 … periods that each lose `percent` (with at most four decimals) of what is left; none where
/// it never ends.
pub fn falling_share(points: i64, percent: Decimal) -> Option<Vec<i64>> {
    // worth(k) = points × (keep ÷ WHOLE)^k, each rounded by itself. The exact fraction grows with every period, so it
    // is kept between two bounds, and worked out only where these do not round to the same.
    let keep = u128::try_from(i128::from(WHOLE) - i128::from(percent.times_power_of_ten(4)?)).ok()?;
    let whole = u128::from(WHOLE);
    let (mut low, mut high) = (u128::try_from(points).ok()? << FRACTION, u128::try_from(points).ok()? << FRACTION);
    if keep == whole {
        return None;
    }
    let mut worth = Vec::new();
    for periods in 0..=MOST_PERIODS {
        let rounded = match (rounded(low), rounded(high)) {
            (one, other) if one == other => one,
            _ => exact(points, keep, u32::try_from(periods).ok()?)?,
        };
        if rounded == 0 {
            return Some(worth);
        }
        worth.push(rounded);
        // 63 bits of points, the fraction and 20 bits of `keep` are no more than 128.
        low = low * keep / whole;
        high = (high * keep).div_ceil(whole);
    }
    None
}

/// A hundred percent in ten thousandths.
const WHOLE: u32 = 1_000_000;
/// The bits of a bound after its point.
const FRACTION: u32 = 44;

/// A bound, rounded half up.
fn rounded(bound: u128) -> i64 {
    i64::try_from((bound + (1 << (FRACTION - 1))) >> FRACTION).unwrap_or(i64::MAX)
}

/// The worth after so many periods, rounded half up.
fn exact(points: i64, keep: u128, periods: u32) -> Option<i64> {
    let numerator = BigInt::from(points) * BigInt::from(keep).pow(periods);
    let denominator = BigInt::from(WHOLE).pow(periods);
    i64::try_from((numerator * 2u32 + &denominator) / (denominator * 2u32)).ok()
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
    fn the_bounds_give_what_the_fraction_gives() {
        for percent in ["50", "25", "10", "33.3333", "12.5", "2", "99.9999", "0.7", "62.5", "0.9"] {
            for points in [1, 3, 50, 99, 125, 1_000, 333_333, 99_999_999_999, i64::MAX] {
                let percent = Decimal::parse(percent).unwrap();
                let keep = u128::try_from(1_000_000 - percent.times_power_of_ten(4).unwrap()).unwrap();
                let Some(worth) = falling_share(points, percent) else { continue };
                for (periods, worth) in (0..).zip(&worth).step_by(1 + worth.len() / 40) {
                    assert_eq!(exact(points, keep, periods), Some(*worth), "{points} {percent:?} {periods}");
                }
                assert_eq!(exact(points, keep, u32::try_from(worth.len()).unwrap()), Some(0));
            }
        }
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
