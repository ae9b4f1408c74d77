//! Places at which a test strikes: before and after each step that a kill may follow. Without the
//! feature `failpoints` nothing but the call itself is left of it.
//!
//! `HOTDESK_FAILPOINT=STEP:before|after:kill|error|stall` strikes once, and then makes the empty
//! file that `HOTDESK_FAILPOINT_STRUCK` names.

use hotdesk_engine::effect::{Record, Stage};

/// Carry a step out; where a test strikes with an error, `fault` is the answer.
#[cfg(not(feature = "failpoints"))]
pub(crate) async fn around<T, E>(
    _step: &'static str,
    call: impl Future<Output = Result<T, E>>,
    _fault: impl Fn() -> E,
) -> Result<T, E> {
    call.await
}

/// Carry a step out; where a test strikes with an error, `fault` is the answer.
#[cfg(feature = "failpoints")]
pub(crate) async fn around<T, E>(
    step: &'static str,
    call: impl Future<Output = Result<T, E>>,
    fault: impl Fn() -> E,
) -> Result<T, E> {
    if strike::here(step, "before").await {
        return Err(fault());
    }
    let answer = call.await;
    if strike::here(step, "after").await {
        return Err(fault());
    }
    answer
}

/// What a write is named after, of all it holds: the first of these.
const WRITES: [&str; 6] = ["intent", "acked", "row", "marker", "finished", "other"];

/// The name of a write.
pub(crate) fn step(records: &[Record]) -> &'static str {
    let holds = |name: &&str| records.iter().any(|record| kind(record) == *name);
    WRITES.into_iter().find(holds).unwrap_or("other")
}

fn kind(record: &Record) -> &'static str {
    match record {
        Record::Outbox(row) => match row.stage {
            Stage::Intent => "intent",
            Stage::Sent | Stage::Delivered | Stage::Read => "acked",
            Stage::Submitted | Stage::Failed | Stage::Review => "row",
        },
        Record::Marker(_) => "marker",
        Record::Finished(_) => "finished",
        Record::Dropped(_)
        | Record::Forgotten(_)
        | Record::Reply(_)
        | Record::ReplyDone(_)
        | Record::Account(_)
        | Record::Blocked { .. } => "other",
    }
}

#[cfg(all(feature = "failpoints", not(debug_assertions)))]
compile_error!("failpoints are for tests; nothing that is shipped has them");

#[cfg(feature = "failpoints")]
mod strike {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    static STRUCK: AtomicBool = AtomicBool::new(false);
    const STALL: Duration = Duration::from_secs(5);

    /// True if the step is to fail.
    pub(super) async fn here(step: &str, place: &str) -> bool {
        let wanted = std::env::var("HOTDESK_FAILPOINT").unwrap_or_default();
        let here = format!("{step}:{place}:");
        let Some(blow) = wanted.strip_prefix(&here) else {
            return false;
        };
        if STRUCK.swap(true, Ordering::SeqCst) {
            return false;
        }
        if let Ok(file) = std::env::var("HOTDESK_FAILPOINT_STRUCK") {
            std::fs::write(file, "").unwrap_or_else(|_| std::process::abort());
        }
        match blow {
            "kill" => std::process::abort(),
            "stall" => {
                tokio::time::sleep(STALL).await;
                false
            }
            _ => true,
        }
    }
}
