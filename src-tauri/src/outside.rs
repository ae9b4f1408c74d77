//! Links that lead out of the app, in the person's own browser.

use std::process::{Command, Stdio};
use tauri::Url;

/// Open an https address in the system's browser. A failure is logged without the address.
pub fn open(url: &Url) {
    if url.scheme() != "https" {
        return;
    }
    let mut command = command();
    command
        .arg(url.as_str())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    match command.spawn() {
        Ok(mut child) => {
            std::thread::spawn(move || child.wait());
        }
        Err(error) => {
            tracing::warn!(error.kind = ?error.kind(), "The system's browser did not open")
        }
    }
}

fn command() -> Command {
    if cfg!(windows) {
        let mut command = Command::new("rundll32.exe");
        command.arg("url.dll,FileProtocolHandler");
        command
    } else if cfg!(target_os = "macos") {
        Command::new("open")
    } else {
        Command::new("xdg-open")
    }
}
