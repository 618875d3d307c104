//! Who may use whom, as absences: a line here that fails is a wall that somebody has broken through.
#![expect(clippy::unwrap_used, reason = "a test that cannot read the sources has failed")]
#![expect(clippy::disallowed_methods, reason = "a test reads the sources")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// A module and what it may name of the others; the library's root and the binary may name everything.
const MAY_USE: [(&str, &[&str]); 18] = [
    ("source", &[]),
    ("decimal", &[]),
    ("text", &[]),
    ("loader", &[]),
    ("pattern", &[]),
    ("time", &[]),
    ("yaml", &["source"]),
    ("diagnostic", &["source"]),
    ("syntax", &["source", "diagnostic", "decimal", "text"]),
    ("format", &["source", "diagnostic", "syntax"]),
    ("policy", &["source", "time", "decimal", "pattern", "syntax::ast"]),
    ("intake", &["decimal", "text", "time"]),
    ("export", &["diagnostic", "policy", "intake", "time", "decimal", "text", "yaml"]),
    ("check", &["source", "diagnostic", "syntax", "policy", "loader", "decimal", "time", "text", "pattern"]),
    ("engine", &["source", "policy", "time", "intake", "decimal", "text", "pattern"]),
    ("lint", &["source", "diagnostic", "policy", "decimal", "text"]),
    ("report", &["source", "diagnostic", "decimal", "time", "policy", "intake", "engine"]),
    ("testing", &["source", "diagnostic", "decimal", "loader", "policy", "intake", "engine", "lint", "report", "yaml"]),
];

/// Words that only these files may hold.
const ONLY_IN: [(&str, &[&str]); 10] = [
    (r"\bpest(_derive)?\b", &["syntax/parse/grammar.rs"]),
    (r"\bmiette\b", &["diagnostic"]),
    (r"\bserde_yaml\b", &["check/files.rs", "testing", "export", "yaml.rs"]),
    (r"\bminijinja\b", &["report/prose/html.rs", "report/explain", "report/agreement", "report/numbers/show"]),
    (r"\b(icalendar|rrule)::", &["check/feed"]),
    (r"\bf(32|64)\b", &["engine/decision.rs"]),
    (r"\bhandover::", &["cli", "main.rs"]),
    (r"\bSystemTime\b|\bInstant::now\b|\bUtc::now\b|\bLocal::now\b|\bstd::(env|net|process)\b", &["cli", "main.rs"]),
    (r"\bstd::fs\b", &["cli", "loader/folder.rs"]),
    (r"\bunsafe \{", &["intake/line.rs", "intake/line/"]),
];

