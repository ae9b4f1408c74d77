//! Declares our commands, so that each needs a permission, and looks after what is embedded.

use std::path::Path;

const COMMANDS: &[&str] = &[
    "office_view",
    "sign_in",
    "order",
    "pause_all",
    "show_page",
    "set_page_area",
];

fn main() {
    let bundle = Path::new("bridge/dist/bridge.js");
    println!("cargo:rerun-if-changed={}", bundle.display());
    if !bundle.is_file() {
        println!(
            "cargo:error=bridge/dist/bridge.js is missing: run `npm ci && npm run build` at the root first"
        );
        std::process::exit(1);
    }
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    if let Err(error) =
        tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))
    {
        println!("cargo:error={error:#}");
        std::process::exit(1);
    }
}
