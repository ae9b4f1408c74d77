//! What campaigns do by themselves: they begin when it is time, and end when a person says so.

mod plan;

pub use plan::{Plan, Planned};

use crate::app::App;
use crate::store::StoreError;
use crate::store::campaigns::Moved;
use std::time::Duration;
use tokio::sync::watch;

/// Recipients of one transaction: others wait no longer than for these.
const AT_ONCE: u32 = 200;

/// Looks every so often, and whenever a campaign was made.
pub async fn run(app: App, every: Duration, mut stopped: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = app.campaigns.notified() => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
        let done = match withdraw(&app).await {
            Ok(()) => start(&app).await,
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            tracing::warn!(%error, "campaigns could not go on; it is tried again");
        }
    }
}

/// Withdraws what is queued of campaigns that were cancelled.
pub async fn withdraw(app: &App) -> Result<(), StoreError> {
    while wake(
        app,
        &app.store.withdraw_campaigns(AT_ONCE, app.now()).await?,
    ) {}
    Ok(())
}

/// Queues what is due. Each batch is a transaction, so that a crash between two loses and repeats nothing.
async fn start(app: &App) -> Result<(), StoreError> {
    while wake(app, &app.store.start_campaigns(AT_ONCE, app.now()).await?) {}
    Ok(())
}

/// Whether there is more to do.
fn wake(app: &App, moved: &Moved) -> bool {
    moved.sdrs.iter().for_each(|sdr| app.hints.wake(sdr));
    moved.more
}
