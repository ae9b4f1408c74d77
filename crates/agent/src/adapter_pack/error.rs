//! Why a pack is not taken. The words are for a person.

use hotdesk_protocol::{Problem, ProblemCode};

/// Why a pack is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// There is no key to check by.
    #[error(
        "Adapter packs are off: this Hotdesk knows no key to check them by. Nothing was changed, and the built-in adapters go on. To use packs, set `adapter_pack_key` in hotdesk.toml."
    )]
    Off,
    /// There is no signature file.
    #[error(
        "The adapter pack is not signed. It was not taken and nothing was changed. Put its .minisig file beside it, or remove the pack."
    )]
    Unsigned,
    /// The signature cannot be read, or is of a kind that is not accepted.
    #[error(
        "The adapter pack's signature cannot be read. It was not taken and nothing was changed. Sign the pack again with minisign."
    )]
    BadSignature,
    /// The signature is by a key that is not pinned.
    #[error(
        "The adapter pack is signed by a key this Hotdesk does not know. It was not taken and nothing was changed. Ask who made it; do not use it if you cannot tell."
    )]
    OtherKey,
    /// The bytes are not those that were signed.
    #[error(
        "The adapter pack was changed after it was signed, or damaged on its way. It was not taken and nothing was changed. Get it anew from who made it."
    )]
    Tampered,
    /// The signature's trusted comment names another pack.
    #[error(
        "The adapter pack's signature names another pack. It was not taken and nothing was changed. Sign it again with the comment that make-pack prints."
    )]
    OtherComment,
    /// Pack or signature is over its limit.
    #[error(
        "The adapter pack is larger than 8 MiB, or its signature larger than 4 KiB. It was not taken and nothing was changed. Get it anew from who made it."
    )]
    TooLarge,
    /// Well signed, and yet not a pack.
    #[error(
        "The adapter pack is signed but is not whole: {what}. It was not taken and nothing was changed. Make it anew with make-pack."
    )]
    Malformed {
        /// What is wrong with it, in our words only.
        what: String,
    },
    /// Its form or its bridge is for another version of the app.
    #[error(
        "The adapter pack is for another version of Hotdesk. It was not taken and nothing was changed. Update Hotdesk, or use a pack made for this version."
    )]
    OtherApp,
    /// Its number is not above the one in use.
    #[error(
        "The adapter pack {offered} is older than the adapters in use ({in_use}). It was not taken and nothing was changed. Remove it, or give a newer one."
    )]
    Older {
        /// Its number.
        offered: u32,
        /// The number in force, or built in.
        in_use: u32,
    },
    /// Its time is over.
    #[error(
        "The adapter pack {number} is past its time. It was not taken and nothing was changed. Get a newer one; if it is new, check this computer's clock."
    )]
    Expired {
        /// Its number.
        number: u32,
    },
    /// It was tried here and did not work.
    #[error(
        "The adapter pack {number} did not work on this machine before and is not tried again. Nothing was changed and nothing is lost. Get a newer one."
    )]
    FailedBefore {
        /// Its number.
        number: u32,
    },
    /// A file or folder cannot be read or written.
    #[error(
        "An adapter pack cannot be read or kept: {reason}. Nothing was changed. Check the folder's rights and the free space."
    )]
    Disk {
        /// What the system said.
        reason: String,
    },
}

impl From<&PackError> for Problem {
    fn from(error: &PackError) -> Self {
        Self::new(ProblemCode::PackRefused, error.to_string())
    }
}

impl From<std::io::Error> for PackError {
    fn from(error: std::io::Error) -> Self {
        Self::Disk {
            reason: error.to_string(),
        }
    }
}
