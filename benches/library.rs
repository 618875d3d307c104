//! What the library costs a program that embeds it; `docs/embedding.md` has the figures.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot read its policy has failed")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads files")]

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use handover::loader::Folder;
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

criterion_group!(benches, library);
criterion_main!(benches);
