//! IT Glue accounts.

use serde_json::{Value, json};

use super::problems::{IN_USE, KEY_UNREADABLE, NAME_TAKEN, TEST_FAILED};
use super::{Listed, Operation, Parameter, Tag, choice, flag, named, object, paging, text};
use crate::api::admin::wire;
use crate::itglue::Region;

fn id() -> Parameter {
    named("The id or the name of the connection.", "main")
}

pub fn list() -> Operation {
    Operation::new(
        Tag::Connections,
        "listConnections",
        "List connections, by name",
    )
    .parameters(paging())
    .answers::<Listed<wire::ConnectionOverview>>(200, "A page, and how each fares.")
}

pub fn create() -> Operation {
    let [region, base_url, key] = account();
    let schema = object([
        ("name!", text(60, "Its name.")),
        region,
        base_url,
        key,
        test(),
    ]);
    Operation::new(Tag::Connections, "createConnection", "Add a connection")
        .text("The key is tried, unless `test` is false, and kept encrypted.")
        .takes(
            schema,
            json!({"name": "main", "region": "eu", "api_key": "ITG.…"}),
        )
        .answers::<wire::TestedConnection>(201, "Added.")
        .with_header("location")
        .problems(&[NAME_TAKEN, TEST_FAILED])
}

pub fn try_key() -> Operation {
    Operation::new(Tag::Connections, "tryKey", "Try a key out")
        .text("Nothing is kept.")
        .takes(
            object(account()),
            json!({"region": "eu", "api_key": "ITG.…"}),
        )
        .answers::<wire::Tried>(200, "How it went.")
}

pub fn show() -> Operation {
    Operation::new(Tag::Connections, "showConnection", "Read a connection")
        .parameters([id()])
        .answers::<wire::ConnectionOverview>(200, "And how it fares.")
}

pub fn remove() -> Operation {
    Operation::new(Tag::Connections, "removeConnection", "Remove a connection")
        .parameters([id()])
        .answers_nothing("Removed.")
        .problems(&[IN_USE])
}

pub fn test_kept() -> Operation {
    Operation::new(Tag::Connections, "testConnection", "Try the kept key out")
        .text("A connection that is paused because its key was refused goes on if it is taken now.")
        .parameters([id()])
        .answers::<wire::TestedConnection>(200, "How it went.")
        .problems(&[KEY_UNREADABLE])
}

pub fn rotate_key() -> Operation {
    let [_, _, key] = account();
    Operation::new(
        Tag::Connections,
        "rotateKey",
        "Give a connection another key",
    )
    .text("For the same account. What waits goes on with it.")
    .parameters([id()])
    .takes(object([key, test()]), json!({"api_key": "ITG.…"}))
    .answers::<wire::TestedConnection>(200, "The key is in use.")
    .problems(&[TEST_FAILED])
}

fn account() -> [(&'static str, Value); 3] {
    [
        (
            "region!",
            choice::<Region>("Where IT Glue keeps the account."),
        ),
        (
            "base_url",
            text(2000, "Another address, where the operator allows one."),
        ),
        (
            "api_key!",
            text(2000, "IT Glue's key. It is never shown again."),
        ),
    ]
}

fn test() -> (&'static str, Value) {
    ("test", flag("False: do not try the key first."))
}
