//! Windows tells a window of its own when the session is locked or left, and of sleep.
//!
//! Type-checked from Linux; nobody has seen it run.
#![expect(
    unsafe_code,
    reason = "window messages, on the thread that owns the window"
)]

use crate::session_lock::lock_soon;
use crate::window::WINDOW;
use tauri::{AppHandle, Manager};
use windows::Win32::Foundation::{HWND, LPARAM, LRESULT, WPARAM};
use windows::Win32::System::RemoteDesktop::{
    NOTIFY_FOR_THIS_SESSION, WTSRegisterSessionNotification,
};
use windows::Win32::UI::Shell::{DefSubclassProc, SetWindowSubclass};
use windows::Win32::UI::WindowsAndMessaging::{
    PBT_APMSUSPEND, WM_POWERBROADCAST, WM_WTSSESSION_CHANGE, WTS_CONSOLE_DISCONNECT,
    WTS_REMOTE_DISCONNECT, WTS_SESSION_LOCK,
};

/// Ours among those who listen to the window.
const ID: usize = 1;

/// Listen for as long as the window is there. To be called on the main thread.
pub fn listen(app: &AppHandle) -> Result<(), String> {
    let window = app.get_window(WINDOW).ok_or("the window is gone")?;
    let window = window.hwnd().map_err(|error| error.to_string())?;
    // Never freed: messages come until the process ends.
    let app = Box::into_raw(Box::new(app.clone())) as usize;
    // SAFETY: this is the window's own thread; `heard` takes the last argument for what it is.
    let listening = unsafe { SetWindowSubclass(window, Some(heard), ID, app) };
    if !listening.as_bool() {
        return Err("the window takes no listener".to_owned());
    }
    // SAFETY: the window is alive.
    unsafe { WTSRegisterSessionNotification(window, NOTIFY_FOR_THIS_SESSION) }
        .map_err(|error| error.to_string())
}

unsafe extern "system" fn heard(
    window: HWND,
    message: u32,
    what: WPARAM,
    more: LPARAM,
    _id: usize,
    app: usize,
) -> LRESULT {
    if is_lock(message, what.0) {
        // SAFETY: `listen` made this pointer, and nobody frees it.
        lock_soon(unsafe { &*(app as *const AppHandle) });
    }
    // SAFETY: the arguments are those of the call.
    unsafe { DefSubclassProc(window, message, what, more) }
}

fn is_lock(message: u32, what: usize) -> bool {
    let what = u32::try_from(what).unwrap_or(u32::MAX);
    match message {
        WM_WTSSESSION_CHANGE => [
            WTS_SESSION_LOCK,
            WTS_CONSOLE_DISCONNECT,
            WTS_REMOTE_DISCONNECT,
        ]
        .contains(&what),
        WM_POWERBROADCAST => what == PBT_APMSUSPEND,
        _ => false,
    }
}
