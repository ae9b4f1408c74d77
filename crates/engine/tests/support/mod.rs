//! Models of everything around a session.

pub mod adversary;
pub mod page;
pub mod server;
pub mod world;
