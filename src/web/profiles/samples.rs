//! Profiles as the stage would hand them over.

use crate::domain::{AgentId, AgentRef, Preset, ProfileId};
use crate::web::context::{ProfileDetails, ProfileOverview};
use crate::web::samples::{NOW, id};

/// Documentation, used by one agent.
pub fn overview() -> ProfileOverview {
    ProfileOverview {
        profile: ProfileDetails {
            id: ProfileId(id(40)),
            name: "Helpdesk agents".to_owned(),
            preset: Preset::Documentation,
            rules: Preset::Documentation.rules(),
            version: 3,
            updated_at: NOW,
        },
        agents: vec![AgentRef {
            id: AgentId(id(30)),
            name: "triage-bot".to_owned(),
            owner: None,
        }],
        changed_by: Some("Alex Morgan".to_owned()),
    }
}
