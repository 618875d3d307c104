//! The policies of the cases and those that the project ships, with their leads.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use handover::Policy;
use handover::loader::Folder;

/// A policy, its leads one a line, and when they are decided.
pub struct Setting {
    pub path: PathBuf,
    pub policy: Policy,
    pub leads: String,
    pub now: DateTime<Utc>,
}

/// All of them, the cases by name.
pub fn everything() -> Vec<Setting> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &Path| fs::read_to_string(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    let cases = fs::read_dir(root.join("tests/cases")).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<_> = cases
        .map(|case| (case.join("policy.handover"), read(&case.join("leads.ndjson")), read(&case.join("now.txt"))))
        .collect();
    all.sort();
    for name in ["acme", "ferryline", "orfey"] {
        let leads = read(&root.join(format!("policies/leads/{name}.ndjson")));
        let policy = root.join(format!("policies/{name}.handover"));
        for now in ["2026-03-10T12:00:00Z", "2026-03-02T23:30:00.000001Z"] {
            all.push((policy.clone(), leads.clone(), now.to_owned()));
        }
    }
    let setting = |(path, leads, now): (PathBuf, String, String)| {
        let name = path.file_name().unwrap().to_str().unwrap();
        let policy = Policy::load(&Folder::new(path.parent().unwrap()), name);
        let policy = policy.unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        Setting { path, policy, leads, now: now.trim().parse().unwrap() }
    };
    all.into_iter().map(setting).collect()
}
