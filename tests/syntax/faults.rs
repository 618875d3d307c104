//! `faults.txt`: a line with a slip in it, and what is said of it.
//!
//! A section begins with `##` and the lines around the faulty one, indented by four, where `>>>` stands for it (and
//! `⏎` in it for a new line). Below each faulty line stand its diagnostics: the code, the words pointed at, what to
//! write instead (`-` where that is not certain), the message; and how the help begins.

use crate::read;

const TABLE: &str = include_str!("faults.txt");

#[test]
fn every_slip_is_named_and_mended() {
    let mut context = String::new();
    let mut lines = TABLE.lines().peekable();
    let (mut cases, mut wrong) = (0, Vec::new());
    while let Some(line) = lines.next() {
        if line.starts_with("##") {
            context.clear();
            while let Some(shown) = lines.next_if(|line| line.starts_with("    ")) {
                context.push_str(&shown[4..]);
                context.push('\n');
            }
        } else if !line.is_empty() && !line.starts_with('#') {
            let mut expected = Vec::new();
            while let Some(said) = lines.next_if(|line| line.starts_with("    ")) {
                expected.push(said.trim_start().to_owned());
            }
            let said = said(&context.replace(">>>", &line.replace('⏎', "\n")));
            let same = said.len() == expected.len()
                && said.iter().zip(&expected).all(|(said, expected)| match expected.strip_prefix("help: ") {
                    Some(start) => said.strip_prefix("help: ").is_some_and(|help| help.starts_with(start)),
                    None => said == expected,
                });
            if !same {
                wrong.push(format!(
                    "{line}\n    {}\n  instead of\n    {}",
                    said.join("\n    "),
                    expected.join("\n    ")
                ));
            }
            cases += 1;
        }
    }
    assert!(wrong.is_empty(), "{} of {cases}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(cases >= 300, "only {cases} cases");
}

fn said(text: &str) -> Vec<String> {
    let read = read(text);
    let show = |diagnostic: &handover::diagnostic::Diagnostic| {
        let words = read.source.slice(diagnostic.span).replace('\n', "⏎");
        let fix = diagnostic.fix.as_deref().unwrap_or("-");
        let first = format!("{} | {words} | {fix} | {}", diagnostic.code.id, diagnostic.message);
        [first.trim_end().to_owned(), format!("help: {}", diagnostic.help.as_deref().unwrap_or("none"))]
    };
    read.diagnostics.iter().flat_map(show).collect()
}

#[test]
fn a_fix_makes_its_line_sound() {
    // Where a line has one fault and the fix of it is certain, the line with the fix in it has none.
    let mut context = String::new();
    let mut lines = TABLE.lines().peekable();
    let mut tried = 0;
    while let Some(line) = lines.next() {
        if line.starts_with("##") {
            context.clear();
            while let Some(shown) = lines.next_if(|line| line.starts_with("    ")) {
                context.push_str(&shown[4..]);
                context.push('\n');
            }
        } else if !line.is_empty() && !line.starts_with(['#', ' ']) {
            let text = context.replace(">>>", &line.replace('⏎', "\n"));
            let read = read(&text);
            let [diagnostic] = read.diagnostics.as_slice() else { continue };
            let Some(fix) = &diagnostic.fix else { continue };
            let (start, end) = (diagnostic.span.start as usize, diagnostic.span.end as usize);
            let mended = format!("{}{fix}{}", &text[..start], &text[end..]);
            let left = crate::read(&mended).shown();
            // A head that was mended may lack its bullets, and a statement its other lines: that is a new fault.
            let left: Vec<_> = left.into_iter().filter(|said| !said.contains("H0111")).collect();
            let repeated = line.contains("email is filled in⏎      - phone") || line.starts_with("crit");
            assert!(left.is_empty() || repeated, "{mended}\n{left:#?}");
            tried += 1;
        }
    }
    assert!(tried > 200, "only {tried} fixes");
}
