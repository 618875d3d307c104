//! Handover as a library, as a program that embeds it would use it.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that cannot read its policy has failed")]

use std::path::Path;
use std::sync::Arc;
use std::thread;

use chrono::{DateTime, Utc};
use handover::diagnostic::HumanOptions;
use handover::loader::{Folder, Memory};
use handover::{Evaluator, Outcome, Outputs, Policy};

const TINY: &str = r#"policy "Tiny"
  version 3
  effective from 2026-01-01
lead
  identified by email
  email is text
  size is a number
  visits is a list of:
    - time is a time
event "visited"
  from visits
  dated by time
criterion "large"
  is met when size is at least 50
checklist "fit"
  - large: "large" is met
  - known: email is filled in
score "interest"
  add 2.5 points for each "visited" within the last 30 days
grade "interest" of score "interest"
  - "A" from 5
  - "B" otherwise
disqualify "nobody"
  when size is 0
stage "MQL"
  is reached when all of:
    - "large" is met
    - "visited" happened within the last 30 days
  entered when "visited"
  left when "visited", for 1 day
"#;

const LEAD: &str = r#"{"email": " ana@contoso.com ", "size": 60,
    "visits": [{"time": "2026-03-01T10:00:00Z"}, {"time": "2026-03-09T10:00:00.5Z"}, {"time": "soon"}]}"#;

fn now() -> DateTime<Utc> {
    "2026-03-11T12:00:00Z".parse().unwrap()
}

fn tiny() -> Evaluator {
    Evaluator::new(Policy::compile(TINY, &Memory::default()).unwrap(), now())
}

#[test]
fn a_decision_is_a_value() {
    let decision = tiny().decide(LEAD).unwrap();
    assert_eq!(decision.lead.as_deref(), Some("ana@contoso.com"));
    assert_eq!((decision.policy.name.as_ref(), decision.policy.version), ("Tiny", 3));
    assert_eq!(decision.as_of, now());
    assert_eq!(decision.stage.as_deref(), Some("MQL"));
    assert_eq!(decision.recorded_stage, None);
    assert_eq!(decision.criteria.get("large"), Some(&Outcome::Met));
    assert_eq!(decision.criteria.get("small"), None);
    assert_eq!(decision.disqualifiers.iter().collect::<Vec<_>>(), [("nobody", &Outcome::NotMet)]);
    let fit = decision.checklists.get("fit").unwrap();
    assert_eq!((fit.met, fit.not_met, fit.unknown, fit.items.len()), (2, 0, 0, 2));
    let points = decision.scores.get("interest").unwrap();
    assert_eq!((points.hundredths(), points.to_string().as_str()), (500, "5"));
    assert_eq!(decision.grades.get("interest").unwrap().as_ref(), "A");
    assert_eq!(decision.stages.get("MQL").unwrap().outcome, Outcome::Met);
    let warning = decision.warnings.first().unwrap();
    assert_eq!((warning.code, warning.field.as_deref()), ("H0731", Some("visits[2].time")));
}

