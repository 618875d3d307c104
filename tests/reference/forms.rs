//! The canonical form of a policy: the same however untidily it was written, and decided as before.

use handover::Evaluator;
use handover::diagnostic::plain;
use handover::format::format;
use handover::loader::Memory;

use crate::chance::Chance;
use crate::untidy::Untidy;
use crate::{comparable, decided, generate, leads, render, slas, time};

/// Policies, from seeds that no other property uses.
const CASES: std::ops::Range<u64> = 2_000_000..2_000_018;
const LEADS: usize = 6;

#[test]
fn the_canonical_form_decides_the_same() {
    let (mut untidy, mut chance, mut forms) = (Untidy::default(), Chance::new(17), 0);
    for seed in CASES {
        let of_clocks = seed % 2 == 0;
        let mut generator = if of_clocks { slas::generate(seed) } else { generate::generate(seed) };
        let written = render::render(&generator.policy);
        let (mut before, mut after) = (Memory::default(), Memory::default());
        for (name, text) in &written {
            before = before.with(name, text.as_str());
            if !name.ends_with(".handover") {
                after = after.with(name, text.as_str());
                continue;
            }
            let canonical = format(text).unwrap_or_else(|why| panic!("case {seed}, {name}: {why:?}\n{text}"));
            assert_eq!(format(&canonical).as_ref(), Ok(&canonical), "case {seed}, {name}: twice");
            forms += usize::from(canonical != *text);
            for _ in 0..2 {
                let other = untidy.write(&canonical, &mut |below| chance.index(below));
                let again = format(other.trim_start_matches('\u{feff}'));
                let again = again.unwrap_or_else(|why| panic!("case {seed}, {name}: {why:?}\n{other}"));
                for (line, expected) in again.lines().zip(canonical.lines()) {
                    assert_eq!(line, expected, "case {seed}, {name}:\n{other}");
                }
                assert_eq!(again, canonical, "case {seed}, {name}");
            }
            // What is decided by one that is written untidily is decided by all of them.
            after = after.with(name, untidy.write(&canonical, &mut |below| chance.index(below)).as_str());
        }
        let compile = |files: &Memory| {
            let compiled = handover::compile(files, "p.handover");
            let said = plain(&compiled.diagnostics, &compiled.sources);
            let policy = compiled.policy.unwrap_or_else(|| panic!("case {seed}: {said}"));
            Evaluator::new(policy, time::utc(generator.now))
        };
        let [before, after] = [compile(&before), compile(&after)];
        for at in 0..LEADS {
            let (lead, now) =
                if of_clocks { generator.timeline(at) } else { (leads::lead(&mut generator, at), generator.now) };
            let decide = |evaluator: &Evaluator| comparable(decided(&evaluator.at(time::utc(now)), &lead));
            assert_eq!(decide(&before), decide(&after), "case {seed}:\n{lead}");
        }
    }
    assert!(untidy.is_complete() && forms > 0, "{forms} were not canonical; {untidy:?}");
}
