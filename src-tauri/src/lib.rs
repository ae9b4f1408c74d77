//! SHOWS: the only Rust that knows Tauri. One window with the shell and the pages, the tray, the
//! commands and events; everything else is [`hotdesk_agent`]'s.

mod arguments;
mod commands;
mod contract;
mod downloads;
mod errors;
mod events;
mod layout;
#[cfg(target_os = "linux")]
mod layout_linux;
#[cfg(not(target_os = "linux"))]
mod layout_other;
mod office;
mod outside;
mod page_answer;
mod page_policy;
mod page_script;
mod pages;
mod problem_window;
mod start;
mod tray;
mod tray_host;
mod tray_menu;
mod webview_os;
mod window;

pub use start::run;
