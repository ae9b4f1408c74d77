//! Both clocks of a session, and which start of the operating system this is.

use hotdesk_engine::input::{Millis, Now};
use hotdesk_protocol::UtcMs;
use std::time::{SystemTime, UNIX_EPOCH};

/// The time now.
pub fn now() -> Now {
    Now {
        boot: Millis(boot_ms()),
        utc: utc(),
    }
}

/// The wall clock, for people and reports.
pub fn utc() -> UtcMs {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    UtcMs(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Linux: `CLOCK_BOOTTIME`. macOS: its `CLOCK_MONOTONIC` goes on during sleep (its
/// `CLOCK_UPTIME_RAW`, which `Instant` reads, does not).
#[cfg(unix)]
fn boot_ms() -> u64 {
    use rustix::time::{ClockId, clock_gettime};
    #[cfg(target_os = "linux")]
    let id = ClockId::Boottime;
    #[cfg(not(target_os = "linux"))]
    let id = ClockId::Monotonic;
    let time = clock_gettime(id);
    let ms = time.tv_sec * 1_000 + time.tv_nsec / 1_000_000;
    u64::try_from(ms).unwrap_or(0)
}

/// Windows: `Instant` reads the performance counter, which counts since the system's start "including
/// the time when the machine was in a sleep state" (Microsoft, "Acquiring high-resolution time stamps").
#[cfg(not(unix))]
fn boot_ms() -> u64 {
    use std::sync::LazyLock;
    use std::time::Instant;
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(START.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// Which start of the operating system this is. Where the system does not say, each start of the
/// app counts as one: then an unaccounted message goes to a person instead of being redone.
pub fn boot_id() -> String {
    #[cfg(target_os = "linux")]
    if let Ok(id) = std::fs::read_to_string("/proc/sys/kernel/random/boot_id") {
        return id.trim().to_owned();
    }
    #[cfg(target_os = "macos")]
    if let Ok(output) = std::process::Command::new("/usr/sbin/sysctl")
        .args(["-n", "kern.bootsessionuuid"])
        .output()
        && output.status.success()
        && let Ok(id) = String::from_utf8(output.stdout)
    {
        return id.trim().to_owned();
    }
    uuid::Uuid::new_v4().to_string()
}
