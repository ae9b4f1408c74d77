//! Connections, from the listener to the router.
//!
//! What `axum::serve` does, and bounds on how long a request's head may take and on how long nothing
//! of an answer is taken: without them, a few clients that send a byte now and then, or read nothing,
//! hold every connection there is. A connection that is kept
//! open and asks for nothing ends after the same time.

use crate::options::Patience;
use axum::Router;
use axum::serve::Listener;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::pin::pin;
use tokio::net::TcpListener;
use tokio_io_timeout::TimeoutStream;

/// Serves until `stopped`, and then until the calls under way have ended.
pub async fn serve(
    mut listener: TcpListener,
    router: Router,
    patience: Patience,
    stopped: impl Future<Output = ()>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(patience.head);
    let open = GracefulShutdown::new();
    let mut stopped = pin!(stopped);
    loop {
        let (stream, _) = tokio::select! {
            taken = Listener::accept(&mut listener) => taken,
            () = &mut stopped => break,
        };
        let mut stream = Box::pin(TimeoutStream::new(stream));
        let patient = Some(patience.answer);
        stream.as_mut().set_write_timeout_pinned(patient);
        let service = TowerToHyperService::new(router.clone());
        let connection = open.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection was cut");
            }
        });
    }
    drop(listener);
    open.shutdown().await;
}
