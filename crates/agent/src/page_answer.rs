//! What the bridge answers, read without trusting it.

use crate::pages::PageFault;
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::bridge::{Drain, Envelope, MAX_DRAIN_BYTES, MAX_REPORTS_PER_DRAIN};
use serde::de::DeserializeOwned;

/// The most a text can grow when it becomes a JSON string: every byte as `\u00XX`.
const ESCAPE_FACTOR: usize = 6;

/// Read the result of an evaluation: a JSON string that holds an [`Envelope`]. An exception in the
/// page comes as an empty text, a missing bridge as `null`.
pub fn read<T: DeserializeOwned>(raw: &str) -> Result<T, PageFault> {
    if raw == "null" {
        return Err(PageFault::Absent);
    }
    if raw.len() > MAX_DRAIN_BYTES * ESCAPE_FACTOR {
        return Err(PageFault::BadAnswer);
    }
    let text: String = serde_json::from_str(raw).map_err(|_| PageFault::BadAnswer)?;
    if text.len() > MAX_DRAIN_BYTES {
        return Err(PageFault::BadAnswer);
    }
    match serde_json::from_str(&text) {
        Ok(Envelope::Value { ok: true, value }) => Ok(value),
        // The bridge's word for "another generation", see bridge/.
        Ok(Envelope::Problem { ok: false, problem }) if problem.code == ProblemCode::Fenced => {
            Err(PageFault::OtherGeneration)
        }
        Ok(Envelope::Problem { ok: false, problem }) => Err(PageFault::Refused(problem)),
        Ok(Envelope::Value { ok: false, .. } | Envelope::Problem { ok: true, .. }) | Err(_) => {
            Err(PageFault::BadAnswer)
        }
    }
}

/// Read a drain, whose reports must keep the limit and the order of their numbers.
pub fn read_drain(raw: &str) -> Result<Drain, PageFault> {
    let drain: Drain = read(raw)?;
    let rising = drain
        .reports
        .windows(2)
        .all(|pair| pair[0].seq < pair[1].seq);
    if drain.reports.len() > MAX_REPORTS_PER_DRAIN || !rising {
        return Err(PageFault::BadAnswer);
    }
    Ok(drain)
}
