//! A policy, the files that it names, leads (`=== leads`) and an instant (`=== now`, microseconds) → decisions.
#![no_main]

use handover_fuzz::Input;
use handover_fuzz::claims::Judge;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let input = Input::new(bytes);
    let compiled = handover::compile(&input.memory(), "policy.handover");
    let Some(policy) = compiled.policy else { return };
    let judge = Judge::new(policy, input.now());
    let mut worker = judge.worker();
    for lead in input.leads().take(16) {
        let _ = judge.lead(&mut worker, lead);
    }
});
