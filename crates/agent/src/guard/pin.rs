//! A PIN of this machine: argon2id over 64 MiB in 3 passes and 2 lanes, which are worked on at once,
//! with a pepper that only the system's keyring gives. Who copies the database alone cannot try PINs against it.

use crate::secret::Secret;
use argon2::password_hash::phc::Output;
use argon2::{Algorithm, Argon2, Block, Params, PasswordHash, PasswordHasher, Version};
use hotdesk_protocol::{Problem, ProblemCode};
use std::ops::RangeInclusive;
use std::sync::Arc;
use zeroize::Zeroizing;

/// How many wrong PINs in a row there may be before the password is needed.
pub const TRIES: u32 = 5;
const DIGITS: RangeInclusive<usize> = 6..=12;
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 2;
/// The same memory as argon2 counts it.
pub(super) const MEMORY_BLOCKS: usize = MEMORY_KIB as usize * 1024 / Block::SIZE;

/// Mixed into every hash; derived from the key in the keyring. Cannot be printed.
pub struct Pepper(Secret<[u8; 32]>);

impl Pepper {
    /// A pepper from its bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Secret::new(bytes))
    }
}

/// Digits a person typed. Cannot be printed; its copies share one secret.
#[derive(Clone)]
pub struct Pin(Arc<Secret<String>>);

impl Pin {
    /// 6 to 12 digits.
    pub fn read(typed: &str) -> Result<Self, Problem> {
        let typed = typed.trim();
        if DIGITS.contains(&typed.len()) && typed.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(Arc::new(typed.into())))
        } else {
            Err(bad_pin("A PIN has 6 to 12 digits."))
        }
    }

    /// The same, and not one that everybody tries first.
    pub fn choose(typed: &str) -> Result<Self, Problem> {
        let pin = Self::read(typed)?;
        let steps: Vec<i16> = pin
            .0
            .expose()
            .as_bytes()
            .windows(2)
            .map(|pair| i16::from(pair[1]) - i16::from(pair[0]))
            .collect();
        let plain = [0, 1, -1]
            .iter()
            .any(|step| steps.iter().all(|found| found == step));
        if plain {
            return Err(bad_pin(
                "This PIN is one that everybody tries first. Choose digits that are not all the same and not in a row.",
            ));
        }
        Ok(pin)
    }

    /// For the database. Takes a tenth of a second, by intent.
    pub fn hash(&self, pepper: &Pepper) -> Result<String, Problem> {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(|_| unusable())?;
        let hash = hasher(pepper)?
            .hash_password_with_salt(self.0.expose().as_bytes(), &salt)
            .map_err(|_| unusable())?;
        Ok(hash.to_string())
    }

    /// Whether it is the PIN of this hash. Takes as long.
    pub fn matches(&self, hash: &str, pepper: &Pepper) -> Result<bool, Problem> {
        self.matches_in(Vec::new(), hash, pepper)
    }

    /// The same, in memory that is there already; there may be too little of it.
    pub(super) fn matches_in(
        &self,
        mut room: Vec<Block>,
        hash: &str,
        pepper: &Pepper,
    ) -> Result<bool, Problem> {
        let hash = PasswordHash::new(hash).map_err(|_| unusable())?;
        let params = Params::try_from(&hash).map_err(|_| unusable())?;
        let (Some(salt), Some(of_the_pin)) = (&hash.salt, hash.hash) else {
            return Err(unusable());
        };
        room.resize(params.block_count(), Block::default());
        let mut found = vec![0; of_the_pin.len()];
        with_secret(pepper, params)?
            .hash_password_into_with_memory(self.0.expose().as_bytes(), salt, &mut found, room)
            .map_err(|_| unusable())?;
        // Compared in the same time whatever they are.
        Ok(Output::new(&found).map_err(|_| unusable())? == of_the_pin)
    }
}

impl Pin {
    /// What it wraps in strict mode. Takes as long as a hash, and is worth nothing without the pepper.
    pub(crate) fn key(&self, salt: &[u8], pepper: &Pepper) -> Result<Zeroizing<[u8; 32]>, Problem> {
        let mut key = Zeroizing::new([0; 32]);
        hasher(pepper)?
            .hash_password_into(self.0.expose().as_bytes(), salt, key.as_mut())
            .map_err(|_| unusable())?;
        Ok(key)
    }
}

fn hasher(pepper: &Pepper) -> Result<Argon2<'_>, Problem> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| unusable())?;
    with_secret(pepper, params)
}

fn with_secret(pepper: &Pepper, params: Params) -> Result<Argon2<'_>, Problem> {
    Argon2::new_with_secret(
        pepper.0.expose(),
        Algorithm::Argon2id,
        Version::V0x13,
        params,
    )
    .map_err(|_| unusable())
}

fn bad_pin(words: &str) -> Problem {
    Problem::new(
        ProblemCode::BadRequest,
        format!("{words} Nothing was changed."),
    )
}

fn unusable() -> Problem {
    Problem::new(
        ProblemCode::StoreFailed,
        "The PIN of this SDR cannot be checked on this machine. Nothing was changed, and sending goes on. Unlock with the password and choose a new PIN.",
    )
}
