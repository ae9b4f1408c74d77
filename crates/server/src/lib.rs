//! The reference queue server: keeps who sends what, to whom, and what became of it.
//!
//! [`start`] runs it inside this process; the binary `hotdesk-server` does the same with a
//! configuration around it.

mod app;
mod beats;
mod browser;
mod call_limit;
mod campaigns;
pub mod config;
mod cursor;
mod dashboard;
mod database;
mod etag;
mod extract;
mod files;
mod first_message;
mod hints;
pub mod hours;
mod import;
mod lk1_words;
mod metrics;
mod openapi;
mod opt_out_words;
mod options;
mod passwords;
mod phone;
mod problem;
mod qr_codes;
mod refused;
mod routes;
mod running;
pub mod seed;
mod serving;
mod sign_in;
mod sign_in_guard;
pub mod store;
pub mod templates;
mod tokens;
mod webhooks;

pub use dashboard::DashboardFile;
pub use database::{Database, without_passwords};
pub use options::{CallLimit, Clock, FileLimits, Options, PasswordCost, Patience};
pub use passwords::hash_password;
pub use running::{Running, StartError, start};
