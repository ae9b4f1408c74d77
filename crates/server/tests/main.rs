//! The server's tests: over real HTTP, against the store alone, and of the binary.
//! A test of a call has the path of the call.
#![allow(clippy::unwrap_used, reason = "tests")]

mod api;
mod binary;
mod config;
mod hours;
mod seed;
mod store;
mod support;
mod templates;
