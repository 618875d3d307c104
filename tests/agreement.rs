//! `handover doc`: the pages of the shipped policies, word by word, and what holds for the page of every policy.
//!
//! `INSTA_UPDATE=always cargo test --test agreement` writes the snapshots, to be read.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot read its policies has failed")]
#![expect(clippy::disallowed_methods, reason = "a test reads the policies")]

use std::fs;
use std::path::Path;
use std::process::Command;

use chrono::{DateTime, Utc};
use handover::loader::{Folder, Memory};
use handover::report::agreement::Agreement;
use handover::{Evaluator, Policy};
use quick_xml::Reader;
use quick_xml::events::Event;

#[expect(dead_code, reason = "pages of policies need no leads")]
#[path = "parts/everything.rs"]
mod everything;

fn policy(name: &str) -> Policy {
    let files = Folder::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("policies"));
    Policy::load(&files, name).unwrap_or_else(|why| panic!("{name}: {why}"))
}

/// No page of a policy with dates has to do with it.
fn now() -> DateTime<Utc> {
    "2030-05-06T07:08:09Z".parse().unwrap()
}

#[test]
fn the_pages_of_the_shipped_policies_read_as_they_were_read() {
    let digest = regex::Regex::new("sha256:[0-9a-f]{64}").unwrap();
    for name in ["acme", "ferryline", "orfey", "starter/agreement"] {
        let page = Agreement::of(&policy(&format!("{name}.handover")), now()).markdown();
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/agreement"));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        // The digest changes with every word.
        let page = digest.replace(&page, "sha256:…");
        settings.bind(|| insta::assert_snapshot!(name.replace('/', "_"), page));
    }
}

/// All that was agreed is on the page: every name, every reason, every party.
#[test]
fn nothing_is_left_out_of_any_page() {
    let mut names = 0;
    for setting in everything::everything() {
        let policy = &setting.policy;
        let agreement = Agreement::of(policy, setting.now);
        assert_eq!(agreement.markdown(), Agreement::of(policy, setting.now).markdown(), "{}", setting.path.display());
        let page = words(&agreement.html().unwrap());
        let mut has = |what: &str| {
            names += 1;
            assert!(page.contains(what), "{}: no `{what}` on the page\n{page}", setting.path.display());
        };
        policy.criteria.iter().for_each(|it| has(&it.name));
        policy.checklists.iter().for_each(|it| has(&it.name));
        policy.scores.iter().for_each(|it| has(&it.name));
        policy.grades.iter().for_each(|it| has(&it.name));
        policy.disqualifiers.iter().for_each(|it| has(&it.name));
        policy.stages.iter().for_each(|it| has(&it.name));
        policy.slas.iter().for_each(|it| has(&it.name));
        policy.events.iter().for_each(|it| has(&it.name));
        policy.calendars.iter().for_each(|it| has(&it.name));
        policy.agreements.iter().for_each(|it| has(&it.person));
        let reasons = policy.stages.iter().filter_map(|it| it.because.as_deref());
        reasons.chain(policy.slas.iter().filter_map(|it| it.because.as_deref())).for_each(&mut has);
        policy.fields.iter().for_each(|it| has(&it.display_name()));
    }
    assert!(names > 1_500, "{names}");
}

/// The words of a page, which is XML but for its first line and what has no end.
fn words(html: &str) -> String {
    let body = html.split_once("<body>").unwrap().1;
    let xml = format!("<body>{}", body.split("</html>").next().unwrap());
    let mut reader = Reader::from_str(&xml);
    reader.config_mut().check_end_names = true;
    let mut words = String::new();
    loop {
        match reader.read_event().unwrap_or_else(|why| panic!("{why}\n{html}")) {
            Event::Text(text) => words.push_str(&text.decode().unwrap()),
            Event::GeneralRef(of) => words.push_str(&handover_entity(&of.decode().unwrap())),
            Event::Eof => return words,
            _ => {}
        }
    }
}

