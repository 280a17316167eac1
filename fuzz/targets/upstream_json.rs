//! One byte for the status, the rest what IT Glue answers.
#![no_main]

use countersign::{gateway, itglue};
use libfuzzer_sys::fuzz_target;

const STATUSES: [u16; 10] = [200, 200, 201, 204, 302, 401, 404, 422, 429, 500];

fuzz_target!(|data: &[u8]| {
    let Some((&status, body)) = data.split_first() else {
        return;
    };
    itglue::laws::of_answer(STATUSES[usize::from(status) % STATUSES.len()], body);
    if let Ok(document) = serde_json::from_slice(body) {
        gateway::law_of_links(&document);
    }
});
