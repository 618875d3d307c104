//! The lists of `policies/holidays/` are read by a policy, cover their years, and hold the days of the official lists.
//!
//! That they are what the package gives, `policies/holidays/generate.py --check` says, which needs Python.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot read the lists has failed")]
#![expect(clippy::disallowed_methods, reason = "a test reads its own files")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{Datelike, NaiveDate};
use handover::Policy;
use handover::loader::Folder;

/// The holidays of 2026 by the official lists, with those of the other years that are moved from a weekend. `+` stands
/// before a day that no act names, but that offices keep.
const OFFICIAL: [(&str, &str, &str); 10] = [
    (
        "bg",
        "0101 0102 0303 0410 0411 0412 0413 0501 0506 0524 0525 0906 0907 0922 1224 1225 1226 1228",
        "2025-05-26 2025-09-08 2025-12-31 2027-05-04 2027-12-27 2027-12-28",
    ),
    ("cz", "0101 0403 0406 0501 0508 0705 0706 0928 1028 1117 1224 1225 1226", ""),
    ("de-bw", "0101 0106 0403 0406 0501 0514 0525 0604 1003 1101 1225 1226", ""),
    ("de", "0101 0403 0406 0501 0514 0525 1003 1225 1226", ""),
    ("gb", "0101 0403 0406 0504 0525 0831 1225 1226 1228", "2027-12-27 2027-12-28"),
    ("ie", "0101 0202 0317 0406 0504 0601 0803 1026 1225 1226", "2025-02-03 2027-02-01"),
    ("rs", "0101 0102 0107 0215 0216 0217 0410 0411 0412 0413 0501 0502 1111", "2025-02-17 2027-05-04"),
    (
        "se",
        "0101 0106 0403 0405 0406 0501 0514 0524 0606 +0619 0620 1031 +1224 1225 1226 +1231",
        "2025-06-20 2027-06-25",
    ),
    ("ua", "0101 0308 0412 0501 0508 0531 0628 0715 0824 1001 1225", ""),
    (
        "us",
        "0101 0119 0216 0525 0619 0703 0704 0907 1012 1111 1126 1225",
        "2027-06-18 2027-07-05 2027-12-24 2027-12-31",
    ),
];

#[test]
fn every_list_is_read_and_covers_its_years() {
    let codes = OFFICIAL.map(|(code, ..)| code);
    let files: Vec<String> = lists("holidays").into_keys().collect();
    assert_eq!(files, codes.map(|code| format!("{code}.yaml")));
    for code in codes {
        let days = days(code);
        let years: BTreeSet<i32> = days.keys().map(Datelike::year).collect();
        assert_eq!(years, BTreeSet::from([2025, 2026, 2027]), "{code}");
        let count = |year: &i32| days.keys().filter(|date| date.year() == *year).count();
        assert!(years.iter().all(|year| (8..=20).contains(&count(year))), "{code}");
        assert!(days.values().all(|name| !name.is_empty()), "{code}");
    }
}

#[test]
fn every_list_holds_the_days_of_the_official_one() {
    for (code, expected, moved) in OFFICIAL {
        let days = days(code);
        let of_2026: Vec<String> =
            days.keys().filter(|date| date.year() == 2026).map(|date| date.format("%m%d").to_string()).collect();
        assert_eq!(of_2026.join(" "), expected.replace('+', ""), "{code}");
        for date in moved.split_whitespace() {
            assert!(days.contains_key(&date.parse().unwrap()), "{code}: {date}");
        }
    }
}

#[test]
fn every_list_names_its_source_and_stands_in_the_readme() {
    let readme = fs::read_to_string(root().join("holidays/README.md")).unwrap();
    for (file, text) in lists("holidays") {
        let (comment, list): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with('#'));
        assert!(text.starts_with("# Holidays in ") && comment.len() >= 3, "{file}");
        let source = comment.last().unwrap();
        assert!(source.starts_with("# Source: the Python package holidays ") && source.contains("(MIT)"), "{file}");
        assert!(readme.contains(&format!("\n| `{file}` | ")), "{file} is not in the README");
        // Each date once, in order.
        let dates: Vec<&str> = list.iter().map(|line| line.get(9..19).unwrap()).collect();
        assert!(dates.is_sorted_by(|one, next| one < next), "{file}");
    }
}

#[test]
fn a_library_has_the_same_lists() {
    let (lists, copies) = (lists("holidays"), lists("shared/holidays"));
    assert!(!copies.is_empty() && copies.iter().all(|(file, text)| lists.get(file) == Some(text)));
}

/// The list as a policy reads it.
fn days(code: &str) -> BTreeMap<NaiveDate, String> {
    let policy = format!(
        "policy \"P\"\n  version 1\n  working hours of \"office\"\ncalendar \"office\"\n  time zone \"Europe/Sofia\"\n  \
         open Monday to Friday, 09:00 to 18:00\n  holidays from \"holidays/{code}.yaml\"\n"
    );
    let policy = Policy::compile(&policy, &Folder::new(root())).unwrap_or_else(|said| panic!("{code}: {said}"));
    policy.calendars.into_iter().next().unwrap().spec.holidays
}

/// The lists of a folder by their names.
fn lists(folder: &str) -> BTreeMap<String, String> {
    let files = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let lists = files.filter(|path| path.extension().is_some_and(|it| it == "yaml"));
    lists
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap()))
        .collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("policies")
}
