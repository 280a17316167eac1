//! A stand-in for IT Glue, for the demo and for tests: its REST API over real HTTP, with the
//! awkward parts left in, and misbehavior on demand.
//!
//! Invariant: nothing in here is shared with the client in `itglue`, or a misunderstanding would
//! be tested against itself. What IT Glue does is written down in api-facts.md; where a fact is
//! unconfirmed, the file concerned says which reading was chosen and names the section. On
//! purpose it is the reading that is hardest on a careless client.
//!
//! # What it holds
//!
//! `seed` makes the account of a managed service provider. The same seed gives the same records
//! with the same ids. These are fixed for every seed, and may be named in tests and texts:
//!
//! | kind | id | what |
//! |---|---|---|
//! | `organizations` | 2 | Acme Corp; 3 Globex; 4 Initech; 5 Umbrella Health, synced with a PSA; 6 Stark Manufacturing; 1694461951918297 Wayne Legal, with an id as in the EU |
//! | `locations` | 401 | Headquarters of Acme |
//! | `contacts` | 501 | Dana Reyes of Acme; 502 is synced with a PSA |
//! | `passwords` | 601 | "Domain Admin" of Acme, general; 602 is embedded in configuration 701 |
//! | `password_folders` | 651 | "Infrastructure" of Acme, not empty; 652 is empty |
//! | `configurations` | 701 | "ACME-DC01", with interfaces 751 and 752 |
//! | `documents` | 801 | "Onboarding", published, with sections 901 to 903; 802 is a draft with section 904; 803 is in folder 851 |
//! | `flexible_asset_types` | 21 | "Applications"; 22 "Email"; 23 "Backup"; 24 "LAN/WAN"; 25 "Vendor Access", with fields of every kind |
//! | `flexible_assets` | 123 | "Office 365" of Acme, type 21; 124 "Fortinet Portal" of Acme, type 25, with a password (603) and a file; 125 "mail.acme.example" of Acme, type 22 |
//! | `checklists` | 951 | "Onboarding" of Acme, with tasks 961 and 962 |
//! | `attachments` | 971 | "Rack plan" on configuration 701 |
//! | `related_items` | 981 | from configuration 701 to contact 501 |
//!
//! Traits of 123: `name` (required, title), `version`, `application-server` (tag of
//! configurations), `category` (select, required), `location` (text), `seats` (number),
//! `business-critical` (checkbox), `renewal-date` (date), `importance-notes` (textbox). Those
//! of 124: `vendor` (required, title), `login`, `password` (reads as 603), `contract` and `logo`
//! (uploads, the first with a file), `used-by` (tag of Applications), `notes`. Those of 125: `type`
//! (select, required), `domain` (required, title), `administrators` (tag of contacts),
//! `webmail-url`, `notes`.
//!
//! # What is not simulated
//!
//! `/copilot_smart_assist`, tickets, certificates, checklist templates, RMM records, organizations
//! without the Documents module, keys of users (`Authorization: Bearer`), and gateway time-outs
//! unless a fault asks for them. A deleted organization stays marked and never goes.

mod answer;
mod attachments;
mod body;
mod chance;
mod clock;
mod control;
mod control_http;
mod documents;
mod envelope;
mod exchange;
mod faults;
mod flexible_assets;
mod flexible_fields;
mod handle;
mod include;
mod limit;
mod list;
mod passwords;
mod query;
mod refusal;
mod related_items;
mod render;
mod resources;
mod route;
mod schema;
mod seed;
mod server;
mod state;
#[cfg(test)]
mod tests;
mod traits;
mod world;
mod write;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

pub use control::{Control, Received};
pub use faults::{Fault, FaultKind};
pub use server::{Running, start};

/// The key that [`Settings::default`] accepts.
pub const DEMO_API_KEY: &str = "ITG.simulator.5f1c0de00000000000000000000000d0";

/// How a simulator starts.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where it listens; port 0 is any free one. The control routes are served on loopback only.
    pub listen: SocketAddr,
    /// Decides the content and the chances of faults.
    pub seed: u64,
    /// The one key that is accepted.
    pub api_key: String,
    /// Whether the key may read the values of passwords.
    pub password_access: bool,
    /// Requests in any window of time before 429 is answered.
    pub requests_per_window: u32,
    /// How long such a window is: 300 seconds, as with IT Glue.
    pub window: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            seed: 1,
            api_key: DEMO_API_KEY.to_owned(),
            password_access: true,
            requests_per_window: 3000,
            window: Duration::from_mins(5),
        }
    }
}
