//! What a desktop calls.

pub mod audit;
pub mod auth;
pub mod begin;
pub mod claim;
pub mod files;
pub mod heartbeat;
pub mod mark;
pub mod opt_out;
pub mod queue;
pub mod release;
pub mod renew;
pub mod reply;
pub mod result;
pub mod sign_out;
