//! From bytes nobody vouches for to a pack that may be tried.

use super::keys::Keys;
use super::manifest::{Fit, read};
use super::{Bundles, PackError};
use hotdesk_protocol::adapter_pack::{MAX_PACK_BYTES, MAX_SIGNATURE_BYTES};
use minisign_verify::Signature;

/// What a signature's trusted comment says; the number follows. It ties what the signer's own tool
/// showed them to what they signed.
pub const COMMENT: &str = "hotdesk adapters ";

/// Check a pack. Nothing of it is parsed before its signature is found good.
pub fn verify(
    pack: &[u8],
    signature: Option<&[u8]>,
    keys: &Keys,
    fit: &Fit,
) -> Result<Bundles, PackError> {
    if keys.are_none() {
        return Err(PackError::Off);
    }
    let signature = signature.ok_or(PackError::Unsigned)?;
    if pack.len() > MAX_PACK_BYTES || signature.len() > MAX_SIGNATURE_BYTES {
        return Err(PackError::TooLarge);
    }
    let text = std::str::from_utf8(signature).map_err(|_| PackError::BadSignature)?;
    let signature = Signature::decode(text).map_err(|_| PackError::BadSignature)?;
    let comment = keys.check(pack, &signature)?;
    let bundles = read(pack, fit)?;
    if comment.strip_prefix(COMMENT) != Some(bundles.number.to_string().as_str()) {
        return Err(PackError::OtherComment);
    }
    Ok(bundles)
}
