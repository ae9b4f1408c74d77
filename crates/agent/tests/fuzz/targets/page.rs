//! What the script in a page answers. Each line of a case is an answer, read as every kind there is; what
//! is read goes to a session that has one message in that page's hands.

use super::sender::{Script, Sender};
use hotdesk_agent::page_answer::{read, read_drain};
use hotdesk_engine::PageFault;
use hotdesk_protocol::bridge::{Drain, MAX_DRAIN_BYTES, MAX_REPORTS_PER_DRAIN, Probe, Submitted};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use std::fmt::Debug;
use std::sync::LazyLock;

static SENDING: LazyLock<Sender> = LazyLock::new(Sender::sending);
/// So many answers of a case are heard.
const MOST_ANSWERS: usize = 16;

pub fn check(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let mut script = Script::default();
    let mut accepted = false;
    for line in text.lines().take(MOST_ANSWERS) {
        let raw = json!(line).to_string();
        let (drain, probe) = (seen(&raw, read_drain), seen(&raw, read::<Probe>));
        let submitted = seen(&raw, read::<Submitted>);
        accepted |= drain.is_ok() || probe.is_ok() || submitted.is_ok();
        if let Ok(drain) = &drain {
            keeps_its_limits(drain);
        }
        // An answer of one kind is a bad answer where another was asked for.
        match (&drain, &probe) {
            (Ok(_), _) => script.drains.push_back(drain),
            (_, Ok(_)) => script.probes.push_back(probe),
            (Err(_), Err(_)) if submitted.is_ok() => script.submits.push_back(submitted),
            (Err(_), Err(_)) => {
                script.drains.push_back(drain);
                script.submits.push_back(submitted);
            }
        }
        // As it might come without the text around it.
        accepted |= seen(line, read_drain).is_ok();
    }
    SENDING.clone().play(script);
    accepted
}

/// What is accepted says the same when it is written and read again.
fn seen<T: Serialize + DeserializeOwned + PartialEq + Debug>(
    raw: &str,
    read: fn(&str) -> Result<T, PageFault>,
) -> Result<T, PageFault> {
    let seen = read(raw);
    if let Ok(value) = &seen {
        let text = json!({"ok": true, "value": value}).to_string();
        let again = read(&json!(text).to_string());
        assert!(
            text.len() > MAX_DRAIN_BYTES || again.as_ref() == Ok(value),
            "{value:?} was read as {again:?}"
        );
    }
    seen
}

fn keeps_its_limits(drain: &Drain) {
    let reports = &drain.reports;
    assert!(reports.len() <= MAX_REPORTS_PER_DRAIN, "{}", reports.len());
    let rising = reports.is_sorted_by(|a, b| a.seq < b.seq);
    assert!(rising, "a report is never heard twice");
}
