//! What is known of an SDR.

pub mod desktop;
pub mod recovery_key;
pub mod sending;
pub mod sign_out;
pub mod whatsapp;
