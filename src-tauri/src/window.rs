//! The one window: the shell fills it, the pages lie over it.

use crate::layout::Layout;
use crate::{page_policy, tray};
use tauri::webview::{NewWindowResponse, PermissionResponse, WebviewBuilder};
use tauri::window::WindowBuilder;
use tauri::{AppHandle, LogicalPosition, LogicalSize, Manager, WebviewUrl, Window, WindowEvent};

/// The window's label.
pub const WINDOW: &str = "main";
/// The shell's label; capabilities/main.json names it.
pub const SHELL: &str = "shell";
const FIRST_SIZE: LogicalSize<f64> = LogicalSize::new(1280.0, 800.0);
const LEAST_SIZE: LogicalSize<f64> = LogicalSize::new(1024.0, 700.0);

/// What the window is called.
pub fn title(rehearsal: bool) -> &'static str {
    if rehearsal {
        "Hotdesk – REHEARSAL, nothing reaches a real person"
    } else {
        "Hotdesk"
    }
}

/// Open the window with the shell in it. The shell is the first webview made: WebDriver drives
/// that one.
pub fn open(app: &AppHandle, rehearsal: bool) -> tauri::Result<(Window, Layout)> {
    let window = WindowBuilder::new(app, WINDOW)
        .title(title(rehearsal))
        .inner_size(FIRST_SIZE.width, FIRST_SIZE.height)
        .min_inner_size(LEAST_SIZE.width, LEAST_SIZE.height)
        .prevent_overflow()
        .center()
        .build()?;
    let dev_url = tauri::is_dev()
        .then(|| app.config().build.dev_url.clone())
        .flatten();
    let shell = WebviewBuilder::new(SHELL, WebviewUrl::App("index.html".into()))
        .devtools(cfg!(debug_assertions))
        .general_autofill_enabled(false)
        .on_navigation(move |url| page_policy::shell_may_load(url, dev_url.as_ref()))
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_permission_request(|_, _| PermissionResponse::Deny)
        .on_download(|_, _| false);
    let shell = window.add_child(shell, LogicalPosition::new(0.0, 0.0), window.inner_size()?)?;
    let layout = Layout::around(&window, &shell)?;
    let closing = window.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event {
            api.prevent_close();
            put_away(&closing);
        }
    });
    Ok((window, layout))
}

/// Closing the window stops nothing: it goes where a person finds it again.
fn put_away(window: &Window) {
    let tray = tray::is_shown(window.app_handle());
    tracing::debug!(tray.shown = tray, "The window is closed");
    let put_away = if tray {
        window.hide()
    } else {
        window.minimize()
    };
    if let Err(error) = put_away {
        tracing::warn!(%error, "The window could not be put away");
    }
}

/// The tray has gone: a window hidden behind it becomes a minimised one.
pub fn come_out_of_hiding(app: &AppHandle) {
    let main = app.clone();
    let asked = app.run_on_main_thread(move || {
        let Some(window) = main.get_window(WINDOW) else {
            return;
        };
        let out = window.is_visible().and_then(|visible| {
            if visible {
                return Ok(());
            }
            window.minimize()?;
            window.show()
        });
        if let Err(error) = out {
            tracing::warn!(%error, "The window stays hidden");
        }
    });
    if let Err(error) = asked {
        tracing::warn!(%error, "The window stays hidden");
    }
}

/// Bring the window to the front, wherever it was put.
pub fn raise(app: &AppHandle) {
    let Some(window) = app.get_window(WINDOW) else {
        return;
    };
    let raised = window
        .show()
        .and_then(|()| window.unminimize())
        .and_then(|()| window.set_focus());
    if let Err(error) = raised {
        tracing::warn!(%error, "The window could not be raised");
    }
}
