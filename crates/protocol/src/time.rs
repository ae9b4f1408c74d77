//! Time on the wire.

use serde::{Deserialize, Serialize};

/// UTC milliseconds since the Unix epoch.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(transparent)]
pub struct UtcMs(
    // Exported as u32, which is `number` in TypeScript; f64 would be `number | null`.
    #[cfg_attr(feature = "specta", specta(type = u32))] pub i64,
);
