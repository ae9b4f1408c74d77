//! The reference queue server: keeps who sends what, to whom, and what became of it.
//!
//! [`start`] runs it inside this process; the binary `hotdesk-server` does the same with a
//! configuration around it.

mod app;
pub mod config;
mod extract;
mod files;
mod hints;
mod options;
mod passwords;
mod phone;
mod problem;
mod qr_codes;
mod routes;
mod running;
pub mod seed;
mod sign_in_guard;
pub mod store;
mod tokens;

pub use options::{Clock, FileLimits, Options, PasswordCost};
pub use passwords::hash_password;
pub use running::{Running, StartError, start};
