//! What is known of an SDR.

pub mod desktop;
pub mod whatsapp;
