//! The data directory on disk: private to this OS account, one profile directory per SDR, and
//! tombstones for profiles that could not be deleted while their page's processes lived.

use hotdesk_protocol::ids::SdrId;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Result, Write};
use std::path::{Path, PathBuf};

const TOMBSTONE: &str = "removed";

/// Make a directory with all its parents; on Unix with mode 0700, also when it was there before.
pub fn make_private_dir(dir: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// Write a file whole and durably; on Unix with mode 0600.
pub fn write_private(file: &Path, bytes: &[u8]) -> Result<()> {
    let temporary = file.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut written: File = options.open(&temporary)?;
    written.write_all(bytes)?;
    written.sync_all()?;
    fs::rename(&temporary, file)
}

/// The profiles below a data directory.
#[derive(Clone)]
pub struct Profiles {
    dir: PathBuf,
}

impl Profiles {
    /// Make the directory of all profiles, and delete what an earlier run could not.
    pub fn open(data_dir: &Path) -> Result<Self> {
        let profiles = Self {
            dir: data_dir.join("profiles"),
        };
        make_private_dir(&profiles.dir)?;
        for entry in fs::read_dir(&profiles.dir)? {
            let tombstone = entry?.path();
            if tombstone.extension().is_some_and(|e| e == TOMBSTONE) {
                remove_dir(&tombstone.with_extension(""))?;
                fs::remove_file(&tombstone)?;
            }
        }
        Ok(profiles)
    }

    /// Where an SDR's profile is. The id has been checked by [`is_plain`].
    pub fn path(&self, sdr: &SdrId) -> PathBuf {
        self.dir.join(sdr.as_str())
    }

    /// Make an SDR's profile directory, 0700.
    pub fn make(&self, sdr: &SdrId) -> Result<PathBuf> {
        let path = self.path(sdr);
        make_private_dir(&path)?;
        match fs::remove_file(path.with_extension(TOMBSTONE)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(path),
        }
    }

    /// Delete an SDR's profile. Its page's processes may live until exit and write it anew, so
    /// a tombstone stays and the next start deletes what is left.
    pub fn remove(&self, sdr: &SdrId) -> Result<()> {
        let path = self.path(sdr);
        write_private(&path.with_extension(TOMBSTONE), b"")?;
        if let Err(error) = remove_dir(&path) {
            tracing::info!(error.kind = ?error.kind(), "A profile is still in use; the next start deletes it");
        }
        Ok(())
    }
}

fn remove_dir(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Whether an id may name a directory and a webview: `[a-z0-9-]{1,64}`.
pub fn is_plain(sdr: &SdrId) -> bool {
    let id = sdr.as_str();
    (1..=64).contains(&id.len())
        && id
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
