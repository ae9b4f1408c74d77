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
mod page_answer;
mod page_policy;
pub mod page_script;
pub mod pages;
mod problem_window;
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
