//! A crash leaves no picture of this process's memory on the disk: keys, tokens and texts would be
//! in it.

/// Forbid it, for this process and what it starts. To be called before anything else is done.
pub fn forbid() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        // A limit may always be lowered.
        let _ = setrlimit(Resource::Core, none);
    }
    // Also where a program takes the dump and asks for no limit; and nobody but root may look into
    // the process. What it starts begins without this.
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
    #[cfg(windows)]
    {
        use windows::Win32::System::Diagnostics::Debug::{
            SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX, SetErrorMode,
        };
        #[expect(unsafe_code, reason = "a call of the system that takes two flags")]
        // SAFETY: it takes no pointer and sets flags of this process alone.
        unsafe {
            SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
        }
    }
}