#[test]
fn points_are_shortest_decimals_in_json_as_well() {
    let later = tiny().at("2026-04-05T12:00:00Z".parse().unwrap()).decide(LEAD).unwrap();
    assert_eq!(serde_json::to_string(&later.scores).unwrap(), r#"{"interest":2.5}"#);
    let now = tiny().decide(LEAD).unwrap();
    assert_eq!(serde_json::to_string(&now.scores).unwrap(), r#"{"interest":5}"#);
}

#[test]
fn an_open_stay_has_its_beginning() {
    let policy = TINY.replace("  left when \"visited\", for 1 day\n", "");
    let policy = Policy::compile(&policy, &Memory::default()).unwrap();
    let decision = Evaluator::new(policy, now()).decide(LEAD).unwrap();
    let since = decision.stages.get("MQL").unwrap().since.unwrap();
    assert_eq!(since, "2026-03-09T10:00:00.5Z".parse::<DateTime<Utc>>().unwrap());
    assert_eq!(decision.recorded_stage.as_deref(), Some("MQL"));
    let json = serde_json::to_string(&decision.stages).unwrap();
    assert_eq!(json, r#"{"MQL":{"outcome":"met","test":"met","since":"2026-03-09T10:00:00.5Z"}}"#);
}

#[test]
fn another_instant_is_another_decision_by_the_same_policy() {
    let evaluator = tiny();
    let before = evaluator.at("2025-12-31T23:59:59Z".parse().unwrap()).decide(LEAD).unwrap();
    assert_eq!(before.stage, None);
    assert!(before.warnings.iter().any(|warning| warning.code == "H0734"));
    assert_eq!(before.policy, evaluator.decide(LEAD).unwrap().policy);
    assert_eq!(evaluator.policy().version, 3);
}

#[test]
fn a_worker_goes_on_at_another_instant() {
    let mut worker = tiny().worker();
    let first = worker.decide(LEAD).unwrap();
    let later = "2026-04-05T12:00:00Z".parse().unwrap();
    worker.at(later);
    assert_eq!(worker.decide(LEAD).unwrap(), tiny().at(later).decide(LEAD).unwrap());
    worker.at(now());
    assert_eq!(worker.decide(LEAD).unwrap(), first);
    // A decision can write the years 0 to 9999.
    worker.at(DateTime::<Utc>::MAX_UTC);
    assert_eq!(worker.decide(LEAD).unwrap().as_of.to_rfc3339(), "9999-12-31T23:59:59.999999+00:00");
}

#[test]
fn threads_share_an_evaluator() {
    let evaluator = Arc::new(tiny());
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let evaluator = Arc::clone(&evaluator);
            thread::spawn(move || {
                let mut worker = evaluator.worker();
                (0..50).map(|_| worker.decide(LEAD).unwrap()).collect::<Vec<_>>()
            })
        })
        .collect();
    let alone = evaluator.decide(LEAD).unwrap();
    for thread in threads {
        assert!(thread.join().unwrap().iter().all(|decision| *decision == alone));
    }
}

#[test]
fn what_nobody_asked_for_is_empty() {
    let policy = Policy::compile(TINY, &Memory::default()).unwrap();
    let decision = Evaluator::only(policy, now(), Outputs::only(["scores"]).unwrap()).decide(LEAD).unwrap();
    assert_eq!(serde_json::to_string(&decision).unwrap(), r#"{"scores":{"interest":5}}"#);
    assert_eq!(decision.scores.len(), 1);
    assert_eq!((decision.lead, decision.stage), (None, None));
    assert!(decision.criteria.is_empty() && decision.stages.is_empty() && decision.why.is_empty());
}

#[test]
fn a_lead_that_cannot_be_read_is_an_error_and_nothing_else() {
    let evaluator = tiny();
    let mut worker = evaluator.worker();
    let mut out = b"before".to_vec();
    let error = worker.write(r#"{"size": 60, "size": 70}"#, &mut out).unwrap_err();
    assert_eq!((error.code, error.offset, out.as_slice()), ("H0704", 13, b"before".as_slice()));
    assert!(worker.decide([0xff_u8].as_slice()).is_err());
    assert_eq!(worker.decide(LEAD).unwrap(), tiny().decide(LEAD).unwrap());
}

#[test]
fn why_there_is_no_policy_can_be_shown() {
    let wrong = Policy::compile(&TINY.replace("size is at least", "siz is at least"), &Memory::default()).unwrap_err();
    assert_eq!((wrong.counts().errors, wrong.counts().warnings), (1, 0));
    let first = wrong.iter().next().unwrap();
    assert_eq!((first.code.id, wrong.sources().line(first.span)), ("H0202", 14));
    assert!(wrong.to_string().starts_with("<policy>:14:15: error H0202"), "{wrong}");
    // What a program shows whose `main` gives the error back.
    assert_eq!(format!("{wrong:?}"), wrong.to_string());
    assert!(wrong.human(HumanOptions::default()).contains("is met when siz is at least 50"));
    assert!(wrong.json().starts_with("{\"diagnostics\":[{\"code\":\"H0202\""));
}

#[test]
fn a_library_is_no_policy() {
    let wrong = Policy::compile("library \"crm\"\nlead\n  size is a number\n", &Memory::default()).unwrap_err();
    assert!(wrong.to_string().contains("this is a library"), "{wrong}");
}

#[test]
fn a_policy_comes_from_a_folder_or_from_memory() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    let policy = Policy::load(&Folder::new(&folder), "acme.handover").unwrap();
    let text = std::fs::read_to_string(folder.join("acme.handover")).unwrap();
    // The digest is of what the files hold, not of where they lie.
    assert_eq!(policy.digest, Policy::compile(&text, &Folder::new(&folder)).unwrap().digest);
    let wrong = Policy::load(&Folder::new(&folder), "acne.handover").unwrap_err();
    assert!(wrong.to_string().contains("there is no such file"), "{wrong}");
}
