//! Deciding leads allocates nothing once there is room for the largest of them.

#![expect(clippy::disallowed_methods, reason = "a test reads files")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use handover::loader::Folder;
use handover::{Evaluator, Policy};

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

struct Counting;

#[expect(unsafe_code, reason = "an allocator is unsafe by its trait; this one counts and hands on to the system's")]
// SAFETY: every call goes on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise is the system's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is the system's.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn a_lead_is_decided_without_allocation() {
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    let leads = std::fs::read_to_string(policies.join("leads/acme.ndjson")).unwrap();
    let acme = std::fs::read_to_string(policies.join("acme.handover")).unwrap();
    for text in [acme.clone(), with_many_criteria(&acme)] {
        let policy = Policy::compile(&text, &Folder::new(&policies)).unwrap();
        let mut worker = Evaluator::new(policy, "2026-03-10T12:00:00Z".parse().unwrap()).worker();
        let mut out = Vec::new();
        // A warning is a message of its own, and takes room of its own.
        let mut calm: Vec<&str> = Vec::new();
        // Again and again, until what is put off at first has been made, too.
        for lead in leads.lines().cycle().take(40 * leads.lines().count()) {
            out.clear();
            worker.write(lead, &mut out).unwrap();
            if !String::from_utf8_lossy(&out).contains("\"warnings\":") && !calm.contains(&lead) {
                calm.push(lead);
            }
        }
        assert!(calm.len() >= 12, "{} leads without a warning", calm.len());
        let mut decide_all = || {
            let before = ALLOCATIONS.load(Ordering::Relaxed);
            for lead in &calm {
                out.clear();
                worker.write(lead, &mut out).unwrap();
            }
            ALLOCATIONS.load(Ordering::Relaxed) - before
        };
        decide_all();
        assert_eq!(decide_all(), 0);
    }
}

/// So many that they are worked out together.
fn with_many_criteria(policy: &str) -> String {
    let criteria = (0..20).map(|number| {
        format!(
            "\ncriterion \"size {number}\"\n  is met when company.employees is at least {number}\n\n\
             criterion \"title {number}\"\n  is met when job_title contains any of \"chief\", \"title {number}\"\n\n\
             criterion \"words {number}\"\n  is met when job_title contains any of the words \"head\", \"of {number}\"\n"
        )
    });
    criteria.fold(policy.to_owned(), |policy, criterion| policy + &criterion)
}
