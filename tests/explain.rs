//! `handover explain`: what a sales rep reads, in every form.
//!
//! Each folder of `tests/explain/` is a lead, the command line that explains it (the first line of `command.txt`), and
//! what comes out, a snapshot for each form: those of the second line, or what people see at a terminal, and the plain one.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its files has failed")]
#![expect(clippy::disallowed_methods, reason = "a test reads its own files")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use handover::engine::With;
use handover::report::explain::{self, Explanation, NotExplained};
use handover::{Evaluator, Outputs, Policy};
use unicode_width::UnicodeWidthStr;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const NOW: &str = "2026-03-10T12:00:00Z";
/// The policies that are shipped, each with the instant that its leads are for.
const SHIPPED: [(&str, &str); 3] =
    [("acme", NOW), ("ferryline", "2026-03-30T14:00:00Z"), ("orfey", "2026-04-14T09:00:00Z")];

fn root() -> PathBuf {
    PathBuf::from(ROOT)
}

fn explain_in(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handover"));
    command.arg("explain").args(arguments).current_dir(folder).env_remove("COLUMNS").env_remove("NO_COLOR");
    command.stdin(Stdio::null()).output().unwrap()
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn each_folder_reads_as_it_should() {
    let mut cases = 0;
    for entry in std::fs::read_dir(root().join("tests/explain")).unwrap() {
        let folder = entry.unwrap().path();
        let command = std::fs::read_to_string(folder.join("command.txt")).unwrap();
        let (arguments, forms) = command.split_once('\n').unwrap();
        let arguments: Vec<&str> = arguments.split_whitespace().collect();
        let forms: Vec<&str> = if forms.is_empty() { "human plain" } else { forms }.split_whitespace().collect();
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(&folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| {
            for form in forms {
                let done = explain_in(&folder, &[&arguments[..], &["--format", form]].concat());
                assert_eq!((done.status.code(), text(done.stderr)), (Some(0), String::new()), "{folder:?} {form}");
                insta::assert_snapshot!(form, text(done.stdout));
            }
        });
        cases += 1;
    }
    assert!(cases >= 10, "only {cases} folders");
}

/// The leads of a shipped policy, decided with their traces.
fn shipped(name: &str, now: &str) -> (Evaluator, Vec<handover::Decision>) {
    let policy = Policy::load(&handover::loader::Folder::new(root().join("policies")), &format!("{name}.handover"));
    let evaluator = Evaluator::only(policy.unwrap(), now.parse().unwrap(), Outputs::ALL.and(With::Trace));
    let leads = std::fs::read_to_string(root().join(format!("policies/leads/{name}.ndjson"))).unwrap();
    let decisions = leads.lines().map(|lead| evaluator.decide(lead).unwrap()).collect();
    (evaluator, decisions)
}

#[test]
fn the_first_line_answers_as_one_would_tell_a_colleague() {
    let (evaluator, decisions) = shipped("acme", NOW);
    let answer = |lead: &str, stage: Option<&str>| {
        let decision = decisions.iter().find(|it| it.lead.as_deref() == Some(lead)).unwrap();
        Explanation::new(&evaluator, decision, stage).unwrap().answer().to_owned()
    };
    for (lead, stage, said) in [
        (
            "L0001",
            None,
            "L0001 is an MQL, not yet an SQL, because its budget, severity of the need and purchase date are not \
             known; an SQL needs at least 3 items of \"BANT\", including budget, and it has 1 (authority).",
        ),
        (
            "L0005",
            None,
            "L0005 is disqualified as \"student or job seeker\": its job title is \"Student assistant, logistics\". \
             They came to read, not to buy.",
        ),
        (
            "L0009",
            None,
            "L0009 is in no stage: it is not an MQL, because \"rejected\" happened on Tue 10 Feb, and it cannot be \
             an MQL again before Mon 11 May 15:00 (otherwise it would be one today).",
        ),
        ("L0007", None, "L0007 is in no stage: it is not yet an MQL, because its number of employees is not known."),
        ("L0003", Some("SQL"), "L0003 is an SQL, because \"became an SQL\" happened on Tue 24 Feb."),
        (
            "L0014",
            Some("MQL"),
            "L0014 is an MQL, because \"contactable\", \"may be contacted\", \"company fit\" and \"shows intent\" \
             are met.",
        ),
        (
            "L0014",
            None,
            "L0014 is an MQL, not a SAL, because \"accepted\" did not happen since the last \"became an MQL\", and \
             it has no opportunity.",
        ),
        (
            "L0004",
            Some("sql"),
            "L0004 is not an SQL, because it is not an MQL: \"company fit\" is not met (its number of employees is \
             12, and must be at least 50); \"shows intent\" is not met (\"pricing page viewed\" did not happen \
             within the last 30 days; and 2 more).",
        ),
    ] {
        assert_eq!(answer(lead, stage), said);
    }
}

#[test]
fn what_is_missing_is_what_the_decision_says() {
    let mut asked = 0;
    for (name, now) in SHIPPED {
        let (evaluator, decisions) = shipped(name, now);
        for decision in &decisions {
            let page = Explanation::new(&evaluator, decision, None).unwrap().plain();
            let (_, after) = page.split_once("\nWhat is missing:\n").unwrap();
            let section = after.split("\n\n").next().unwrap();
            let lines: Vec<&str> = section.lines().map(str::trim).filter(|line| !line.ends_with(['.'])).collect();
            let called = |path: &str| {
                let field = evaluator.policy().fields.iter().find(|field| field.dotted() == path).unwrap();
                field.display_name()
            };
            let missing: Vec<String> = decision.missing.iter().map(|path| called(path)).collect();
            assert_eq!(lines.len(), missing.len(), "{name} {:?}: {lines:?} {missing:?}", decision.lead);
            for (line, field) in lines.iter().zip(&missing) {
                assert!(line.contains(field.as_str()), "{name} {:?}: {line} is about {field}", decision.lead);
                asked += 1;
            }
        }
    }
    assert!(asked >= 40, "only {asked} fields");
}

#[test]
fn no_line_is_wider_than_the_screen() {
    for (name, now) in SHIPPED {
        let (evaluator, decisions) = shipped(name, now);
        for decision in &decisions {
            for width in [60, 80, 100] {
                let page = Explanation::new(&evaluator, decision, None).unwrap().human(width, false);
                let wide = page.lines().find(|line| line.width() > width);
                assert_eq!(wide, None, "{name} {:?} at {width}", decision.lead);
            }
        }
    }
}

#[test]
fn every_form_shows_every_lead_and_stage() {
    for (name, now) in SHIPPED {
        let (evaluator, decisions) = shipped(name, now);
        for decision in &decisions {
            for stage in [None].into_iter().chain(decision.stages.iter().map(|(stage, _)| Some(stage))) {
                let page = Explanation::new(&evaluator, decision, stage).unwrap();
                let lead = decision.lead.as_deref().unwrap();
                assert!(
                    page.answer().starts_with(lead) && page.answer().ends_with(['.', '!', '?']),
                    "{}",
                    page.answer()
                );
                assert!(page.answer().chars().count() < 700, "{}", page.answer());
                assert!(page.plain().starts_with(&format!("{}\n", page.answer())));
                assert!(page.markdown().starts_with("**") && page.html().unwrap().contains("</html>"));
                let again = page.plain().matches("see above").count();
                assert!(stage.is_some() || again > 0, "{name} {lead}: a definition is shown twice");
            }
        }
    }
}

#[test]
fn a_lead_with_ten_thousand_activities_is_explained_on_a_page() {
    let items: Vec<String> = (0..10_000)
        .map(|at| {
            let (day, hour, minute) = (1 + at % 9, at / 9 % 24, at / 216 % 60);
            format!(r#"{{"kind":"page","page":"/pricing","time":"2026-03-{day:02}T{hour:02}:{minute:02}:00Z"}}"#)
        })
        .collect();
    let lead = format!(r#"{{"id":"many","opted_out":false,"activities":[{}]}}"#, items.join(","));
    let policy = Policy::load(&handover::loader::Folder::new(root().join("policies")), "acme.handover").unwrap();
    let evaluator = Evaluator::only(policy, NOW.parse().unwrap(), Outputs::ALL.and(With::Trace));
    let started = Instant::now();
    let page = Explanation::new(&evaluator, &evaluator.decide(&lead).unwrap(), None).unwrap();
    let all = [page.human(80, true), page.plain(), page.markdown(), page.html().unwrap()];
    // This is a build without optimization; the program takes a tenth of the time.
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    let mut command = Command::new(env!("CARGO_BIN_EXE_handover"));
    command.args(["explain", "--policy", "policies/acme.handover", "--now", NOW, "--format", "plain"]);
    let mut child = command.current_dir(root()).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(lead.as_bytes()).unwrap();
    let done = text(child.wait_with_output().unwrap().stdout);
    assert!(done.contains("\n  Left alone, the decision "), "{done}");
    for form in all.into_iter().chain([done]) {
        assert!(form.len() < 30_000 && form.contains("9,995 earlier"), "{} bytes", form.len());
    }
}

#[test]
fn nothing_of_a_lead_reaches_a_terminal_or_a_browser_as_it_came() {
    let folder = root().join("tests/explain/a_hostile_lead");
    let arguments = ["--policy", "policy.handover", "--now", NOW, "lead.json", "--format"];
    for form in ["human", "plain", "markdown", "html"] {
        let shown = text(explain_in(&folder, &[&arguments[..], &[form]].concat()).stdout);
        assert!(shown.contains(r"\u{1b}") || shown.contains(r"\\u{1b}"), "{form}");
        assert!(!shown.contains(|c: char| c.is_control() && c != '\n' || c == '\u{202e}'), "{form}");
        if ["html", "markdown"].contains(&form) {
            let link = if form == "html" { "<a" } else { "](https" };
            let found = |it: &&&str| shown.match_indices(**it).any(|(at, _)| !shown[..at].ends_with('\\'));
            let markup = ["<script", "<img", "<i>", "<b>", link];
            let markup = markup.iter().find(found);
            assert_eq!(markup, None, "{form}");
        }
    }
}

#[test]
fn a_page_of_html_needs_nothing_else() {
    let (evaluator, decisions) = shipped("acme", NOW);
    let page = Explanation::new(&evaluator, &decisions[0], None).unwrap().html().unwrap();
    assert!(page.contains("default-src 'none'") && page.contains("prefers-color-scheme: dark"));
    assert!(
        !["<script", "http://", "https://", "url(", "@import", " src=", "<link"].iter().any(|it| page.contains(it))
    );
    for tag in ["ul", "li", "details", "summary", "section", "table", "tr", "th", "td", "span", "h2", "main"] {
        let (open, close) = (page.matches(&format!("<{tag}")).count(), page.matches(&format!("</{tag}>")).count());
        let other = if tag == "th" { page.matches("<thead").count() } else { 0 };
        assert_eq!(open - other, close, "{tag}");
    }
}

#[test]
fn which_lead_of_several_has_to_be_said() {
    let folder = root().join("policies");
    let run = |arguments: &[&str]| {
        let done = explain_in(&folder, &[&["--policy", "acme.handover", "--now", NOW], arguments].concat());
        (done.status.code().unwrap(), text(done.stdout), text(done.stderr))
    };
    let (code, out, said) = run(&["leads/acme.ndjson"]);
    assert_eq!((code, out.as_str()), (2, ""));
    let several = "handover: there are several leads in `leads/acme.ndjson`; pick one by its name: --lead L0001\n";
    assert_eq!(said, several);
    let (code, _, said) = run(&["--lead", "L9999", "leads/acme.ndjson"]);
    assert_eq!((code, said.as_str()), (2, "handover: there is no lead `L9999` in `leads/acme.ndjson`\n"));
    let (code, _, said) = run(&["--lead", "L0001", "--stage", "Won", "leads/acme.ndjson"]);
    let none = "handover: the policy has no stage `Won`; its stages are MQL, SAL, SQL\n";
    assert_eq!((code, said.as_str()), (2, none));
    let (code, out, _) = run(&["--lead", "L0016", "--format", "plain", "leads/acme.ndjson"]);
    assert!(code == 0 && out.starts_with("L0016 is in no stage"), "{out}");
}

#[test]
fn a_lead_comes_in_on_one_line_or_on_many_or_is_said_to_be_unreadable() {
    let run = |lead: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_handover"));
        command.args(["explain", "--policy", "acme.handover", "--now", NOW, "--format", "plain"]);
        command
            .current_dir(root().join("policies"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(lead.as_bytes()).unwrap();
        let done = child.wait_with_output().unwrap();
        let first = |bytes| text(bytes).lines().next().unwrap_or_default().to_owned();
        (done.status.code().unwrap(), first(done.stdout), first(done.stderr))
    };
    let short = "A is in no stage: it is not an MQL, because ";
    for lead in [r#"{"id": "A"}"#, "{\n  \"id\": \"A\"\n}\n", "\n{\"id\": \"A\"}\n\n", "[{\"id\": \"A\"}]"] {
        let (code, out, said) = run(lead);
        assert!(code == 0 && out.starts_with(short) && said.is_empty(), "{lead}: {code} {out} {said}");
    }
    let (code, out, said) = run("{\"id\": \"A\", ");
    assert_eq!((code, out.as_str()), (3, ""));
    assert!(said.starts_with("line 1: H0707 "), "{said}");
    assert_eq!(run("").0, 2);
    let several = "{\n\"id\": \"A\"}\n";
    assert_eq!(run(&format!("[{several},{several}]")).0, 2);
}

/// The same lead as a line of JSON, as a row of a table, and by a mapping.
#[test]
fn a_lead_of_a_table_is_explained_as_one_of_json_is() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("explain-tables");
    fs::create_dir_all(&folder).unwrap();
    let policy = "policy \"Small\"\n  version 1\nlead\n  size is a number\nstage \"MQL\"\n  is reached when size is at least 5\n";
    let mapping = "name: Small\nseparator: ';'\nfields: {id: No, size: Staff}\n";
    for (name, text) in [
        ("small.handover", policy),
        ("small.yaml", mapping),
        ("leads.ndjson", "{\"id\":\"A\",\"size\":\"7\"}\n{\"id\":\"B\",\"size\":\"2\"}\n"),
        ("leads.csv", "id,size\nA,7\nB,2\n"),
        ("leads.txt", "No;Staff\nA;7\nB;2\n"),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
    let own = ["--policy", "small.handover", "--now", "2026-03-10T12:00:00Z", "--format", "json", "--lead", "B"];
    let say = |arguments: &[&str]| {
        let done = explain_in(&folder, &[&own[..], arguments].concat());
        assert_eq!(done.status.code(), Some(0), "{}", text(done.stderr));
        text(done.stdout)
    };
    let json = say(&["leads.ndjson"]);
    assert_eq!(say(&["leads.csv"]), json);
    assert_eq!(say(&["--source", "small.yaml", "leads.txt"]), json);
    assert_eq!(say(&["--input", "csv", "leads.csv"]), json);
    let missing = explain_in(&folder, &["--policy", "small.handover", "--lead", "C", "leads.csv"]);
    assert_eq!(text(missing.stderr), "handover: there is no lead `C` in `leads.csv`\n");
}

#[test]
fn a_decision_without_its_trace_is_not_explained() {
    let policy = Policy::load(&handover::loader::Folder::new(root().join("policies")), "acme.handover").unwrap();
    let evaluator = Evaluator::new(policy.clone(), NOW.parse().unwrap());
    let decision = evaluator.decide(r#"{"id": "A"}"#).unwrap();
    assert_eq!(Explanation::new(&evaluator, &decision, None).unwrap_err(), NotExplained::NoTrace);
    let evaluator = Evaluator::only(policy, NOW.parse().unwrap(), explain::outputs());
    let decision = evaluator.decide(r#"{"id": "A"}"#).unwrap();
    assert!(Explanation::new(&evaluator, &decision, None).unwrap().plain().contains("\nWhat would change it:\n"));
}

#[test]
fn every_example_of_the_page_is_what_is_printed() {
    let page = std::fs::read_to_string(root().join("docs/explain.md")).unwrap();
    let binary = Path::new(env!("CARGO_BIN_EXE_handover")).parent().unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    let mut shown = 0;
    for block in page.split("\n```console\n").skip(1) {
        let (block, _) = block.split_once("\n```\n").unwrap();
        let (command, expected) = block.split_once('\n').unwrap();
        let command = command.strip_prefix("$ ").unwrap();
        let mut shell = Command::new("sh");
        let done = shell.args(["-c", &format!("{{ {command}; }} 2>&1")]).current_dir(root());
        let done = done.env("PATH", &path).env_remove("COLUMNS").env_remove("NO_COLOR").stdin(Stdio::null());
        assert_eq!(text(done.output().unwrap().stdout), format!("{expected}\n"), "{command}");
        shown += 1;
    }
    assert!(shown >= 10, "{shown} examples");
    for picture in page.split("](pictures/").skip(1) {
        let picture = root().join("docs/pictures").join(picture.split(')').next().unwrap());
        assert!((1_000..150_000).contains(&std::fs::metadata(&picture).unwrap().len()), "{picture:?}");
    }
    for section in page.lines().filter_map(|line| line.strip_prefix("## ")) {
        let anchor = section.to_lowercase().replace(' ', "-");
        assert!(page.contains(&format!("(#{anchor})")), "not in the contents: {section}");
    }
}
