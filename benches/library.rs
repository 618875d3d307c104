//! What the library costs a program that embeds it; `docs/embedding.md` has the figures.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot read its policy has failed")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads files")]

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use handover::loader::Folder;
use handover::time::calendar::Calendar;
use handover::{Evaluator, Policy};

fn library(criterion: &mut Criterion) {
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    let files = Folder::new(&policies);
    let leads = std::fs::read_to_string(policies.join("leads/acme.ndjson")).unwrap();
    let leads: Vec<&str> = leads.lines().collect();
    let load = || Policy::load(&files, "acme.handover").unwrap();
    let now = "2026-03-10T12:00:00Z".parse().unwrap();
    let evaluator = Evaluator::new(load(), now);

    let mut group = criterion.benchmark_group("acme");
    group.bench_function("Policy::load", |bencher| bencher.iter(load));
    group.bench_function("Evaluator::new", |bencher| {
        bencher.iter_batched(load, |policy| Evaluator::new(policy, now), criterion::BatchSize::SmallInput);
    });
    group.bench_function("Evaluator::at", |bencher| bencher.iter(|| evaluator.at(black_box(now))));
    // From here on a measurement is of all leads, and the throughput is that of one.
    group.throughput(Throughput::Elements(leads.len() as u64));
    group.bench_function("Evaluator::decide", |bencher| {
        bencher.iter(|| leads.iter().for_each(|lead| _ = black_box(evaluator.decide(lead))));
    });
    let mut worker = evaluator.worker();
    group.bench_function("Worker::decide", |bencher| {
        bencher.iter(|| leads.iter().for_each(|lead| _ = black_box(worker.decide(lead))));
    });
    let mut worker = evaluator.worker();
    let mut out = Vec::new();
    group.bench_function("Worker::write", |bencher| {
        bencher.iter(|| {
            out.clear();
            leads.iter().for_each(|lead| worker.write(lead, &mut out).unwrap());
        });
    });
    group.finish();
}

/// A lead's SLA beside the same policy without it: the second may cost at most 1.3 times the first.
fn clocks(criterion: &mut Criterion) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    let files = Folder::new(&folder);
    let with = Policy::load(&files, "acme.handover").unwrap();
    let leads = std::fs::read_to_string(folder.join("leads/acme.ndjson")).unwrap();
    let leads: Vec<&str> = leads.lines().collect();
    let now = "2026-03-10T12:00:00Z".parse().unwrap();
    let mut group = criterion.benchmark_group("SLA clocks");
    group.throughput(Throughput::Elements(leads.len() as u64));
    for (name, slas) in [("none", 0), ("one", 1), ("two", 2)] {
        let mut policy = with.clone();
        policy.slas.truncate(slas);
        let mut worker = Evaluator::new(policy, now).worker();
        let mut out = Vec::new();
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                out.clear();
                leads.iter().for_each(|lead| worker.write(lead, &mut out).unwrap());
            });
        });
    }
    group.finish();
}

/// What a deadline costs does not grow with how far away it is.
fn deadlines(criterion: &mut Criterion) {
    const HOUR: i64 = 3_600_000_000;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    let policy = Policy::load(&Folder::new(&folder), "acme.handover").unwrap();
    let calendar = Calendar::new(policy.calendars.first().unwrap().spec.clone());
    let start = "2026-03-10T12:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp_micros();
    let mut group = criterion.benchmark_group("business time");
    for (name, hours, days) in
        [("a day", 8, 1), ("a month", 160, 21), ("a year", 2_000, 250), ("ten years", 20_000, 2_500)]
    {
        let end = calendar.add_open(start, hours * HOUR).unwrap();
        group.bench_function(format!("add hours: {name}"), |bencher| {
            bencher.iter(|| calendar.add_open(black_box(start), black_box(hours * HOUR)));
        });
        group.bench_function(format!("add days: {name}"), |bencher| {
            bencher.iter(|| calendar.add_days(black_box(start), black_box(days)));
        });
        group.bench_function(format!("open time between: {name}"), |bencher| {
            bencher.iter(|| calendar.open_between(black_box(start), black_box(end)));
        });
    }
    group.finish();
}

criterion_group!(benches, library, clocks, deadlines);
criterion_main!(benches);
