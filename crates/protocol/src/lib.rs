//! The words on every wire: ids, the queue API, bridge commands and reports, [`Problem`].
//!
//! Serde types and no logic. JSON field names are camelCase; times are UTC milliseconds since the
//! Unix epoch (`_ms`), durations are milliseconds (`_ms`).

pub mod adapter_pack;
pub mod audit;
pub mod bridge;
pub mod dashboard;
pub mod file;
pub mod ids;
pub mod lk1;
pub mod lk2;
mod object;
pub mod policy;
pub mod problem;
pub mod queue;
pub mod review;
pub mod session;
pub mod time;

pub use problem::{Problem, ProblemCode};
pub use time::UtcMs;
