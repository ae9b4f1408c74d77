//! One file per address; a test has the same path.

pub mod adapter_pack;
pub mod audit;
pub mod campaigns;
pub mod figures;
pub mod files;
pub mod health;
pub mod leads;
pub mod live;
pub mod messages;
pub mod opt_outs;
pub mod review;
pub mod sdr;
pub mod sdrs;
pub mod sender;
pub mod session;
pub mod settings;
pub mod templates;
pub mod webhooks;
