//! Windows and macOS: the system tells how long ago its last input was; it counts while the window
//! has the focus.

use crate::presence::{TOLD_EVERY, tell};
use crate::window::WINDOW;
use tauri::{AppHandle, Manager};

/// Tell the guard of each touch from now on.
pub fn follow(app: &AppHandle) -> tauri::Result<()> {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        loop {
            tokio::time::sleep(TOLD_EVERY).await;
            let focused = app
                .get_window(WINDOW)
                .is_some_and(|window| window.is_focused().unwrap_or(false));
            // Where the system does not say, a person with the focus counts as there.
            let idle = system_idle_time::get_idle_time().unwrap_or_default();
            if focused && idle <= TOLD_EVERY {
                tell(&app);
            }
        }
    });
    Ok(())
}
