//! The last truth about a session that was shown, so that a start shows it at once.

use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::policy::Policy;
use hotdesk_protocol::session::SessionState;
use hotdesk_protocol::{Problem, UtcMs};
use rusqlite::{Connection, OptionalExtension, Result, params};
use serde::{Deserialize, Serialize};

pub(super) const MIGRATION_4: &str = "
    CREATE TABLE session_cache (
        sdr_id TEXT PRIMARY KEY REFERENCES sdr (id) ON DELETE CASCADE,
        facts TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;";

/// What was true when it was last seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionCache {
    /// Where the session stood.
    pub state: SessionState,
    /// The linked number, E.164.
    pub phone: Option<String>,
    /// Messages that waited.
    pub queued: u32,
    /// Messages that had left on `day`.
    pub sent_today: u32,
    /// The day of `sent_today`, as days since the Unix epoch.
    pub day: i64,
    /// Messages a person must decide about.
    pub review: u32,
    /// Why it did not send.
    pub problem: Option<Problem>,
    /// Which adapter served.
    pub adapter: Option<String>,
    /// The server did not know the token.
    pub signed_out: bool,
    /// The last policy the server gave, so that a start paces by it and not by the default.
    #[serde(default)]
    pub policy: Option<Policy>,
    /// Whether the phone was linked to this desktop when that could last be told.
    #[serde(default)]
    pub linked: bool,
    /// When the phone was last seen to have unlinked this desktop.
    #[serde(default)]
    pub unlinked_at: Option<UtcMs>,
}

impl Default for SessionCache {
    fn default() -> Self {
        Self {
            state: SessionState::Closed,
            phone: None,
            queued: 0,
            sent_today: 0,
            day: 0,
            review: 0,
            problem: None,
            adapter: None,
            signed_out: false,
            policy: None,
            linked: false,
            unlinked_at: None,
        }
    }
}

/// Facts an older version wrote in another shape are no truth: the default stands in.
pub(super) fn get(db: &Connection, sdr: &SdrId) -> Result<SessionCache> {
    let facts = db
        .query_row(
            "SELECT facts FROM session_cache WHERE sdr_id = ?1",
            [sdr.as_str()],
            |row| row.get::<_, String>(0),
        )
        .optional()?;
    Ok(facts
        .and_then(|json| serde_json::from_str(&json).ok())
        .unwrap_or_default())
}

pub(super) fn put(db: &Connection, sdr: &SdrId, cache: &SessionCache) -> Result<()> {
    let json = serde_json::to_string(cache)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    db.prepare_cached(
        "INSERT INTO session_cache VALUES (?1, ?2)
         ON CONFLICT (sdr_id) DO UPDATE SET facts = excluded.facts",
    )?
    .execute(params![sdr.as_str(), json])?;
    Ok(())
}
