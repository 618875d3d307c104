//! One policy, decided by Handover and by a program written for it alone; `benches/README.md` says how to run it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a benchmark that cannot do its work has failed"
)]

mod by_hand;
mod leads;

use std::fmt::Write;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use handover::engine::With;
use handover::intake::{FieldShape, Kind, Lead, Shape, read};
use handover::loader::Memory;
use handover::{Evaluator, Outputs, Policy};

const POLICY: &str = include_str!("policy.handover");
const NOW: &str = "2026-03-10T00:00:00Z";

fn compile(text: &str, outputs: Outputs) -> Evaluator {
    let policy = Policy::compile(text, &Memory::default()).unwrap_or_else(|faults| panic!("{faults}"));
    Evaluator::only(policy, NOW.parse().unwrap(), outputs)
}

fn keys(keys: &[&str]) -> Outputs {
    Outputs::only(keys).unwrap()
}

/// What a decision costs, beside the same decision by hand.
fn decisions(criterion: &mut Criterion) {
    let leads = leads::leads();
    let short = keys(&["lead", "stage", "criteria", "checklists"]);
    let (now, mut hand, mut ours) = (NOW.parse().unwrap(), String::new(), Vec::new());
    leads.iter().for_each(|lead| by_hand::decide(lead, now, &mut hand));
    let mut worker = compile(POLICY, short).worker();
    leads.iter().for_each(|lead| worker.write(lead, &mut ours).unwrap());
    assert_eq!(hand, String::from_utf8(ours).unwrap(), "both decide the same");

    let mut group = criterion.benchmark_group("a lead");
    group.throughput(Throughput::Elements(leads.len() as u64));
    let mut out = String::new();
    group.bench_function("by hand", |bencher| {
        bencher.iter(|| {
            out.clear();
            leads.iter().for_each(|lead| by_hand::decide(lead, now, &mut out));
        });
    });
    let shape = shape();
    let mut lead = Lead::new(&shape);
    group.bench_function("decode", |bencher| {
        bencher.iter(|| leads.iter().for_each(|line| read(&shape, line.as_bytes(), &mut lead, &mut ()).unwrap()));
    });
    let without_slas = POLICY.split("\nsla ").next().unwrap();
    for (name, text, outputs) in [
        ("decide and write its stage", POLICY, keys(&["stage"])),
        ("decide and write what is written by hand", POLICY, short),
        ("decide and write it whole, without the SLA", without_slas, Outputs::ALL),
        ("decide and write it whole", POLICY, Outputs::ALL),
        ("decide and write it whole, with its trace", POLICY, Outputs::ALL.and(With::Trace)),
    ] {
        let mut worker = compile(text, outputs).worker();
        let mut out = Vec::new();
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                out.clear();
                leads.iter().for_each(|lead| worker.write(lead, &mut out).unwrap());
            });
        });
    }
    let mut worker = compile(POLICY, short).worker();
    group.bench_function("decide as a value", |bencher| {
        bencher.iter(|| leads.iter().for_each(|lead| _ = black_box(worker.decide(lead).unwrap())));
    });
    group.finish();
}

/// What the policy reads.
fn shape() -> Shape {
    let field = |path: &str, kind: Kind| FieldShape {
        path: path.split('.').map(str::to_owned).collect(),
        kind,
        empty_when: Vec::new(),
        when_empty: None,
        keep_raw: false,
        items: Vec::new(),
        only: None,
    };
    let items = vec![field("kind", Kind::Text), field("page", Kind::Text), field("at", Kind::Time)];
    let fields = vec![
        field("email", Kind::Text),
        field("phone", Kind::Text),
        field("title", Kind::Text),
        field("company.size", Kind::Number),
        field("company.country", Kind::Text),
        field("budget", Kind::Number),
        field("decides", Kind::YesNo),
        field("pain", Kind::Number),
        field("buys_by", Kind::Date),
        FieldShape { items, ..field("activities", Kind::Items) },
    ];
    Shape::new(fields, &["id".to_owned()], chrono_tz::Tz::UTC)
}

/// What a lead costs by the number of criteria over the same fields.
fn growth(criterion: &mut Criterion) {
    let leads = leads::leads();
    let mut group = criterion.benchmark_group("criteria over the same fields");
    group.throughput(Throughput::Elements(leads.len() as u64));
    for count in [10, 100, 1_000] {
        let mut worker = compile(&many(count), keys(&["stage"])).worker();
        let mut out = Vec::new();
        group.bench_function(format!("{count}"), |bencher| {
            bencher.iter(|| {
                out.clear();
                leads.iter().for_each(|lead| worker.write(lead, &mut out).unwrap());
            });
        });
    }
    group.finish();
}

/// Thresholds, texts, words, sets and counts, half of which have to be met.
fn many(count: usize) -> String {
    let mut text = POLICY.split("\ncriterion ").next().unwrap().to_owned();
    for number in 0..count {
        let condition = match number % 5 {
            0 => format!("company.size is at least {}", 10 + number),
            1 => format!("title contains any of \"chief{number}\", \"{}\"", ["head", "student", "sales"][number % 3]),
            2 => format!("company.country is one of \"{}\", \"DE\", \"X{number}\"", ["BG", "SE", "PL"][number % 3]),
            3 => format!(
                "\"looked at prices\" happened at least {} times within the last {} days",
                1 + number % 4,
                1 + number % 90
            ),
            _ => format!("budget is at most {}", 1_000 + 50 * number),
        };
        write!(text, "\ncriterion \"{number}\"\n  is met when {condition}\n").unwrap();
    }
    write!(text, "\nstage \"MQL\"\n  is reached when at least {} of:\n", count / 2).unwrap();
    (0..count).for_each(|number| writeln!(text, "    - \"{number}\" is met").unwrap());
    text
}

criterion_group!(benches, decisions, growth);
criterion_main!(benches);
