//! Two bytes for the endpoint, the rest its body.
#![no_main]

use countersign::policy::laws;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Some((&[high, low], body)) = data.split_first_chunk() {
        laws::of_body(usize::from(u16::from_be_bytes([high, low])), body);
    }
});
