//! The key itself.

use crate::guard::Pepper;
use crate::secret::Secret;
use sha2::{Digest, Sha256};
use zeroize::Zeroize;

/// The 32 bytes the database is encrypted with.
pub struct DatabaseKey(Secret<[u8; 32]>);

impl DatabaseKey {
    /// What SQLCipher is told before anything else.
    pub(crate) fn statement(&self) -> Secret<String> {
        let hex = Secret::new(hex::encode(self.0.expose()));
        Secret::new(format!("PRAGMA key = \"x'{}'\"", hex.expose()))
    }

    /// A key from its bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Secret::new(bytes))
    }

    pub(super) fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::from_bytes)
    }

    pub(super) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        let key = Self::from_bytes(bytes);
        bytes.zeroize();
        Ok(key)
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        self.0.expose()
    }

    /// What is mixed into the PINs of this machine: only who has the key has it.
    pub(crate) fn pepper(&self) -> Pepper {
        let mut hash = Sha256::new();
        hash.update(b"hotdesk pin pepper v1|");
        hash.update(self.0.expose());
        Pepper::from_bytes(hash.finalize().into())
    }

    /// Tells one key from another and helps to open nothing.
    pub(super) fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(b"hotdesk database key v1|");
        hash.update(self.0.expose());
        hex::encode(&hash.finalize()[..8])
    }
}
