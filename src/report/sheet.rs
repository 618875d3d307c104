//! Decisions as a table for spreadsheets: a row a lead, a column for each criterion, score, grade, stage and deadline.

use serde_json::Value;

use super::prose::words::safe;
use crate::policy::Policy;

/// The columns of a table of decisions.
#[derive(Clone, Debug)]
pub struct Sheet {
    columns: Vec<Column>,
}

#[derive(Clone, Debug)]
struct Column {
    head: String,
    /// Where its value stands in a decision.
    path: Vec<String>,
}

impl Sheet {
    /// The columns of decisions by these versions of a policy, that hold these keys.
    pub fn new(versions: &[&Policy], has: impl Fn(&str) -> bool) -> Sheet {
        let mut sheet = Sheet { columns: Vec::new() };
        let all = |names: fn(&Policy) -> Vec<String>| {
            let mut all: Vec<String> = Vec::new();
            for name in versions.iter().flat_map(|policy| names(policy)) {
                if !all.contains(&name) {
                    all.push(name);
                }
            }
            all
        };
        let single = |sheet: &mut Sheet, key: &str, path: &[&str]| {
            if has(key) {
                sheet.add(path);
            }
        };
        single(&mut sheet, "lead", &["lead"]);
        single(&mut sheet, "policy", &["policy", "version"]);
        for key in ["as_of", "stage", "recorded_stage", "why", "disqualified_by"] {
            single(&mut sheet, key, &[key]);
        }
        let mut named = |key: &str, names: Vec<String>, below: &[&str]| {
            for name in names.iter().filter(|_| has(key)) {
                if below.is_empty() {
                    sheet.add(&[key, name]);
                }
                below.iter().for_each(|part| sheet.add(&[key, name, part]));
            }
        };
        named("disqualifiers", all(|it| it.disqualifiers.iter().map(|it| it.name.clone()).collect()), &[]);
        named("stages", all(|it| it.stages.iter().map(|it| it.name.clone()).collect()), &["outcome", "since"]);
        named("criteria", all(|it| it.criteria.iter().map(|it| it.name.clone()).collect()), &[]);
        named(
            "checklists",
            all(|it| it.checklists.iter().map(|it| it.name.clone()).collect()),
            &["met", "not_met", "unknown"],
        );
        named("scores", all(|it| it.scores.iter().map(|it| it.name.clone()).collect()), &[]);
        named("grades", all(|it| it.grades.iter().map(|it| it.name.clone()).collect()), &[]);
        let clock = ["status", "started_at", "due_at", "stopped_at", "overrun_seconds"];
        named("slas", all(|it| it.slas.iter().map(|it| it.name.clone()).collect()), &clock);
        for key in ["missing", "actions", "warnings"] {
            single(&mut sheet, key, &[key]);
        }
        sheet.add(&["error"]);
        sheet
    }

    fn add(&mut self, path: &[&str]) {
        let path: Vec<String> = path.iter().map(|part| (*part).to_owned()).collect();
        self.columns.push(Column { head: path.join("."), path });
    }

    /// The names of the columns, as a line of CSV.
    ///
    /// # Errors
    /// None: it is written into memory.
    pub fn header(&self) -> Result<Vec<u8>, csv::Error> {
        line(self.columns.iter().map(|column| safe(&column.head)))
    }

    /// Decisions and error records, one a line, as lines of CSV.
    ///
    /// # Errors
    /// Where a line is no JSON.
    pub fn rows(&self, lines: &[u8]) -> Result<Vec<u8>, csv::Error> {
        let mut out = Vec::with_capacity(lines.len() / 2);
        for text in lines.split(|byte| *byte == b'\n').filter(|text| !text.is_empty()) {
            let decision: Value = serde_json::from_slice(text).map_err(std::io::Error::from)?;
            out.extend(line(self.columns.iter().map(|column| column.cell(&decision)))?);
        }
        Ok(out)
    }
}

fn line(cells: impl Iterator<Item = String>) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(cells.map(String::into_bytes))?;
    out.into_inner().map_err(|error| error.into_error().into())
}

impl Column {
    fn cell(&self, decision: &Value) -> String {
        let found = self.path.iter().try_fold(decision, |value, part| value.get(part));
        match (self.path.first().map(String::as_str), found) {
            (Some("error"), Some(error)) => {
                let line = decision.get("line").map(|line| format!("line {line}: ")).unwrap_or_default();
                let text = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default();
                safe(&format!("{line}{} {}", text("code"), text("message")))
            }
            (_, found) => found.map(shown).unwrap_or_default(),
        }
    }
}

/// A value as a cell: texts so that no spreadsheet takes them for a formula, numbers as they are.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => safe(text),
        Value::Array(all) => safe(&all.iter().map(entry).collect::<Vec<_>>().join("; ")),
        other => other.to_string(),
    }
}

/// An entry of a list: its text; of an action, what to do and for whom; of a warning, its code and field.
fn entry(value: &Value) -> String {
    let part = |key: &str| value.get(key).and_then(Value::as_str);
    match (value, part("do"), part("code")) {
        (Value::String(text), ..) => text.clone(),
        (_, Some(what), _) => {
            let whom = [part("who"), part("what")].into_iter().flatten();
            [what].into_iter().chain(whom).collect::<Vec<_>>().join(" ")
        }
        (_, None, Some(code)) => [Some(code), part("field")].into_iter().flatten().collect::<Vec<_>>().join(" "),
        (other, None, None) => other.to_string(),
    }
}
