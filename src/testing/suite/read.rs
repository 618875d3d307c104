//! A suite's YAML, taken apart: what each test is, and what is wrong with it.

use std::path::Path;

use chrono::{DateTime, Datelike, Utc};
use serde_json::{Map, Value as Json};
use serde_yaml::{Mapping, Value};

use super::{Case, HELP, Suite, What};
use crate::diagnostic::{Diagnostic, codes, did_you_mean};
use crate::loader::Loader;
use crate::testing::lead::EXACT_DIGITS;
use crate::yaml::{Step, locate, shown};

const KEYS: [&str; 4] = ["policy", "now", "leads", "tests"];
const TEST_KEYS: [&str; 6] = ["name", "lead", "with", "now", "expect", "skip"];
const INSTANT: &str = "Write a date, a time and an offset: 2026-03-10T09:00:00+02:00.";

/// A fault at a path.
struct Fault {
    path: Vec<Step>,
    message: String,
    help: Option<String>,
}

impl Fault {
    fn new(path: Vec<Step>, message: impl Into<String>) -> Fault {
        Fault { path, message: message.into(), help: None }
    }

    fn help(mut self, help: impl Into<String>) -> Fault {
        self.help = Some(help.into());
        self
    }
}

/// Takes a file apart.
pub struct Reader<'a> {
    suite: &'a mut Suite,
    files: &'a dyn Loader,
    faults: Vec<Fault>,
}

fn key(name: &str) -> Vec<Step> {
    vec![Step::Key(name.to_owned())]
}

fn below(path: &[Step], step: Step) -> Vec<Step> {
    path.iter().cloned().chain([step]).collect()
}

/// What a value is, for people.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Sequence(_) => "a list",
        Value::Mapping(_) => "keys and values",
        Value::Tagged(_) => "a value with a tag",
    }
}

