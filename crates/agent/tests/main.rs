//! The sender against the real queue server, a real database file, a mock keyring, and a page that
//! can be told to misbehave.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod active;
mod adapter_pack;
mod answers;
mod assist;
mod bad_network;
mod config;
mod dialect;
mod files;
mod instance;
mod keychain;
mod lk1;
mod lk2;
mod logs;
mod opt_outs;
mod queue_client;
mod recovery;
mod replies;
mod review;
mod runner;
mod space;
mod store;
#[expect(dead_code, reason = "the test program `delivery` uses the rest")]
mod support;
mod trouble;
