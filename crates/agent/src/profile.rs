//! The data directory on disk: private to this OS account, a profile and a download directory per
//! SDR, and tombstones: who has one is removed, and the next start deletes what is left of them.
//! The processes of a page may live until exit and write a deleted profile anew.

use hotdesk_protocol::ids::SdrId;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Result, Write};
use std::path::{Path, PathBuf};

/// No SDR's id has a dot in it.
const TOMBSTONE: &str = "removed";
const PROFILES: &str = "profiles";
const DOWNLOADS: &str = "downloads";

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
    fs::rename(&temporary, file)?;
    sync_parent(file)
}

/// A file that was made or renamed is on the disk only when its directory is.
pub(crate) fn sync_parent(file: &Path) -> Result<()> {
    #[cfg(unix)]
    if let Some(dir) = file.parent() {
        File::open(dir)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

/// Where what an SDR saves from a chat goes. The id has been checked by [`is_plain`].
pub fn downloads(data_dir: &Path, sdr: &SdrId) -> PathBuf {
    data_dir.join(DOWNLOADS).join(sdr.as_str())
}

/// What each SDR has below a data directory.
#[derive(Clone)]
pub struct Profiles {
    data_dir: PathBuf,
}

impl Profiles {
    /// Make the directory of all profiles, and delete those of removed SDRs. What cannot be deleted
    /// now keeps its tombstone.
    pub fn open(data_dir: &Path) -> Result<Self> {
        let profiles = Self {
            data_dir: data_dir.to_owned(),
        };
        make_private_dir(&profiles.dir())?;
        for sdr in profiles.buried()? {
            match profiles.delete(&sdr) {
                Ok(()) => {
                    tracing::info!(sdr.id = %sdr, "The profile and the downloads of a removed SDR are deleted");
                }
                Err(error) => {
                    tracing::warn!(sdr.id = %sdr, %error, "What is left of a removed SDR cannot be deleted; the next start tries again");
                }
            }
        }
        Ok(profiles)
    }

    fn dir(&self) -> PathBuf {
        self.data_dir.join(PROFILES)
    }

    /// Where an SDR's profile is. The id has been checked by [`is_plain`].
    pub fn path(&self, sdr: &SdrId) -> PathBuf {
        self.dir().join(sdr.as_str())
    }

    fn tombstone(&self, sdr: &SdrId) -> PathBuf {
        self.path(sdr).with_extension(TOMBSTONE)
    }

    /// Make an SDR's profile directory, 0700.
    pub fn make(&self, sdr: &SdrId) -> Result<PathBuf> {
        let path = self.path(sdr);
        make_private_dir(&path)?;
        self.unbury(sdr)?;
        Ok(path)
    }

    /// From here on the SDR is removed, whatever happens next.
    pub fn bury(&self, sdr: &SdrId) -> Result<()> {
        write_private(&self.tombstone(sdr), b"")
    }

    /// Whose removal is not known to be complete.
    pub fn buried(&self) -> Result<Vec<SdrId>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(self.dir())? {
            let path = entry?.path();
            let sdr = path.file_stem().and_then(|name| name.to_str());
            let sdr = sdr.map(SdrId::from).filter(is_plain);
            if path.extension().is_some_and(|end| end == TOMBSTONE) {
                found.extend(sdr);
            }
        }
        Ok(found)
    }

    /// Nothing of the SDR is left, or they are back.
    pub fn unbury(&self, sdr: &SdrId) -> Result<()> {
        match fs::remove_file(self.tombstone(sdr)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Delete an SDR's profile and downloads.
    pub fn delete(&self, sdr: &SdrId) -> Result<()> {
        let profile = remove_dir(&self.path(sdr));
        remove_dir(&downloads(&self.data_dir, sdr)).and(profile)
    }

    /// Whether nothing of theirs is left.
    pub fn is_deleted(&self, sdr: &SdrId) -> bool {
        !self.path(sdr).exists() && !downloads(&self.data_dir, sdr).exists()
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
