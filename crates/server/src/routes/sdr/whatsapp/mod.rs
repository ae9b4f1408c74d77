//! An SDR's WhatsApp.

pub mod connect;
pub mod qr;
pub mod session;
pub mod status;

use crate::extract::Caller;
use crate::problem::ApiError;
use hotdesk_protocol::ids::SdrId;
use serde::Deserialize;

/// Whose; an SDR may leave it to the token.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub struct Whose {
    sdr_id: Option<SdrId>,
}

impl Whose {
    /// The SDR, if the caller may see them.
    pub fn seen_by(self, caller: &Caller) -> Result<SdrId, ApiError> {
        let sdr = self
            .sdr_id
            .or_else(|| caller.own_sdr().cloned())
            .ok_or_else(|| ApiError::bad_request("sdrId is needed: whose WhatsApp?"))?;
        caller.must_see(&sdr)?;
        Ok(sdr)
    }
}
