//! Declares our commands, so that each needs a permission, and looks after what is embedded.

use std::path::Path;

const COMMANDS: &[&str] = &[
    "passphrase_asked",
    "enter_passphrase",
    "office_view",
    "sign_in",
    "unlock",
    "choose_pin",
    "set_strict",
    "lock",
    "order",
    "pause_all",
    "look_for_packs",
    "review",
    "decide",
    "show_page",
    "set_page_area",
];

const BUNDLES: [&str; 2] = ["bridge/dist/bridge.js", "bridge/dist/wa-js-adapter.js"];

fn main() {
    for bundle in BUNDLES.map(Path::new) {
        println!("cargo:rerun-if-changed={}", bundle.display());
        if !bundle.is_file() {
            println!(
                "cargo:error={} is missing: run `npm ci && npm run build` at the root first",
                bundle.display()
            );
            std::process::exit(1);
        }
    }
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    if let Err(error) =
        tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))
    {
        println!("cargo:error={error:#}");
        std::process::exit(1);
    }
}
