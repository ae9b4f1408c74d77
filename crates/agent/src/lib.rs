//! DOES: the whole sender without a window.
//!
//! [`agent::Agent`] is the door; one runner per SDR drives one `hotdesk_engine::Session`
//! and carries out what it asks for: pages, queue calls, the store.

mod activity;
pub mod adapter_pack;
pub mod agent;
pub mod clock;
pub mod config;
mod failpoint;
mod files;
pub mod instance;
mod journal;
pub mod keychain;
pub mod logging;
mod office;
mod page_lane;
pub mod pages;
pub mod profile;
mod progress;
pub mod queue_client;
mod removal;
pub mod review;
mod runner;
mod sign_in;
pub mod space;
mod spent;
pub mod store;
pub mod views;
