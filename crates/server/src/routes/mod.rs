//! One file per address; a test has the same path.

pub mod adapter_pack;
pub mod files;
pub mod health;
pub mod messages;
pub mod review;
pub mod sdr;
pub mod sender;
