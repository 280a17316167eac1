//! How a command ends that could not be done: one sentence on what happened, that nothing was
//! changed, and what to do.

use std::io::{self, Write as _};
use std::process::ExitCode;

use crate::admin::AdminError;
use crate::server::{LockError, OpenError};
use crate::store::BackupError;

/// Writes the complaint, if there is one, and gives the exit code.
pub(super) fn end(ended: anyhow::Result<ExitCode>) -> ExitCode {
    let error = match ended {
        Ok(code) => return code,
        Err(error) => error,
    };
    if is_broken_pipe(&error) {
        return ExitCode::SUCCESS;
    }
    // If standard error is gone too, the exit code still tells.
    let _written = writeln!(io::stderr(), "countersign: {}", sentence(&error));
    ExitCode::FAILURE
}

/// What happened, with its causes; what is unchanged; what to do.
fn sentence(error: &anyhow::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    for cause in error.chain().map(ToString::to_string) {
        let is_said = parts.last().is_some_and(|last| last.contains(&cause));
        if !is_said {
            parts.push(cause);
        }
    }
    let what = parts.join(": ");
    match advice(error) {
        Some(advice) => format!("{what}; nothing was changed; {advice}."),
        None => format!("{what}; nothing was changed."),
    }
}

fn advice(error: &anyhow::Error) -> Option<String> {
    let of_admin = error.downcast_ref::<AdminError>().map(AdminError::advice);
    let of_opening = || error.downcast_ref::<OpenError>().map(OpenError::advice);
    let of_lock = || error.downcast_ref::<LockError>().map(LockError::advice);
    let of_backup = || error.downcast_ref::<BackupError>().map(BackupError::advice);
    let of_others = || of_opening().or_else(of_lock).or_else(of_backup);
    of_admin.or_else(|| of_others().map(str::to_owned))
}

/// Whoever read the output has stopped reading, which is their right.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
