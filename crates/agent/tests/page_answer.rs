//! What a page answers, read without trusting it.

use hotdesk_agent::page_answer::{read, read_drain};
use hotdesk_agent::pages::PageFault;
use hotdesk_protocol::bridge::{MAX_DRAIN_BYTES, Submitted};
use hotdesk_protocol::{Problem, ProblemCode};
use serde_json::json;

fn submitted(raw: &str) -> Result<Submitted, PageFault> {
    read(raw)
}

fn as_string(value: &serde_json::Value) -> String {
    json!(value.to_string()).to_string()
}

#[test]
fn a_value_in_its_envelope_is_read() {
    let raw = as_string(&json!({"ok": true, "value": {"generation": "g1"}}));
    assert_eq!(
        submitted(&raw),
        Ok(Submitted {
            generation: "g1".into()
        })
    );
}

#[test]
fn a_refusal_keeps_its_reason_and_another_generation_is_told_apart() {
    let refusal =
        |code| as_string(&json!({"ok": false, "problem": {"code": code, "message": "m"}}));
    assert_eq!(
        submitted(&refusal("bad_phone")),
        Err(PageFault::Refused(Problem::new(ProblemCode::BadPhone, "m")))
    );
    assert_eq!(
        submitted(&refusal("fenced")),
        Err(PageFault::OtherGeneration)
    );
}

#[test]
fn a_missing_bridge_is_absent() {
    assert_eq!(submitted("null"), Err(PageFault::Absent));
}

#[test]
fn anything_else_is_a_bad_answer() {
    for raw in [
        "",
        "undefined",
        "true",
        "{\"ok\":true}",
        "\"not json\"",
        "\"{\\\"ok\\\":false,\\\"value\\\":{\\\"generation\\\":\\\"g\\\"}}\"",
        "\"{\\\"ok\\\":true}\"",
    ] {
        assert_eq!(submitted(raw), Err(PageFault::BadAnswer), "{raw}");
    }
}

#[test]
fn an_answer_over_the_limit_is_refused_before_it_is_read() {
    let long = "x".repeat(MAX_DRAIN_BYTES);
    let raw = as_string(&json!({"ok": true, "value": {"generation": long}}));
    assert_eq!(submitted(&raw), Err(PageFault::BadAnswer));
    let huge = format!("\"{}\"", "x".repeat(10 * 1024 * 1024));
    assert_eq!(submitted(&huge), Err(PageFault::BadAnswer));
}

#[test]
fn a_drain_with_too_many_reports_or_a_jumbled_order_is_refused() {
    let drain = |seqs: &[u32]| {
        let reports: Vec<_> = seqs
            .iter()
            .map(|seq| json!({"seq": seq, "event": {"type": "ack", "waMessageId": "3EB0", "ack": "server"}}))
            .collect();
        as_string(
            &json!({"ok": true, "value": {"generation": "g", "reports": reports, "more": false}}),
        )
    };
    let many: Vec<u32> = (1..=65).collect();
    assert_eq!(read_drain(&drain(&many)), Err(PageFault::BadAnswer));
    assert_eq!(read_drain(&drain(&[2, 1])), Err(PageFault::BadAnswer));
    assert_eq!(read_drain(&drain(&[1, 2])).map(|d| d.reports.len()), Ok(2));
    assert_eq!(read_drain(&drain(&[])).map(|d| d.reports.len()), Ok(0));
}
