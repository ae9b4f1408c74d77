mod files;
mod health;
mod messages;
mod sdr;
mod sender;
