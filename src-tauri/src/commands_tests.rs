//! Who may call what, without a display: Tauri asks its authority about each call, and this asks the
//! same authority, made from the same capabilities, about every command, webview and address.

use super::shown;
use serde_json::Value;
use std::collections::BTreeSet;
use tauri::ipc::Origin;
use tauri::{Context, Url, Wry};

const CAPABILITY: &str = include_str!("../../capabilities/main.json");
const SETTINGS: &str = include_str!("../../tauri.conf.json");
const SHELLS_PAGE: &str = include_str!("../../ui/index.html");
const GENERATED: &str = include_str!("../../ui/src/lib/generated/app.ts");

/// All webviews are in this window, so a capability for the window would be one for WhatsApp's pages.
const WINDOW: &str = crate::window::WINDOW;
const SHELL: &str = crate::window::SHELL;

/// Every kind of webview there is, and what might be taken for the shell.
const OTHERS: [&str; 8] = [
    "page-john",
    "page-jane",
    "page-shell",
    crate::problem_window::PROBLEM,
    crate::window::WINDOW,
    "Shell",
    "shell ",
    "unknown",
];

const ADDRESSES: [&str; 6] = [
    "https://web.whatsapp.com/",
    "http://127.0.0.1:4000/",
    "https://example.com/",
    "https://tauri.localhost.example.com/",
    "file:///etc/passwd",
    "data:text/html,x",
];

/// What Tauri itself would do for a page, and nobody here may ask of it.
const TAURIS_OWN: [&str; 18] = [
    "plugin:app|version",
    "plugin:app|set_app_theme",
    "plugin:event|emit",
    "plugin:event|emit_to",
    "plugin:image|from_path",
    "plugin:menu|new",
    "plugin:path|resolve_directory",
    "plugin:resources|close",
    "plugin:tray|new",
    "plugin:webview|clear_all_browsing_data",
    "plugin:webview|create_webview",
    "plugin:webview|create_webview_window",
    "plugin:webview|get_all_webviews",
    "plugin:webview|internal_toggle_devtools",
    "plugin:webview|print",
    "plugin:window|close",
    "plugin:window|create",
    "plugin:window|get_all_windows",
];

/// The shell hears of changes by these.
const EVENTS: [&str; 2] = ["plugin:event|listen", "plugin:event|unlisten"];

fn remote(address: &str) -> Origin {
    let url = Url::parse(address).unwrap();
    Origin::Remote { url }
}

/// The commands as the shell has them.
fn ours() -> BTreeSet<&'static str> {
    // The first is where it is imported.
    let calls = GENERATED.split("__TAURI_INVOKE").skip(2);
    calls.filter_map(|rest| rest.split('"').nth(1)).collect()
}

#[test]
fn every_command_is_the_shells_and_refused_to_every_other_webview_and_address() {
    let mut context: Context<Wry> = tauri::generate_context!();
    let authority = context.runtime_authority_mut();
    let may = |command: &str, webview: &str, origin: &Origin| {
        authority
            .resolve_access(command, WINDOW, webview, origin)
            .is_some()
    };
    let mut claims = Vec::new();
    let ours = ours();
    assert!(ours.len() >= 12, "the commands were found: {ours:?}");
    for command in ours.iter().chain(&EVENTS) {
        // Only a command that is declared to need a permission can be found as permitted.
        assert!(may(command, SHELL, &Origin::Local), "the shell: {command}");
        let mut refused = 0;
        for webview in OTHERS {
            assert!(
                !may(command, webview, &Origin::Local),
                "{webview}: {command}"
            );
            refused += 1;
        }
        for webview in OTHERS.iter().chain([&SHELL]) {
            for address in ADDRESSES {
                let allowed = may(command, webview, &remote(address));
                assert!(!allowed, "{webview} at {address}: {command}");
                refused += 1;
            }
        }
        claims.push(format!(
            "`{command}`: the shell's alone; refused to {refused} other pairs of webview and address"
        ));
    }
    for command in TAURIS_OWN {
        for webview in OTHERS.iter().chain([&SHELL]) {
            assert!(
                !may(command, webview, &Origin::Local),
                "{webview}: {command}"
            );
            for address in ADDRESSES {
                let allowed = may(command, webview, &remote(address));
                assert!(!allowed, "{webview} at {address}: {command}");
            }
        }
    }
    claims.push(format!(
        "{} of Tauri's own commands (windows, webviews, menus, paths …): refused to everyone, the shell too",
        TAURIS_OWN.len()
    ));
    shown::rows(
        "app commands::tests::every_command_is_the_shells_and_refused_to_every_other_webview_and_address",
        &claims,
    );
}

#[test]
fn the_one_capability_names_the_shell_and_nothing_remote() {
    let capability: Value = serde_json::from_str(CAPABILITY).unwrap();
    let keys: Vec<&String> = capability.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        ["description", "identifier", "permissions", "webviews"]
    );
    assert_eq!(capability["webviews"], serde_json::json!([SHELL]));
    let permissions = capability["permissions"].as_array().unwrap();
    let ours = ours();
    assert_eq!(
        permissions.len(),
        ours.len() + EVENTS.len(),
        "no more than is called"
    );
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/capabilities")).unwrap();
    assert_eq!(files.count(), 1, "there is no other capability");
}

#[test]
fn the_shell_takes_scripts_from_itself_alone_and_evaluates_none() {
    let settings: Value = serde_json::from_str(SETTINGS).unwrap();
    let csp = settings["app"]["security"]["csp"].as_str().unwrap();
    let parts: Vec<&str> = csp.split("; ").collect();
    for wanted in [
        "default-src 'none'",
        "script-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "connect-src ipc: http://ipc.localhost",
    ] {
        assert!(parts.contains(&wanted), "{wanted} is not in: {csp}");
    }
    for part in parts {
        let unsafe_ = part.contains("unsafe-") || part.contains('*');
        assert!(
            !unsafe_ || part.starts_with("style-src"),
            "styles alone: {part}"
        );
    }
}

#[test]
fn the_shells_page_has_no_script_in_it_but_its_own_file() {
    let scripts: Vec<&str> = SHELLS_PAGE.split("<script").skip(1).collect();
    assert_eq!(scripts.len(), 1, "one script");
    assert!(
        scripts[0].contains("src=\"/src/"),
        "from a file: {}",
        scripts[0]
    );
    let on = SHELLS_PAGE
        .split_whitespace()
        .any(|word| word.starts_with("on"));
    assert!(!on, "no handler in an attribute");
}

#[test]
fn no_dangerous_switch_of_tauri_is_on() {
    let settings: Value = serde_json::from_str(SETTINGS).unwrap();
    let text = SETTINGS.to_ascii_lowercase();
    assert!(
        !text.contains("dangerous"),
        "Tauri's word for a switch that takes a protection away"
    );
    assert_eq!(
        settings["app"]["withGlobalTauri"], false,
        "no global of Tauri's"
    );
    let security = settings["app"]["security"].as_object().unwrap();
    let keys: Vec<&String> = security.keys().collect();
    assert_eq!(
        keys,
        ["capabilities", "csp"],
        "no asset protocol, no other capability"
    );
    assert_eq!(security["capabilities"], serde_json::json!(["main"]));
    let manifest = include_str!("../../Cargo.toml");
    let tauri = manifest
        .lines()
        .find(|line| line.starts_with("tauri = "))
        .unwrap();
    for feature in ["devtools", "isolation", "protocol-asset", "remote", "test"] {
        assert!(
            !tauri.contains(feature),
            "{feature} is not built in: {tauri}"
        );
    }
}
