//! A process that dies must not leave its memory on the disk: keys and passwords are in it.

/// Switches core dumps off for this process and whatever it starts. Where the system does not let
/// it, the process goes on: the secrets are no worse off than before.
pub fn switch_off() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        let _is_off = setrlimit(Resource::Core, none);
    }
    // A handler that the kernel pipes dumps to is not bound by the limit, but by this.
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _is_off = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
