//! A policy with the files that it names → what `check` says.
#![no_main]

use handover_fuzz::{Input, claims};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    claims::check(&Input::new(bytes).memory(), "policy.handover");
});
