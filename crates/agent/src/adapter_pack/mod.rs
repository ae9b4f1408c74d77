//! Adapter packs: the scripts of WhatsApp's pages, renewed without a new app.
//!
//! A pack is one file, a JSON document (`manifest`) with the two bundles the app also carries
//! built in, and a minisign signature beside it. JSON, because the signature covers every byte of it
//! before the first one is parsed, and a person can read what they sign. Its way:
//!
//! 1. Found (`look`) in a folder of this machine or at the queue server, at start, every few hours,
//!    and when a person asks. Whoever offers it is not trusted.
//! 2. Checked (`verify`, `manifest`): size, signature by a pinned key (`keys`), fit for this app,
//!    not past its time, newer than what is in force and than what is built in.
//! 3. Kept (`shelf`) in the data directory, and checked by its signature again at each start.
//! 4. Tried (`rollout`) by one page, when it holds no message: loaded with the pack, the page must
//!    within the time of a load say how it stands and lack nothing that it did not lack before.
//! 5. In force for every page from its next load on; or taken back by itself, and if the former one
//!    then does better, never tried again here.
//!
//! A page is never given another script while it lives: it is opened anew, in the same profile, so
//! that no page ever holds two bridges.

mod bundles;
mod error;
pub mod folder;
pub mod keys;
mod look;
pub mod manifest;
mod packs;
pub mod rollout;
mod shelf;
pub mod verify;

pub use bundles::Bundles;
pub use error::PackError;
pub(crate) use look::look_on;
pub(crate) use packs::Packs;
pub(crate) use shelf::Shelf;
