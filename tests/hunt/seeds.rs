//! Where the hunt begins: the policies and leads of this repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use handover::loader::Memory;

/// A policy, the files that it names, and leads.
#[derive(Clone, Debug)]
pub struct Seed {
    pub policy: String,
    pub files: Memory,
    pub leads: Vec<Vec<u8>>,
    pub now: DateTime<Utc>,
}

/// The policies that the project ships, those of the cases, and those that hold every line of the language.
pub static SEEDS: LazyLock<Vec<Seed>> = LazyLock::new(|| {
    let mut seeds = Vec::new();
    for policy in entries("policies").iter().filter(|path| path.ends_with(".handover")) {
        let leads = policy.replace("policies/", "policies/leads/").replace(".handover", ".ndjson");
        seeds.push(Seed::new(policy, "policies", &leads, ""));
    }
    for case in entries("tests/cases") {
        let file = |name: &str| format!("{case}/{name}");
        seeds.push(Seed::new(&file("policy.handover"), &case, &file("leads.ndjson"), &read(file("now.txt"))));
    }
    assert!(seeds.len() > 60);
    seeds
});

/// Texts that are read, whether or not they are a policy that runs.
pub static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let odd = ["tests/syntax/every_line.handover", "tests/syntax/odd_names.handover", "tests/syntax/whole.handover"];
    let faulty = entries("tests/faults").into_iter().filter(|path| path.ends_with(".handover"));
    let odd = odd.into_iter().map(read).chain(faulty.map(|path| read(&path)));
    SEEDS.iter().map(|seed| seed.policy.clone()).chain(odd).collect()
});

impl Seed {
    fn new(policy: &str, folder: &str, leads: &str, now: &str) -> Seed {
        let below = files_below(folder).into_iter().filter(|path| !path.ends_with("policy.handover"));
        let files = below.fold(Memory::default(), |files, path| {
            let bytes = fs::read(root().join(&path)).unwrap();
            files.with(path.strip_prefix(folder).unwrap().trim_start_matches('/'), bytes)
        });
        let leads = read(leads).lines().map(|line| line.as_bytes().to_vec()).collect();
        let now = if now.is_empty() { "2026-03-10T12:00:00Z" } else { now.trim() };
        let now = DateTime::parse_from_rfc3339(now).unwrap().to_utc();
        Seed { policy: read(policy), files, leads, now }
    }

    /// The files with this in the policy's place.
    pub fn with(&self, policy: &[u8]) -> Memory {
        self.files.clone().with("policy.handover", policy)
    }
}

/// What was found, by its name.
pub fn found() -> Vec<(String, Vec<u8>)> {
    entries("tests/hunt/found").into_iter().map(|path| (path.clone(), read(path).into_bytes())).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<str>) -> String {
    fs::read_to_string(root().join(path.as_ref())).unwrap_or_else(|why| panic!("{}: {why}", path.as_ref()))
}

fn files_below(folder: &str) -> Vec<String> {
    let below = |path: String| if root().join(&path).is_dir() { files_below(&path) } else { vec![path] };
    entries(folder).into_iter().flat_map(below).collect()
}

/// The paths in a folder, in order.
fn entries(folder: &str) -> Vec<String> {
    let name = |entry: fs::DirEntry| format!("{folder}/{}", PathBuf::from(entry.file_name()).display());
    let mut entries: Vec<String> =
        fs::read_dir(root().join(folder)).unwrap().map(|entry| name(entry.unwrap())).collect();
    entries.sort();
    entries
}
