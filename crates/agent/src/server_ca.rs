//! The authority that alone may vouch for the queue server.

use reqwest::Certificate;
use std::path::Path;

/// Certificates of which one must have issued the queue server's; the system's own do not count then.
pub struct ServerCa(Vec<Certificate>);

/// Why a file cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ServerCaError {
    /// It cannot be read.
    #[error("the file {file} cannot be read ({reason})")]
    Unreadable {
        /// Which file.
        file: String,
        /// What the system said.
        reason: String,
    },
    /// It holds none, or one that is damaged.
    #[error(
        "the file {file} must hold whole certificates in PEM form, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----"
    )]
    NoCertificate {
        /// Which file.
        file: String,
    },
}

impl ServerCa {
    /// Read the certificates of a PEM file.
    pub fn read(file: &Path) -> Result<Self, ServerCaError> {
        let name = || file.display().to_string();
        let pem = std::fs::read(file).map_err(|error| ServerCaError::Unreadable {
            file: name(),
            reason: error.to_string(),
        })?;
        match Certificate::from_pem_bundle(&pem) {
            Ok(found) if !found.is_empty() => Ok(Self(found)),
            Ok(_) | Err(_) => Err(ServerCaError::NoCertificate { file: name() }),
        }
    }

    pub(crate) fn certificates(&self) -> impl Iterator<Item = Certificate> {
        self.0.iter().cloned()
    }
}
