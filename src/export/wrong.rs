//! Files that are no tables, by their first bytes: what they are, and how to make a table of them.

/// How to make a table of a workbook.
const SAVE: &str = "in the spreadsheet program, save it as CSV (UTF-8), or export CSV from the CRM";

/// What a file is that holds no text at all; none where it may be text.
pub fn kind(start: &[u8]) -> Option<String> {
    let has = |name: &[u8]| start.windows(name.len()).any(|piece| piece == name);
    if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
        let what = if has(b"opendocument.spreadsheet") {
            "a workbook of LibreOffice (.ods)"
        } else if has(b"xl/") || has(b"[Content_Types].xml") {
            "a workbook of Excel (.xlsx)"
        } else {
            return Some("it is a zip archive, not a table: unpack it first".to_owned());
        };
        return Some(format!("it is {what}, not a table in text: {SAVE}"));
    }
    if start.starts_with(b"\xd0\xcf\x11\xe0") {
        return Some(format!("it is a workbook of an older Excel (.xls), not a table in text: {SAVE}"));
    }
    if start.starts_with(b"\x1f\x8b") {
        return Some("it is compressed by gzip: unpack it first".to_owned());
    }
    start.starts_with(b"%PDF").then(|| "it is a PDF, not a table: export CSV from the CRM".to_owned())
}

/// What a file is that is no table in UTF-8 or Latin-1; none where it may be one.
pub fn table(start: &[u8]) -> Option<String> {
    if let Some(kind) = kind(start) {
        return Some(kind);
    }
    let marked = start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff");
    let first = start.get(..512).unwrap_or(start);
    // Every second byte of plain letters is 0 there.
    if marked || first.iter().filter(|byte| **byte == 0).count() > first.len() / 3 {
        let why = "it is UTF-16 text, as “Unicode text” of Excel is: save it as CSV (UTF-8), or as UTF-8 in an editor";
        return Some(why.to_owned());
    }
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    let begins = |word: &str| text.get(..word.len()).is_some_and(|own| own.eq_ignore_ascii_case(word.as_bytes()));
    if ["<!doctype html", "<html", "<head", "<body", "<table"].iter().any(|word| begins(word)) {
        return Some(
            "it is a web page, not a table; where it should be a download, its first lines may say what went wrong \
             (often that somebody has to log in)"
                .to_owned(),
        );
    }
    if begins("<?xml") {
        return Some(format!("it is XML, not a table: {SAVE}"));
    }
    let opens = text.split_first().filter(|(first, _)| b"{[".contains(first));
    let within = opens.and_then(|(_, rest)| rest.trim_ascii_start().first());
    if within.is_some_and(|byte| b"{\"".contains(byte)) {
        let why = "it is JSON, not a table: `--input json` reads it, or `--input ndjson` where each line is a lead";
        return Some(why.to_owned());
    }
    None
}
