//! Packs on disk: `adapters/` in the data directory, 0700, its files 0600.
//!
//! What is read back is checked by its signature like any other pack, because the folder may have
//! been written by anybody who could write it.

use super::folder::{Found, name_of, read};
use super::keys::Keys;
use super::manifest::Fit;
use super::rollout::Record;
use super::verify::verify;
use super::{Bundles, PackError};
use crate::profile::{make_private_dir, write_private};
use hotdesk_protocol::adapter_pack::{PACK_SUFFIX, SIGNATURE_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};

const FOLDER: &str = "adapters";
const RECORD: &str = "record.json";

/// The packs kept on this machine.
pub(crate) struct Shelf {
    dir: PathBuf,
}

impl Shelf {
    pub(crate) fn open(data_dir: &Path) -> std::io::Result<Self> {
        let dir = data_dir.join(FOLDER);
        make_private_dir(&dir)?;
        Ok(Self { dir })
    }

    /// What the run before left; nothing if that cannot be read, and then the built-in ones serve.
    pub(super) fn record(&self) -> Record {
        let Ok(text) = fs::read(self.dir.join(RECORD)) else {
            return Record::default();
        };
        serde_json::from_slice(&text).unwrap_or_else(|error| {
            tracing::warn!(%error, "The record of adapter packs cannot be read; the built-in ones serve");
            Record::default()
        })
    }

    /// Keep what the next run must know, and delete packs it does not name.
    pub(super) fn keep(&self, record: &Record) -> Result<(), PackError> {
        let json = serde_json::to_vec(record).map_err(|error| PackError::Disk {
            reason: error.to_string(),
        })?;
        write_private(&self.dir.join(RECORD), &json)?;
        let named = [record.in_force, record.former, record.waiting];
        let keep: Vec<String> = named.into_iter().flatten().map(name_of).collect();
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let pack = name.strip_suffix(SIGNATURE_SUFFIX).unwrap_or(&name);
            if pack.ends_with(PACK_SUFFIX) && !keep.iter().any(|kept| kept == pack) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Write a pack that was found good.
    pub(super) fn put(&self, number: u32, pack: &[u8], signature: &[u8]) -> Result<(), PackError> {
        let file = self.dir.join(name_of(number));
        write_private(&file, pack)?;
        write_private(&self.signature_of(number), signature)?;
        Ok(())
    }

    /// A kept pack, if it is still good and above what is built in.
    pub(super) fn get(&self, number: u32, keys: &Keys, built_in: u32) -> Option<Bundles> {
        let fit = Fit {
            above: built_in,
            now: None,
        };
        let checked = read(&self.dir.join(name_of(number)))
            .map_err(PackError::from)
            .and_then(|Found { pack, signature }| verify(&pack, signature.as_deref(), keys, &fit));
        match checked {
            Ok(bundles) if bundles.number == number => Some(bundles),
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(pack.number = number, %error, "A kept adapter pack is not used");
                None
            }
        }
    }

    fn signature_of(&self, number: u32) -> PathBuf {
        self.dir.join(name_of(number) + SIGNATURE_SUFFIX)
    }
}
