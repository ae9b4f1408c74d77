//! What is known of an SDR.

pub mod whatsapp;
