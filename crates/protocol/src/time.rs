//! Time on the wire.

use serde::{Deserialize, Serialize};

/// UTC milliseconds since the Unix epoch.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(transparent)]
pub struct UtcMs(#[cfg_attr(feature = "specta", specta(type = f64))] pub i64);
