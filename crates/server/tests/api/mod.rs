mod adapter_pack;
mod files;
mod health;
mod messages;
mod review;
mod sdr;
mod sender;
mod twice;
