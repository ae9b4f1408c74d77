//! The keys a pack may be signed by.
//!
//! One is pinned in the app. `hotdesk.toml` may pin one more (`adapter_pack_key`), so that an office
//! can make its own packs without building its own app. That gives nobody anything new: whoever can
//! write that file already says which server the messages and the packs come from, and runs as the
//! person whose profiles these are. Neither the server nor a pack can add a key.

use super::PackError;
use minisign_verify::{Error, PublicKey, Signature};

/// The key of Hotdesk's own packs, the second line of a minisign public key file. `None`: nobody holds
/// such a key yet, and only an office's own key counts. docs/ADAPTER-PACKS.md says how to make one.
pub const PINNED_KEY: Option<&str> = None;

/// The keys a pack may be signed by.
#[derive(Clone)]
pub struct Keys(Vec<PublicKey>);

impl Keys {
    /// The pinned key and, from the configuration, one more.
    pub fn new(own: Option<&PublicKey>) -> Self {
        let pinned = PINNED_KEY.and_then(|text| read_key(text).ok());
        Self(pinned.into_iter().chain(own.cloned()).collect())
    }

    /// No key: packs are off.
    pub fn are_none(&self) -> bool {
        self.0.is_empty()
    }

    /// One of the keys has signed exactly these bytes; the signature's trusted comment.
    pub fn check<'a>(&self, bytes: &[u8], signature: &'a Signature) -> Result<&'a str, PackError> {
        let mut why = PackError::OtherKey;
        for key in &self.0 {
            match key.verify(bytes, signature, false) {
                Ok(()) => return Ok(signature.trusted_comment()),
                Err(Error::UnexpectedKeyId) => {}
                Err(Error::UnexpectedAlgorithm | Error::UnsupportedAlgorithm) => {
                    why = PackError::BadSignature;
                }
                Err(_) => why = PackError::Tampered,
            }
        }
        Err(why)
    }
}

/// A minisign public key: its file, or the second line of it.
pub fn read_key(text: &str) -> Result<PublicKey, Error> {
    let line = text.trim().lines().last().unwrap_or_default().trim();
    PublicKey::from_base64(line)
}

#[cfg(test)]
mod tests {
    use super::{PINNED_KEY, read_key};

    #[test]
    fn the_pinned_key_if_there_is_one_can_be_read() {
        assert!(
            PINNED_KEY.is_none_or(|text| read_key(text).is_ok()),
            "a key that cannot be read would switch packs off in silence"
        );
    }
}
