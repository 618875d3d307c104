//! Names found by their bytes: the keys of an object that a policy reads, the texts of a set.

/// Names of this many bytes and more are all the same to the filter by length.
const LONG: usize = 63;

/// The first eight bytes of a name, zeros behind a shorter one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head(u64);

/// Names, each with what it stands for: a table with open places, twice as large as it has to be. Its order is that of
/// the policy, and only the policy says what is in it.
#[derive(Clone, Debug)]
pub struct Keys<T> {
    /// Bit n is set where a name of n bytes (63 and more for the last) is among the entries, and likewise for the
    /// low bits of its first byte: most keys of a lead are none that the policy reads, and most of those are
    /// found out by this alone.
    lengths: u64,
    first_bytes: u64,
    entries: Vec<(Box<[u8]>, T)>,
    /// A power of two of them.
    places: Vec<Place>,
}

/// What is looked at before the entry itself is: names of up to eight bytes are found by this alone.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    head: Head,
    length: u32,
    /// The number of the entry, from 1; 0 for an open place.
    number: u32,
}

impl<T> Keys<T> {
    /// Of equal names the first counts.
    pub fn new(names: impl IntoIterator<Item = (String, T)>) -> Keys<T> {
        let entries: Vec<(Box<[u8]>, T)> =
            names.into_iter().map(|(name, target)| (name.into_bytes().into(), target)).collect();
        let (mut lengths, mut first_bytes) = (0, 0);
        let mut places = vec![Place::default(); (entries.len() * 2).next_power_of_two()];
        for (number, (name, _)) in (1..).zip(&entries) {
            let head = Head::of(name);
            lengths |= length_bit(name.len());
            first_bytes |= head.first_byte_bit();
            let (start, mask) = (head.hash(name), places.len() - 1);
            let free = (0..places.len())
                .map(|step| (start + step) & mask)
                .find(|at| places.get(*at).is_some_and(Place::is_open));
            if let (Some(place), Ok(length)) = (free.and_then(|at| places.get_mut(at)), u32::try_from(name.len())) {
                *place = Place { head, length, number };
            }
        }
        Keys { lengths, first_bytes, entries, places }
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All names, in the order in which they came.
    pub fn names(&self) -> impl Iterator<Item = &[u8]> {
        self.entries.iter().map(|(name, _)| &**name)
    }

    /// What `name` stands for.
    #[inline]
    pub fn find(&self, name: &[u8]) -> Option<&T> {
        self.find_with_head(Head::of(name), name)
    }

    /// [`Keys::find`] for a caller that knows how the name begins.
    #[inline(always)]
    pub fn find_with_head(&self, head: Head, name: &[u8]) -> Option<&T> {
        if self.lengths & length_bit(name.len()) == 0 || self.first_bytes & head.first_byte_bit() == 0 {
            return None;
        }
        let mut at = head.hash(name);
        loop {
            let place = self.places.get(at & (self.places.len() - 1))?;
            if place.head == head && place.length as usize == name.len() {
                let (own, target) = self.entries.get((place.number as usize).wrapping_sub(1))?;
                if name.len() <= 8 || **own == *name {
                    return Some(target);
                }
            } else if place.is_open() {
                return None;
            }
            at += 1;
        }
    }
}

impl Place {
    #[inline(always)]
    fn is_open(&self) -> bool {
        self.number == 0
    }
}

impl<T> Default for Keys<T> {
    fn default() -> Self {
        Keys::new([])
    }
}

fn length_bit(length: usize) -> u64 {
    1 << length.min(LONG)
}

impl Head {
    /// The head of a name that begins with these bytes.
    #[inline(always)]
    pub(super) fn new(bytes: u64) -> Head {
        Head(bytes)
    }

    /// The head of a name.
    #[inline(always)]
    pub fn of(name: &[u8]) -> Head {
        let ends = |first: u64, last: u64, size: usize| first | last << (8 * (name.len() - size));
        Head(match name {
            [a, b, c, d, e, f, g, h, ..] => u64::from_le_bytes([*a, *b, *c, *d, *e, *f, *g, *h]),
            [a, b, c, d, ..] => {
                let last = name.last_chunk().map_or(0, |last| u32::from_le_bytes(*last));
                ends(u32::from_le_bytes([*a, *b, *c, *d]).into(), last.into(), 4)
            }
            [a, b, .., last] => u64::from(u16::from_le_bytes([*a, *b])) | u64::from(*last) << 16,
            [a, b] => u16::from_le_bytes([*a, *b]).into(),
            [a] => u64::from(*a),
            [] => 0,
        })
    }

    pub(super) fn is_ascii(self) -> bool {
        self.0 & u64::from_le_bytes([0x80; 8]) == 0
    }

    #[inline(always)]
    fn first_byte_bit(self) -> u64 {
        1 << (self.0 & 63)
    }

    #[inline(always)]
    fn hash(self, name: &[u8]) -> usize {
        // An odd number whose bits look like chance: what is multiplied by it differs in the high bits.
        const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut hash = (self.0 ^ name.len() as u64).wrapping_mul(SPREAD);
        if let Some(last) = name.last_chunk().filter(|_| name.len() > 8) {
            let (words, _) = name.as_chunks();
            let others = words.iter().skip(1).chain([last]);
            hash =
                others.fold(hash, |hash, word| (hash.rotate_left(26) ^ u64::from_le_bytes(*word)).wrapping_mul(SPREAD));
        }
        (hash >> 32) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_each_of_many_names_and_no_other() {
        let names: Vec<String> = (0..1000)
            .map(|i| "field".repeat(i % 17) + &i.to_string())
            .chain([String::new(), "é".into(), "a\0".into(), "a".into()])
            .chain((1..40).map(|i| "x".repeat(i)))
            .collect();
        let keys = Keys::new(names.iter().enumerate().map(|(i, name)| (name.clone(), i)));
        for (i, name) in names.iter().enumerate() {
            assert_eq!(keys.find(name.as_bytes()), Some(&i), "{name}");
            assert_eq!(keys.find(format!("{name}!").as_bytes()), None);
        }
        assert_eq!(Keys::<()>::default().find(b""), None);
    }

    #[test]
    fn a_head_is_the_first_eight_bytes() {
        for length in 0..20u8 {
            let name: Vec<u8> = (1..=length).collect();
            let mut head = [0; 8];
            head.iter_mut().zip(&name).for_each(|(to, from)| *to = *from);
            assert_eq!(Head::of(&name), Head(u64::from_le_bytes(head)));
        }
    }
}
