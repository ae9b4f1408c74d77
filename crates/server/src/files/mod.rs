//! The bytes of files, in a folder beside the data file, each under its SHA-256.
//!
//! Beside it and not in it: a document of 64 MiB in the database would pass twice through the one
//! writer (log, then file), and every claim would wait for it. What is known of a file is a row of
//! the store, written only once its bytes are on the disk, so a row never lacks them; bytes without
//! a row are what a kill left behind and harm nobody. A file that is forgotten is so in the store first.
//! A backup takes the data file first, then the folder.

mod content;

pub use content::check;

use crate::options::FileLimits;
use hotdesk_protocol::file::FileKind;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tokio::fs;
use tokio::io::AsyncWriteExt;
use tokio::sync::Semaphore;

/// Uploads are held in memory while they are looked at.
const UPLOADS_AT_ONCE: usize = 2;
const DOWNLOADS_AT_ONCE: usize = 16;
/// Longer than an upload takes from its bytes to its row.
const YOUNG: Duration = Duration::from_secs(3_600);

/// The folder, and how much of it may be in use at once.
pub struct Files {
    folder: PathBuf,
    limits: FileLimits,
    pub(crate) uploads: Semaphore,
    pub(crate) downloads: std::sync::Arc<Semaphore>,
}

impl Files {
    /// The folder of a data file: `queue.sqlite` has `queue.sqlite-files`. It is made by the first
    /// upload. Several servers on one PostgreSQL database must share one folder.
    pub fn in_folder(folder: PathBuf, limits: FileLimits) -> Self {
        Self {
            folder,
            limits,
            uploads: Semaphore::new(UPLOADS_AT_ONCE),
            downloads: Semaphore::new(DOWNLOADS_AT_ONCE).into(),
        }
    }

    /// The largest file of a kind.
    pub fn limit(&self, kind: FileKind) -> u32 {
        self.limits.of(kind)
    }

    /// Puts bytes on the disk, durably. The same bytes again change nothing.
    pub async fn keep(&self, sha256: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.folder.join(sha256);
        if touch(&path).await? {
            return Ok(());
        }
        make_private(&self.folder).await?;
        // A name of its own: the same file may be uploaded twice at once.
        let beside = self.folder.join(format!("{}.new", uuid::Uuid::new_v4()));
        let written = async {
            let mut file = fs::File::create_new(&beside).await?;
            file.write_all(bytes).await?;
            file.sync_all().await?;
            fs::rename(&beside, &path).await
        };
        let done = written.await;
        if done.is_err() {
            // Nothing more can be done about a disk that refuses this too.
            let _ = fs::remove_file(&beside).await;
        }
        done
    }

    /// Deletes bytes that no file has any more; false where somebody has just uploaded them again. Uploads at
    /// this server and at others with the same folder may go on meanwhile: who finds the bytes makes them
    /// young first, and what turns out young is put back.
    pub async fn delete(&self, sha256: &str) -> io::Result<bool> {
        let path = self.folder.join(sha256);
        let aside = self.folder.join(format!("{}.gone", uuid::Uuid::new_v4()));
        match fs::rename(&path, &aside).await {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
            Err(error) => return Err(error),
        }
        if is_young(&aside).await? {
            fs::rename(&aside, &path).await?;
            return Ok(false);
        }
        fs::remove_file(&aside).await?;
        Ok(true)
    }

    /// The bytes, to be read.
    pub async fn open(&self, sha256: &str) -> io::Result<fs::File> {
        fs::File::open(self.folder.join(sha256)).await
    }
}

/// Makes a file young; false if there is none.
async fn touch(path: &Path) -> io::Result<bool> {
    let path = path.to_owned();
    let done = tokio::task::spawn_blocking(move || {
        let file = std::fs::File::options().append(true).open(path)?;
        file.set_modified(SystemTime::now())
    });
    match done.await.map_err(io::Error::other)? {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// A clock that was set back makes everything young, which deletes nothing.
async fn is_young(path: &Path) -> io::Result<bool> {
    let age = fs::metadata(path).await?.modified()?.elapsed();
    Ok(age.is_err() || age.is_ok_and(|age| age < YOUNG))
}

/// For its owner only: the folder holds what leads are sent.
async fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder).await?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).await?;
    }
    Ok(())
}
