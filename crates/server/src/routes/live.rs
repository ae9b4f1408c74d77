//! `GET /api/live`: tells an open dashboard what to read again.

use crate::app::App;
use crate::extract::Caller;
use crate::hints::Hint;
use crate::openapi::Refusals;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::unfold;
use hotdesk_protocol::dashboard::{LiveKind, LiveNews};
use hotdesk_protocol::ids::SdrId;
use std::time::Duration;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::time::{Interval, MissedTickBehavior, interval};

/// Proxies cut a connection on which nothing comes.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Server-sent events, until the session ends or the server stops.
#[utoipa::path(
    get,
    operation_id = "get_live",
    path = "/api/live",
    tag = "The dashboard",
    responses(
        (status = 200, description = "Events, until the session ends: `hello`, then `sdr`, `qr` and `queue` with `LiveNews` as data", body = serde_json::Value, content_type = "text/event-stream"),
        Refusals
    )
)]
pub async fn get(State(app): State<App>, caller: Caller) -> impl IntoResponse {
    let mut looks = interval(app.poll);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let live = Live {
        hints: app.hints.live(),
        app,
        caller,
        looks,
        greeted: false,
    };
    let events = unfold(live, async |mut live| {
        let event = live.next().await?;
        Some((event, live))
    });
    let events = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    ([(CACHE_CONTROL, "no-store")], events)
}

struct Live {
    app: App,
    caller: Caller,
    hints: Receiver<Hint>,
    /// When it is looked whether the session goes on.
    looks: Interval,
    greeted: bool,
}

impl Live {
    async fn next(&mut self) -> Option<Result<Event, axum::Error>> {
        if !self.greeted {
            self.greeted = true;
            return Some(Ok(Event::default().event("hello").data("{}")));
        }
        let mut stopping = self.app.stopping.clone();
        loop {
            let woken = tokio::select! {
                // An error means the server is gone, which is a stop too.
                _ = stopping.wait_for(|stop| *stop) => return None,
                _ = self.looks.tick() => None,
                hint = self.hints.recv() => Some(hint),
            };
            let Some(hint) = woken else {
                if self.goes_on().await {
                    continue;
                }
                return None;
            };
            let hint = match hint {
                Ok(hint) => hint,
                // What was missed may have been anything, the end of this session too.
                Err(RecvError::Lagged(_)) => {
                    self.looks.reset_immediately();
                    return Some(event(LiveKind::Sdr, None));
                }
                Err(RecvError::Closed) => return None,
            };
            if hint.sdr.as_ref() == Some(self.caller.id()) && !self.goes_on().await {
                return None;
            }
            let own = self.caller.own_sdr();
            match (own, hint.sdr) {
                (Some(own), Some(sdr)) if *own != sdr => {}
                (Some(own), Some(_) | None) => return Some(event(hint.kind, Some(own.clone()))),
                (None, sdr) => return Some(event(hint.kind, sdr)),
            }
        }
    }

    /// A store that does not answer right now ends nothing.
    async fn goes_on(&self) -> bool {
        let holder = self.app.store.holder(self.caller.token(), self.app.now());
        holder.await.map_or(true, |holder| holder.is_some())
    }
}

fn event(kind: LiveKind, id: Option<SdrId>) -> Result<Event, axum::Error> {
    Event::default()
        .event(kind.as_str())
        .json_data(LiveNews { id })
}
