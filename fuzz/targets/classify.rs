//! A method, a path and a body, a line each.
#![no_main]

use countersign::domain::json;
use countersign::policy::{Call, laws};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let mut lines = text.splitn(3, '\n');
    let (Some(method), Some(path)) = (lines.next(), lines.next()) else {
        return;
    };
    let body = lines
        .next()
        .and_then(|body| json::parse(body.as_bytes()).ok());
    laws::of_call(&Call {
        method,
        path,
        body: body.as_ref(),
    });
});
