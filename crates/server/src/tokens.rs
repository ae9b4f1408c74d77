//! Opaque bearers: 256 random bits, of which only the hash is kept.

use crate::store::TokenHash;
use sha2::{Digest, Sha256};

/// A fresh token.
pub fn new_token() -> Result<String, getrandom::Error> {
    let mut bits = [0_u8; 32];
    getrandom::fill(&mut bits)?;
    Ok(format!("hd_{}", hex::encode(bits)))
}

/// What is kept of it.
pub fn hash_token(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}
