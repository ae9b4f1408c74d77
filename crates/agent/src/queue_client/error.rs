//! Why a call to the queue server failed.

use super::dialect::Dialect;
use hotdesk_engine::input::QueueFault;
use hotdesk_protocol::{Problem, ProblemCode};

/// Why a call to the queue server failed. Holds no address, token, or content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueueError {
    /// No answer: the server may or may not have done it.
    #[error(
        "The queue server does not answer ({what}). Nothing is lost: messages wait there and here, and Hotdesk tries again by itself. If this lasts, check the network."
    )]
    Unreachable {
        /// `connect`, `timeout`, `cut off`.
        what: &'static str,
    },
    /// No safe connection: not even the request left.
    #[error(
        "There is no safe connection to the queue server: {what}. Nothing was sent to it and nothing is lost: messages wait there and here, and Hotdesk tries again by itself. Check this computer's clock; if this lasts, tell whoever runs the queue server. Hotdesk never goes on without a valid certificate."
    )]
    Untrusted {
        /// What is wrong with the server's TLS.
        what: &'static str,
    },
    /// An answer that is not what the queue API says.
    #[error(
        "The queue server's answer cannot be understood ({what}). Nothing was sent because of it and nothing is lost. If this lasts, tell whoever runs the queue server."
    )]
    BadAnswer {
        /// What is wrong with it, in our words only.
        what: String,
    },
    /// It speaks another dialect than before, or than the configuration says.
    #[error(
        "The queue server answers as \"{found}\" and not as \"{known}\", which it was known to speak. Nothing was sent because of it and nothing is lost. If the server was replaced on purpose, set `dialect = \"{found}\"` in the configuration and start Hotdesk again; else tell whoever runs the queue server."
    )]
    OtherDialect {
        /// What it was known to speak.
        known: Dialect,
        /// What it answers in.
        found: Dialect,
    },
    /// 429, 503 and other 5xx.
    #[error("{}", .problem.message)]
    Later {
        /// Not before so many milliseconds; 0 where it did not say.
        after_ms: u64,
        /// In the server's words, or ours.
        problem: Problem,
    },
    /// Any other 4xx.
    #[error("{}", .problem.message)]
    Refused {
        /// In the server's words, or ours.
        problem: Problem,
    },
}

/// When a failed call may be made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// At the caller's own pace.
    Soon,
    /// Not before so many milliseconds.
    After(u64),
    /// Not without a change.
    Never,
}

impl QueueError {
    /// The code a caller may branch on.
    pub fn code(&self) -> ProblemCode {
        match self {
            Self::Unreachable { .. } | Self::Untrusted { .. } => ProblemCode::Unreachable,
            Self::BadAnswer { .. } | Self::OtherDialect { .. } => ProblemCode::BadAnswer,
            Self::Later { problem, .. } | Self::Refused { problem } => problem.code,
        }
    }

    /// When the call may be made again.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Unreachable { .. }
            | Self::Untrusted { .. }
            | Self::BadAnswer { .. }
            | Self::OtherDialect { .. } => Retry::Soon,
            Self::Later { after_ms, .. } => Retry::After(*after_ms),
            Self::Refused { .. } => Retry::Never,
        }
    }
}

impl From<&QueueError> for Problem {
    fn from(error: &QueueError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl From<QueueError> for QueueFault {
    fn from(error: QueueError) -> Self {
        let problem = Problem::from(&error);
        match error.retry() {
            Retry::Soon => Self::Lost(problem),
            Retry::After(ms) => Self::Later(ms, problem),
            Retry::Never => Self::Refused(problem),
        }
    }
}
