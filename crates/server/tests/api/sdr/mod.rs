mod desktop;
mod recovery_key;
mod sending;
mod sign_out;
mod whatsapp;
