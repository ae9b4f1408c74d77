//! The bytes of files, in a folder beside the data file, each under its SHA-256.
//!
//! Beside it and not in it: a document of 64 MiB in the database would pass twice through the one
//! writer (log, then file), and every claim would wait for it. What is known of a file is a row of
//! the store, written only once its bytes are on the disk, so a row never lacks them; bytes without
//! a row are what a kill left behind and harm nobody. A backup takes the data file first, then the
//! folder.

mod content;

pub use content::check;

use crate::options::FileLimits;
use hotdesk_protocol::file::FileKind;
use std::io;
use std::path::{Path, PathBuf};
use tokio::fs;
use tokio::io::AsyncWriteExt;
use tokio::sync::Semaphore;

/// Uploads are held in memory while they are looked at.
const UPLOADS_AT_ONCE: usize = 2;
const DOWNLOADS_AT_ONCE: usize = 16;

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
        if fs::try_exists(&path).await? {
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

    /// The bytes, to be read.
    pub async fn open(&self, sha256: &str) -> io::Result<fs::File> {
        fs::File::open(self.folder.join(sha256)).await
    }
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
