//! Lengths of time, and where most of them lie.

use hdrhistogram::Histogram;

const MICROS: i64 = 1_000_000;

/// So many lengths are kept one by one; of more, percentiles are right to a thousandth.
pub const KEPT: usize = 25_000;

/// The longest length that a sketch tells from a longer one, in seconds: more than a thousand years.
const LONGEST: u64 = 40_000_000_000;

/// Lengths of time in microseconds, none below zero. Mean and count are always exact.
#[derive(Clone, Debug, Default)]
pub struct Spread {
    count: u64,
    sum: i128,
    kept: Vec<i64>,
    /// In seconds, once there are more than [`KEPT`]; the same whatever the order in which they came.
    sketch: Option<Histogram<u32>>,
}

/// What is said of them, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub count: u64,
    pub median: Option<i64>,
    pub p75: Option<i64>,
    pub p90: Option<i64>,
    pub mean: Option<i64>,
    /// Whether the percentiles are lengths that occurred, and not right to a thousandth.
    pub exact: bool,
}

impl Spread {
    pub fn add(&mut self, length: i64) {
        let length = length.max(0);
        self.count += 1;
        self.sum += i128::from(length);
        if let Some(sketch) = &mut self.sketch {
            return record(sketch, length);
        }
        self.kept.push(length);
        if self.kept.len() > KEPT
            && let Ok(mut sketch) = Histogram::new_with_max(LONGEST, 3)
        {
            self.kept.drain(..).for_each(|length| record(&mut sketch, length));
            self.kept.shrink_to_fit();
            self.sketch = Some(sketch);
        }
    }

    /// Whether percentiles are lengths that occurred, and not right to a thousandth.
    pub fn is_exact(&self) -> bool {
        self.sketch.is_none()
    }

    /// Percentiles by nearest rank: the shortest length that at least so many percent do not exceed.
    pub fn summary(&self) -> Summary {
        let mut sorted = self.kept.clone();
        sorted.sort_unstable();
        let percentile = |percent: u64| match &self.sketch {
            Some(sketch) => seconds_at(sketch, rank(self.count, percent)),
            None => {
                let at = usize::try_from(rank(self.count, percent)).ok()?.checked_sub(1)?;
                sorted.get(at).copied()
            }
        };
        let mean = i128::from(self.count.max(1));
        let mean = i64::try_from((self.sum + mean / 2) / mean).ok().filter(|_| self.count > 0);
        Summary {
            count: self.count,
            median: percentile(50),
            p75: percentile(75),
            p90: percentile(90),
            mean,
            exact: self.is_exact(),
        }
    }

    /// How many lengths lie in each of the stretches that these ends make, ends included, and beyond the last.
    pub fn shares(&self, ends: &[i64]) -> Vec<u64> {
        let mut counts = vec![0; ends.len() + 1];
        let mut add = |length: i64, count: u64| {
            let at = ends.partition_point(|end| *end < length);
            if let Some(place) = counts.get_mut(at) {
                *place += count;
            }
        };
        match &self.sketch {
            None => self.kept.iter().for_each(|length| add(*length, 1)),
            Some(sketch) => {
                for step in sketch.iter_recorded() {
                    let seconds = i64::try_from(sketch.lowest_equivalent(step.value_iterated_to())).unwrap_or(i64::MAX);
                    add(seconds.saturating_mul(MICROS), step.count_since_last_iteration());
                }
            }
        }
        counts
    }
}

fn record(sketch: &mut Histogram<u32>, length: i64) {
    let seconds = u64::try_from(length.saturating_add(MICROS / 2) / MICROS).unwrap_or_default();
    sketch.saturating_record(seconds.min(LONGEST));
}

/// Which of so many is the first that at least so many percent do not exceed, counted from 1.
fn rank(count: u64, percent: u64) -> u64 {
    u64::try_from((u128::from(count) * u128::from(percent)).div_ceil(100)).unwrap_or(count)
}

fn seconds_at(sketch: &Histogram<u32>, rank: u64) -> Option<i64> {
    let mut seen = 0;
    for step in sketch.iter_recorded() {
        seen += step.count_since_last_iteration();
        if seen >= rank {
            // The middle of those that the sketch does not tell apart.
            let middle = sketch.median_equivalent(step.value_iterated_to());
            return i64::try_from(middle).ok()?.checked_mul(MICROS);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let mut spread = Spread::default();
        assert_eq!(spread.summary(), Summary { exact: true, ..Summary::default() });
        for length in [15, 20, 35, 40, 50] {
            spread.add(length * MICROS);
        }
        let said = spread.summary();
        let seconds = |length: Option<i64>| length.map(|micros| micros / MICROS);
        assert_eq!((seconds(said.median), seconds(said.p75), seconds(said.p90)), (Some(35), Some(40), Some(50)));
        assert_eq!((said.count, seconds(said.mean)), (5, Some(32)));
        assert_eq!(spread.shares(&[20 * MICROS, 45 * MICROS]), [2, 2, 1]);
    }

    #[test]
    fn a_sketch_is_right_to_a_thousandth_whatever_the_order() {
        let lengths = |n: i64| (n * 7_919 % 1_000_003) * MICROS;
        let (mut there, mut back) = (Spread::default(), Spread::default());
        let all: Vec<i64> = (1..=3 * KEPT as i64).map(lengths).collect();
        all.iter().for_each(|length| there.add(*length));
        all.iter().rev().for_each(|length| back.add(*length));
        assert!(!there.summary().exact);
        assert_eq!(there.summary(), back.summary());
        let mut sorted = all.clone();
        sorted.sort_unstable();
        for (percent, said) in [(50, there.summary().median), (75, there.summary().p75), (90, there.summary().p90)] {
            let exact = sorted[(sorted.len() * percent).div_ceil(100) - 1];
            let said = said.unwrap();
            assert!((said - exact).abs() * 1_000 <= exact, "{percent}: {said} for {exact}");
        }
        assert_eq!(there.shares(&[]), [3 * KEPT as u64]);
        let sum: i128 = all.iter().map(|length| i128::from(*length)).sum();
        assert_eq!(i128::from(there.summary().mean.unwrap()), (sum + 37_500) / 75_000);
    }
}
