//! What a pack says of itself.

use super::{Bundles, PackError};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::bridge::BRIDGE_PROTOCOL;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// The form this app reads; a pack of another form is for another app.
const FORMAT: u32 = 1;
/// Longest name.
const LONGEST_NAME: usize = 64;

/// What a pack must fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// Only a higher number is taken.
    pub above: u32,
    /// The time of day; `None` where a pack was taken in before and its time no longer counts.
    pub now: Option<UtcMs>,
}

#[derive(Deserialize)]
struct Form {
    format: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Manifest {
    #[serde(rename = "format")]
    _format: u32,
    number: u32,
    name: String,
    /// For people.
    #[serde(rename = "madeAtMs")]
    _made_at_ms: i64,
    /// After this it is not taken in any more; one that is in force stays.
    expires_at_ms: i64,
    bridge_protocol: u32,
    parts: Parts,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Parts {
    bridge: Part,
    wa_js: Part,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    /// Of the text, hex.
    sha256: String,
    text: String,
}

/// Read a pack whose signature is good.
pub(super) fn read(pack: &[u8], fit: &Fit) -> Result<Bundles, PackError> {
    let form: Form = serde_json::from_slice(pack).map_err(malformed)?;
    if form.format != FORMAT {
        return Err(PackError::OtherApp);
    }
    let manifest: Manifest = serde_json::from_slice(pack).map_err(malformed)?;
    let name_is_plain = |c: char| c.is_ascii_alphanumeric() || ".-_ ".contains(c);
    if manifest.name.is_empty()
        || manifest.name.len() > LONGEST_NAME
        || !manifest.name.chars().all(name_is_plain)
    {
        return Err(PackError::Malformed {
            what: "its name is empty, too long, or has signs a name does not need".to_owned(),
        });
    }
    if manifest.bridge_protocol != BRIDGE_PROTOCOL {
        return Err(PackError::OtherApp);
    }
    if manifest.number <= fit.above {
        return Err(PackError::Older {
            offered: manifest.number,
            in_use: fit.above,
        });
    }
    if fit.now.is_some_and(|now| manifest.expires_at_ms <= now.0) {
        return Err(PackError::Expired {
            number: manifest.number,
        });
    }
    Ok(Bundles {
        number: manifest.number,
        name: manifest.name,
        built_in: false,
        bridge: whole(manifest.parts.bridge, "bridge")?,
        wa_js: whole(manifest.parts.wa_js, "waJs")?,
    })
}

fn whole(part: Part, name: &str) -> Result<Arc<str>, PackError> {
    if part.text.is_empty() || hex::encode(Sha256::digest(&part.text)) != part.sha256 {
        return Err(PackError::Malformed {
            what: format!("its part `{name}` is not what its checksum says"),
        });
    }
    Ok(part.text.into())
}

/// In our words only: what a pack says is no one's to show.
fn malformed(error: serde_json::Error) -> PackError {
    let what = match error.classify() {
        serde_json::error::Category::Data => "a field is missing, unknown or of another kind",
        serde_json::error::Category::Io
        | serde_json::error::Category::Syntax
        | serde_json::error::Category::Eof => "it is not JSON",
    };
    PackError::Malformed {
        what: what.to_owned(),
    }
}
