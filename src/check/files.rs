//! The files that a policy names: libraries, lists, rates, holidays, leads.
//!
//! Paths are relative to the file that names them and stay inside the policy's folder.

use std::fmt;
use std::marker::PhantomData;
use std::ops::RangeInclusive;

use chrono::NaiveDate;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer};
use sha2::{Digest, Sha256};

use super::feed;
use crate::decimal::Decimal;
use crate::diagnostic::{Diagnostic, codes};
use crate::loader::{LoadError, Loader};
use crate::syntax::ast::Quoted;

/// A list from a file has at most so many entries.
const MOST_ENTRIES: usize = 1_000_000;

/// Reads files and keeps the digest of all that was read.
pub struct Files<'a> {
    loader: &'a dyn Loader,
    digest: Sha256,
}

impl<'a> Files<'a> {
    /// Reads through `loader`.
    pub fn new(loader: &'a dyn Loader) -> Self {
        Files { loader, digest: Sha256::new() }
    }

    /// The name that messages show for a file.
    pub fn shown(&self, path: &str) -> String {
        self.loader.shown(path)
    }

    /// Reads the policy itself. The digest does not hold its name: a policy that was renamed is the same policy.
    pub fn root(&mut self, path: &str) -> Result<Vec<u8>, LoadError> {
        self.read(path, "")
    }

    fn read(&mut self, path: &str, name: &str) -> Result<Vec<u8>, LoadError> {
        let bytes = self.loader.read(path)?;
        self.digest.update((name.len() as u64).to_le_bytes());
        self.digest.update(name.as_bytes());
        self.digest.update((bytes.len() as u64).to_le_bytes());
        self.digest.update(&bytes);
        Ok(bytes)
    }

    /// Reads a file that `from` (a path as well) names; says what is wrong with it at the name.
    pub fn named(&mut self, from: &str, name: &Quoted) -> Result<(String, Vec<u8>), Diagnostic> {
        let path = join(from, &name.node).ok_or_else(|| outside(name))?;
        match self.read(&path, &path) {
            Ok(bytes) => Ok((path, bytes)),
            Err(error) => Err(cannot_read(name, if path.is_empty() { &name.node } else { &path }, &error)),
        }
    }

    /// `sha256:` and the digest of all files read so far.
    pub fn digest(&self) -> String {
        use std::fmt::Write as _;
        let mut text = String::from("sha256:");
        for byte in self.digest.clone().finalize() {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
}

/// The path of `name` as seen from the file `from`; none where it would leave the folder.
fn join(from: &str, name: &str) -> Option<String> {
    let plain = !name.starts_with(['/', '\\']) && !name.contains(['\\', ':', '\0']);
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => return None,
            part => parts.push(part),
        }
    }
    plain.then(|| parts.join("/"))
}

fn outside(name: &Quoted) -> Diagnostic {
    Diagnostic::new(
        &codes::OUTSIDE_FOLDER,
        name.span,
        format!("`{}` leads out of the policy's folder", name.node),
    )
    .help("Put the file into the folder of the policy, or below it, and write its path from there: `lists/competitors.txt`.")
}

fn cannot_read(name: &Quoted, path: &str, error: &LoadError) -> Diagnostic {
    match error {
        LoadError::OutsideFolder => outside(name),
        LoadError::NotFound => Diagnostic::new(&codes::MISSING_FILE, name.span, format!("there is no file `{path}`"))
            .label("looked for beside this file")
            .help("Check the spelling and the folder; the path is written from the file that names it."),
        LoadError::TooLarge => {
            Diagnostic::new(&codes::TOO_LONG, name.span, format!("the file `{path}` is too large to be read"))
                .help("Split it into several files.")
        }
        LoadError::Other(why) => {
            Diagnostic::new(&codes::MISSING_FILE, name.span, format!("the file `{path}` cannot be read: {why}"))
        }
    }
}

fn bad_file(name: &Quoted, message: String, help: &str) -> Diagnostic {
    Diagnostic::new(&codes::BAD_FILE, name.span, message).help(help)
}

