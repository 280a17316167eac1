//! The floors: what no setting, role or door lifts.

use serde::Serialize;

/// One floor, as `GET /permissions` lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Floor {
    /// Its stable name; where the policy holds it, also the name of its rule.
    pub id: &'static str,
    /// What it says, for people.
    pub text: &'static str,
}

/// All floors, in their order.
pub const fn floors() -> &'static [Floor] {
    &FLOORS
}

const FLOORS: [Floor; 9] = [
    Floor {
        id: "floor.organization_delete",
        text: "An organization is never deleted by an agent: not singly, not in bulk, not through the gateway.",
    },
    Floor {
        id: "floor.password_write",
        text: "Every write to a password needs a technician, whatever the profile says.",
    },
    Floor {
        id: "floor.password_read",
        text: "Every read of a password's value needs a technician, whatever the profile says.",
    },
    Floor {
        id: "floor.deletes_off",
        text: "Deletes are off until a profile switches them on, group by group.",
    },
    Floor {
        id: "floor.secrets_hidden",
        text: "A secret value is never stored in clear, logged, put into a page or an error, or shown in a diff.",
    },
    Floor {
        id: "floor.agents_never_decide",
        text: "An agent cannot decide: no agent token reaches a deciding endpoint.",
    },
    Floor {
        id: "floor.approved_is_written",
        text: "What is approved is what is written: the approval is bound to the body, the target and the pre-image that were shown.",
    },
    Floor {
        id: "floor.once",
        text: "An approved write is never applied twice and never lost. Where nobody can know, a person is asked.",
    },
    Floor {
        id: "floor.audited",
        text: "Every refusal, decision, replay and administrative change leaves an audit row.",
    },
];
