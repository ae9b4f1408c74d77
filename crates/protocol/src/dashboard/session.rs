//! `/api/session`: a person at the dashboard. The browser keeps the session in a cookie that no script
//! can read.

use crate::ids::SdrId;
use crate::time::UtcMs;
use serde::{Deserialize, Serialize};

/// `POST /api/session`: 401 for a wrong e-mail or password, 429 after too many. Has no `Debug`: the
/// password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DashboardSignIn {
    /// The person's e-mail.
    #[cfg_attr(feature = "openapi", schema(min_length = 1))]
    pub email: String,
    /// Their password.
    #[cfg_attr(feature = "openapi", schema(min_length = 1))]
    pub password: String,
}

/// Answer to [`DashboardSignIn`] and to `GET /api/session`; `DELETE` of the same path ends it. Has no
/// `Debug`: the token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DashboardSession {
    /// Who is signed in.
    pub person: DashboardPerson,
    /// For the header `X-CSRF-Token` of every call that changes something.
    pub csrf_token: String,
    /// When it ends by itself.
    pub ends_at_ms: UtcMs,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DashboardPerson {
    /// Their id; an SDR's own queue is under it.
    pub id: SdrId,
    /// Their name.
    pub name: String,
    /// Their e-mail.
    pub email: String,
    /// What they may do.
    pub role: DashboardRole,
}

/// What a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum DashboardRole {
    /// Sees and decides about their own.
    Sdr,
    /// Sees everything, queues, assigns; never sends.
    Manager,
    /// As a manager.
    Admin,
}