fn text<'b>(name: &Quoted, bytes: &'b [u8]) -> Result<&'b str, Diagnostic> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        bad_file(
            name,
            format!("`{}` is not UTF-8 text (byte {})", name.node, error.valid_up_to()),
            "Save the file as UTF-8.",
        )
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// The entries of a list: one a line, trimmed, without blank lines and those that begin with `#`.
pub fn list(name: &Quoted, bytes: &[u8]) -> Result<Vec<String>, Diagnostic> {
    let entries: Vec<String> = text(name, bytes)?
        .split(['\n', '\r'])
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect();
    if entries.len() > MOST_ENTRIES {
        let message = format!("`{}` has {} entries, and a list may have 1,000,000", name.node, entries.len());
        return Err(Diagnostic::new(&codes::TOO_LONG, name.span, message).help("Split it into several lists."));
    }
    Ok(entries)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RateTable {
    date: Written<NaiveDate>,
    rates: Vec<RateLine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RateLine {
    from: Written<Currency>,
    to: Written<Currency>,
    rate: Written<Decimal>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Holiday {
    date: Written<NaiveDate>,
    name: String,
}

/// A value that is written as a text. It is understood while the file is read, because only then is its line known.
struct Written<T>(T);

/// What can be written as a text.
trait FromText: Sized {
    const EXPECTED: &str;
    fn from_text(text: &str) -> Option<Self>;
}

impl FromText for NaiveDate {
    const EXPECTED: &str = "a date such as 2026-03-03";
    fn from_text(text: &str) -> Option<Self> {
        date(text)
    }
}

impl FromText for Decimal {
    const EXPECTED: &str = "a number above zero such as \"0.92\"";
    fn from_text(text: &str) -> Option<Self> {
        Decimal::parse(text.trim()).filter(|rate| *rate > Decimal::ZERO)
    }
}

/// Three letters in upper case.
struct Currency(String);

impl FromText for Currency {
    const EXPECTED: &str = "a currency such as EUR";
    fn from_text(text: &str) -> Option<Self> {
        currency(text).map(Currency)
    }
}

impl<'de, T: FromText> Deserialize<'de> for Written<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<T>(PhantomData<T>);
        impl<T: FromText> Visitor<'_> for Reader<T> {
            type Value = Written<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{} in quotes", T::EXPECTED)
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Written<T>, E> {
                T::from_text(text).map(Written).ok_or_else(|| E::custom(format!("`{text}` is not {}", T::EXPECTED)))
            }
        }
        deserializer.deserialize_str(Reader(PhantomData))
    }
}

/// What a YAML file holds; what is wrong with it is said with its line.
fn yaml<T: for<'de> Deserialize<'de>>(name: &Quoted, bytes: &[u8], help: &str) -> Result<T, Diagnostic> {
    serde_yaml::from_str(text(name, bytes)?).map_err(|error| {
        let why = error.to_string();
        let place = error.location().map(|place| format!(" at line {} column {}", place.line(), place.column()));
        let why = place.as_deref().and_then(|place| why.strip_suffix(place)).unwrap_or(&why);
        // The path to the value, which the line tells better.
        let why = if why.starts_with('.') { why.split_once(": ").map_or(why, |(_, why)| why) } else { why };
        let line = error.location().map_or(String::new(), |place| format!(", line {}", place.line()));
        bad_file(name, format!("`{}`{line}: {why}", name.node), help)
    })
}

/// One rate of a file: a date, `from` one, `to` so many.
pub type FileRate = (NaiveDate, String, String, Decimal);

/// The rates of a YAML file: a list of `date` and `rates`, each `from`, `to`, `rate`.
pub fn rates(name: &Quoted, bytes: &[u8]) -> Result<Vec<(NaiveDate, Vec<FileRate>)>, Diagnostic> {
    const HELP: &str = "A rates file is a list of `date` and `rates`, each with `from`, `to` and `rate`, the rate in quotes: `{from: USD, to: EUR, rate: \"0.92\"}`.";
    let mut read = Vec::new();
    for RateTable { date: Written(date), rates } in yaml::<Vec<RateTable>>(name, bytes, HELP)? {
        let mut lines = Vec::new();
        for RateLine { from: Written(Currency(from)), to: Written(Currency(to)), rate: Written(rate) } in rates {
            if from == to {
                let message = format!("`{}` has a rate of {from} in itself", name.node);
                return Err(bad_file(name, message, HELP));
            }
            lines.push((date, from, to, rate));
        }
        read.push((date, lines));
    }
    Ok(read)
}

/// The holidays of a file: a list of `date` and `name` in YAML, or those of an iCalendar feed that lie `within` these
/// dates.
pub fn holidays(
    name: &Quoted,
    bytes: &[u8],
    within: &RangeInclusive<NaiveDate>,
) -> Result<Vec<(NaiveDate, String)>, Diagnostic> {
    const HELP: &str = "A holiday file is a list of `date` and `name`: `- {date: 2026-03-03, name: Liberation Day}`.";
    if feed::is_feed(&name.node, bytes) {
        return feed::holidays(bytes, within).map_err(|fault| {
            let line = fault.line.map_or(String::new(), |line| format!(", line {line}"));
            let message = format!("`{}`{line}: {}", name.node, fault.message);
            let code = if fault.too_long { &codes::TOO_LONG } else { &codes::BAD_FILE };
            Diagnostic::new(code, name.span, message).help(fault.help)
        });
    }
    let days = yaml::<Vec<Holiday>>(name, bytes, HELP)?;
    Ok(days.into_iter().map(|Holiday { date: Written(date), name }| (date, name)).collect())
}

fn date(text: &str) -> Option<NaiveDate> {
    let digits = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| digits)
}

fn currency(text: &str) -> Option<String> {
    let letters = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    letters.then(|| text.to_ascii_uppercase())
}
