//! People and their tokens.

use serde_json::{Value, json};

use super::problems::{DISABLED, HAS_JOINED, LAST_ADMINISTRATOR, NAME_TAKEN};
use super::{
    Listed, Operation, Parameter, Tag, agents, choice, ids, list as list_of, named, object, paging,
    text,
};
use crate::api::admin::wire;
use crate::domain::{Role, Scope};

fn id() -> Parameter {
    named(
        "The id or the e-mail address of the person.",
        "sam@example.com",
    )
}

pub fn list() -> Operation {
    Operation::new(Tag::People, "listUsers", "List people, by name")
        .parameters(paging())
        .answers::<Listed<wire::UserOverview>>(200, "A page.")
}

pub fn invite() -> Operation {
    let schema = object([
        ("email!", text(254, "What they sign in with.")),
        ("name!", text(100, "What colleagues call them.")),
        ("role!", choice::<Role>("What they may do.")),
        organizations(),
    ]);
    Operation::new(Tag::People, "inviteUser", "Invite a person")
        .text("The answer is the only one that holds the link by which they choose a password.")
        .takes(
            schema,
            json!({"email": "kim@example.com", "name": "Kim", "role": "technician"}),
        )
        .answers::<wire::Invited>(201, "Invited.")
        .with_header("location")
        .problems(&[NAME_TAKEN])
}

pub fn show() -> Operation {
    about("showUser", "Read a person").answers::<wire::UserOverview>(200, "As they are now.")
}

pub fn change() -> Operation {
    let schema = object([
        ("name", text(100, "Another name.")),
        ("role", choice::<Role>("Another role.")),
        organizations(),
    ]);
    about("changeUser", "Change a person")
        .text("What is not mentioned stays.")
        .takes(schema, json!({"role": "auditor"}))
        .answers::<wire::User>(200, "Changed.")
        .problems(&[LAST_ADMINISTRATOR])
}

pub fn disable() -> Operation {
    about("disableUser", "Switch a person off")
        .text("Sessions and tokens end at once.")
        .answers::<wire::User>(200, "Switched off.")
        .problems(&[LAST_ADMINISTRATOR])
}

pub fn enable() -> Operation {
    about("enableUser", "Switch a person on")
        .text("And open the account after too many wrong tries.")
        .answers::<wire::User>(200, "Switched on.")
}

pub fn invite_again() -> Operation {
    about("inviteUserAgain", "Make another invitation")
        .text("The earlier link is void.")
        .answers::<wire::Invited>(200, "With the link.")
        .problems(&[DISABLED, HAS_JOINED])
}

pub fn reset() -> Operation {
    about("resetUser", "Make a link to choose another password")
        .answers::<wire::Invited>(200, "With the link.")
        .problems(&[DISABLED])
}

pub fn reset_factor() -> Operation {
    about("resetUserFactor", "Take the second factor off")
        .text("For somebody who lost it.")
        .answers::<wire::User>(200, "Without second factor.")
}

pub fn end_sessions() -> Operation {
    about("endUserSessions", "Sign a person out everywhere")
        .answers::<wire::EndedSessions>(200, "How many there were.")
}

pub fn list_tokens() -> Operation {
    about("listUserTokens", "List the tokens of a person")
        .text("The newest first, those that ended included.")
        .parameters(paging())
        .answers::<Listed<wire::Token>>(200, "A page.")
}

pub fn create_token() -> Operation {
    let scopes = list_of(
        &choice::<Scope>("A scope."),
        "What it may be used for; as far as the role goes if nothing is said.",
    );
    let schema = object([
        ("name!", text(60, "What for.")),
        ("scopes", scopes),
        agents::days(),
        agents::addresses(),
    ]);
    about("createUserToken", "Make a token for a person")
        .text("The answer is the only one that holds it.")
        .takes(
            schema,
            json!({"name": "reporting", "scopes": ["read"], "expires_days": 30}),
        )
        .answers::<wire::CreatedToken>(201, "Made.")
        .problems(&[DISABLED])
}

fn about(id_of_operation: &'static str, summary: &'static str) -> Operation {
    Operation::new(Tag::People, id_of_operation, summary).parameters([id()])
}

fn organizations() -> (&'static str, Value) {
    (
        "organizations",
        ids("The organizations whose proposals they see; null for all."),
    )
}
