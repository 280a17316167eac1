//! What tells that the tables were restored from a backup, and what follows from accepting it.

use std::fmt;

/// Why the tables are taken for older than what was sent from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestoreSign {
    /// There is no mark beside the database, and the database is not new.
    MarkMissing,
    /// The mark was set beside another database.
    OtherInstance,
    /// The chain of the audit ends before the mark.
    Behind {
        /// Where the mark stands.
        noted: i64,
        /// Where the chain ends.
        found: i64,
    },
    /// At the mark the chain holds another row: it was restored, and went on from there.
    Diverged {
        /// Where the mark stands.
        number: i64,
    },
}

impl fmt::Display for RestoreSign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MarkMissing => f.write_str("there is no mark beside the database"),
            Self::OtherInstance => f.write_str("the mark beside it belongs to another database"),
            Self::Behind { noted, found } => write!(
                f,
                "the audit ends at {found}, and a send was noted at {noted}"
            ),
            Self::Diverged { number } => {
                write!(f, "row {number} of the audit is not the one that was noted")
            }
        }
    }
}

/// What accepting a restored database has touched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    /// Approved writes that may have been sent since. None is sent before reading, or a person, has
    /// told what became of it.
    pub doubted: u64,
    /// Those of them that a person is asked about, one after the other: creates behind another of
    /// the same kind, of which reading cannot tell which made what it finds.
    pub asked: u64,
    /// Creates that wait for a person and may exist already.
    pub marked: u64,
}
