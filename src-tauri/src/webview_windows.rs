//! What only WebView2 tells, through its own interfaces.
//!
//! Type-checked from Linux; nobody has seen it run.
#![expect(unsafe_code, reason = "COM calls, on the thread that owns the webview")]

use super::{PageWebviewBuilder, PathBuf, Profiled};
use tauri::Webview;
use tauri::webview::PlatformWebview;
use webview2_com::Microsoft::Web::WebView2::Win32::{
    COREWEBVIEW2_KEY_EVENT_KIND, COREWEBVIEW2_KEY_EVENT_KIND_KEY_DOWN,
    COREWEBVIEW2_PROCESS_FAILED_KIND, COREWEBVIEW2_PROCESS_FAILED_KIND_BROWSER_PROCESS_EXITED,
    COREWEBVIEW2_PROCESS_FAILED_KIND_RENDER_PROCESS_EXITED,
};
use webview2_com::{AcceleratorKeyPressedEventHandler, ProcessFailedEventHandler};
use windows::Win32::UI::Input::KeyboardAndMouse::{
    GetKeyState, VIRTUAL_KEY, VK_CONTROL, VK_LWIN, VK_MENU, VK_RWIN, VK_SHIFT,
};
use windows::core::Result;

/// Keep cookies and storage in this directory; each gets browser processes of its own.
pub fn with_profile(builder: PageWebviewBuilder, profile: PathBuf) -> Profiled {
    Ok(builder.data_directory(profile))
}

/// A page opens no dialog of a script: it would stand still until somebody answers, behind a lock nobody
/// can.
pub fn silence(page: &Webview) -> tauri::Result<()> {
    page.with_webview(|platform| {
        // SAFETY: this is the webview's own thread, and the webview is alive.
        let silenced = unsafe {
            platform
                .controller()
                .CoreWebView2()
                .and_then(|core| core.Settings())
                .and_then(|settings| settings.SetAreDefaultScriptDialogsEnabled(false))
        };
        log_failure("silence", silenced);
    })
}

/// Call `ended` when the page's process ends, however that comes. Helper processes (GPU, audio)
/// come back by themselves; a page that only hangs is found by the probe.
pub fn on_process_end(page: &Webview, ended: impl Fn() + Send + 'static) -> tauri::Result<()> {
    page.with_webview(move |platform| {
        let handler = ProcessFailedEventHandler::create(Box::new(move |_, failed| {
            let mut kind = COREWEBVIEW2_PROCESS_FAILED_KIND::default();
            if let Some(failed) = failed {
                // SAFETY: `kind` outlives the call.
                unsafe { failed.ProcessFailedKind(&mut kind) }?;
                if kind == COREWEBVIEW2_PROCESS_FAILED_KIND_BROWSER_PROCESS_EXITED
                    || kind == COREWEBVIEW2_PROCESS_FAILED_KIND_RENDER_PROCESS_EXITED
                {
                    ended();
                }
            }
            Ok(())
        }));
        let mut token = 0;
        // SAFETY: this is the webview's own thread, and the webview is alive.
        let watched = unsafe {
            platform
                .controller()
                .CoreWebView2()
                .and_then(|core| core.add_ProcessFailed(&handler, &mut token))
        };
        log_failure("watch", watched);
    })
}

/// Ctrl+1…9, Ctrl+K and Ctrl+L are the shell's also while this page has the focus.
pub fn hand_shortcuts_to(shell: Webview, page: &Webview) -> tauri::Result<()> {
    page.with_webview(move |platform| log_failure("shortcuts", listen(&platform, shell)))
}

fn listen(platform: &PlatformWebview, shell: Webview) -> Result<()> {
    let handler = AcceleratorKeyPressedEventHandler::create(Box::new(move |_, pressed| {
        let Some(pressed) = pressed else {
            return Ok(());
        };
        let mut kind = COREWEBVIEW2_KEY_EVENT_KIND::default();
        let mut key = 0;
        // SAFETY: both outlive the calls.
        unsafe {
            pressed.KeyEventKind(&mut kind)?;
            pressed.VirtualKey(&mut key)?;
        }
        if kind == COREWEBVIEW2_KEY_EVENT_KIND_KEY_DOWN
            && control_only()
            && let Some(key) = shortcut(key)
        {
            // SAFETY: the arguments are alive during their event.
            unsafe { pressed.SetHandled(true) }?;
            hand_over(&shell, key);
        }
        Ok(())
    }));
    let mut token = 0;
    // SAFETY: this is the webview's own thread, and the webview is alive.
    unsafe {
        platform
            .controller()
            .add_AcceleratorKeyPressed(&handler, &mut token)
    }
}

fn shortcut(key: u32) -> Option<char> {
    char::from_u32(key)
        .map(|key| key.to_ascii_lowercase())
        .filter(|key| matches!(key, '1'..='9' | 'k' | 'l'))
}

fn control_only() -> bool {
    is_down(VK_CONTROL)
        && ![VK_MENU, VK_SHIFT, VK_LWIN, VK_RWIN]
            .into_iter()
            .any(is_down)
}

fn is_down(key: VIRTUAL_KEY) -> bool {
    // SAFETY: reads this thread's own keyboard state; the sign bit says "down".
    unsafe { GetKeyState(i32::from(key.0)) < 0 }
}

/// The key itself belongs to the page's window, so the shell gets an event in its place.
fn hand_over(shell: &Webview, key: char) {
    let script = format!(
        "dispatchEvent(new KeyboardEvent('keydown', {{key: '{key}', ctrlKey: true, bubbles: true}}))"
    );
    let handed = shell.set_focus().and_then(|()| shell.eval(script));
    if let Err(error) = handed {
        tracing::warn!(%error, "A shortcut did not reach the shell");
    }
}

fn log_failure(what: &str, result: Result<()>) {
    if let Err(error) = result {
        tracing::warn!(page.step = what, %error, "WebView2 did not do what it was told");
    }
}
