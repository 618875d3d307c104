//! Exports of CRMs become leads: the same three leads in the layout of every CRM that the program has a mapping for are
//! decided alike; and what is wrong with exports and mappings is said.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot read its exports has failed")]
#![expect(clippy::disallowed_methods, reason = "a test runs the command and writes its own exports")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

#[path = "sources/cases.rs"]
mod cases;
#[path = "parts/pages.rs"]
mod pages;
#[path = "sources/real.rs"]
mod real;
#[path = "sources/rows.rs"]
mod rows;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A folder with the policy, the library that it uses, and nothing else.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sources").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("shared")).unwrap();
    fs::copy(root().join("policies/shared/crm.handover"), folder.join("shared/crm.handover")).unwrap();
    fs::copy(root().join("tests/sources/policy.handover"), folder.join("policy.handover")).unwrap();
    folder
}

fn eval(folder: &Path, args: &[&str]) -> Output {
    let mut handover = Command::new(env!("CARGO_BIN_EXE_handover"));
    let args = ["eval", "--policy", "policy.handover", "--now", "2026-03-10T12:00:00Z"].iter().chain(args);
    handover.args(args).current_dir(folder).output().unwrap()
}

fn lines(out: &[u8]) -> Vec<Value> {
    std::str::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn said(done: &Output) -> String {
    String::from_utf8(done.stderr.clone()).unwrap()
}

/// A mapping, its export, whether that tells the size of the company, and the join of calls.
type Source = (&'static str, &'static str, bool, Option<(&'static str, &'static str)>);

const SOURCES: [Source; 8] = [
    ("hubspot", "hubspot.ndjson", true, None),
    ("hubspot-csv", "hubspot-csv.csv", true, None),
    ("salesforce", "salesforce.csv", true, Some(("tasks", "salesforce-tasks.csv"))),
    ("dynamics", "dynamics.ndjson", true, None),
    ("sugarcrm", "sugarcrm.csv", false, Some(("calls", "sugarcrm-calls.csv"))),
    ("suitecrm", "suitecrm.csv", false, Some(("calls", "suitecrm-calls.csv"))),
    ("marketo", "marketo.csv", true, Some(("activities", "marketo-activities.csv"))),
    ("zoho", "zoho.csv", true, Some(("calls", "zoho-calls.csv"))),
];

#[test]
fn the_same_leads_come_out_of_every_crm() {
    let folder = folder("all");
    let examples = root().join("policies/sources/examples");
    for (source, export, has_size, join) in SOURCES {
        let export = examples.join(export);
        let join = join.map(|(name, file)| format!("{name}={}", examples.join(file).display()));
        let mut args =
            vec!["--source", source, "--only", "lead,stage,stages,criteria,warnings", export.to_str().unwrap()];
        if let Some(join) = &join {
            args.extend(["--join", join]);
        }
        let done = eval(&folder, &args);
        assert_eq!((said(&done).as_str(), done.status.code()), ("", Some(0)), "{source}");
        let size = |outcome: &str| if has_size { outcome.to_owned() } else { "unknown".to_owned() };
        let called = |outcome: &str| if join.is_some() { outcome.to_owned() } else { "not_met".to_owned() };
        let lead = |name: &str, since: Option<&str>, outcomes: [&str; 8]| {
            let [mail, contact, large, buyer, two, new, before, twice] = outcomes;
            json!({
                "lead": name,
                "stage": since.map(|_| "MQL"),
                "stages": {"MQL": {"outcome": if since.is_some() { "met" } else { "not_met" },
                    "test": if since.is_some() { "met" } else { "not_met" }, "since": since}},
                "criteria": {"has an address": mail, "may be contacted": contact, "large": size(large), "buyer": buyer,
                    "two lines": two, "new": new, "created before 10 February, 14:31": before,
                    "called twice": called(twice)},
            })
        };
        let expected = [
            lead(
                "A-1001",
                Some("2026-03-05T00:00:00Z"),
                ["met", "met", "met", "not_met", "not_met", "met", "not_met", "met"],
            ),
            lead("B-1002", None, ["met", "not_met", "not_met", "met", "not_met", "not_met", "met", "not_met"]),
            lead(
                "C-1003",
                Some("2026-02-02T00:00:00Z"),
                ["not_met", "met", "unknown", "unknown", "met", "not_met", "met", "not_met"],
            ),
        ];
        assert_eq!(lines(&done.stdout), expected, "{source}");
    }
}

#[test]
fn the_mappings_are_listed_and_shown() {
    let run = |args: &[&str]| {
        let done = Command::new(env!("CARGO_BIN_EXE_handover")).arg("sources").args(args).output().unwrap();
        (String::from_utf8(done.stdout).unwrap(), done.status.code().unwrap())
    };
    let (list, code) = run(&[]);
    assert_eq!((list.lines().count(), code), (SOURCES.len(), 0), "{list}");
    for (source, ..) in SOURCES {
        let own = fs::read_to_string(root().join(format!("policies/sources/{source}.yaml"))).unwrap();
        assert_eq!(run(&[source]), (own, 0));
        assert!(list.contains(source));
    }
    assert_eq!(run(&["pipedrive"]), (String::new(), 2));
}

/// The header alone: columns that have the names of fields.
#[test]
fn a_table_needs_no_mapping_where_its_columns_are_fields() {
    let folder = folder("plain");
    let rows = "id;email;company.employees;other;opted_out\r\n\r\nA;\"ana@contoso.example\";420;\"x;\ny\";no\r\nB;;\" 7 \";;\r\n";
    for (name, text) in [
        ("semicolon.csv", rows.to_owned()),
        ("bom.csv", format!("\u{feff}{rows}")),
        ("tabs.tsv", rows.replace("x;", "x").replace(';', "\t")),
        ("commas.csv", rows.replace("x;", "x").replace(';', ",")),
        ("no_end.csv", rows.trim_end().to_owned()),
    ] {
        fs::write(folder.join(name), text).unwrap();
        let done = eval(&folder, &["--only", "lead,criteria", name]);
        assert_eq!((said(&done).as_str(), done.status.code()), ("", Some(0)), "{name}");
        let found: Vec<Value> = lines(&done.stdout);
        let part = |at: usize, name: &str| found[at]["criteria"][name].as_str().unwrap().to_owned();
        assert_eq!((found[0]["lead"].as_str(), found[1]["lead"].as_str()), (Some("A"), Some("B")), "{name}");
        assert_eq!(
            (part(0, "large"), part(0, "has an address"), part(0, "may be contacted")),
            ("met".into(), "met".into(), "met".into())
        );
        assert_eq!(
            (part(1, "large"), part(1, "has an address"), part(1, "may be contacted")),
            ("not_met".into(), "not_met".into(), "unknown".into())
        );
    }
}

/// A row with a cell too many, one that is no text, a date in another way: a record each, with line and column, and the
/// rest is as it should be.
#[test]
fn every_bad_row_is_a_record_and_nothing_is_shifted() {
    let folder = folder("bad");
    let mapping = "name: bad\nvalues: {dates: ['%d.%m.%Y']}\nfields: {id: Id, email: Mail, created_at: Created}\n";
    fs::write(folder.join("bad.yaml"), mapping).unwrap();
    let mut rows =
        b"Id,Mail,Created\nA,a@x.example,01.03.2026\nB,b@x.example,02.03.2026,more\nC,\"c\n\n@x.example\",03.03.2026\n"
            .to_vec();
    rows.extend(
        b"D,caf\xe9@x.example,04.03.2026\nE,e@x.example,2026-03-05\nF,f@x.example\nG,g@x.example,\n\"H,h@x.example,",
    );
    fs::write(folder.join("bad.csv"), &rows).unwrap();
    for threads in ["1", "3"] {
        let done = eval(&folder, &["--source", "bad.yaml", "--only", "lead", "--threads", threads, "bad.csv"]);
        assert_eq!(done.status.code(), Some(3), "{}", said(&done));
        let error = |line: u64, message: &str| json!({"line": line, "error": {"code": "H0709", "message": message, "offset": 0}});
        let expected = [
            json!({"lead": "A"}),
            error(3, "the row has 4 cells, and the header has 3: a text with a separator in it needs quotes round it"),
            json!({"lead": "C"}),
            error(7, "column `Mail` is not UTF-8 text; a mapping can say `encoding: latin-1`"),
            error(8, "column `Created` holds a date or time in none of the ways that the mapping lists: `%d.%m.%Y`"),
            error(9, "the row has 2 cells, and the header has 3"),
            json!({"lead": "G"}),
        ];
        let found = lines(&done.stdout);
        assert_eq!(found[..7], expected);
        assert_eq!((found[7]["line"].as_u64(), found[7]["error"]["code"].as_str()), (Some(11), Some("H0707")));
    }
    // In Latin-1 all is text; the raw row stands with the record.
    fs::write(folder.join("bad.yaml"), format!("{mapping}encoding: latin-1\n")).unwrap();
    let done = eval(&folder, &["--source", "bad.yaml", "--only", "lead", "--errors", "unread.ndjson", "bad.csv"]);
    let names: Vec<String> = lines(&done.stdout).iter().map(|it| it["lead"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names, ["A", "C", "D", "G"]);
    let unread = lines(&fs::read(folder.join("unread.ndjson")).unwrap());
    assert_eq!(unread[0]["raw"], "B,b@x.example,02.03.2026,more");
}

#[test]
fn options_and_mappings_go_together() {
    let folder = folder("mappings");
    fs::write(folder.join("leads.csv"), "Id,Mail\nA,a@x.example\n").unwrap();
    fs::write(folder.join("calls.csv"), "Lead,When\nA,2026-03-01\n").unwrap();
    let wrong = |args: &[&str]| {
        let done = eval(&folder, args);
        assert_eq!(done.status.code(), Some(2));
        said(&done)
    };
    fs::write(folder.join("good.yaml"), "name: x\nfields: {id: Id}\njoins: {calls: {lead: Lead}}\n").unwrap();
    assert!(
        wrong(&["--source", "good.yaml", "leads.csv"])
            .contains("`good.yaml` joins `calls`; name its file: --join calls=FILE")
    );
    assert!(
        wrong(&["--source", "good.yaml", "--join", "deals=x", "leads.csv"])
            .contains("has the joins calls, and none called `deals`")
    );
    fs::write(folder.join("calls.csv"), "\nLead,When\nA,2026-03-01\nB\n").unwrap();
    let short = wrong(&["--source", "good.yaml", "--join", "calls=calls.csv", "leads.csv"]);
    assert!(short.contains("`calls.csv` cannot be read: line 4: the row has 1 cell, and the header has 2"), "{short}");
    assert!(wrong(&["--join", "calls=calls.csv", "leads.csv"]).contains("`--join calls` belongs to a mapping"));
    assert!(wrong(&["--source", "pipedrive", "leads.csv"]).contains("there is no mapping `pipedrive`"));
}

#[test]
fn every_block_of_the_page_is_what_it_says() {
    let blocks = pages::run("sources", include_str!("../docs/sources.md"));
    assert_eq!((blocks.files, blocks.runs), (12, 7));
    // What the last command writes to standard error stands below it.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages/sources");
    let slips = said(&eval(&folder, &["--source", "slips.yaml", "leads.csv"]));
    let page = include_str!("../docs/sources.md");
    assert!(slips.lines().count() == 2 && page.ends_with(&format!("```text\n{slips}```\n")), "{slips}");
}

/// Decisions as a table: a cell for each column in every row, unreadable leads in their places, and nothing that a
/// spreadsheet would run. As a list: what the lines say.
#[test]
fn decisions_go_to_spreadsheets_and_lists() {
    let folder = folder("output");
    fs::write(folder.join("leads.csv"), "id,email\n=1+1,\"a,b@x.example\"\nB\n-2,c@x.example\n").unwrap();
    let done = eval(&folder, &["--output", "csv", "leads.csv"]);
    assert_eq!(done.status.code(), Some(3));
    let mut table = csv::Reader::from_reader(done.stdout.as_slice());
    let heads: Vec<String> = table.headers().unwrap().iter().map(str::to_owned).collect();
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    let cell = |row: usize, head: &str| {
        rows.get(row).unwrap().get(heads.iter().position(|own| own == head).unwrap()).unwrap().to_owned()
    };
    assert_eq!((cell(0, "lead"), cell(2, "lead")), ("'=1+1".to_owned(), "'-2".to_owned()));
    assert_eq!((cell(0, "criteria.has an address"), cell(0, "stages.MQL.outcome")), ("met".into(), "not_met".into()));
    assert_eq!(cell(1, "error"), "line 3: H0709 the row has 1 cell, and the header has 2");
    assert_eq!((rows.len(), cell(1, "lead"), cell(0, "error")), (3, String::new(), String::new()));

    let done = eval(&folder, &["--output", "csv", "--only", "lead,criteria", "leads.csv"]);
    assert!(done.stdout.starts_with(b"lead,criteria.has an address,"));
    assert!(!done.stdout.windows(6).any(|word| word == b"stages"));
    assert_eq!(eval(&folder, &["--output", "csv", "--with", "trace", "leads.csv"]).status.code(), Some(2));

    let lines = lines(&eval(&folder, &["leads.csv"]).stdout);
    let list: Value = serde_json::from_slice(&eval(&folder, &["--output", "json", "leads.csv"]).stdout).unwrap();
    assert_eq!(list, Value::from(lines));
    fs::write(folder.join("none.csv"), "id,email\n").unwrap();
    let none: Value = serde_json::from_slice(&eval(&folder, &["--output", "json", "none.csv"]).stdout).unwrap();
    assert_eq!(none, json!([]));
}
