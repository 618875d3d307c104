//! Signals: a command that is interrupted leaves whole lines behind.
//!
//! SIGINT (Ctrl-C), SIGTERM and SIGHUP end the command by the signal itself, as if nothing had been set up: at once,
//! whatever it waits for, and so that a shell sees what ended it. Only a write that the signal would cut in two is
//! finished first. It may never be, where its reader has stalled: so a second signal ends the command in any case.

#[cfg(unix)]
pub use unix::{listen, uncut};

#[cfg(unix)]
mod unix {
    use std::io;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use handover::loader::folder;
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
    use signal_hook::{flag, low_level};

    /// Whether a signal ends the command at once: while no write is under way, and at the second signal.
    static AT_ONCE: AtomicBool = AtomicBool::new(true);
    /// The signal that came during a write, or 0.
    static CAME: AtomicUsize = AtomicUsize::new(0);
    /// Of no interest: the write beyond the limit of a file's size fails, and that is told.
    static TOO_LARGE: AtomicBool = AtomicBool::new(false);

    /// Takes the signals from now on.
    pub fn listen() -> io::Result<()> {
        let ignored = ignored();
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            // `nohup` and the like ignore signals on behalf of the command, and that stays so.
            if ignored & bit(signal) != 0 {
                continue;
            }
            // In this order: a second signal finds what the first has set.
            flag::register_conditional_default(signal, &AT_ONCE)?;
            flag::register_usize(signal, &CAME, usize::try_from(signal).unwrap_or(0))?;
            flag::register(signal, &AT_ONCE)?;
        }
        flag::register(SIGXFSZ, &TOO_LARGE)?;
        Ok(())
    }

    /// Writes what a signal must not cut in two.
    pub fn uncut<T>(write: impl FnOnce() -> T) -> T {
        AT_ONCE.store(false, Ordering::SeqCst);
        let written = write();
        AT_ONCE.store(true, Ordering::SeqCst);
        if let Ok(signal @ 1..) = i32::try_from(CAME.load(Ordering::SeqCst)) {
            // Ends the command, or aborts it where even that fails.
            let _ = low_level::emulate_default_handler(signal);
        }
        written
    }

    /// The signals that the command was started to ignore, a bit each. Where the system does not say, SIGHUP is left
    /// as it is: it is the one that people have ignored.
    fn ignored() -> u64 {
        signals_ignored_by_linux().unwrap_or(bit(SIGHUP))
    }

    fn signals_ignored_by_linux() -> Option<u64> {
        let status = folder::open("/proc/self/status".as_ref()).and_then(folder::read).ok()?;
        let status = String::from_utf8(status).ok()?;
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
        u64::from_str_radix(mask.trim(), 16).ok()
    }

    fn bit(signal: i32) -> u64 {
        1 << (signal - 1)
    }
}

/// There are no such signals here.
#[cfg(not(unix))]
pub fn listen() -> std::io::Result<()> {
    Ok(())
}

/// There are no such signals here.
#[cfg(not(unix))]
pub fn uncut<T>(write: impl FnOnce() -> T) -> T {
    write()
}
