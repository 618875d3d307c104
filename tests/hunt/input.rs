//! Inputs that hold several files: those of the fuzzer, and those of `found/`.

use chrono::{DateTime, Utc};
use handover::loader::Memory;

/// An input as files: the policy first, and after each line `=== NAME` the file of that name.
pub struct Input<'a> {
    pub policy: &'a [u8],
    files: Vec<(String, &'a [u8])>,
}

impl<'a> Input<'a> {
    pub fn new(bytes: &'a [u8]) -> Input<'a> {
        const MARK: &[u8] = b"\n=== ";
        let mut parts = Vec::new();
        let mut rest = bytes;
        while let Some(at) = rest.windows(MARK.len()).position(|window| window == MARK) {
            parts.push(&rest[..at]);
            rest = &rest[at + MARK.len()..];
        }
        parts.push(rest);
        let file = |part: &&'a [u8]| {
            let end = part.iter().position(|byte| *byte == b'\n').unwrap_or(part.len());
            (String::from_utf8_lossy(&part[..end]).into_owned(), part.get(end + 1..).unwrap_or_default())
        };
        Input { policy: parts[0], files: parts[1..].iter().map(file).collect() }
    }

    /// The instant to judge at, in microseconds; the last that there is where there is none of that number.
    pub fn now(&self) -> DateTime<Utc> {
        let now = self.file("now").and_then(|now| std::str::from_utf8(now).ok()?.trim().parse().ok());
        DateTime::from_timestamp_micros(now.unwrap_or(1_773_144_000_000_000)).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// The leads, one a line.
    pub fn leads(&self) -> impl Iterator<Item = &'a [u8]> {
        self.file("leads").unwrap_or_default().split(|byte| *byte == b'\n').filter(|lead| !lead.is_empty())
    }

    /// The file of that name.
    fn file(&self, name: &str) -> Option<&'a [u8]> {
        self.files.iter().find(|(known, _)| known == name).map(|(_, bytes)| *bytes)
    }

    /// All files, for the policy to read.
    pub fn memory(&self) -> Memory {
        let policy = Memory::default().with("policy.handover", self.policy);
        self.files.iter().fold(policy, |files, (name, bytes)| files.with(name, *bytes))
    }
}
