//! The keys of strict mode: what closes an SDR's data without them, and what opens it only for them.
//!
//! The data is closed to a public key (a sealed box of X25519 and XSalsa20-Poly1305), so that it can be
//! closed at any time, also after a crash. The secret half is wrapped twice: by the PIN, and by a
//! recovery key that only the queue server has, so that a forgotten PIN loses nothing.

use crate::guard::{Pepper, Pin};
use crate::secret::Secret;
use crypto_box::aead::{Aead, OsRng};
use crypto_box::{PublicKey, SecretKey};
use crypto_secretbox::{KeyInit, Nonce, XSalsa20Poly1305};
use hotdesk_protocol::{Problem, ProblemCode};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const SALT_BYTES: usize = 16;
const NONCE_BYTES: usize = 24;

/// Opens what was closed to its public half. Wiped when let go; cannot be printed.
pub(crate) struct OwnKey(SecretKey);

/// Closes data to its owner.
pub(crate) struct Closer(PublicKey);

/// What the server keeps for the SDR. Cannot be printed.
pub(crate) struct RecoveryKey(Secret<[u8; 32]>);

impl OwnKey {
    pub(crate) fn make() -> Result<Self, Problem> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut()).map_err(|_| unusable())?;
        Ok(Self(SecretKey::from(*bytes)))
    }

    pub(crate) fn closer(&self) -> Closer {
        Closer(self.0.public_key())
    }

    /// What was closed; `None` if it was closed to somebody else, or is damaged.
    pub(crate) fn open(&self, closed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.0.unseal(closed).ok().map(Zeroizing::new)
    }

    /// Wrapped by a PIN. Takes a tenth of a second, by intent.
    pub(crate) fn wrapped_by_pin(&self, pin: &Pin, pepper: &Pepper) -> Result<Vec<u8>, Problem> {
        let mut salt = [0; SALT_BYTES];
        getrandom::fill(&mut salt).map_err(|_| unusable())?;
        let mut wrapped = salt.to_vec();
        wrapped.extend(self.wrapped(&*pin.key(&salt, pepper)?)?);
        Ok(wrapped)
    }

    /// `None` if it is another PIN, or what is wrapped is damaged. Takes as long.
    pub(crate) fn of_pin(
        wrapped: &[u8],
        pin: &Pin,
        pepper: &Pepper,
    ) -> Result<Option<Self>, Problem> {
        let Some((salt, wrapped)) = wrapped.split_at_checked(SALT_BYTES) else {
            return Ok(None);
        };
        Ok(Self::unwrapped(wrapped, &*pin.key(salt, pepper)?))
    }

    /// Wrapped by what the server keeps.
    pub(crate) fn wrapped_by_server(&self, key: &RecoveryKey) -> Result<Vec<u8>, Problem> {
        self.wrapped(&key.wrapping())
    }

    /// `None` if it is another key, or what is wrapped is damaged.
    pub(crate) fn of_server(wrapped: &[u8], key: &RecoveryKey) -> Option<Self> {
        Self::unwrapped(wrapped, &key.wrapping())
    }

    fn wrapped(&self, by: &[u8; 32]) -> Result<Vec<u8>, Problem> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|_| unusable())?;
        let bytes = Zeroizing::new(self.0.to_bytes());
        let cipher = XSalsa20Poly1305::new(by.into());
        let closed = cipher
            .encrypt(Nonce::from_slice(&nonce), bytes.as_slice())
            .map_err(|_| unusable())?;
        Ok([nonce.as_slice(), &closed].concat())
    }

    fn unwrapped(wrapped: &[u8], by: &[u8; 32]) -> Option<Self> {
        let (nonce, closed) = wrapped.split_at_checked(NONCE_BYTES)?;
        let cipher = XSalsa20Poly1305::new(by.into());
        let opened = cipher.decrypt(Nonce::from_slice(nonce), closed).ok()?;
        let bytes: [u8; 32] = Zeroizing::new(opened).as_slice().try_into().ok()?;
        Some(Self(SecretKey::from(bytes)))
    }
}

impl Closer {
    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(PublicKey::from_bytes(bytes))
    }

    pub(crate) fn to_bytes(&self) -> [u8; 32] {
        *self.0.as_bytes()
    }

    /// Only the owner can open it.
    pub(crate) fn close(&self, plain: &[u8]) -> Result<Vec<u8>, Problem> {
        self.0.seal(&mut OsRng, plain).map_err(|_| unusable())
    }
}

impl RecoveryKey {
    /// As the server gave it; `None` if it is no key.
    pub(crate) fn parse(hex: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(hex, &mut bytes).ok()?;
        Some(Self(Secret::new(bytes)))
    }

    fn wrapping(&self) -> Zeroizing<[u8; 32]> {
        let mut hash = Sha256::new();
        hash.update(b"hotdesk recovery v1|");
        hash.update(self.0.expose());
        Zeroizing::new(hash.finalize().into())
    }
}

fn unusable() -> Problem {
    Problem::new(
        ProblemCode::StoreFailed,
        "The system gives no random numbers, so nothing can be closed. Nothing was changed or lost. Restart the computer.",
    )
}
