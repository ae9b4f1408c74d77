//! DOES: the whole sender without a window.
//!
//! [`agent::Agent`] is the whole of it, and [`guard::Guard`] the door that a window has: who may see
//! and do what. One runner per SDR drives one `hotdesk_engine::Session`
//! and carries out what it asks for: pages, queue calls, the store.

mod activity;
pub mod adapter_pack;
pub mod agent;
mod audit;
pub mod clock;
pub mod config;
mod failpoint;
mod files;
pub mod guard;
pub mod instance;
mod journal;
pub mod keychain;
pub mod logging;
mod office;
pub mod page_answer;
mod page_lane;
pub mod pages;
pub mod profile;
mod progress;
pub mod queue_client;
mod removal;
pub mod review;
mod runner;
pub mod secret;
pub mod server_ca;
mod sign_in;
pub mod space;
mod spent;
pub mod store;
mod strict;
pub mod views;
