//! What the routes share, and the table of routes.

use crate::beats::Beats;
use crate::call_limit::CallLimits;
use crate::dashboard::{self, DashboardFile};
use crate::extract::{MAX_BODY_BYTES, MAX_LEADS_BODY_BYTES};
use crate::files::Files;
use crate::hints::Hints;
use crate::lk1_words;
use crate::metrics::{self, Metrics};
use crate::options::{Clock, Patience};
use crate::problem::ApiError;
use crate::qr_codes::QrCodes;
use crate::refused;
use crate::routes::{
    adapter_pack, audit, campaigns, figures, files, health, leads, live, messages, opt_outs,
    review, sdr, sdrs, sender, session, settings, templates, webhooks,
};
use crate::sign_in_guard::SignInGuard;
use crate::store::{Store, StoreError};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::middleware::{from_fn_with_state, map_response};
use axum::routing::{any, delete, get, post, put};
use hotdesk_protocol::{ProblemCode, UtcMs};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, Semaphore, watch};
use tower_http::trace::TraceLayer;

/// What the routes share.
#[derive(Clone)]
pub struct App {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) hints: Arc<Hints>,
    pub(crate) files: Arc<Files>,
    /// A campaign was made, and may be due.
    pub(crate) campaigns: Arc<Notify>,
    /// Files of leads that are taken at once.
    pub(crate) imports: Arc<Semaphore>,
    pub(crate) qr_codes: Arc<QrCodes>,
    pub(crate) beats: Arc<Beats>,
    pub(crate) guard: Arc<SignInGuard>,
    pub(crate) limits: Arc<CallLimits>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) passwords: Arc<Semaphore>,
    /// The hash of a password nobody has.
    pub(crate) nobody: Arc<str>,
    pub(crate) stopping: watch::Receiver<bool>,
    pub(crate) clock: Clock,
    pub(crate) lease_ms: u32,
    pub(crate) review_after_ms: u32,
    pub(crate) patience: Patience,
    pub(crate) poll: Duration,
    /// Where an admin puts adapter packs, if anywhere.
    pub(crate) adapter_pack_dir: Option<Arc<Path>>,
    /// The files of the dashboard.
    pub(crate) dashboard: &'static [DashboardFile],
}

impl App {
    /// The time of day.
    pub fn now(&self) -> UtcMs {
        (self.clock)()
    }

    /// Moves what time alone moves, and wakes whom it concerns.
    pub async fn sweep(&self) -> Result<(), StoreError> {
        let changed = self.store.sweep(self.review_after_ms, self.now()).await?;
        changed.iter().for_each(|sdr| self.hints.wake(sdr));
        Ok(())
    }
}

/// The calls that dialect lk1 has too; what is wrong is told in its words as well.
fn of_lk1() -> Router<App> {
    Router::new()
        .route("/api/sender/auth", post(sender::auth::post))
        .route("/api/sender/mark-failed", post(sender::mark::failed))
        .route("/api/sender/mark-sent", post(sender::mark::sent))
        .route("/api/sender/queue", get(sender::queue::get))
        .route(
            "/api/sdr/sending/control",
            get(sdr::sending::control::get).post(sdr::sending::control::post),
        )
        .route("/api/sdr/sending/queue", get(sdr::sending::queue::get))
        .route(
            "/api/sdr/whatsapp/connect",
            post(sdr::whatsapp::connect::post)
                .put(sdr::whatsapp::connect::put)
                .delete(sdr::whatsapp::connect::delete),
        )
        .route(
            "/api/sdr/whatsapp/status",
            get(sdr::whatsapp::status::get)
                .put(sdr::whatsapp::connect::put)
                .delete(sdr::whatsapp::connect::delete),
        )
        .layer(map_response(lk1_words::say))
}

