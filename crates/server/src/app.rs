//! What the routes share, and the table of routes.

use crate::beats::Beats;
use crate::call_limit::CallLimits;
use crate::dashboard::{self, DashboardFile};
use crate::extract::{MAX_BODY_BYTES, MAX_LEADS_BODY_BYTES};
use crate::files::Files;
use crate::hints::Hints;
use crate::lk1_words;
use crate::metrics::{self, Metrics};
use crate::openapi;
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
use axum::routing::{any, get};
use hotdesk_protocol::{ProblemCode, UtcMs};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, Semaphore, watch};
use tower_http::trace::TraceLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Texts that are taken out in one transaction.
const FORGOTTEN_AT_ONCE: u32 = 500;
const DAY_MS: i64 = 86_400_000;

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

    /// Takes the texts and files out of what ended so long ago as the office says.
    pub async fn forget(&self) -> Result<(), StoreError> {
        let Some(days) = self.store.office().await?.retention_days else {
            return Ok(());
        };
        let before = UtcMs(self.now().0.saturating_sub(i64::from(days) * DAY_MS));
        while self.store.forget_texts(before, FORGOTTEN_AT_ONCE).await? {}
        self.forget_files(before).await?;
        // Events tell answers with their texts.
        self.store.forget_webhook_events(before).await
    }

    async fn forget_files(&self, before: UtcMs) -> Result<(), StoreError> {
        let forgotten = self
            .store
            .forget_files(before, FORGOTTEN_AT_ONCE, self.now());
        for sha256 in forgotten.await? {
            match self.files.delete(&sha256).await {
                Ok(true) => self.store.bytes_gone(sha256).await?,
                // Looked at again next time.
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(%error, "a file's bytes could not be deleted; it is tried again")
                }
            }
        }
        Ok(())
    }
}

/// The calls that dialect lk1 has too; what is wrong is told in its words as well.
fn of_lk1() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(sender::auth::post))
        .routes(routes!(sender::mark::failed))
        .routes(routes!(sender::mark::sent))
        .routes(routes!(sender::queue::get))
        .routes(routes!(
            sdr::sending::control::get,
            sdr::sending::control::post
        ))
        .routes(routes!(sdr::sending::queue::get))
        .routes(routes!(
            sdr::whatsapp::connect::post,
            sdr::whatsapp::connect::put,
            sdr::whatsapp::connect::delete
        ))
        .routes(routes!(
            sdr::whatsapp::status::get,
            sdr::whatsapp::status::put,
            sdr::whatsapp::status::delete
        ))
        .layer(map_response(lk1_words::say))
}

/// What a desktop calls, and what is kept of it.
fn of_desktops() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(adapter_pack::get))
        .routes(routes!(sender::audit::post))
        .routes(routes!(sender::begin::post))
        .routes(routes!(sender::claim::post))
        .routes(routes!(sender::files::get))
        .routes(routes!(sender::heartbeat::post))
        .routes(routes!(sender::opt_out::post))
        .routes(routes!(sender::release::post))
        .routes(routes!(sender::renew::post))
        .routes(routes!(sender::reply::post))
        .routes(routes!(sender::result::post))
        .routes(routes!(sender::sign_out::post))
        .routes(routes!(sdr::desktop::get))
        .routes(routes!(sdr::desktop::take_over::post))
        .routes(routes!(sdr::recovery_key::post))
        .routes(routes!(sdr::sign_out::post))
        .routes(routes!(sdr::whatsapp::qr::get, sdr::whatsapp::qr::post))
        .routes(routes!(
            sdr::whatsapp::session::get,
            sdr::whatsapp::session::put
        ))
}

/// What people and other programs call.
fn of_people() -> OpenApiRouter<App> {
    let import = OpenApiRouter::new()
        .routes(routes!(leads::import::post))
        .layer(DefaultBodyLimit::disable());
    let many_leads = OpenApiRouter::new()
        .routes(routes!(campaigns::list, campaigns::post))
        .routes(routes!(campaigns::preview::post))
        .layer(DefaultBodyLimit::max(MAX_LEADS_BODY_BYTES));
    OpenApiRouter::new()
        .routes(routes!(audit::get))
        .merge(many_leads)
        .routes(routes!(campaigns::one))
        .routes(routes!(campaigns::cancel))
        .routes(routes!(figures::get))
        .routes(routes!(files::upload))
        .routes(routes!(health::get))
        .routes(routes!(health::alive))
        .routes(routes!(health::ready))
        .routes(routes!(leads::list))
        .routes(routes!(leads::assign::post))
        .merge(import)
        .routes(routes!(leads::one))
        .routes(routes!(leads::time_zone::put))
        .routes(routes!(live::get))
        .routes(routes!(messages::list, messages::enqueue))
        .routes(routes!(messages::one))
        .routes(routes!(messages::cancel))
        .routes(routes!(messages::decision::post))
        .routes(routes!(messages::proof::get))
        .routes(routes!(messages::requeue::post))
        .routes(routes!(opt_outs::list, opt_outs::post))
        .routes(routes!(review::get))
        .routes(routes!(sdrs::get))
        .routes(routes!(sdrs::whatsapp::disconnect))
        .routes(routes!(sdrs::whatsapp::connect))
        .routes(routes!(session::get, session::post, session::delete))
        .routes(routes!(settings::get, settings::put))
        .routes(routes!(templates::list, templates::post))
        .routes(routes!(templates::put, templates::delete))
        .routes(routes!(webhooks::list, webhooks::post))
        .routes(routes!(webhooks::replay))
        .routes(routes!(webhooks::delete))
        .routes(routes!(webhooks::deliveries))
        .routes(routes!(webhooks::test))
}

/// All routes, and with them the document that describes them.
pub fn router(app: App) -> Router {
    let files = any(dashboard::get).with_state(app.dashboard);
    let (router, document) = OpenApiRouter::with_openapi(openapi::frame())
        .merge(of_people())
        .merge(of_desktops())
        .merge(of_lk1())
        .split_for_parts();
    router
        .merge(openapi::route(document))
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