fn handover_entity(name: &str) -> String {
    let known = [("lt", "<"), ("gt", ">"), ("amp", "&"), ("quot", "\""), ("#x27", "'"), ("#x2f", "/")];
    let found = known.iter().find(|(entity, _)| *entity == name);
    found.unwrap_or_else(|| panic!("an entity `{name}`")).1.to_owned()
}

/// The example of a deadline is what the engine says of a lead whose clock starts then.
#[test]
fn examples_of_deadlines_are_counted_as_leads_are() {
    let page = Agreement::of(&policy("acme.handover"), now()).markdown();
    let mut rows = 0;
    for (lead, said) in [
        (
            r#""source":"demo form""#,
            "1 business hour | source is \"demo form\" | from Thu 30 Apr 17:30 to Mon 4 May 09:30 EEST",
        ),
        (
            r#""company":{"employees":2000,"industry":"food"},"job_title":"VP Sales""#,
            "1 business day | else, grade \"fit\" is \"A\" | from Thu 30 Apr 17:30 to Mon 4 May 17:30 EEST",
        ),
        (r#""source":"webinar""#, "2 business days | otherwise | from Thu 30 Apr 17:30 to Tue 5 May 17:30 EEST"),
    ] {
        assert!(page.contains(said), "{said}\n{page}");
        let evaluator = Evaluator::new(policy("acme.handover"), "2026-04-30T16:00:00Z".parse().unwrap());
        let lead = format!("{{\"id\":\"A\",{lead},\"mql_at\":\"2026-04-30T17:30:00+03:00\",\"activities\":[]}}");
        let due = evaluator.decide(&lead).unwrap().slas.get("accept or reject").unwrap().due_at.unwrap();
        let due = due.with_timezone(&chrono_tz::Europe::Sofia).format("to %a %-d %b %H:%M EEST").to_string();
        assert!(said.ends_with(&due), "{said}: {due}");
        rows += 1;
    }
    assert_eq!(rows, 3);
}

/// What both teams would hold each other to is said as the engine takes it.
#[test]
fn a_page_says_what_the_policy_means() {
    let text = "\
policy \"P\"
  version 1
  agreed by Sales \"VP\" on 2025-12-15
  working hours of \"office\"
lead
  budget is money, called \"what they can spend\", empty when \"?\"
  price is money, called \"our price\", empty when \"?\", \"ask\"
  `is` is a number, called \"rank\"
  consent is yes or no, when empty yes
  mql_at is a time
calendar \"office\"
  time zone \"Europe/Berlin\"
  open Monday to Friday, 09:00 to 17:00
  closed on 2026-04-03 \"Karfreitag\"
  closed on 2027-01-01 \"Neujahr\"
rates on 2020-01-01
  - USD 1 is EUR 0.80
rates on 2025-01-01
  - USD 1 is EUR 0.92
event \"five points deal\"
  dated by mql_at
criterion \"can pay\"
  is met when budget is at least price
criterion \"top\"
  is met when `is` is between 5 and `is`
score \"s\"
  add 3 points for each \"five points deal\", when any of:
    - consent is yes
    - `is` is 7
  add points by `is`:
    - 30 from 1,000
    - 10 from 50
    - 0 otherwise
  add `is` points, at most 20 points
stage \"A\"
  is reached when \"can pay\" is met
  entered when \"five points deal\"
  left when \"five points deal\"
stage \"B\"
  is reached when \"top\" is met
  entered when \"five points deal\"
  left when \"five points deal\", for 0 days
  only while it passes its test
stage \"C\"
  is reached when \"top\" is met
  left when \"five points deal\", for 2 days
sla \"call\"
  clock starts at \"five points deal\"
  time allowed 1 business day
  if missed:
    - notify \"Maria Petrova\"
";
    let policy = Policy::compile(text, &Memory::default()).unwrap();
    let page = Agreement::of(&policy, now()).markdown();
    for said in [
        "Met when what they can spend is at least our price.\n",
        "Met when rank is between 5 and rank.\n",
        "| \\+3 | for each \"five points deal\", when at least one of these holds (consent is yes; rank is 7) |",
        "| \\+30 | rank from 1,000 |\n| \\+10 | else, rank from 50 |\n| 0 | below that, or where we do not know |",
        "| \\+ its value | rank, at most 20 points |",
        "A lead enters with \"five points deal\", and stays until it leaves, whatever becomes of the above.\n\n\
         A lead leaves with \"five points deal\", and does not come back unless it enters anew.\n",
        "A lead enters with \"five points deal\", and stays only while the above is so.\n\n\
         A lead leaves with \"five points deal\", and comes back as soon as the above is so.\n",
        "A lead leaves with \"five points deal\", and does not come back for 2 days.\n",
        "notify \"Maria Petrova\"\n",
        "| 1 business day | always | from Thu 2 Apr 16:30 to Mon 6 Apr 16:30 CEST; \
         Fri 3 Apr (Karfreitag), Sat 4 Apr and Sun 5 Apr do not count |",
        "- closed in 2026 on 3 April (Karfreitag)\n- by the clocks",
        "| consent | yes or no; where it is empty, it counts as yes |",
        "Where \"?\" stands in what they can spend or our price, it counts as empty.\n",
        "Where \"ask\" stands in our price, it counts as empty.\n",
        "| From | Rates |\n|---|---|\n| 1 January 2025 | USD 1 is EUR 0.92 |\n\n",
    ] {
        assert!(page.contains(said), "not on the page: {said}\n{page}");
    }
    assert!(!page.contains("| grade |"), "a word that is not used\n{page}");
    // Without any date of its own, a policy's examples are of today.
    let undated =
        Policy::compile(&text.replace("  agreed by Sales \"VP\" on 2025-12-15\n", ""), &Memory::default()).unwrap();
    let page = Agreement::of(&undated, "2026-09-01T10:00:00Z".parse().unwrap()).markdown();
    assert!(page.contains("from Thu 31 Dec 16:30 to Mon 4 Jan 2027 16:30 CET"), "{page}");
    assert!(page.contains("- closed in 2027 on 1 January (Neujahr)\n"), "{page}");
}

#[test]
fn nothing_in_a_policy_is_markup() {
    let evil = "<script>alert(1)</script> [x](javascript:x) `b` *c*";
    let text = format!(
        "policy \"{evil}\"\n  version 1\n  because \"{evil}\"\nlead\n  a is text, called \"{evil}\"\n\
         criterion \"{evil}\"\n  owned by \"{evil}\"\n  is met when a is \"{evil}\"\n"
    );
    let policy = Policy::compile(&text, &Memory::default()).unwrap();
    let (markdown, html) = (Agreement::of(&policy, now()).markdown(), Agreement::of(&policy, now()).html().unwrap());
    assert!(!html.contains("<script") && html.matches("&lt;script&gt;").count() >= 6, "{html}");
    assert!(!markdown.replace("\\<", "").contains("<script") && !markdown.contains("[x]("), "{markdown}");
}

#[test]
fn the_command_takes_versions_and_says_what_is_wrong() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("agreement");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("versions")).unwrap();
    for (version, dates) in [(1, "effective until 2026-03-31"), (2, "effective from 2026-04-01")] {
        let text = format!("policy \"P\"\n  version {version}\n  {dates}\n");
        fs::write(folder.join(format!("versions/v{version}.handover")), text).unwrap();
    }
    fs::write(folder.join("bad.handover"), "policy \"P\"\n  version one\n").unwrap();
    let doc = |args: &[&str]| {
        let mut handover = Command::new(env!("CARGO_BIN_EXE_handover"));
        let done = handover.arg("doc").args(args).current_dir(&folder).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (text(done.stdout), text(done.stderr), done.status.code().unwrap())
    };
    let (page, _, code) = doc(&["versions", "--now", "2026-03-01T00:00:00Z"]);
    assert!(page.contains("Version 1, in effect until 31 March 2026") && code == 0, "{page}");
    let (page, _, code) = doc(&["versions", "--now", "2026-05-01T00:00:00Z", "--format", "html"]);
    assert!(page.contains("Version 2, in effect from 1 April 2026") && page.starts_with("<!doctype") && code == 0);
    let (page, said, code) = doc(&["bad.handover"]);
    assert!(page.is_empty() && said.contains("H0106") && code == 1, "{said}");
}
