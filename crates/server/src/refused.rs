//! Who asks for what is another SDR's, and gets nothing, stands in the audit.

use crate::app::App;
use crate::problem::Trespass;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::audit::{AuditAct, AuditEntry, MOST_CHARS};

/// Tries of one caller at one SDR within this time are one entry: a loop does not fill the audit.
const TOGETHER_MS: i64 = 60_000;

/// Keeps what was refused. The answer goes out even if that cannot be kept.
pub async fn keep(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    if let Some(trespass) = answer.extensions_mut().remove::<Trespass>()
        && let Some(entry) = entry(&trespass, app.now())
    {
        let kept = app
            .store
            .put_audit(vec![entry], None, trespass.caller, app.now());
        if let Err(error) = kept.await {
            tracing::warn!(%error, "a refusal is not in the audit");
        }
    }
    answer
}

/// None about an id that can be nobody's.
fn entry(trespass: &Trespass, now: UtcMs) -> Option<AuditEntry> {
    let Trespass {
        caller,
        actor,
        who,
        of,
    } = trespass;
    if of.as_str().is_empty() || of.as_str().chars().count() > MOST_CHARS {
        return None;
    }
    let when = now.0.div_euclid(TOGETHER_MS);
    Some(AuditEntry {
        id: format!("refused {when} {caller} {of}"),
        at_ms: now,
        sdr_id: Some(of.clone()),
        actor: *actor,
        who: Some(who.clone()),
        act: AuditAct::Refused,
        message_id: None,
        note: None,
    })
}
