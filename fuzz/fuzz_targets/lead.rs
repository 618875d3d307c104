//! bytes → a decision, under a policy that reads every type of field and asks every kind of condition.
#![no_main]

use std::sync::LazyLock;

use handover::intake::Format;
use handover::loader::Memory;
use handover_fuzz::Input;
use handover_fuzz::claims::{self, Judge};
use libfuzzer_sys::fuzz_target;

static JUDGES: LazyLock<Vec<Judge>> = LazyLock::new(|| {
    let policies = [include_str!("../../policies/acme.handover"), include_str!("../every_type.handover")];
    let judge = |policy: &str| {
        let holidays = include_str!("../../policies/holidays/bg.yaml");
        let files = Memory::default().with("policy.handover", policy).with("holidays/bg.yaml", holidays);
        let (policy, codes) = claims::check(&files, "policy.handover");
        Judge::new(
            policy.unwrap_or_else(|| panic!("the policy of this target has errors: {codes:?}")),
            Input::new(b"").now(),
        )
    };
    policies.map(judge).into()
});

fuzz_target!(|bytes: &[u8]| {
    for judge in JUDGES.iter() {
        let _ = judge.lead(&mut judge.worker(), bytes);
    }
    // A few of them in a file among others, which takes longer.
    if bytes.len().is_multiple_of(8) {
        JUDGES[1].file(bytes, if bytes.len().is_multiple_of(16) { Format::Ndjson } else { Format::Json });
    }
});
