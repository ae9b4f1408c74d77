//! What desktop, queue server and `scripts/make-pack` agree on about adapter packs: names, sizes, one
//! call. docs/ADAPTER-PACKS.md tells what a pack is.

use serde::{Deserialize, Serialize};

/// The largest pack.
pub const MAX_PACK_BYTES: usize = 8 * 1024 * 1024;
/// The largest signature file: four short lines.
pub const MAX_SIGNATURE_BYTES: usize = 4 * 1024;
/// What a pack's file name begins with; its number and [`PACK_SUFFIX`] follow.
pub const PACK_PREFIX: &str = "hotdesk-adapters-";
/// What a pack's file name ends with.
pub const PACK_SUFFIX: &str = ".pack";
/// What the signature's file name has after the pack's.
pub const SIGNATURE_SUFFIX: &str = ".minisig";

/// Answer to `GET /api/adapter-pack`: the newest pack the server has, with `ETag: "<number>"`; 304 for
/// `If-None-Match` of the same, 404 where there is none. The server has checked nothing: the desktop
/// does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AdapterPackAnswer {
    /// Its number, as the file's name has it.
    pub number: u32,
    /// The file `hotdesk-adapters-<number>.pack`, byte for byte; at most [`MAX_PACK_BYTES`].
    pub pack: String,
    /// The file beside it that ends in [`SIGNATURE_SUFFIX`].
    pub signature: String,
}
