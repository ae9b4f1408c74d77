//! The rehearsal WhatsApp: a local WhatsApp Web look-alike for demos and tests.
//!
//! [`start`] serves, on a loopback port, the page (`/`), the phone page for people (`/phone`), the
//! control API (`/control/*`) and the server half that the page talks to (`/ws`). Nothing it does
//! reaches a real person. What really left is in an append-only history that tests trust instead
//! of anybody's word. See `page/` for the page's own script.

mod bench;
mod control;
mod delivery;
mod history;
mod knobs;
mod linking;
mod media;
mod numbers;
mod page;
mod pairing;
mod phone;
mod sim;
mod socket;
mod weight;
mod wire;

pub use bench::{BenchOptions, Figures, bench};
pub use history::{Row, Tick};
pub use knobs::{AckMode, Knobs, Weight};
pub use linking::Linking;
pub use phone::Device;
pub use sim::{CodeLives, PendingCode, PendingPairing, Sim, Violation};
pub use wire::{FileInfo, Kind, PageAction};

use axum::Router;
use axum::routing::get;
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How to start a rehearsal.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where accounts, chats and history are kept.
    pub data: PathBuf,
    /// How long QR codes live.
    pub codes: CodeLives,
    /// The knobs to begin with.
    pub knobs: Knobs,
}

impl Options {
    /// A free loopback port and WhatsApp's own times.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            data: data.into(),
            codes: CodeLives {
                first_ms: 60_000,
                next_ms: 20_000,
            },
            knobs: Knobs::default(),
        }
    }
}

/// A rehearsal that runs until it is stopped or dropped.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    sim: Sim,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<std::io::Result<()>>,
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://…` without a slash at the end.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The state, for tests in the same process: scan, remove, reply, turn knobs.
    pub fn sim(&self) -> &Sim {
        &self.sim
    }

    /// Closes every connection and waits until the server has ended.
    pub async fn stop(mut self) -> std::io::Result<()> {
        if let Some(stop) = self.stop.take() {
            // An error means the server has ended already.
            let _ended = stop.send(());
        }
        self.sim.close_all();
        (&mut self.server).await.map_err(std::io::Error::other)?
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.sim.close_all();
    }
}

/// Starts a rehearsal. Fails when the data folder cannot be used or the port is taken.
pub async fn start(options: Options) -> std::io::Result<Running> {
    let sim = Sim::open(&options.data, options.codes, &options.knobs)?;
    let listener = TcpListener::bind(options.listen).await?;
    let address = listener.local_addr()?;
    sim.take_up_ticks();
    let app = Router::new()
        .route("/ws", get(socket::open))
        .merge(page::routes())
        .merge(media::routes())
        .merge(control::routes())
        .with_state(sim.clone());
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(async move {
        axum::serve(listener, app)
            .with_graceful_shutdown(async move {
                drop(stopped.await);
            })
            .await
    });
    Ok(Running {
        address,
        sim,
        stop: Some(stop),
        server,
    })
}

impl Sim {
    /// Everything that really left, oldest first.
    pub fn history(&self) -> Vec<Row> {
        self.world().history.rows().to_vec()
    }
}
