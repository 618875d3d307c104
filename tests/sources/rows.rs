//! What a program writes as CSV is read cell by cell as it was, and whatever bytes come, nothing is shifted.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use handover::Policy;
use handover::export::{Converter, Layout, Mapping, Table};
use handover::intake::{self, Format, Stream, Unit};
use handover::loader::Memory;
use proptest::prelude::*;

const POLICY: &str = "policy \"Cells\"\n  version 1\nlead\n  a is text\n  b is text\n  c is text\n";
const COLUMNS: [&str; 3] = ["a", "b", "c"];

/// What becomes of each row: its cells by column, or none for an error.
fn read(bytes: &[u8]) -> Result<Vec<Option<BTreeMap<String, String>>>, String> {
    let policy = Policy::compile(POLICY, &Memory::default()).unwrap();
    let mapping = Mapping::read("name: x\nfields: {a: a, b: b, c: c}\n").unwrap();
    let table = Table::open(Cursor::new(bytes.to_vec()), Layout::default())?;
    let header = Some((table.header, table.dialect));
    let converter = Converter::new(&mapping, header, &policy.fields, &policy.identified_by, Default::default());
    let converter = converter.map_err(|bad| bad.first().map(ToString::to_string).unwrap_or_default())?;
    let stream = Stream {
        format: Format::Csv { separator: table.dialect.separator, line: table.line },
        threads: Some(NonZeroUsize::MIN),
        max_line: 1 << 20,
    };
    let mut rows = Vec::new();
    let make = || {
        let mut converter = converter.clone();
        move |unit: Unit<'_>, out: &mut Vec<Option<BTreeMap<String, String>>>| {
            let lead = unit.bytes.and_then(|row| converter.convert(row));
            out.push(lead.ok().map(|lead| serde_json::from_slice(lead).unwrap()));
            ControlFlow::Continue(())
        }
    };
    intake::run(stream, table.rows, make, |out: &mut Vec<_>| {
        rows.append(out);
        Ok(())
    })
    .unwrap();
    Ok(rows)
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![3 => "[a-z ,;|\t\"'\r\n=é]{0,12}", 1 => Just(String::new()), 1 => "\\PC{0,6}"]
}

proptest! {
    #[test]
    fn cells_come_back_as_they_were_written(
        rows in prop::collection::vec([cell(), cell(), cell()], 0..20),
        separator in prop_oneof![Just(b','), Just(b';'), Just(b'\t'), Just(b'|')],
        always in any::<bool>(),
        windows in any::<bool>(),
        marked in any::<bool>(),
    ) {
        let style = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
        let end = if windows { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new();
        let mut writer = writer.delimiter(separator).quote_style(style).terminator(end).from_writer(Vec::new());
        writer.write_record(COLUMNS).unwrap();
        rows.iter().for_each(|row| writer.write_record(row).unwrap());
        let mut bytes = if marked { b"\xef\xbb\xbf".to_vec() } else { Vec::new() };
        bytes.extend(writer.into_inner().unwrap());
        // Rows of nothing but white space, separators and quotes are left out.
        let is_blank = |text: &String| text.chars().all(|c| c.is_ascii_whitespace() || c == '"' || c == char::from(separator));
        let filled = rows.iter().filter(|row| !row.iter().all(is_blank));
        let expected: Vec<_> = filled.map(|row| {
            let cells = COLUMNS.iter().zip(row).map(|(name, cell)| ((*name).to_owned(), cell.trim().to_owned()));
            Some(cells.filter(|(_, cell)| !cell.is_empty()).collect::<BTreeMap<_, _>>())
        }).collect();
        prop_assert_eq!(read(&bytes).unwrap(), expected);
    }

    #[test]
    fn whatever_comes_is_read_or_refused(bytes in prop::collection::vec(
        prop_oneof![Just(b','), Just(b'"'), Just(b'\n'), Just(b'\r'), Just(b'a'), any::<u8>()], 0..200,
    )) {
        let _ = read(&bytes);
        // With a sound header, the cells of every row that is read stand in its own bytes.
        let table = [b"a,b,c\n".as_slice(), &bytes].concat();
        if let Ok(rows) = read(&table) {
            let plain: Vec<u8> = table.iter().filter(|byte| **byte != b'"').copied().collect();
            for cell in rows.into_iter().flatten().flatten() {
                let cell: Vec<u8> = cell.1.bytes().filter(|byte| *byte != b'"').collect();
                prop_assert!(cell.is_empty() || plain.windows(cell.len()).any(|piece| piece == cell));
            }
        }
    }
}
