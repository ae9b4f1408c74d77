//! Passwords as argon2id hashes.

use crate::options::PasswordCost;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use thiserror::Error;

/// A password could not be hashed.
#[derive(Debug, Error)]
#[error("the password could not be hashed: {0}")]
pub struct PasswordError(String);

/// The PHC string of a password under a fresh salt.
pub fn hash_password(password: &str, cost: PasswordCost) -> Result<String, PasswordError> {
    let wrong = |error: &dyn std::fmt::Display| PasswordError(error.to_string());
    let params =
        Params::new(cost.memory_kib, cost.passes, 1, None).map_err(|error| wrong(&error))?;
    let mut salt = [0_u8; 16];
    getrandom::fill(&mut salt).map_err(|error| wrong(&error))?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|error| wrong(&error))
}

/// Whether a password is the one of a PHC string.
pub fn is_password(password: &str, hash: &str) -> bool {
    Argon2::default()
        .verify_password(password.as_bytes(), hash)
        .is_ok()
}
