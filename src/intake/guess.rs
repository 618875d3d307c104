//! Which key comes next: mostly that which came next before.
//!
//! Leads come from programs that write the keys of an object in the same order each time. So for each key that was
//! read the two are kept that last stood behind it, with their quotes and the colon, and what they mean; to compare one
//! of them is several times faster than to find the end of a key and to look it up. It is a matter of speed alone: a
//! guess holds where the very same bytes stand, and every other key is read and looked up.

use super::line::{At, Stamp, Written};

/// A key that was read, or the beginning of an object.
pub(super) type Known = u32;

/// A key that is not kept, and so nothing that follows it is: it is too long for a stamp, or there was no more room.
const UNKNOWN: Known = 0;
/// As many keys are kept; with the names that any one program gives its fields, these are never reached.
const MOST: usize = 2048;
const BUCKETS: usize = 1024;

#[derive(Debug)]
pub(super) struct Guesses {
    /// First that which is unknown, then the beginning of each object, then keys as they come.
    all: Vec<Guess>,
    most: usize,
    /// For each bucket of keys the last one that came.
    buckets: Vec<Known>,
}

#[derive(Clone, Copy, Debug)]
struct Guess {
    stamp: Stamp,
    /// The keys that last followed, the latest first.
    next: [Known; 2],
    /// The place of the key among those of its object that are read.
    child: u32,
    /// The number of the object that it is in.
    object: u32,
    /// The key of its bucket that came before it.
    earlier: Known,
}

/// A key as it was guessed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guessed<'a> {
    pub(super) key: Known,
    /// The place behind the colon.
    pub(super) behind: At<'a>,
    /// The place of the key among those of its object, beyond all of them where it is not read.
    pub(super) child: usize,
}

impl Guess {
    const NOTHING: Guess =
        Guess { stamp: Stamp::NEVER, next: [UNKNOWN; 2], child: u32::MAX, object: u32::MAX, earlier: UNKNOWN };
}

impl Guesses {
    /// Room for the keys of so many objects.
    pub(super) fn new(objects: usize) -> Guesses {
        Guesses { all: vec![Guess::NOTHING; 1 + objects], most: 1 + objects + MOST, buckets: vec![UNKNOWN; BUCKETS] }
    }

    /// The beginning of the object of this number.
    #[inline(always)]
    pub(super) fn beginning(&self, object: usize) -> Known {
        u32::try_from(1 + object).unwrap_or(UNKNOWN)
    }

    /// The key at `at`, if it is one of those that followed `before` before.
    #[inline(always)]
    pub(super) fn next<'a>(&self, before: Known, at: At<'a>) -> Option<Guessed<'a>> {
        let guess = |key: Known| {
            let it = self.all.get(key as usize)?;
            let behind = at.behind_stamp(&it.stamp)?;
            Some(Guessed { key, behind, child: it.child as usize })
        };
        let [latest, other] = self.all.get(before as usize)?.next;
        guess(latest).or_else(|| guess(other))
    }

    /// Keeps that the key follows `before`; `child` is its place among those of its object that are read.
    pub(super) fn learn(&mut self, before: Known, object: usize, key: Written<'_>, child: Option<usize>) -> Known {
        let known = self.find_or_add(object, key, child);
        if let Some(before) = self.all.get_mut(before as usize).filter(|_| before != UNKNOWN && known != UNKNOWN)
            && before.next[0] != known
        {
            before.next = [known, before.next[0]];
        }
        known
    }

    fn find_or_add(&mut self, object: usize, key: Written<'_>, child: Option<usize>) -> Known {
        let (Some(stamp), Ok(object)) = (Stamp::of_key(key), u32::try_from(object)) else { return UNKNOWN };
        let Some(bucket) = self.buckets.get_mut(stamp.hash() % BUCKETS) else { return UNKNOWN };
        let mut at = *bucket;
        while at != UNKNOWN {
            match self.all.get(at as usize) {
                Some(guess) if guess.stamp == stamp && guess.object == object => return at,
                guess => at = guess.map_or(UNKNOWN, |guess| guess.earlier),
            }
        }
        let (Ok(known), true) = (u32::try_from(self.all.len()), self.all.len() < self.most) else { return UNKNOWN };
        let child = child.and_then(|child| u32::try_from(child).ok()).unwrap_or(u32::MAX);
        self.all.push(Guess { stamp, child, object, earlier: *bucket, ..Guess::NOTHING });
        *bucket = known;
        known
    }
}
