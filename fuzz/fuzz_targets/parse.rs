//! bytes → syntax.
#![no_main]

use handover_fuzz::claims;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    claims::parse(bytes);
});
