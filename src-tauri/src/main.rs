//! The app's process.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod environment;

use std::process::ExitCode;

fn main() -> ExitCode {
    environment::close_back_doors();
    hotdesk_app::run()
}
