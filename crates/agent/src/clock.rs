//! Both clocks of a session, waiting by them, and which start of the operating system this is.

use hotdesk_engine::input::{Millis, Now};
use hotdesk_protocol::UtcMs;
use jiff::tz::TimeZone;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;
use tokio::time::sleep;

/// The clock of `sleep` stops during suspend, so no sleep is long.
pub(crate) const LONGEST_SLEEP_MS: u64 = 30_000;

/// Both clocks and the zone they are read in. A test brings its own, or puts one forward; whoever
/// waits by it wakes then.
#[derive(Clone)]
pub struct Clock {
    zone: TimeZone,
    read: Arc<dyn Fn() -> Now + Send + Sync>,
    ahead_ms: watch::Receiver<u64>,
}

/// Puts a test's clock forward.
pub struct Hand(watch::Sender<u64>);

impl Hand {
    /// As if the computer had slept for so long.
    pub fn forward(&self, ms: u64) {
        self.0.send_modify(|ahead| *ahead += ms);
    }
}

impl Clock {
    /// The computer's own.
    pub fn real() -> Self {
        Self::reading(now)
    }

    /// The computer's zone, and whatever time a test says.
    pub fn reading(read: impl Fn() -> Now + Send + Sync + 'static) -> Self {
        Self::new(TimeZone::system(), read).0
    }

    /// A clock that shows `start` now and can be put forward.
    pub fn by_hand(start: UtcMs, zone: TimeZone) -> (Self, Hand) {
        let shift_ms = start.0 - utc().0;
        Self::new(zone, move || {
            let now = now();
            Now {
                boot: now.boot,
                utc: UtcMs(now.utc.0.saturating_add(shift_ms)),
            }
        })
    }

    fn new(zone: TimeZone, read: impl Fn() -> Now + Send + Sync + 'static) -> (Self, Hand) {
        let (hand, ahead_ms) = watch::channel(0);
        let clock = Self {
            zone,
            read: Arc::new(read),
            ahead_ms,
        };
        (clock, Hand(hand))
    }

    /// The time now.
    pub fn now(&self) -> Now {
        let ahead = *self.ahead_ms.borrow();
        let now = (self.read)();
        Now {
            boot: now.boot.after(ahead),
            utc: UtcMs(now.utc.0.saturating_add_unsigned(ahead)),
        }
    }

    /// A moment as the office's people read it.
    pub fn local(&self, at: UtcMs) -> jiff::Zoned {
        let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
        at.to_zoned(self.zone.clone())
    }

    /// Wait until it is so late.
    pub(crate) async fn until(&self, at: Millis) {
        let mut ahead = self.ahead_ms.clone();
        loop {
            ahead.mark_unchanged();
            let left = at.since(self.now().boot).min(LONGEST_SLEEP_MS);
            if left == 0 {
                return;
            }
            tokio::select! {
                () = sleep(Duration::from_millis(left)) => {}
                Ok(()) = ahead.changed() => {}
            }
        }
    }
}

/// The computer's clocks.
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
