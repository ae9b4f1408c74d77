//! A server from its start to its end.

use crate::app::{App, router, watch_router};
use crate::beats::Beats;
use crate::call_limit::CallLimits;
use crate::campaigns;
use crate::database::Database;
use crate::files::Files;
use crate::hints::Hints;
use crate::metrics::Metrics;
use crate::options::Options;
use crate::passwords::{PasswordError, hash_password};
use crate::qr_codes::QrCodes;
use crate::serving::serve;
use crate::sign_in_guard::SignInGuard;
use crate::store::postgres::Bells;
use crate::store::{OpenError, Store};
use crate::webhooks;
use std::net::SocketAddr;
use std::sync::Arc;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::JoinHandle;

/// How many passwords are checked at once: each takes 19 MiB.
const PASSWORDS_AT_ONCE: usize = 4;

/// How many files of leads are taken at once: each writes as fast as the database lets it.
const IMPORTS_AT_ONCE: usize = 2;

/// Why a server does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The address is not to be had.
    #[error(
        "cannot listen on {address} ({reason}). Nothing was started. Stop what uses this port, or name another with {flag}; port 0 takes a free one."
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What names another one.
        flag: &'static str,
        /// What the system says.
        reason: String,
    },
    /// The database cannot be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Webhooks could not be told.
    #[error(
        "the system's TLS cannot be used ({reason}), so webhooks could not be told. Nothing was started."
    )]
    Client {
        /// What the library says.
        reason: String,
    },
    /// The cost of passwords is out of bounds.
    #[error(transparent)]
    Password(#[from] PasswordError),
}

/// A server that runs. Dropping it lets it end by itself; [`Running::stop`] waits for the end.
pub struct Running {
    address: SocketAddr,
    metrics_address: Option<SocketAddr>,
    store: Arc<dyn Store>,
    hints: Arc<Hints>,
    stopping: watch::Sender<bool>,
    task: JoinHandle<()>,
    stop_within: std::time::Duration,
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where `/metrics` is served, if it is.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_address
    }

    /// `http://127.0.0.1:PORT`, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its store, for a program that seeds or inspects it in process.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Answers waiting claims with nothing, lets calls under way end, and closes the data file.
    pub async fn stop(mut self) {
        self.stopping.send_replace(true);
        self.hints.ring_all();
        if tokio::time::timeout(self.stop_within, &mut self.task)
            .await
            .is_err()
        {
            tracing::warn!("calls under way did not end in time; they are cut");
            self.task.abort();
            let _ = (&mut self.task).await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stopping.send_replace(true);
        self.hints.ring_all();
    }
}

/// Starts a server in this process.
pub async fn start(options: Options) -> Result<Running, StartError> {
    let (listener, address) = bind(options.listen, "--listen").await?;
    let watched = match options.metrics_listen {
        Some(wanted) => Some(bind(wanted, "--metrics-listen").await?),
        None => None,
    };
    let store = options.database.open().await?;
    let nobody = hash_password("the password of nobody", options.password_cost)?;
    let hints = Arc::new(Hints::default());
    match &options.database {
        Database::Postgres(_) => Bells::new(options.database.address()?).join(&hints),
        // Only one process has the file.
        Database::File(_) => {}
    }
    let files_dir = options
        .files_dir
        .unwrap_or_else(|| options.database.files_dir());
    let (stopping, stopped) = watch::channel(false);
    let stop_within = options.stop_within;
    let app = App {
        store: Arc::clone(&store),
        hints: Arc::clone(&hints),
        files: Arc::new(Files::in_folder(files_dir, options.file_limits)),
        campaigns: Arc::new(Notify::new()),
        imports: Arc::new(Semaphore::new(IMPORTS_AT_ONCE)),
        qr_codes: Arc::new(QrCodes::default()),
        beats: Arc::new(Beats::default()),
        guard: Arc::new(SignInGuard::default()),
        limits: Arc::new(CallLimits::new(options.calls)),
        metrics: Arc::new(Metrics::default()),
        passwords: Arc::new(Semaphore::new(PASSWORDS_AT_ONCE)),
        nobody: nobody.into(),
        stopping: stopped.clone(),
        clock: options.clock,
        lease_ms: options.lease_ms,
        review_after_ms: options.review_after_ms,
        patience: options.patience,
        poll: options.poll,
        adapter_pack_dir: options.adapter_pack_dir.map(Arc::from),
        dashboard: options.dashboard,
    };
    let client = webhooks::client().map_err(|error| StartError::Client {
        reason: error.to_string(),
    })?;
    let telling = webhooks::dispatch(
        app.clone(),
        client,
        options.webhook_poll,
        until(stopped.clone()),
    );
    let telling = tokio::spawn(telling);
    let sweeping = tokio::spawn(sweep(app.clone(), options.sweep, stopped.clone()));
    let sending = campaigns::run(app.clone(), options.sweep, stopped.clone());
    let sending = tokio::spawn(sending);
    let metrics_address = watched.as_ref().map(|(_, address)| *address);
    let watching = watched.map(|(listener, _)| {
        let router = watch_router(app.clone());
        serve(listener, router, options.patience, until(stopped.clone()))
    });
    let serving = serve(listener, router(app), options.patience, until(stopped));
    let task = tokio::spawn(async move {
        let watching = watching.map(tokio::spawn);
        serving.await;
        if let Some(watching) = watching {
            let _ = watching.await;
        }
        for task in [sweeping, sending, telling] {
            task.abort();
            let _ = task.await;
        }
    });
    Ok(Running {
        address,
        metrics_address,
        store,
        hints,
        stopping,
        task,
        stop_within,
    })
}

/// Before the database is opened: a server that cannot listen changes nothing.
async fn bind(
    wanted: SocketAddr,
    flag: &'static str,
) -> Result<(TcpListener, SocketAddr), StartError> {
    let refused = |error: std::io::Error| StartError::Listen {
        address: wanted,
        flag,
        reason: error.to_string(),
    };
    let listener = TcpListener::bind(wanted).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    Ok((listener, address))
}

/// An error means the sender is gone, which is a stop too.
async fn until(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}

async fn sweep(app: App, every: std::time::Duration, mut stopped: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
        if let Err(error) = app.sweep().await {
            tracing::warn!(%error, "what time moves could not be moved; it is tried again");
        }
        if let Err(error) = app.forget().await {
            tracing::warn!(%error, "old texts could not be taken out; it is tried again");
        }
    }
}
