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

/// Longest id that a caller may choose.
const MAX_ID_BYTES: usize = 128;

/// Whether an id that a caller chose can be part of an address. What makes addresses leaves dots alone and
/// line ends out, so that another thing would be meant.
fn can_be_addressed(id: &str) -> bool {
    let unfit = matches!(id, "" | "." | "..") || id.contains(char::is_control);
    !unfit && id.len() <= MAX_ID_BYTES
}
