//! A folder with packs: the one with the highest number in its name counts.

use super::PackError;
use hotdesk_protocol::adapter_pack::{
    MAX_PACK_BYTES, MAX_SIGNATURE_BYTES, PACK_PREFIX, PACK_SUFFIX, SIGNATURE_SUFFIX,
};
use std::ffi::OsString;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// A pack's bytes and those of its signature, as found.
pub struct Found {
    /// Its bytes, one more than the limit at most.
    pub pack: Vec<u8>,
    /// Those of the file beside it; `None` where there is no such file.
    pub signature: Option<Vec<u8>>,
}

/// The number of the newest pack by the files' names, and where it is; a folder that is not there
/// holds none.
pub fn newest(folder: &Path) -> Result<Option<(u32, PathBuf)>, PackError> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        entries => entries?,
    };
    let mut newest = None;
    for entry in entries {
        let path = entry?.path();
        let number = path
            .file_name()
            .and_then(|name| name.to_str())
            .and_then(number_of);
        if let Some(number) = number.filter(|_| path.is_file()) {
            newest = newest.max(Some((number, path)));
        }
    }
    Ok(newest)
}

/// Read a pack and, if there is one, the signature beside it; a little more than the limit at most.
pub fn read(pack: &Path) -> std::io::Result<Found> {
    let mut signature: OsString = pack.into();
    signature.push(SIGNATURE_SUFFIX);
    Ok(Found {
        pack: read_at_most(pack, MAX_PACK_BYTES)?,
        signature: match read_at_most(Path::new(&signature), MAX_SIGNATURE_BYTES) {
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            read => Some(read?),
        },
    })
}

fn read_at_most(file: &Path, most: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let one_more = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    File::open(file)?.take(one_more).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// `hotdesk-adapters-7.pack` is 7; plain digits only.
fn number_of(name: &str) -> Option<u32> {
    let digits = name.strip_prefix(PACK_PREFIX)?.strip_suffix(PACK_SUFFIX)?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}

/// `hotdesk-adapters-7.pack`.
pub(super) fn name_of(number: u32) -> String {
    format!("{PACK_PREFIX}{number}{PACK_SUFFIX}")
}
