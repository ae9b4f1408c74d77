//! Looking for packs: in the folder of this machine, and at the queue server.

use super::{PackError, Packs, folder};
use crate::clock::Clock;
use crate::pages::Pages;
use crate::queue_client::{Desk, QueueError, Retry};
use crate::runner::Shared;
use hotdesk_engine::input::Millis;
use hotdesk_protocol::ProblemCode;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(4 * 3_600);
const AGAIN_FIRST: Duration = Duration::from_secs(60);
const AGAIN_MOST: Duration = Duration::from_secs(3_600);
/// So that not every desktop of an office asks at once.
const SPREAD: f64 = 0.25;

/// How a look at the server went.
enum Seen {
    /// It answered, or nobody is signed in who could ask.
    Done,
    /// Ask again, not before so long.
    Again(Duration),
}

/// Look at once, then every few hours and whenever somebody asks, until the agent is gone.
pub(crate) async fn look_on<P: Pages>(shared: Arc<Shared<P>>, folder: PathBuf) {
    let mut again = AGAIN_FIRST;
    loop {
        let wait = match look(&shared, &folder).await {
            Seen::Done => {
                again = AGAIN_FIRST;
                EVERY
            }
            Seen::Again(least) => {
                let wait = again.max(least);
                again = (again * 2).min(AGAIN_MOST);
                wait
            }
        };
        tokio::select! {
            () = shared.clock.until(after(&shared.clock, wait.mul_f64(spread()))) => {}
            () = shared.packs.asked() => {}
        }
    }
}

async fn look<P: Pages>(shared: &Shared<P>, folder: &std::path::Path) -> Seen {
    let in_folder = look_in_folder(&shared.packs, folder.to_owned()).await;
    let (at_server, seen) = match look_at_server(shared).await {
        Ok(()) => (Ok(()), Seen::Done),
        Err(Missed::Refused(error)) => (Err(error), Seen::Done),
        Err(Missed::Server(error)) => {
            tracing::info!(problem.code = ?error.code(), "The server was not asked for adapter packs");
            let least = match error.retry() {
                Retry::After(ms) => Duration::from_millis(ms),
                Retry::Soon | Retry::Never => Duration::ZERO,
            };
            (Ok(()), Seen::Again(least))
        }
    };
    let refused = in_folder.and(at_server).err();
    if let Some(error) = &refused {
        tracing::warn!(%error, "An adapter pack was refused");
    }
    shared.packs.looked(refused.as_ref());
    seen
}

async fn look_in_folder(packs: &Arc<Packs>, folder: PathBuf) -> Result<(), PackError> {
    let packs = Arc::clone(packs);
    blocking(move || match folder::newest(&folder)? {
        Some((number, file)) if packs.is_news(number) => {
            let found = folder::read(&file)?;
            packs.offer(&found.pack, found.signature.as_deref())
        }
        Some(_) | None => Ok(()),
    })
    .await
}

enum Missed {
    Server(QueueError),
    Refused(PackError),
}

/// Any SDR of this machine may ask; the first whose token is good does.
async fn look_at_server<P: Pages>(shared: &Shared<P>) -> Result<(), Missed> {
    let packs = &shared.packs;
    if packs.are_off() {
        return Ok(());
    }
    let bearers = shared.store.bearers().await.map_err(|error| {
        Missed::Refused(PackError::Disk {
            reason: error.to_string(),
        })
    })?;
    let mut refused = None;
    for (sdr, token) in bearers {
        let desk = Desk::new(shared.desktop_id.clone(), shared.clock.clone(), []);
        let queue = shared.server.of(sdr, token, desk);
        match queue.adapter_pack(packs.number()).await {
            Ok(Some(answer)) if packs.is_news(answer.number) => {
                let packs = Arc::clone(packs);
                let built_in = packs.is_built_in();
                let offered = blocking(move || {
                    packs.offer(answer.pack.as_bytes(), Some(answer.signature.as_bytes()))
                });
                return match offered.await {
                    // Usual after an update of the app, and the server's admin may know.
                    Err(PackError::Older { .. }) if built_in => Ok(()),
                    offered => offered.map_err(Missed::Refused),
                };
            }
            Ok(_) => return Ok(()),
            Err(error) if error.code() == ProblemCode::NotFound => return Ok(()),
            Err(error) if error.retry() == Retry::Never => refused = Some(error),
            Err(error) => return Err(Missed::Server(error)),
        }
    }
    refused.map_or(Ok(()), |error| Err(Missed::Server(error)))
}

/// Off the threads that messages need.
async fn blocking(
    work: impl FnOnce() -> Result<(), PackError> + Send + 'static,
) -> Result<(), PackError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| PackError::Disk {
            reason: error.to_string(),
        })?
}

fn after(clock: &Clock, wait: Duration) -> Millis {
    let ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    clock.now().boot.after(ms)
}

/// Around 1.
fn spread() -> f64 {
    let mut byte = [0];
    // Without randomness every desktop asks at its own start's time anyway.
    let _ = getrandom::fill(&mut byte);
    1.0 + SPREAD * (f64::from(byte[0]) / 255.0 - 0.5)
}
