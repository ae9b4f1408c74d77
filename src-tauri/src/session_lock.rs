//! When the operating system's session is locked, or the computer goes to sleep, so does the window.
//! Where the system tells nothing, the guard's own clock still locks an idle window and one that
//! wakes from sleep.

#[cfg(target_os = "linux")]
pub use crate::session_lock_linux::follow;
#[cfg(target_os = "macos")]
use crate::session_lock_macos::listen;
#[cfg(windows)]
use crate::session_lock_windows::listen;

use crate::office::Office;
use hotdesk_agent::guard::LockCause;
use tauri::{AppHandle, Manager};

/// Listen on the thread that the system calls.
#[cfg(not(target_os = "linux"))]
pub async fn follow(app: AppHandle) {
    let (done, heard) = tokio::sync::oneshot::channel();
    let listening = app.clone();
    let asked = app.run_on_main_thread(move || {
        // Whoever asked waits for it.
        let _ = done.send(listen(&listening));
    });
    let outcome = match asked {
        Ok(()) => heard.await.unwrap_or_else(|error| Err(error.to_string())),
        Err(error) => Err(error.to_string()),
    };
    if let Err(reason) = outcome {
        tracing::warn!(reason, "The session's lock is not heard of");
    }
}

/// Lock the window with the session, from a thread that may not wait.
#[cfg(not(target_os = "linux"))]
pub fn lock_soon(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move { lock(&app).await });
}

/// Lock the window with the session.
pub async fn lock(app: &AppHandle) {
    app.state::<Office>().lock(LockCause::System).await;
}
