//! The bytes of files, in memory only: nothing readable is written anywhere.
//!
//! A runner holds a message's file for as long as its session may ask for it. Beside that the
//! desktop keeps what it fetched last: a campaign sends one brochure to many leads, and a file that
//! takes longer than a lease is there when the message is offered again.

use crate::queue_client::{QueueClient, QueueError};
use hotdesk_protocol::file::Attachment;
use hotdesk_protocol::ids::MessageId;
use hotdesk_protocol::{Problem, ProblemCode};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The largest document fits.
const CACHE_BYTES: usize = 64 * 1024 * 1024;

type Bytes = Arc<[u8]>;

/// Why a file was not fetched.
pub(crate) enum FetchError {
    /// The server did not give it.
    Queue(QueueError),
    /// It is not what the claim said.
    Unfit(Problem),
}

/// What was fetched last, of all SDRs, by SHA-256; the oldest goes first.
#[derive(Clone, Default)]
pub(crate) struct FileCache {
    kept: Arc<Mutex<VecDeque<(String, Bytes)>>>,
}

impl FileCache {
    fn get(&self, sha256: &str) -> Option<Bytes> {
        let mut kept = lock(&self.kept);
        let at = kept.iter().position(|(sum, _)| sum == sha256)?;
        let found = kept.remove(at)?;
        let bytes = found.1.clone();
        kept.push_back(found);
        Some(bytes)
    }

    fn add(&self, sha256: &str, bytes: Bytes) {
        let mut kept = lock(&self.kept);
        kept.retain(|(sum, _)| sum != sha256);
        kept.push_back((sha256.to_owned(), bytes));
        let mut size: usize = kept.iter().map(|(_, bytes)| bytes.len()).sum();
        while size > CACHE_BYTES
            && let Some((_, oldest)) = kept.pop_front()
        {
            size -= oldest.len();
        }
    }
}

/// One SDR's files.
#[derive(Clone)]
pub(crate) struct Files {
    held: Arc<Mutex<BTreeMap<MessageId, Bytes>>>,
    cache: FileCache,
}

impl Files {
    pub(crate) fn new(cache: FileCache) -> Self {
        Self {
            held: Arc::default(),
            cache,
        }
    }

    /// Fetch a message's file, compare it with what the claim said, and hold it.
    pub(crate) async fn fetch(
        &self,
        queue: &QueueClient,
        id: &MessageId,
        file: &Attachment,
    ) -> Result<(), FetchError> {
        let bytes = match self.cache.get(&file.sha256) {
            Some(bytes) => bytes,
            None => {
                let bytes = queue.file(file).await.map_err(FetchError::Queue)?;
                let bytes = checked(bytes, file)?;
                self.cache.add(&file.sha256, bytes.clone());
                bytes
            }
        };
        lock(&self.held).insert(id.clone(), bytes);
        Ok(())
    }

    /// The bytes of a message's file, if they are still held.
    pub(crate) fn held(&self, id: &MessageId) -> Option<Bytes> {
        lock(&self.held).get(id).cloned()
    }

    /// Let go of every other.
    pub(crate) fn keep(&self, is_needed: impl Fn(&MessageId) -> bool) {
        lock(&self.held).retain(|id, _| is_needed(id));
    }
}

fn checked(bytes: Vec<u8>, file: &Attachment) -> Result<Bytes, FetchError> {
    let size = usize::try_from(file.size_bytes).unwrap_or(usize::MAX);
    if bytes.len() < size {
        return Err(FetchError::Queue(QueueError::Unreachable {
            what: "a file was cut off",
        }));
    }
    if bytes.len() > size || hex::encode(Sha256::digest(&bytes)) != file.sha256 {
        return Err(FetchError::Unfit(Problem::new(
            ProblemCode::BadFile,
            "The file that the queue server gave is not the one it had announced. Nothing was \
             sent. Upload the file again and queue the message again.",
        )));
    }
    Ok(bytes.into())
}

/// A panic of another holder leaves a whole map behind.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(cache: &FileCache) -> Vec<String> {
        lock(&cache.kept)
            .iter()
            .map(|(sum, _)| sum.clone())
            .collect()
    }

    #[test]
    fn the_cache_lets_go_of_what_was_used_longest_ago_and_never_holds_more_than_its_bytes() {
        let cache = FileCache::default();
        let third: Bytes = vec![0; CACHE_BYTES / 3].into();
        for sum in ["a", "b", "c"] {
            cache.add(sum, third.clone());
        }
        assert!(cache.get("a").is_some(), "used again");
        cache.add("d", third);
        assert_eq!(kept(&cache), ["c", "a", "d"], "b is gone");
        cache.add("e", vec![0; CACHE_BYTES].into());
        assert_eq!(kept(&cache), ["e"], "the largest document fits alone");
    }
}
