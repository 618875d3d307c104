//! A hunt for panics: bytes by chance, and policies and leads of this repository with a little or much of them changed.
//!
//! What must hold for each is in `hunt/claims.rs`. The same cases are tried each time; for others, and for more of
//! them: `HANDOVER_SEED=1 HANDOVER_CASES=10000000 cargo test --test hunt`. Each hunt also proves what it hunted: a
//! test that tries nothing but what is refused at once would say little.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a hunt that cannot go on has failed"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "a hunt reads its seeds, its settings and, to catch what never ends, the clock"
)]

#[path = "hunt/claims.rs"]
mod claims;
#[path = "hunt/dice.rs"]
mod dice;
#[path = "hunt/driver.rs"]
mod driver;
#[path = "hunt/input.rs"]
mod input;
#[path = "hunt/leads.rs"]
mod leads;
#[path = "hunt/policies.rs"]
mod policies;
#[path = "hunt/seeds.rs"]
mod seeds;
#[path = "hunt/sizes.rs"]
mod sizes;
#[path = "hunt/tree.rs"]
mod tree;
#[path = "hunt/words.rs"]
mod words;

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use handover::Evaluator;
use handover::intake::Format;
use handover::loader::Memory;

use claims::Judge;
use dice::Dice;
use driver::hunt;
use input::Input;
use seeds::{SEEDS, Seed, TEXTS};

/// How many cases all hunts try together, unless `HANDOVER_CASES` says otherwise.
const CASES: u64 = 101_000;

/// Instants at which clocks, calendars and numbers end: years 0, 1, 1582, 1900, 9999, changes of the clocks, and what no
/// decision can write.
const EDGES: [DateTime<Utc>; 12] = [
    DateTime::<Utc>::MIN_UTC,
    micros(-377_705_116_800_000_000),
    micros(-62_167_219_200_000_000),
    micros(-62_135_596_800_000_000),
    micros(-12_219_292_800_000_000),
    micros(-2_208_988_800_000_000),
    micros(0),
    micros(1_774_747_800_000_000),
    micros(4_102_444_800_000_000),
    micros(253_402_300_799_999_999),
    micros(253_402_300_800_000_000),
    DateTime::<Utc>::MAX_UTC,
];

const fn micros(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).expect("an instant")
}

#[test]
fn any_bytes_are_read_as_a_policy() {
    let tally = hunt("parse", 70, |case, dice, tally| {
        let bytes = match dice.roll(8) {
            0 => policies::heap(dice),
            1..=4 => policies::gently(&few_lines(dice), dice).into_bytes(),
            _ => policies::wildly(&few_lines(dice), &few_lines(dice), dice),
        };
        case.input("policy.handover", bytes.clone());
        let codes = claims::parse(&bytes);
        tally.add(if codes.is_empty() { "sound" } else { "faulty" });
        codes.iter().for_each(|code| tally.add(*code));
    });
    tally.share("sound", 30);
    tally.share("faulty", 40);
    tally.kinds("H00", 2);
    tally.kinds("H01", 12);
}

/// A few lines of a policy: enough to be wrong in, and quickly read.
fn few_lines(dice: &mut Dice) -> String {
    let statements = policies::statements(any_text(dice));
    let statement = dice.pick(&statements);
    let lines: Vec<&str> = statement.split_inclusive('\n').collect();
    let skipped = if dice.one_in(3) { dice.roll(lines.len()) } else { 0 };
    lines[skipped..].iter().take(8).copied().collect()
}

#[test]
fn any_bytes_are_checked_as_a_policy() {
    let tally = hunt("check", 11, |case, dice, tally| {
        let (seed, policy) = any_policy(dice);
        case.input("policy.handover", policy.clone());
        let (policy, codes) = claims::check(&seed.with(&policy), "policy.handover");
        tally.add(if policy.is_some() { "compiled" } else { "refused" });
        codes.iter().for_each(|code| tally.add(*code));
    });
    tally.share("compiled", 30);
    tally.share("refused", 25);
    tally.kinds("H0", 26);
}

fn any_text(dice: &mut Dice) -> &'static str {
    let text: &String = dice.pick(&TEXTS);
    text
}

fn any_policy(dice: &mut Dice) -> (&'static Seed, Vec<u8>) {
    let seed = dice.pick(&SEEDS);
    let policy = match dice.roll(8) {
        0..=4 => policies::gently(&seed.policy, dice).into_bytes(),
        _ => policies::wildly(&seed.policy, any_text(dice), dice),
    };
    (seed, policy)
}

