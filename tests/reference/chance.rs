//! Chance that is the same on every machine: SplitMix64, one generator a case.

pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Chance(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x5851_f42d_4c95_7f2d)
    }

    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub fn range(&mut self, low: i64, high: i64) -> i64 {
        low + i64::try_from(self.bits() % (high - low + 1).unsigned_abs()).unwrap()
    }

    pub fn index(&mut self, below: usize) -> usize {
        usize::try_from(self.bits() % below as u64).unwrap()
    }

    /// Yes, so many times in a hundred.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.bits() % 100 < percent
    }

    pub fn of<T: Clone>(&mut self, these: &[T]) -> T {
        these[self.index(these.len())].clone()
    }

    pub fn some<T>(&mut self, percent: u64, value: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.percent(percent).then(|| value(self))
    }

    pub fn shuffle<T>(&mut self, these: &mut [T]) {
        for last in (1..these.len()).rev() {
            these.swap(last, self.index(last + 1));
        }
    }

    /// From `low` to `high` of these, each once, in any order.
    pub fn sample<T: Clone>(&mut self, these: &[T], low: usize, high: usize) -> Vec<T> {
        let mut all = these.to_vec();
        self.shuffle(&mut all);
        all.truncate(low + self.index(high - low + 1));
        all
    }
}
