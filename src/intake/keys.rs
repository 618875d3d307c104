//! Names found by their bytes: the keys of an object that a policy reads, the texts of a set.

/// The first sixteen bytes of a name as two words, the first byte lowest; zeros behind a shorter one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head(pub(super) u64, pub(super) u64);

/// Names, each with what it stands for: a table with open places, four times as large as it has to be, so that what is
/// not in it mostly meets an open place at once. Its order is that of the policy, and only the policy says what is in it.
#[derive(Clone, Debug)]
pub struct Keys<T> {
    entries: Vec<(Box<[u8]>, T)>,
    /// A power of two of them.
    places: Vec<Place>,
}

/// What is looked at before the entry itself is: names of up to sixteen bytes are found by this alone.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    head: Head,
    length: usize,
    /// The number of the entry, from 1; 0 for an open place.
    number: usize,
}

impl<T> Keys<T> {
    /// Of equal names the first counts.
    pub fn new(names: impl IntoIterator<Item = (String, T)>) -> Keys<T> {
        let entries: Vec<(Box<[u8]>, T)> =
            names.into_iter().map(|(name, target)| (name.into_bytes().into(), target)).collect();
        let mut places = vec![Place::default(); (entries.len() * 4).next_power_of_two()];
        for (number, (name, _)) in (1..).zip(&entries) {
            let head = Head::of(name);
            let (start, mask) = (head.hash(name), places.len() - 1);
            let free = (0..places.len())
                .map(|step| (start + step) & mask)
                .find(|at| places.get(*at).is_some_and(Place::is_open));
            if let Some(place) = free.and_then(|at| places.get_mut(at)) {
                *place = Place { head, length: name.len(), number };
            }
        }
        Keys { entries, places }
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
        self.at(self.place(Head::of(name), name)?)
    }

    /// What the name at this place stands for.
    #[inline(always)]
    pub fn at(&self, place: usize) -> Option<&T> {
        self.entries.get(place).map(|(_, target)| target)
    }

    /// The place of `name`, whose head this is.
    #[inline(always)]
    pub fn place(&self, head: Head, name: &[u8]) -> Option<usize> {
        let mut at = head.hash(name);
        loop {
            let place = self.places.get(at & (self.places.len() - 1))?;
            if place.head.difference(head) | (place.length ^ name.len()) as u64 == 0 {
                let number = place.number.checked_sub(1)?;
                if name.len() <= WHOLE || self.entries.get(number).is_some_and(|(own, _)| is_same(own, name)) {
                    return Some(number);
                }
            } else if place.is_open() {
                return None;
            }
            at += 1;
        }
    }
}

/// Not inlined: a call on the way of names that need none would cost them their registers.
#[inline(never)]
fn is_same(own: &[u8], name: &[u8]) -> bool {
    own == name
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

/// A name of so many bytes is its head.
const WHOLE: usize = 16;

impl Head {
    /// The head of a name.
    #[inline(always)]
    pub fn of(name: &[u8]) -> Head {
        let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
        match name.split_first_chunk::<8>() {
            Some((first, rest)) => match (rest.first_chunk(), name.last_chunk()) {
                (Some(second), _) => Head(word(first), word(second)),
                // The last eight bytes, without those that are among the first.
                (None, Some(last)) if !rest.is_empty() => Head(word(first), word(last) >> (64 - 8 * rest.len())),
                _ => Head(word(first), 0),
            },
            None => Head(short(name), 0),
        }
    }

    #[inline(always)]
    pub(super) fn is_ascii(self) -> bool {
        (self.0 | self.1) & u64::from_le_bytes([0x80; 8]) == 0
    }

    /// Zero for the same head.
    #[inline(always)]
    fn difference(self, other: Head) -> u64 {
        (self.0 ^ other.0) | (self.1 ^ other.1)
    }

    #[inline(always)]
    pub(super) fn hash(self, name: &[u8]) -> usize {
        // An odd number whose bits look like chance: what is multiplied by it differs in the high bits.
        const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
        let hash = (self.0 ^ self.1.rotate_left(29) ^ name.len() as u64).wrapping_mul(SPREAD);
        let hash = if name.len() <= WHOLE { hash } else { hash_of_rest(hash, name) };
        (hash >> 32) as usize
    }
}

/// Fewer than eight bytes.
#[inline(always)]
fn short(name: &[u8]) -> u64 {
    match name {
        [a, b, c, d, ..] => {
            let last = name.last_chunk().map_or(0, |last| u32::from_le_bytes(*last));
            u64::from(u32::from_le_bytes([*a, *b, *c, *d])) | u64::from(last) << (8 * (name.len() - 4))
        }
        [a, b, .., last] => u64::from(u16::from_le_bytes([*a, *b])) | u64::from(*last) << 16,
        [a, b] => u16::from_le_bytes([*a, *b]).into(),
        [a] => u64::from(*a),
        [] => 0,
    }
}

/// What follows the head of a long name makes a difference, too.
#[inline(never)]
fn hash_of_rest(hash: u64, name: &[u8]) -> u64 {
    const SPREAD: u64 = 0xd1b5_4a32_d192_ed03;
    let (words, _) = name.as_chunks();
    let rest = words.iter().skip(2).chain(name.last_chunk());
    rest.fold(hash, |hash, word| (hash.rotate_left(26) ^ u64::from_le_bytes(*word)).wrapping_mul(SPREAD))
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
    fn a_head_is_the_first_sixteen_bytes() {
        for length in 0..20u8 {
            let name: Vec<u8> = (1..=length).collect();
            let mut head = [0; 16];
            head.iter_mut().zip(&name).for_each(|(to, from)| *to = *from);
            let head = u128::from_le_bytes(head);
            assert_eq!(Head::of(&name), Head(head as u64, (head >> 64) as u64));
        }
    }
}
