//! Blows and damage: a real desktop in a process of its own, the real queue server, and pages whose
//! history is on disk and judges. The counts go to `target/delivery`.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod child;
mod clock;
#[cfg(target_os = "linux")]
mod disk;
mod failpoints;
#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "the test program `agent` uses the rest")]
mod support;
mod table;
