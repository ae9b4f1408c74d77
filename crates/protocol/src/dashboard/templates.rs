//! Texts with variables that are kept.

use crate::ids::TemplateId;
use crate::time::UtcMs;
use serde::{Deserialize, Serialize};

/// A text that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Template {
    /// Its id.
    pub id: TemplateId,
    /// What people call it; no other has the same, whatever its case.
    pub name: String,
    /// With its variables as written: `{{first_name}}`.
    pub text: String,
    /// The variables in it, each once.
    pub variables: Vec<String>,
    /// When it was written or changed last.
    pub changed_at_ms: UtcMs,
    /// By whom, their name.
    pub changed_by: String,
}

/// Answer to `GET /api/templates`: by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct TemplatesAnswer {
    /// All of them.
    pub templates: Vec<Template>,
}

/// `POST /api/templates` and `PUT /api/templates/{id}`, by a manager.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TemplateRequest {
    /// 1 to 100 characters.
    pub name: String,
    /// With its variables.
    pub text: String,
}
