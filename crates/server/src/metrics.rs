//! Figures for Prometheus, in the OpenMetrics text format. They are counts and durations; no id of a
//! person, a lead or a message is in them.

use crate::app::App;
use crate::problem::ApiError;
use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hotdesk_protocol::dashboard::SdrRow;
use hotdesk_protocol::session::SessionState;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use std::fmt::{self, Write};
use std::time::Instant;

/// What the answer is.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper ends of the buckets, in seconds; the longest claim is in the last but one.
const BUCKETS: [f64; 11] = [
    0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0, 120.0,
];

/// A call as the table of routes has it, never as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    method: String,
    path: String,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    method: String,
    path: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct InState {
    state: StateName,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct StateName(SessionState);

impl EncodeLabelValue for StateName {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        let word = serde_json::to_value(self.0).map_err(|_| fmt::Error)?;
        encoder.write_str(word.as_str().ok_or(fmt::Error)?)
    }
}

/// What is counted while the server runs. What the store knows is asked at each scrape.
pub struct Metrics {
    calls: Family<Ended, Counter>,
    seconds: Family<Route, Histogram, fn() -> Histogram>,
    under_way: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            calls: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            under_way: Gauge::default(),
        }
    }
}

/// One call less is under way, however it ends.
struct UnderWay(Gauge);

impl UnderWay {
    fn of(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// A caller may make methods up.
fn method_name(method: &Method) -> String {
    let known = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::DELETE,
    ];
    if known.contains(method) {
        method.to_string()
    } else {
        "other".to_owned()
    }
}

/// Counts every call and how long it took until its answer began.
pub async fn count(State(app): State<App>, request: Request, next: Next) -> Response {
    let metrics = &app.metrics;
    let path = request.extensions().get::<MatchedPath>();
    let route = Route {
        method: method_name(request.method()),
        path: path.map_or("other", MatchedPath::as_str).to_owned(),
    };
    let (_under_way, start) = (UnderWay::of(&metrics.under_way), Instant::now());
    let answer = next.run(request).await;
    let seconds = metrics.seconds.get_or_create(&route);
    seconds.observe(start.elapsed().as_secs_f64());
    drop(seconds);
    let Route { method, path } = route;
    let status = answer.status().as_u16();
    let ended = Ended {
        method,
        path,
        status,
    };
    metrics.calls.get_or_create(&ended).inc();
    answer
}

/// `GET /metrics`, on the address of its own.
pub async fn get(State(app): State<App>) -> Result<Response, ApiError> {
    let sdrs = app.store.sdrs(None, app.now()).await?;
    let text = app.metrics.text(&sdrs).map_err(|e| ApiError::failed(&e))?;
    Ok(([(CONTENT_TYPE, OPEN_METRICS)], text).into_response())
}

impl Metrics {
    fn text(&self, sdrs: &[SdrRow]) -> Result<String, fmt::Error> {
        let mut registry = Registry::with_prefix("hotdesk");
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The server that runs", version);
        registry.register("calls", "Calls that ended", self.calls.clone());
        registry.register_with_unit(
            "call_duration",
            "Time until an answer began; a waiting claim waits up to 25 s on purpose",
            Unit::Seconds,
            self.seconds.clone(),
        );
        registry.register("calls_under_way", "Calls now", self.under_way.clone());
        of_the_office(&mut registry, sdrs);
        let mut text = String::new();
        encode(&mut text, &registry)?;
        Ok(text)
    }
}

/// How the office stands at this moment.
fn of_the_office(registry: &mut Registry, sdrs: &[SdrRow]) {
    let sum = |of: fn(&SdrRow) -> u32| sdrs.iter().map(|row| i64::from(of(row))).sum();
    for (name, words, value) in [
        (
            "messages_queued",
            "Messages that wait",
            sum(|row| row.counts.queued),
        ),
        (
            "messages_in_review",
            "Messages that wait for a person's decision",
            sum(|row| row.counts.review),
        ),
        (
            "messages_sent_today",
            "Messages that left on the office's day",
            sum(|row| row.counts.sent_today),
        ),
        (
            "sdrs_online",
            "SDRs whose desktop was heard in the last 90 s",
            sum(|row| row.online.into()),
        ),
        (
            "sdrs_paused",
            "SDRs of whom nothing more is begun",
            sum(|row| row.paused.into()),
        ),
    ] {
        let gauge: Gauge = Gauge::default();
        gauge.set(value);
        registry.register(name, words, gauge);
    }
    let sessions = Family::<InState, Gauge>::default();
    for session in sdrs.iter().filter_map(|row| row.session.as_ref()) {
        let state = StateName(session.state);
        sessions.get_or_create(&InState { state }).inc();
    }
    registry.register(
        "sessions",
        "WhatsApp sessions as their desktops last told them",
        sessions,
    );
}
