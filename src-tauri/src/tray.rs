//! The tray: one model for all systems, one file per way to show it.

use crate::events::SdrChosen;
use crate::office::Office;
use crate::start;
use crate::tray_menu::tray_menu;
use crate::window::{self, SHELL};
use hotdesk_agent::guard::LockCause;
use hotdesk_agent::views::OfficeView;
use hotdesk_protocol::ids::SdrId;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tauri::{AppHandle, Manager};
use tauri_specta::Event;
use tokio::sync::watch;

#[cfg(target_os = "linux")]
pub use crate::tray_linux::Tray;
#[cfg(not(target_os = "linux"))]
pub use crate::tray_other::Tray;

/// Panels redraw a menu at each change.
const LEAST_GAP: Duration = Duration::from_secs(1);

/// Whether a person can see our icon right now; kept by the tray itself, so that closing the
/// window has to ask nobody.
#[derive(Default)]
pub struct Shown(AtomicBool);

/// What can be chosen in the menu.
#[derive(Clone, Debug)]
pub enum Choice {
    /// Bring the window back.
    Open,
    /// Pause every SDR.
    PauseAll,
    /// Lock the window.
    Lock,
    /// End the app.
    Quit,
    /// Bring the window back with this SDR in it.
    Sdr(SdrId),
}

/// The icon can be seen.
pub fn is_shown(app: &AppHandle) -> bool {
    app.state::<Shown>().0.load(Ordering::SeqCst)
}

/// The icon has come or gone. A window hidden behind a tray that goes would be out of reach.
pub fn set_shown(app: &AppHandle, shown: bool) {
    let was_shown = app.state::<Shown>().0.swap(shown, Ordering::SeqCst);
    if was_shown != shown {
        tracing::debug!(tray.shown = shown, "The tray has come or gone");
    }
    if was_shown && !shown {
        window::come_out_of_hiding(app);
    }
}

/// Keep the tray true until the app ends.
pub async fn follow(mut tray: Tray, mut views: watch::Receiver<OfficeView>) {
    loop {
        let wanted = tray_menu(&views.borrow_and_update());
        tray.show(wanted).await;
        tokio::time::sleep(LEAST_GAP).await;
        if views.changed().await.is_err() {
            return;
        }
    }
}

/// Do what was chosen; returns at once.
pub fn carry_out(app: &AppHandle, choice: Choice) {
    match choice {
        Choice::Open => window::raise(app),
        Choice::PauseAll => {
            let app = app.clone();
            tauri::async_runtime::spawn(async move { app.state::<Office>().pause_all().await });
        }
        Choice::Lock => {
            let app = app.clone();
            tauri::async_runtime::spawn(async move {
                app.state::<Office>().lock(LockCause::Asked).await;
            });
        }
        Choice::Quit => start::quit(app),
        Choice::Sdr(sdr) => {
            window::raise(app);
            if let Err(error) = SdrChosen(sdr).emit_to(app, SHELL) {
                tracing::warn!(%error, "The shell was not told of a choice in the tray");
            }
        }
    }
}
