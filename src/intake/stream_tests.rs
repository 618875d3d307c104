//! Framing and threads: what becomes of input, however it comes and on however many threads.

use super::*;
use proptest::prelude::*;
use std::io::{self, Cursor, Read};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

fn stream(format: Format, threads: usize, max_line: usize) -> Stream {
    Stream { format, threads: NonZeroUsize::new(threads), max_line }
}

/// Makes a handler that says for each lead where it stands, and what it is or why it cannot be read.
fn describe() -> impl FnMut(Unit<'_>, &mut Vec<u8>) -> ControlFlow<()> {
    let shape = Shape::new(vec![], &["id".into()], chrono_tz::Tz::UTC);
    let mut lead = Lead::new(&shape);
    move |unit, out| {
        let text = match unit.read(&shape, &mut lead, &mut ()) {
            Ok(()) => lead.id().unwrap_or("-"),
            Err(error) => error.code,
        };
        out.extend_from_slice(format!("{}:{text} ", unit.line).as_bytes());
        if text == "stop" { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Gives its bytes a few at a time.
struct Trickle(Cursor<Vec<u8>>, usize);

impl Read for Trickle {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer.len().min(self.1);
        self.0.read(&mut buffer[..length])
    }
}

fn results_of(stream: Stream, input: impl Read + Send + 'static) -> (String, Summary) {
    let mut all = Vec::new();
    let summary = run(stream, input, describe, |out: &mut Vec<u8>| {
        all.append(out);
        Ok(())
    });
    (String::from_utf8(all).unwrap(), summary.unwrap())
}

#[track_caller]
fn check(format: Format, max_line: usize, table: &[(&str, &str)]) {
    for (input, expected) in table {
        for (step, threads) in [(1, 1), (2, 1), (3, 3), (1000, 1), (1000, 2)] {
            let trickle = Trickle(Cursor::new(input.as_bytes().to_vec()), step);
            let (found, _) = results_of(stream(format, threads, max_line), trickle);
            assert_eq!(found.trim_end(), *expected, "{input:?} by {step} on {threads}");
        }
    }
}

#[test]
fn lines() {
    check(
        Format::Ndjson,
        20,
        &[
            ("", ""),
            ("\n \r\n\t\n", ""),
            ("{\"id\":1}\n{\"id\":2}\n", "1:1 2:2"),
            ("{\"id\":1}\r\n\r\n{\"id\":2}", "1:1 3:2"),
            ("\u{feff}{\"id\":1}\n\u{feff}{\"id\":2}\n", "1:1 2:H0702"),
            ("\u{feff}", ""),
            ("{\"id\":1}\n{\"id\":", "1:1 2:H0707"),
            ("{\"id\":1}\n{\"id\":\n", "1:1 2:H0702"),
            ("{\"id\":1}\n{\"id\":]", "1:1 2:H0702"),
            ("{\"id\":1}\n{\"id\":\"é", "1:1 2:H0707"),
            ("[1]\n7\n", "1:H0706 2:H0706"),
            (
                "{\"id\":\"1234567890\"}\n{\"id\":\"1234567890\"} \r\n{\"id\":\"12345678901\"} \n{}",
                "1:1234567890 2:1234567890 3:H0708 4:-",
            ),
            ("{\"id\":\"1234567890\"}\r\n", "1:1234567890"),
            ("{\"id\":\"123456789012345\"}", "1:H0708"),
            ("{\"id\":\"12345678901234567890123456789012345678901234567890\"}\n\n{}", "1:H0708 3:-"),
        ],
    );
}

#[test]
fn elements() {
    check(
        Format::Json,
        20,
        &[
            ("", ""),
            (" \n", ""),
            ("\u{feff}{\"id\": 1}", "1:1"),
            ("\n\n{\"id\":\n1}\n", "3:1"),
            ("{\"id\": 1", "1:H0707"),
            ("{\"id\": 1} 5", "1:H0702"),
            ("7", "1:H0706"),
            ("{\"id\":\"12345678901234567890\"}", "1:H0708"),
            ("[]", ""),
            (" [ ] \n", ""),
            ("[{\"id\":1},{\"id\":2}]", "1:1 1:2"),
            ("[\n  {\"id\":\n1},\n\n  {\"id\":2}\n]\n", "2:1 5:2"),
            ("[{\"id\":\"]}\\\"\"}, {\"id\":\"\\\\\"}]", "1:]}\" 1:\\"),
            ("[[{}], 5, \"a,b\", tru, {}]", "1:H0706 1:H0706 1:H0706 1:H0702 1:-"),
            ("[{\"id\":1],{\"id\":2}]", "1:H0702 1:2"),
            ("[{\"id\":\"12345678901234567890\"},\n{\"id\":2}]", "1:H0708 2:2"),
            ("[{\"id\":1},{\"id\":\"1234567890123456789012345678901234567890\n\"},{\"id\":2}]", "1:1 1:H0708 2:2"),
            ("[", "1:H0707"),
            ("[{\"id\":1},\n{\"id\":2}", "1:1 2:2 2:H0707"),
            ("[{\"id\":1},\n{\"id\":2", "1:1 2:H0707"),
            ("[{\"id\":1},\n\n", "1:1 3:H0707"),
            ("[{\"id\":\"123456789012345678901234567890", "1:H0708"),
            ("[{\"id\":1},]", "1:1 1:H0702"),
            ("[{\"id\":1}\n{\"id\":2}]", "1:1 2:H0702"),
            ("[{\"id\":1}]\n]{}", "1:1 2:H0702"),
            ("[,{}]", "1:H0702"),
        ],
    );
}

/// Many leads, a few of them unreadable, with blank lines between.
fn many() -> Vec<u8> {
    let mut input = String::new();
    for i in 0..40_000u64 {
        match i % 1000 {
            7 => input.push_str("\r\n"),
            8 => input.push_str("{\"id\":\n"),
            9 => input.push_str(&format!("{{\"id\":\"{}\"}}\n", "x".repeat(700_000 * (i == 9009) as usize))),
            _ => input.push_str(&format!("{{\"id\":{i},\"x\":\"{}\"}}\n", "y".repeat((i * i % 97) as usize))),
        }
    }
    input.into_bytes()
}

#[test]
fn the_results_are_the_same_on_any_number_of_threads() {
    let input = many();
    let (alone, summary) = results_of(stream(Format::Ndjson, 1, 500_000), Cursor::new(input.clone()));
    assert_eq!((summary.leads, summary.stopped), (39_960, false));
    assert!(alone.contains("9010:H0708 9011:9010 "));
    for threads in [2, 3, 5] {
        let (together, same) = results_of(stream(Format::Ndjson, threads, 500_000), Cursor::new(input.clone()));
        assert!(together == alone, "{threads} threads");
        assert_eq!(same, summary);
    }
    let lines: Vec<_> = input.split(|byte| *byte == b'\n').filter(|line| line.ends_with(b"}")).collect();
    let array = [b"[", lines.join(&b",\n"[..]).as_slice(), b"]"].concat();
    let (alone, _) = results_of(stream(Format::Json, 1, 500_000), Cursor::new(array.clone()));
    assert!(alone.contains(":H0708 ") && alone.ends_with(":39999 "));
    let (together, _) = results_of(stream(Format::Json, 4, 500_000), Cursor::new(array));
    assert!(together == alone);
}

#[test]
fn a_handler_can_stop_the_stream() {
    let mut input = many();
    input.extend_from_slice(b"{\"id\":\"stop\"}\n");
    let stop = input.len();
    input.extend(many());
    for threads in [1, 2, 5] {
        let (all, summary) = results_of(stream(Format::Ndjson, threads, usize::MAX), Cursor::new(input.clone()));
        let (before, _) = results_of(stream(Format::Ndjson, 1, usize::MAX), Cursor::new(input[..stop].to_vec()));
        assert!(all == before && all.ends_with(":stop "), "{threads} threads");
        assert!(summary.stopped);
    }
}

/// Gives a line only when the results of all before it have been written, and at last waits for ever.
struct Slow {
    given: usize,
    lines: usize,
    written: Arc<AtomicUsize>,
    hangs: bool,
}

impl Read for Slow {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        for _ in 0..5000 {
            if self.written.load(Ordering::SeqCst) == self.given {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        if self.written.load(Ordering::SeqCst) != self.given {
            return Err(io::Error::other("the last result has not been written"));
        }
        if self.given == self.lines {
            if self.hangs {
                loop {
                    std::thread::sleep(Duration::from_secs(1));
                }
            }
            return Ok(0);
        }
        self.given += 1;
        let line = if self.given == self.lines && self.hangs { "{\"id\":\"stop\"}\n" } else { "{\"id\":1}\n" };
        buffer[..line.len()].copy_from_slice(line.as_bytes());
        Ok(line.len())
    }
}

#[test]
fn a_slow_producer_gets_each_result_at_once() {
    for (threads, hangs) in [(1, false), (2, false), (5, false), (1, true), (3, true)] {
        let written = Arc::new(AtomicUsize::new(0));
        let slow = Slow { given: 0, lines: 20, written: written.clone(), hangs };
        let summary = run(stream(Format::Ndjson, threads, 100), slow, describe, |out: &mut Vec<u8>| {
            let results = out.split(|byte| *byte == b' ').filter(|result| !result.is_empty()).count();
            out.clear();
            written.fetch_add(results, Ordering::SeqCst);
            Ok(())
        });
        // A handler that stops is heard although the reader hangs.
        assert_eq!(summary.unwrap(), Summary { leads: 20, stopped: hangs });
    }
}

#[test]
fn failures_to_read_and_to_write_are_told_apart() {
    struct Breaks(usize);
    impl Read for Breaks {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            match self.0 {
                1 => Err(io::ErrorKind::Interrupted.into()),
                2 => {
                    buffer[..3].copy_from_slice(b"{}\n");
                    Ok(3)
                }
                _ => Err(io::ErrorKind::NotConnected.into()),
            }
        }
    }
    for threads in [1, 4] {
        let mut all = Vec::new();
        let broken = run(stream(Format::Ndjson, threads, 100), Breaks(0), describe, |out: &mut Vec<u8>| {
            all.append(out);
            Ok(())
        });
        assert!(matches!(broken, Err(StreamError::Read(error)) if error.kind() == io::ErrorKind::NotConnected));
        assert_eq!(all, b"1:- ");
        let closed = run(stream(Format::Ndjson, threads, 100), Cursor::new(many()), describe, |_: &mut Vec<u8>| {
            Err(io::ErrorKind::BrokenPipe.into())
        });
        assert!(matches!(closed, Err(StreamError::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe));
    }
}

#[test]
fn a_line_without_end_takes_bounded_memory() {
    // A gigabyte would take long to pass through a debug build; 64 times the limit makes the same point.
    let endless = io::repeat(b'x').take(64 << 20);
    let input = endless.chain(Cursor::new(b"\n{\"id\":2}\n".to_vec()));
    let mut framer = super::frame::Framer::new(input, Format::Ndjson, 1 << 20);
    let mut chunk = super::chunk::Chunk::default();
    let (mut handler, mut found) = (describe(), Vec::new());
    while framer.next(&mut chunk).unwrap() {
        let _ = chunk.each(|unit| handler(unit, &mut found));
        assert!(chunk.capacity() <= 4 << 20);
    }
    assert_eq!(found, b"1:H0708 2:2 ");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn how_input_comes_makes_no_difference(input in "[{}\\[\\]\",:\\\\ 1a\r\nid]{0,60}", step in 1..9usize, max_line in 1..30usize) {
        for format in [Format::Ndjson, Format::Json] {
            let whole = results_of(stream(format, 1, max_line), Cursor::new(input.clone().into_bytes()));
            for threads in [1, 3] {
                let trickle = Trickle(Cursor::new(input.clone().into_bytes()), step);
                prop_assert_eq!(&results_of(stream(format, threads, max_line), trickle), &whole);
            }
        }
    }
}
