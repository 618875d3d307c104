//! The keys of one object that a policy reads, found by length and bytes, without hashing.

/// A few keys are compared one by one; within a length that has more of them, by halves.
const FEW: usize = 8;
/// Keys of this many bytes and more share a bucket.
const LONG: usize = 63;

/// The first eight bytes of a name, zeros behind a shorter one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head(u64);

/// Names, each with what it stands for.
#[derive(Debug)]
pub(super) struct Keys<T> {
    /// Bit n is set where a name of n bytes (63 and more for the last) is among the entries, and likewise for the
    /// low bits of its first byte: most keys of a lead are none that the policy reads, and most of those are
    /// found out by this alone.
    lengths: u64,
    first_bytes: u64,
    /// Where the names of each length begin among the entries.
    starts: Vec<usize>,
    /// By length, then by bytes.
    entries: Vec<Entry<T>>,
}

#[derive(Debug)]
struct Entry<T> {
    /// Makes names of up to eight bytes one comparison.
    head: Head,
    name: Box<[u8]>,
    target: T,
}

impl<T> Keys<T> {
    pub(super) fn new(names: impl IntoIterator<Item = (String, T)>) -> Keys<T> {
        let mut entries: Vec<Entry<T>> = names
            .into_iter()
            .map(|(name, target)| Entry { head: Head::of(name.as_bytes()), name: name.into_bytes().into(), target })
            .collect();
        entries.sort_by(|a, b| (bucket(a.name.len()), &a.name).cmp(&(bucket(b.name.len()), &b.name)));
        let first_bytes = entries.iter().fold(0, |set, entry| set | entry.head.first_byte_bit());
        let lengths = entries.iter().fold(0, |set, entry| set | 1u64 << bucket(entry.name.len()));
        let starts = (0..=LONG + 1).map(|n| entries.partition_point(|entry| bucket(entry.name.len()) < n)).collect();
        Keys { lengths, first_bytes, starts, entries }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What `name` stands for.
    pub(super) fn find(&self, name: &[u8]) -> Option<&T> {
        self.find_with_head(Head::of(name), name)
    }

    /// [`Keys::find`] for a caller that knows how the name begins.
    #[inline(always)]
    pub(super) fn find_with_head(&self, head: Head, name: &[u8]) -> Option<&T> {
        let bucket = bucket(name.len());
        if self.lengths & 1 << bucket == 0 || self.first_bytes & head.first_byte_bit() == 0 {
            return None;
        }
        let entries = self.entries.get(*self.starts.get(bucket)?..*self.starts.get(bucket + 1)?)?;
        let entry = if entries.len() <= FEW {
            let mut few = entries.iter();
            loop {
                let entry = few.next()?;
                if entry.head == head && (name.len() <= 8 || *entry.name == *name) {
                    break entry;
                }
            }
        } else {
            entries.get(entries.binary_search_by(|entry| (*entry.name).cmp(name)).ok()?)?
        };
        Some(&entry.target)
    }
}

impl<T> Default for Keys<T> {
    fn default() -> Self {
        Keys::new([])
    }
}

fn bucket(length: usize) -> usize {
    length.min(LONG)
}

impl Head {
    /// The head of a name that begins with these bytes.
    #[inline(always)]
    pub(super) fn new(bytes: u64) -> Head {
        Head(bytes)
    }

    pub(super) fn is_ascii(self) -> bool {
        self.0 & u64::from_le_bytes([0x80; 8]) == 0
    }

    #[inline(always)]
    fn first_byte_bit(self) -> u64 {
        1 << (self.0 & 63)
    }

    fn of(name: &[u8]) -> Head {
        Head(name.iter().take(8).rev().fold(0, |head, byte| head << 8 | u64::from(*byte)))
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
            .collect();
        let keys = Keys::new(names.iter().enumerate().map(|(i, name)| (name.clone(), i)));
        for (i, name) in names.iter().enumerate() {
            assert_eq!(keys.find(name.as_bytes()), Some(&i), "{name}");
            assert_eq!(keys.find(format!("{name}!").as_bytes()), None);
        }
        assert_eq!(Keys::<()>::default().find(b""), None);
    }
}
