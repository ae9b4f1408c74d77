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
mod audit;
mod bad_network;
#[cfg(target_os = "linux")]
mod certificates;
mod config;
mod dialect;
mod files;
mod guard;
mod instance;
mod keychain;
#[cfg(target_os = "linux")]
mod keyring;
mod lk1;
mod lk2;
mod logs;
mod names;
mod opt_outs;
mod page_answer;
mod passphrase;
mod queue_client;
mod recovery;
#[cfg(target_os = "linux")]
mod removal;
mod replies;
mod retention;
mod review;
mod runner;
mod secrets;
mod signed_out;
mod space;
mod store;
mod strict;
#[expect(dead_code, reason = "the test program `delivery` uses the rest")]
mod support;
mod thief;
mod trouble;
mod wishes;
