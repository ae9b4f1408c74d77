//! The app's process.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod dumps;
mod environment;

use std::process::ExitCode;

fn main() -> ExitCode {
    dumps::forbid();
    environment::close_back_doors();
    environment::keep_files_private();
    hotdesk_app::run()
}
