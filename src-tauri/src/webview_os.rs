//! What differs between the systems' web views, except for the layout.

use crate::pages::PageWebviewBuilder;
use std::path::PathBuf;

#[cfg(target_os = "linux")]
pub use linux::{end_process, on_process_end, silence, with_profile};
#[cfg(target_os = "macos")]
pub use macos::with_profile;
#[cfg(windows)]
pub use windows::{hand_shortcuts_to, on_process_end, silence, with_profile};

/// Why this system cannot keep the profiles of several SDRs apart.
#[derive(Debug, thiserror::Error)]
#[cfg_attr(
    not(target_os = "macos"),
    expect(dead_code, reason = "only macOS has versions that cannot")
)]
pub enum NoProfiles {
    /// Below macOS 14 all web views share one store.
    #[error(
        "This macOS keeps only one WhatsApp profile for all SDRs. Nothing was opened. Update to macOS 14 or later."
    )]
    OldMacos,
}

type Profiled = Result<PageWebviewBuilder, NoProfiles>;

#[cfg(target_os = "linux")]
mod linux {
    use super::{PageWebviewBuilder, PathBuf, Profiled};
    use tauri::Webview;
    use webkit2gtk::{ScriptDialogType, WebProcessTerminationReason, WebViewExt};

    /// Keep cookies and storage in this directory.
    pub fn with_profile(builder: PageWebviewBuilder, profile: PathBuf) -> Profiled {
        Ok(builder.data_directory(profile))
    }

    /// End the page's process: a script in it that never ends keeps WebKit from loading another
    /// page.
    pub fn end_process(page: &Webview) -> tauri::Result<()> {
        page.with_webview(|platform| platform.inner().terminate_web_process())
    }

    /// A page opens no dialog: its script would stand still until somebody answers, behind a lock
    /// nobody can, and a printer's dialog lies over the whole window.
    pub fn silence(page: &Webview) -> tauri::Result<()> {
        page.with_webview(|platform| {
            let view = platform.inner();
            view.connect_script_dialog(|_, dialog| {
                // A page that asks whether it may be left is left; all else is answered with no.
                if dialog.dialog_type() == ScriptDialogType::BeforeUnloadConfirm {
                    dialog.confirm_set_confirmed(true);
                }
                true
            });
            view.connect_print(|_, _| true);
        })
    }

    /// Call `ended` when the page's process ends, but for an end of our own making.
    pub fn on_process_end(page: &Webview, ended: impl Fn() + Send + 'static) -> tauri::Result<()> {
        page.with_webview(move |platform| {
            platform
                .inner()
                .connect_web_process_terminated(move |_, reason| {
                    if reason != WebProcessTerminationReason::TerminatedByApi {
                        ended();
                    }
                });
        })
    }
}

#[cfg(windows)]
#[path = "webview_windows.rs"]
mod windows;

#[cfg(target_os = "macos")]
mod macos {
    use super::{NoProfiles, PageWebviewBuilder, PathBuf, Profiled};
    use sha2::{Digest, Sha256};
    use std::process::Command;

    const FIRST_WITH_PROFILES: u32 = 14;

    /// Keep cookies and storage under an id made from this directory's name, and go on running
    /// while the page is hidden.
    pub fn with_profile(builder: PageWebviewBuilder, profile: PathBuf) -> Profiled {
        if major_version().is_none_or(|version| version < FIRST_WITH_PROFILES) {
            return Err(NoProfiles::OldMacos);
        }
        let digest = Sha256::digest(profile.as_os_str().as_encoded_bytes());
        let mut identifier = [0; 16];
        identifier.copy_from_slice(&digest[..16]);
        Ok(builder
            .data_store_identifier(identifier)
            .background_throttling(tauri::utils::config::BackgroundThrottlingPolicy::Disabled))
    }

    fn major_version() -> Option<u32> {
        let output = Command::new("/usr/bin/sw_vers")
            .arg("-productVersion")
            .output()
            .ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        text.split('.').next()?.trim().parse().ok()
    }
}