impl<'a> Reader<'a> {
    pub fn new(suite: &'a mut Suite, files: &'a dyn Loader) -> Reader<'a> {
        Reader { suite, files, faults: Vec::new() }
    }

    /// Adds to the suite what the file says.
    pub fn file(mut self, value: &Value) {
        match value {
            Value::Mapping(all) => self.suite_of(all),
            other => {
                self.fault(
                    Fault::new(Vec::new(), format!("a suite is keys and values, and this is {}", kind(other)))
                        .help(HELP),
                );
            }
        }
        let file = &self.suite.file;
        let said = self.faults.into_iter().map(|fault| {
            let mut diagnostic = Diagnostic::new(&codes::BAD_SUITE, locate(file, &fault.path), fault.message);
            diagnostic.label = shown(&fault.path);
            diagnostic.help = fault.help;
            diagnostic
        });
        self.suite.faults.extend(said);
    }

    fn fault(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// Says which keys are none of these.
    fn known(&mut self, path: &[Step], all: &Mapping, keys: &[&str], of: &str) {
        for (name, _) in all {
            let Some(name) = name.as_str() else {
                self.fault(Fault::new(path.to_vec(), format!("a key of {of} is no text: it is {}", kind(name))));
                continue;
            };
            if !keys.contains(&name) {
                let fault = Fault::new(below(path, Step::Key(name.to_owned())), format!("{of} has no key `{name}`"));
                let names = keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
                self.fault(match did_you_mean(name, keys.iter().copied()) {
                    Some(meant) => fault.help(format!("Did you mean `{meant}`?")),
                    None => fault.help(format!("Its keys are {names}.")),
                });
            }
        }
    }

    fn suite_of(&mut self, all: &Mapping) {
        self.known(&[], all, &KEYS, "a suite");
        match all.get("policy") {
            Some(Value::String(path)) if !path.trim().is_empty() => self.suite.policy = Some(path.clone()),
            None => self.fault(Fault::new(Vec::new(), "the suite does not name its policy").help(HELP)),
            Some(other) => {
                let message = format!("`policy` is the path of a policy, and this is {}", kind(other));
                self.fault(Fault::new(key("policy"), message));
            }
        }
        let now = all.get("now").and_then(|now| self.instant(&key("now"), now));
        let leads = self.leads(all.get("leads"));
        match all.get("tests") {
            Some(Value::Sequence(tests)) => {
                for (at, test) in tests.iter().enumerate() {
                    let path = below(&key("tests"), Step::Item(at));
                    self.test(at, &path, test, (all.contains_key("now"), now), &leads);
                }
            }
            None => self.fault(Fault::new(Vec::new(), "the suite has no `tests`").help(HELP)),
            Some(other) => {
                let message = format!("`tests` is a list of tests, and this is {}", kind(other));
                self.fault(Fault::new(key("tests"), message).help(HELP));
            }
        }
    }

    fn instant(&mut self, path: &[Step], value: &Value) -> Option<DateTime<Utc>> {
        let text = value.as_str();
        let time = text.and_then(|text| DateTime::parse_from_rfc3339(text).ok()).map(|time| time.to_utc());
        let time = time.filter(|time| (0..=9999).contains(&time.year()));
        if time.is_none() {
            let shown = text.map_or_else(|| kind(value).to_owned(), |text| format!("`{text}`"));
            self.fault(Fault::new(path.to_vec(), format!("{shown} is not an instant")).help(INSTANT));
        }
        time
    }

    fn leads(&mut self, value: Option<&Value>) -> Vec<(String, Option<Json>)> {
        let all = match value {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Mapping(all)) => all,
            Some(other) => {
                let message = format!("`leads` are names with a lead each, and this is {}", kind(other));
                self.fault(Fault::new(key("leads"), message));
                return Vec::new();
            }
        };
        let mut leads = Vec::new();
        for (name, lead) in all {
            let Some(name) = name.as_str() else {
                self.fault(Fault::new(key("leads"), "the name of a lead is no text: put it in quotes"));
                continue;
            };
            let path = below(&key("leads"), Step::Key(name.to_owned()));
            leads.push((name.to_owned(), self.lead(&path, lead)));
        }
        leads
    }

    /// A lead that is written out, or a file with one.
    fn lead(&mut self, path: &[Step], value: &Value) -> Option<Json> {
        let read = match value {
            Value::Tagged(tagged) if tagged.tag == "file" => self.lead_file(path, &tagged.value)?,
            other => self.json(path, other)?,
        };
        if !read.is_object() {
            self.fault(Fault::new(path.to_vec(), format!("a lead is keys and values, and this is {}", kind(value))));
            return None;
        }
        Some(read)
    }

    fn lead_file(&mut self, path: &[Step], name: &Value) -> Option<Json> {
        let Some(name) = name.as_str() else {
            self.fault(Fault::new(path.to_vec(), "`!file` is followed by the path of a file"));
            return None;
        };
        if Path::new(name).extension().is_none_or(|extension| extension != "json") {
            let message = format!("`{name}` is no JSON file");
            self.fault(
                Fault::new(path.to_vec(), message).help("`!file` takes a lead from a file that ends in `.json`."),
            );
            return None;
        }
        let fault = match self.files.read(name) {
            Ok(bytes) => match serde_json::from_slice::<Json>(&bytes) {
                Ok(lead) => return Some(lead),
                Err(error) => format!("`{name}` is not JSON: {error}"),
            },
            Err(error) => format!("`{name}` cannot be read: {error}"),
        };
        self.fault(Fault::new(path.to_vec(), fault).help("The file lies beside the suite, or in a folder below."));
        None
    }

    /// YAML as JSON. Numbers stand as they were written.
    fn json(&mut self, path: &[Step], value: &Value) -> Option<Json> {
        Some(match value {
            Value::Null => Json::Null,
            Value::Bool(yes) => Json::Bool(*yes),
            Value::String(text) => Json::String(text.clone()),
            Value::Number(number) => {
                let text = number.to_string();
                let digits = text.split(['e', 'E']).next().unwrap_or_default().chars();
                let many = digits.filter(char::is_ascii_digit).count() > EXACT_DIGITS && !number.is_i64();
                match serde_json::from_str(&text) {
                    Ok(number) if !many => number,
                    _ => {
                        let message = format!("the number `{text}` has more than {EXACT_DIGITS} digits, or is none");
                        let help = "Put it in quotes: a text of digits is a number, and stays as it is.";
                        self.fault(Fault::new(path.to_vec(), message).help(help));
                        return None;
                    }
                }
            }
            Value::Sequence(items) => {
                let step = |(at, item)| self.json(&below(path, Step::Item(at)), item);
                Json::Array(items.iter().enumerate().map(step).collect::<Option<_>>()?)
            }
            Value::Mapping(all) => {
                let mut object = Map::new();
                for (name, value) in all {
                    let Some(name) = name.as_str() else {
                        self.fault(Fault::new(path.to_vec(), "the name of a field is no text: put it in quotes"));
                        return None;
                    };
                    object.insert(name.to_owned(), self.json(&below(path, Step::Key(name.to_owned())), value)?);
                }
                Json::Object(object)
            }
            Value::Tagged(tagged) => {
                let message = format!("`{}` has no meaning here", tagged.tag);
                self.fault(Fault::new(path.to_vec(), message).help("`!file` stands for a whole lead."));
                return None;
            }
        })
    }

    fn test(
        &mut self,
        place: usize,
        path: &[Step],
        value: &Value,
        (has_now, now): (bool, Option<DateTime<Utc>>),
        leads: &[(String, Option<Json>)],
    ) {
        let Value::Mapping(all) = value else {
            self.fault(
                Fault::new(path.to_vec(), format!("a test is keys and values, and this is {}", kind(value))).help(HELP),
            );
            return;
        };
        self.known(path, all, &TEST_KEYS, "a test");
        let at = |name: &str| below(path, Step::Key(name.to_owned()));
        let name = match all.get("name") {
            Some(Value::String(name)) if !name.trim().is_empty() => name.clone(),
            _ => {
                self.fault(Fault::new(path.to_vec(), "the test has no name").help("A name says what the test shows."));
                shown(path)
            }
        };
        let said = self.faults.len();
        let what = match all.get("skip") {
            Some(Value::String(why)) if !why.trim().is_empty() => What::Skip(why.clone()),
            Some(_) => {
                let message = "`skip` is the reason why the test is not tried";
                self.fault(Fault::new(at("skip"), message).help("Write `skip: waiting for …`, or delete the line."));
                What::Faulty
            }
            None => {
                let own = all.get("now").map(|now| self.instant(&at("now"), now));
                let now = match own {
                    Some(own) => own,
                    None if has_now => now,
                    None => {
                        self.fault(
                            Fault::new(path.to_vec(), "neither the test nor the suite says `now`").help(INSTANT),
                        );
                        None
                    }
                };
                let lead = self.lead_of(path, all, leads);
                let expect = self.expectations(path, all);
                match (lead, now, expect) {
                    (Some(lead), Some(now), Some(expect)) if self.faults.len() == said => {
                        What::Try { lead: lead.to_string(), now, expect }
                    }
                    _ => What::Faulty,
                }
            }
        };
        self.suite.cases.push(Case { place, name, what });
    }

    fn expectations(&mut self, path: &[Step], all: &Mapping) -> Option<Mapping> {
        match all.get("expect") {
            Some(Value::Mapping(expect)) if !expect.is_empty() => Some(expect.clone()),
            // The slip in the key was said.
            None if all.keys().filter_map(Value::as_str).any(|key| did_you_mean(key, TEST_KEYS) == Some("expect")) => {
                None
            }
            _ => {
                let help = "`expect` names the part of the decision that matters: `expect: {stage: MQL}`.";
                self.fault(Fault::new(path.to_vec(), "the test expects nothing").help(help));
                None
            }
        }
    }

    /// The lead of a test: a shared one or its own, with what is said `with` it.
    fn lead_of(&mut self, path: &[Step], all: &Mapping, leads: &[(String, Option<Json>)]) -> Option<Json> {
        let at = |name: &str| below(path, Step::Key(name.to_owned()));
        let mut lead = match all.get("lead") {
            Some(Value::String(name)) => match leads.iter().find(|(own, _)| own == name) {
                Some((_, lead)) => lead.clone()?,
                None => {
                    let fault = Fault::new(at("lead"), format!("the suite has no lead `{name}`"));
                    let names: Vec<String> = leads.iter().map(|(name, _)| name.clone()).collect();
                    let meant = did_you_mean(name, names.iter().map(String::as_str));
                    self.fault(match meant {
                        Some(meant) => fault.help(format!("Did you mean `{meant}`?")),
                        None if names.is_empty() => fault.help("Leads that tests share stand under `leads`."),
                        None => fault.help(format!("Its leads are {}.", crate::diagnostic::few(&names, "`"))),
                    });
                    return None;
                }
            },
            Some(own) => self.lead(&at("lead"), own)?,
            None if all.contains_key("with") => Json::Object(Map::new()),
            None => {
                self.fault(
                    Fault::new(path.to_vec(), "the test has no lead")
                        .help("Write `lead:` and a name or the lead itself."),
                );
                return None;
            }
        };
        if let Some(with) = all.get("with") {
            let with = self.lead(&at("with"), with)?;
            merge(&mut lead, with);
        }
        Some(lead)
    }
}

/// Lays values over a lead: keys and values deep, everything else, lists too, as a whole. What is null stands in the lead as
/// null, which a policy reads as empty.
fn merge(lead: &mut Json, with: Json) {
    match (lead, with) {
        (Json::Object(lead), Json::Object(with)) => {
            for (key, value) in with {
                merge(lead.entry(key).or_insert(Json::Null), value);
            }
        }
        (lead, with) => *lead = with,
    }
}
