//! Two bytes for the endpoint, the rest its query.
#![no_main]

use countersign::policy::laws;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Some((&[high, low], query)) = data.split_first_chunk()
        && let Ok(query) = std::str::from_utf8(query)
    {
        laws::of_query(usize::from(u16::from_be_bytes([high, low])), query);
    }
});
