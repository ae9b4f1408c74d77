//! SHOWS: the only Rust that knows Tauri. One window with the shell and the pages, the tray, the
//! commands and events; everything else is [`hotdesk_agent`]'s.

mod arguments;
mod commands;
mod contract;
mod downloads;
mod errors;
mod events;
pub mod layout;
#[cfg(target_os = "linux")]
mod layout_linux;
#[cfg(not(target_os = "linux"))]
mod layout_other;
mod office;
mod outside;
mod pace;
mod page_policy;
pub mod page_script;
pub mod pages;
mod passphrase;
mod presence;
#[cfg(target_os = "linux")]
mod presence_linux;
#[cfg(not(target_os = "linux"))]
mod presence_other;
mod problem_window;
mod session_lock;
#[cfg(target_os = "linux")]
mod session_lock_linux;
#[cfg(target_os = "macos")]
mod session_lock_macos;
#[cfg(windows)]
mod session_lock_windows;
mod start;
mod tray;
mod tray_icons;
#[cfg(target_os = "linux")]
mod tray_linux;
mod tray_menu;
#[cfg(not(target_os = "linux"))]
mod tray_other;
mod webview_os;
mod window;

pub use start::run;