#[test]
fn any_bytes_are_decided_as_a_lead() {
    let compiled = |seed: &Seed| claims::check(&seed.with(seed.policy.as_bytes()), "policy.handover").0.unwrap();
    let judges: Vec<Judge> = SEEDS.iter().map(|seed| Judge::new(compiled(seed), seed.now)).collect();
    let tally = hunt("lead", 907, |case, dice, tally| {
        let at = if dice.one_in(4) { 0 } else { dice.roll(SEEDS.len()) };
        let lead = any_lead(&SEEDS[at], dice);
        case.input("policy.handover", SEEDS[at].policy.clone());
        case.input("lead.json", lead.clone());
        match judges[at].lead(&mut judges[at].worker(), &lead) {
            Ok(_) => tally.add("decided"),
            Err(code) => {
                tally.add("no lead");
                tally.add(code);
            }
        }
        if dice.one_in(40) {
            let format = *dice.pick(&[Format::Ndjson, Format::Json]);
            tally.add(format!("in a file, {format:?}"));
            judges[at].file(&lead, format);
        }
    });
    tally.share("decided", 35);
    tally.share("no lead", 25);
    tally.kinds("H070", 6);
    tally.share("in a file, Ndjson", 1);
    tally.share("in a file, Json", 1);
}

/// A lead of the seed, changed; or one of another; or bytes.
fn any_lead(seed: &Seed, dice: &mut Dice) -> Vec<u8> {
    let other = &dice.pick(&SEEDS).leads;
    let (lead, other) = (dice.pick(&seed.leads), dice.pick(other));
    match dice.roll(16) {
        0 => policies::heap(dice),
        1 => words::of("json", dice).into(),
        2..=6 => leads::wildly(lead, other, dice),
        _ => leads::gently(lead, other, dice),
    }
}

#[test]
fn any_policy_decides_any_lead_at_any_time() {
    let tally = hunt("eval", 12, |case, dice, tally| {
        let (seed, policy) = any_policy(dice);
        case.input("policy.handover", policy.clone());
        let compiled = handover::compile(&seed.with(&policy), "policy.handover");
        let Some(policy) = compiled.policy else { return };
        tally.add("compiled");
        let edge = dice.one_in(2);
        let now = if edge { *dice.pick(&EDGES) } else { seed.now };
        let away = if edge { dice.roll(3) as i64 - 1 } else { dice.roll(400 * 86_400) as i64 * 1_000_000 };
        let now = now.checked_add_signed(TimeDelta::microseconds(away)).unwrap_or(now);
        case.input("now", now.timestamp_micros().to_string());
        let judge = Judge::new(policy, now);
        let mut worker = judge.worker();
        for _ in 0..8 {
            let lead = any_lead(seed, dice);
            case.input("lead.json", lead.clone());
            let decided = judge.lead(&mut worker, &lead).is_ok();
            tally.add(match (decided, edge) {
                (true, true) => "decided at an edge of time",
                (true, false) => "decided in our days",
                (false, _) => "no lead",
            });
        }
    });
    tally.share("compiled", 30);
    // Eight leads a policy.
    tally.share("decided at an edge of time", 50);
    tally.share("decided in our days", 50);
    tally.share("no lead", 50);
}

/// Each file in `hunt/found/` once went wrong: a policy, or one with leads and an instant, as an input of the fuzzer's.
#[test]
fn what_was_found_stays_mended() {
    let found = seeds::found();
    assert!(!found.is_empty());
    for (name, bytes) in found {
        println!("{name}");
        let input = Input::new(&bytes);
        claims::parse(input.policy);
        let (policy, codes) = claims::check(&input.memory(), "policy.handover");
        if input.leads().count() > 0 {
            let policy = policy.unwrap_or_else(|| panic!("its leads are not decided any more: {codes:?}"));
            let judge = Judge::new(policy, input.now());
            input.leads().for_each(|lead| _ = judge.lead(&mut judge.worker(), lead));
        }
    }
}

/// What once took minutes, because its time grew with the square of its size, or with a number in it.
#[test]
fn large_inputs_take_no_longer_than_their_share() {
    for (name, policy, lead) in sizes::large() {
        let since = Instant::now();
        let compiled = handover::compile(&Memory::default().with("policy.handover", policy), "policy.handover");
        if let Some(lead) = lead {
            Evaluator::new(compiled.policy.unwrap(), micros(0)).decide(lead).unwrap();
        }
        let took = since.elapsed();
        println!("{name}: {took:?}");
        assert!(took < Duration::from_secs(30), "{name}: {took:?}");
    }
}