/// All routes.
pub fn router(app: App) -> Router {
    let files = any(dashboard::get).with_state(app.dashboard);
    Router::new()
        .route("/api/adapter-pack", get(adapter_pack::get))
        .route("/api/audit", get(audit::get))
        .route(
            "/api/campaigns",
            get(campaigns::list)
                .post(campaigns::post)
                .layer(DefaultBodyLimit::max(MAX_LEADS_BODY_BYTES)),
        )
        .route(
            "/api/campaigns/preview",
            post(campaigns::preview::post).layer(DefaultBodyLimit::max(MAX_LEADS_BODY_BYTES)),
        )
        .route("/api/campaigns/{id}", get(campaigns::one))
        .route("/api/campaigns/{id}/cancel", post(campaigns::cancel))
        .route("/api/figures", get(figures::get))
        .route("/api/files", post(files::upload))
        .route("/api/health", get(health::get))
        .route("/api/leads", get(leads::list))
        .route("/api/leads/assign", post(leads::assign::post))
        .route(
            "/api/leads/import",
            post(leads::import::post).layer(DefaultBodyLimit::disable()),
        )
        .route("/api/leads/{id}", get(leads::one))
        .route("/api/leads/{id}/time-zone", put(leads::time_zone::put))
        .route("/api/live", get(live::get))
        .route("/api/messages", get(messages::list).post(messages::enqueue))
        .route("/api/messages/{id}", get(messages::one))
        .route("/api/messages/{id}/cancel", post(messages::cancel))
        .route(
            "/api/messages/{id}/decision",
            post(messages::decision::post),
        )
        .route("/api/messages/{id}/proof", get(messages::proof::get))
        .route("/api/messages/{id}/requeue", post(messages::requeue::post))
        .route(
            "/api/opt-outs",
            get(opt_outs::list).post(opt_outs::post),
        )
        .route("/api/review", get(review::get))
        .route("/api/sender/audit", post(sender::audit::post))
        .route("/api/sender/begin", post(sender::begin::post))
        .route("/api/sender/claim", post(sender::claim::post))
        .route("/api/sender/files/{id}", get(sender::files::get))
        .route("/api/sender/heartbeat", post(sender::heartbeat::post))
        .route("/api/sender/opt-out", post(sender::opt_out::post))
        .route("/api/sender/release", post(sender::release::post))
        .route("/api/sender/renew", post(sender::renew::post))
        .route("/api/sender/reply", post(sender::reply::post))
        .route("/api/sender/result", post(sender::result::post))
        .route("/api/sender/sign-out", post(sender::sign_out::post))
        .route("/api/sdr/sign-out", post(sdr::sign_out::post))
        .route("/api/sdr/recovery-key", post(sdr::recovery_key::post))
        .route("/api/sdr/desktop", get(sdr::desktop::get))
        .route(
            "/api/sdr/desktop/take-over",
            post(sdr::desktop::take_over::post),
        )
        .route(
            "/api/sdr/whatsapp/qr",
            get(sdr::whatsapp::qr::get).post(sdr::whatsapp::qr::post),
        )
        .route(
            "/api/sdr/whatsapp/session",
            get(sdr::whatsapp::session::get).put(sdr::whatsapp::session::put),
        )
        .route("/api/sdrs", get(sdrs::get))
        .route("/api/sdrs/{id}/whatsapp", delete(sdrs::whatsapp::disconnect))
        .route(
            "/api/sdrs/{id}/whatsapp/connect",
            post(sdrs::whatsapp::connect),
        )
        .route(
            "/api/session",
            get(session::get).post(session::post).delete(session::delete),
        )
        .route("/api/settings", get(settings::get).put(settings::put))
        .route("/api/templates", get(templates::list).post(templates::post))
        .route(
            "/api/templates/{id}",
            put(templates::put).delete(templates::delete),
        )
        .route("/api/webhooks", get(webhooks::list).post(webhooks::post))
        .route(
            "/api/webhooks/deliveries/{id}/replay",
            post(webhooks::replay),
        )
        .route("/api/webhooks/{id}", delete(webhooks::delete))
        .route("/api/webhooks/{id}/deliveries", get(webhooks::deliveries))
        .route("/api/webhooks/{id}/test", post(webhooks::test))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .merge(of_lk1())
        .fallback_service(files)
        .method_not_allowed_fallback(async || {
            ApiError::new(
                StatusCode::METHOD_NOT_ALLOWED,
                ProblemCode::BadRequest,
                "This address does not take this method.",
            )
        })
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(from_fn_with_state(app.clone(), refused::keep))
        .layer(from_fn_with_state(app.clone(), metrics::count))
        .layer(map_response(dashboard::guarded))
        .layer(TraceLayer::new_for_http().make_span_with(|request: &Request| {
            tracing::info_span!("call", http.method = %request.method(), http.path = request.uri().path())
        }))
        .with_state(app)
}

/// What is for whoever watches the server, on an address of its own: no sign-in is asked for.
pub fn watch_router(app: App) -> Router {
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/metrics", get(metrics::get))
        .route("/readyz", get(health::ready))
        .fallback(async || ApiError::not_found("There is no such call."))
        .with_state(app)
}
