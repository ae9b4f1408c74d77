//! What a server is started with.

use crate::dashboard::{self, DashboardFile};
use crate::database::Database;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::file::FileKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The time of day. The server's one clock; a test brings its own.
pub type Clock = Arc<dyn Fn() -> UtcMs + Send + Sync>;

/// How dear a password's hash is (argon2id).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl PasswordCost {
    /// For tests: as cheap as argon2 lets it be.
    pub const CHEAP: Self = Self {
        memory_kib: 8,
        passes: 1,
    };
}

impl Default for PasswordCost {
    /// 19 MiB, two passes: OWASP's first recommendation for argon2id.
    fn default() -> Self {
        Self {
            memory_kib: 19 * 1024,
            passes: 2,
        }
    }
}

/// The largest files this server takes; never above what a desktop sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileLimits {
    /// Of a picture.
    pub image_bytes: u32,
    /// Of a document.
    pub document_bytes: u32,
}

impl FileLimits {
    /// The limit of one kind.
    pub fn of(self, kind: FileKind) -> u32 {
        let limit = match kind {
            FileKind::Image => self.image_bytes,
            FileKind::Document => self.document_bytes,
        };
        limit.min(kind.max_bytes())
    }
}

impl Default for FileLimits {
    /// All that a desktop sends: 16 MiB and 64 MiB.
    fn default() -> Self {
        Self {
            image_bytes: FileKind::Image.max_bytes(),
            document_bytes: FileKind::Document.max_bytes(),
        }
    }
}

/// How long a request may take to arrive, and its answer to be taken; what is later is cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Its head, and how long a connection may ask for nothing.
    pub head: Duration,
    /// A JSON body.
    pub body: Duration,
    /// A file.
    pub file: Duration,
    /// How long a caller may take nothing of an answer.
    pub answer: Duration,
}

impl Default for Patience {
    /// 20 s, 20 s, 2 minutes (the largest document at 5 Mbit/s), and 20 s.
    fn default() -> Self {
        Self {
            head: Duration::from_secs(20),
            body: Duration::from_secs(20),
            file: Duration::from_secs(120),
            answer: Duration::from_secs(20),
        }
    }
}

/// How many calls one person may make, however many desktops and browsers they have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallLimit {
    /// In the long run.
    pub per_second: NonZeroU32,
    /// At once, after a rest.
    pub burst: NonZeroU32,
}

impl CallLimit {
    /// So many a second, and ten seconds' worth at once.
    pub fn per_second(per_second: NonZeroU32) -> Self {
        let ten = const { NonZeroU32::new(10).expect("not zero") };
        Self {
            per_second,
            burst: per_second.saturating_mul(ten),
        }
    }
}

impl Default for CallLimit {
    /// 300 a second: far above what a desktop needs that sends as fast as it can (about 60), and what
    /// a program gone wild is held to.
    fn default() -> Self {
        Self::per_second(const { NonZeroU32::new(300).expect("not zero") })
    }
}

/// What a server is started with.
#[derive(Clone)]
pub struct Options {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where `/metrics` is served, beside `/healthz` and `/readyz`; nowhere if nothing is said.
    pub metrics_listen: Option<SocketAddr>,
    /// Where the queue is kept.
    pub database: Database,
    /// Where the bytes of files lie; beside a data file if nothing is said.
    pub files_dir: Option<PathBuf>,
    /// How long a lease lasts.
    pub lease_ms: u32,
    /// A message that was begun and whose lease is gone for so long goes to a person's review.
    pub review_after_ms: u32,
    /// How often the server looks for what time alone moves.
    pub sweep: Duration,
    /// The largest files it takes.
    pub file_limits: FileLimits,
    /// Where an admin puts adapter packs for the desktops, if anywhere.
    pub adapter_pack_dir: Option<PathBuf>,
    /// How long requests may take to arrive.
    pub patience: Patience,
    /// How many calls one person may make.
    pub calls: CallLimit,
    /// How often it is looked whether a webhook is to be told.
    pub webhook_poll: Duration,
    /// How often a waiting claim looks again without having been woken.
    pub poll: Duration,
    /// How long a stop waits for calls under way.
    pub stop_within: Duration,
    /// The time of day.
    pub clock: Clock,
    /// The files of the dashboard.
    pub dashboard: &'static [DashboardFile],
    /// For the one hash made here: that of the password of nobody, so that an unknown e-mail takes as
    /// long to refuse as a wrong password.
    pub password_cost: PasswordCost,
}

impl Options {
    /// A free port of this machine, leases of a minute, a review after an hour, the system's clock.
    pub fn new(database: impl Into<Database>) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            metrics_listen: None,
            database: database.into(),
            files_dir: None,
            lease_ms: 60_000,
            review_after_ms: 3_600_000,
            sweep: Duration::from_secs(15),
            file_limits: FileLimits::default(),
            adapter_pack_dir: None,
            patience: Patience::default(),
            calls: CallLimit::default(),
            webhook_poll: Duration::from_secs(1),
            poll: Duration::from_secs(5),
            stop_within: Duration::from_secs(10),
            clock: Arc::new(system_now),
            dashboard: dashboard::BUILT,
            password_cost: PasswordCost::default(),
        }
    }
}

/// The system's time of day.
pub fn system_now() -> UtcMs {
    UtcMs(jiff::Timestamp::now().as_millisecond())
}
