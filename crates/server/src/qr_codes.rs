//! QR codes and pairing codes on their way from a desktop to a dashboard. In memory only: a code is a secret that
//! lives for seconds.

use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::queue::{LinkMethod, QrRequest};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

struct Code {
    method: LinkMethod,
    value: String,
    until: UtcMs,
}

/// The latest code of each SDR.
#[derive(Default)]
pub struct QrCodes {
    codes: Mutex<HashMap<SdrId, Code>>,
}

impl QrCodes {
    /// Keeps a code for its time.
    pub fn put(&self, sdr: SdrId, method: LinkMethod, value: String, until: UtcMs) {
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        let code = Code {
            method,
            value,
            until,
        };
        codes.insert(sdr, code);
    }

    /// The code, and how long it is still good for.
    pub fn get(&self, sdr: &SdrId, now: UtcMs) -> Option<QrRequest> {
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        codes.retain(|_, code| code.until > now);
        let code = codes.get(sdr)?;
        Some(QrRequest {
            sdr_id: sdr.clone(),
            method: code.method,
            value: code.value.clone(),
            expires_in_ms: u32::try_from(code.until.0 - now.0).unwrap_or(u32::MAX),
        })
    }

    /// The session is linked, or the code is void.
    pub fn forget(&self, sdr: &SdrId) {
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        codes.remove(sdr);
    }
}
