//! The scripts a page is loaded with.

use serde::Deserialize;
use std::fmt;
use std::sync::Arc;

/// The scripts a page is loaded with. Two of one number are the same.
#[derive(Clone)]
pub struct Bundles {
    /// Rises with every release of the adapters, in packs and built in alike.
    pub number: u32,
    /// The same for people, `2026.11.1`.
    pub name: String,
    /// Part of this app, not of a pack.
    pub built_in: bool,
    /// The bridge, put into every page before its own scripts.
    pub bridge: Arc<str>,
    /// The library wa-js, for a page in which the bridge alone lacks something.
    pub wa_js: Arc<str>,
}

/// `bridge/version.json`.
#[derive(Deserialize)]
struct Version {
    number: u32,
    name: String,
}

impl Bundles {
    /// Those of this app; `version` is the text of `bridge/version.json`.
    pub fn built_in(version: &str, bridge: &str, wa_js: &str) -> serde_json::Result<Self> {
        let Version { number, name } = serde_json::from_str(version)?;
        Ok(Self {
            number,
            name,
            built_in: true,
            bridge: bridge.into(),
            wa_js: wa_js.into(),
        })
    }
}

/// As told to the server and to people: `7`, `built-in 1`.
impl fmt::Display for Bundles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = if self.built_in { "built-in " } else { "" };
        write!(f, "{origin}{}", self.number)
    }
}

impl fmt::Debug for Bundles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bundles({self})")
    }
}

impl PartialEq for Bundles {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Bundles {}
