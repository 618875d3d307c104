//! Chance that can be had again: the same number, the same throws.

/// A small generator of numbers that look random (xorshift).
pub struct Dice(u64);

impl Dice {
    /// The throws of that number.
    pub fn new(number: u64) -> Dice {
        // Neighbouring numbers shall not throw alike (splitmix).
        let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Dice((mixed ^ (mixed >> 31)) | 1)
    }

    pub fn number(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `sides`, and 0 where there is none.
    pub fn roll(&mut self, sides: usize) -> usize {
        usize::try_from((self.number() >> 8) % sides.max(1) as u64).expect("below a usize")
    }

    pub fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len())]
    }
}
