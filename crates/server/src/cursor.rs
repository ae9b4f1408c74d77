//! Where a page of a list ended; to callers an opaque word.

use crate::problem::ApiError;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The rows of a page of which one more than its limit was read, and where it ended if more follow.
pub fn page<T, K>(mut rows: Vec<T>, limit: u32, end: impl Fn(&T) -> K) -> (Vec<T>, Option<K>) {
    let fits = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > fits;
    rows.truncate(fits);
    let next = rows.last().filter(|_| more).map(end);
    (rows, next)
}

/// The word for it.
pub fn word<T: Serialize>(end: &T) -> Result<String, ApiError> {
    let json = serde_json::to_vec(end).map_err(|error| ApiError::failed(&error))?;
    Ok(hex::encode(json))
}

/// What a word stands for.
pub fn of<T: DeserializeOwned>(word: &str) -> Result<T, ApiError> {
    hex::decode(word)
        .ok()
        .and_then(|json| serde_json::from_slice(&json).ok())
        .ok_or_else(unknown)
}

/// A word that is no cursor of this list.
pub fn unknown() -> ApiError {
    ApiError::bad_request(
        "This cursor is not one of this list. Start again with its first page, without a cursor.",
    )
}