#[test]
fn no_module_uses_another_that_it_may_not() {
    let (mut seen, mut wrong) = (BTreeSet::new(), Vec::new());
    for (file, code) in sources() {
        let module = file.split(['/', '.']).next().unwrap();
        // `crate` is the binary there.
        if ["cli", "main", "lib"].contains(&module) {
            continue;
        }
        seen.insert(module.to_owned());
        let may = MAY_USE.iter().find(|(name, _)| *name == module).map(|(_, may)| *may).unwrap_or_default();
        // A path up and over would be a way round this test.
        assert!(!code.contains("super::super"), "src/{file}");
        for path in paths_from_the_root(&code) {
            let other = path.split("::").next().unwrap();
            let within = |may: &&str| path == *may || path.starts_with(&format!("{may}::"));
            if other != module && !may.iter().any(within) {
                wrong.push(format!("src/{file}: `{module}` may not use `{path}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let listed: BTreeSet<String> = MAY_USE.iter().map(|(module, _)| (*module).to_owned()).collect();
    assert_eq!(seen, listed, "every module has its line in the table");
}

#[test]
fn some_words_stay_where_they_belong() {
    let mut wrong = Vec::new();
    for (words, places) in ONLY_IN {
        let words = Regex::new(words).unwrap();
        let mut found = false;
        for (file, code) in sources() {
            let belongs = places.iter().any(|place| file.starts_with(place));
            for line in code.lines().filter(|line| words.is_match(line)) {
                found |= belongs;
                if !belongs {
                    wrong.push(format!("src/{file}: {}", line.trim()));
                }
            }
        }
        assert!(found, "{words} is nowhere: is this still the word?");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What follows `crate::`, each path of a list in braces by itself.
fn paths_from_the_root(code: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for (at, root) in code.match_indices("crate::") {
        let rest = &code[at + root.len()..];
        let Some(list) = rest.strip_prefix('{') else {
            paths.push(rest.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':').next().unwrap().to_owned());
            continue;
        };
        let (mut depth, mut path) = (1, String::new());
        for c in list.chars() {
            depth += i32::from(c == '{') - i32::from(c == '}');
            if depth == 0 || depth == 1 && c == ',' {
                paths.push(std::mem::take(&mut path).trim().to_owned());
            } else {
                path.push(c);
            }
            if depth == 0 {
                break;
            }
        }
    }
    paths.retain(|path| !path.is_empty());
    paths
}

#[test]
fn paths_in_braces_are_paths() {
    let code = "use crate::{decimal::Decimal, policy::{self, Unit},};\ncrate::time::zone::x()";
    assert_eq!(paths_from_the_root(code), ["decimal::Decimal", "policy::{self, Unit}", "time::zone::x"]);
}

/// The page on how all this is built, where it is `code`.
fn named_on_the_page() -> Vec<String> {
    let page = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let code: Vec<String> = page.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    assert!(!page.contains("```") && code.len() >= 150, "{} pieces of code", code.len());
    code
}

#[test]
fn every_path_on_the_page_is_there() {
    let named = named_on_the_page();
    let path = Regex::new(r"^([a-z_]+/[\w./-]*|\w+\.toml)$").unwrap();
    let paths: BTreeSet<_> = named.iter().filter(|code| path.is_match(code)).collect();
    let absent: Vec<_> = paths.iter().filter(|path| !root().join(path).exists()).collect();
    assert!(absent.is_empty() && paths.len() >= 55, "not there: {absent:?}; {} are", paths.len());
    // Every module has its place on the page, and every file of tests its line.
    for folder in ["src", "tests"] {
        for entry in fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path()) {
            let path = entry.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
            let is_data = folder == "tests" && entry.extension().is_none_or(|it| it != "rs");
            let said = is_data || path == "src/lib.rs" || named.iter().any(|code| code.starts_with(&path));
            assert!(said, "{path} is not on the page");
        }
    }
}

#[test]
fn every_type_function_and_test_on_the_page_is_there() {
    let code: String = sources().into_iter().map(|(_, code)| code).collect();
    let tests: String = files_below(&root().join("tests"))
        .into_iter()
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let a_type = Regex::new(r"^&?\[?([A-Z]\w+)\]?(?:::([a-z]\w*))?$").unwrap();
    let a_function = Regex::new(r"^(?:[a-z]+::)?([a-z_]+)(?:\(\))?$").unwrap();
    let a_test = Regex::new(r"^[a-z0-9]+(_[a-z0-9]+){3,}$").unwrap();
    let modules: BTreeSet<&str> = MAY_USE.iter().map(|(module, _)| *module).collect();
    let has = |code: &str, word: &str| Regex::new(&format!(r"\b{word}\b")).unwrap().is_match(code);
    let (mut seen, mut absent) = (0, Vec::new());
    for name in named_on_the_page() {
        let there = if let Some(found) = a_type.captures(&name) {
            let method = found.get(2).is_none_or(|method| has(&code, &format!("fn {}", method.as_str())));
            method && has(&code, &format!("(struct|enum|trait|type) {}", &found[1]))
        } else if a_test.is_match(&name) {
            has(&tests, &format!("fn {name}"))
        } else if let Some(found) = a_function.captures(&name).filter(|_| name.contains(['(', ':'])) {
            has(&code, &format!("(fn|mod) {}", &found[1]))
        } else {
            // Words of Rust and of the page: `match`, `unwrap`, `engine`.
            seen -= i32::from(!modules.contains(name.as_str()));
            true
        };
        seen += 1;
        if !there {
            absent.push(name);
        }
    }
    assert!(absent.is_empty(), "on the page, and nowhere else: {absent:?}");
    assert!(seen >= 90, "only {seen} names");
}

#[test]
fn the_table_of_the_page_is_the_table_here() {
    let page = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let (_, table) = page.split_once("\n| module | may use |\n|---|---|\n").unwrap();
    let mut stated: BTreeSet<(String, Vec<String>)> = BTreeSet::new();
    for row in table.lines().take_while(|row| row.starts_with('|')) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        let code = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
        stated.extend(code(cells[0]).into_iter().map(|module| (module, code(cells[1]))));
    }
    let table = MAY_USE.map(|(module, may)| (module.to_owned(), may.iter().map(|it| (*it).to_owned()).collect()));
    assert_eq!(stated, BTreeSet::from(table));
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every source by its path below `src`, without comments.
fn sources() -> Vec<(String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let code: String = text.lines().flat_map(|line| [line.split("//").next().unwrap(), "\n"]).collect();
        (path.strip_prefix(&src).unwrap().to_str().unwrap().replace('\\', "/"), code)
    };
    files_below(&src).into_iter().map(read).collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let below = |path: PathBuf| if path.is_dir() { files_below(&path) } else { vec![path] };
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).flat_map(below).collect()
}
