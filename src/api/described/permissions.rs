//! What agents may do.

use serde_json::json;

use super::problems::{TOO_MANY_REQUESTS, UNKNOWN_ENDPOINT};
use super::{Operation, Tag, object, proposals, wire};

pub fn show() -> Operation {
    Operation::new(
        Tag::Permissions,
        "showPermissions",
        "What this token may do",
    )
    .answers::<wire::Allowance>(200, "Profile, groups, organizations, floors.")
}

pub fn check() -> Operation {
    Operation::new(
        Tag::Permissions,
        "checkPermission",
        "What would become of a request",
    )
    .text("Nothing is stored. Without a body the tier is the least that it can be.")
    .takes(
        object(proposals::call()),
        json!({"method": "PATCH", "path": "/contacts/501"}),
    )
    .answers::<wire::Answer>(200, "Verdict, rule and tier; a refusal among them.")
    .problems(&[UNKNOWN_ENDPOINT, TOO_MANY_REQUESTS])
}
