//! What it costs to make a policy ready: to read its lines, to check what they mean, and to compile it for leads.
//! `cargo bench --bench policy`
#![expect(clippy::unwrap_used, reason = "a benchmark whose policy has a fault has failed")]

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use handover::loader::Memory;
use handover::source::FileId;
use handover::syntax::parse;
use handover::{Evaluator, Policy};

/// A policy of so many criteria over the same fields.
fn text(criteria: usize) -> String {
    let mut text = String::from(
        "policy \"Many\"\n  version 1\n\nlead\n  email is text\n  job_title is text\n  country is text\n  \
         employees is a number\n  purchase_by is a date\n  activities is a list, when empty none, of:\n    \
         - kind is text\n    - at is a time\n\nevent \"demo requested\"\n  from activities where kind is \
         \"demo_request\"\n  dated by at\n",
    );
    for number in 0..criteria {
        let when = match number % 5 {
            0 => format!("employees is at least {number}"),
            1 => format!("job_title contains any of \"head {number}\", \"chief {number}\""),
            2 => format!("country is one of \"BG\", \"RO\", \"C{number}\""),
            3 => format!("\"demo requested\" happened at least 2 times within the last {} days", number % 90 + 1),
            _ => format!("email ends with any of \".edu{number}\", \".org{number}\""),
        };
        write!(text, "\ncriterion \"k{number}\"\n  is met when {when}\n").unwrap();
    }
    text.push_str("\nstage \"MQL\"\n  is reached when any of:\n");
    (0..criteria).for_each(|number| writeln!(text, "    - \"k{number}\" is met").unwrap());
    text
}

fn policy(criterion: &mut Criterion) {
    let now = "2026-03-10T12:00:00Z".parse().unwrap();
    let files = Memory::default();
    let mut group = criterion.benchmark_group("policy");
    for criteria in [10, 100, 1_000] {
        let text = text(criteria);
        let compile = || Policy::compile(&text, &files).unwrap();
        group.bench_function(BenchmarkId::new("parse", criteria), |bencher| {
            bencher.iter(|| black_box(parse(FileId::default(), &text)));
        });
        group.bench_function(BenchmarkId::new("parse and check", criteria), |bencher| bencher.iter(compile));
        group.bench_function(BenchmarkId::new("compile", criteria), |bencher| {
            bencher.iter_batched(compile, |policy| Evaluator::new(policy, now), BatchSize::SmallInput);
        });
    }
    group.finish();
}

criterion_group!(benches, policy);
criterion_main!(benches);
