//! Whether somebody is at the window: any key, click or move over it counts, also over a page.

#[cfg(target_os = "linux")]
pub use crate::presence_linux::follow;
#[cfg(not(target_os = "linux"))]
pub use crate::presence_other::follow;

use crate::office::Office;
use std::time::Duration;
use tauri::{AppHandle, Manager};

/// Moves of a mouse come by the hundred; one in this time is told.
pub const TOLD_EVERY: Duration = Duration::from_secs(1);

/// Somebody is there; returns at once.
pub fn tell(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move { app.state::<Office>().touch().await });
}
