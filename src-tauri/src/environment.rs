//! What this process takes over from whoever starts it, and must not: variables by which another program
//! could open every webview or drive it, and a habit of making files for everybody.

use std::env;

/// WebKit's remote inspector opens a port into every webview, even with developer tools off.
const INSPECTOR: [&str; 2] = ["WEBKIT_INSPECTOR_SERVER", "WEBKIT_INSPECTOR_HTTP_SERVER"];
/// WebView2 takes arguments and a debugging port from variables with this beginning.
const WEBVIEW2_PREFIX: &str = "WEBVIEW2_";
/// WebDriver; the end-to-end tests drive a debug build by it, and WebKit's driver reaches the page
/// through the inspector.
const AUTOMATION: &str = "TAURI_WEBVIEW_AUTOMATION";

/// Remove them all. To be called before anything else in the process.
pub fn close_back_doors() {
    let driven = cfg!(debug_assertions) && env::var_os(AUTOMATION).is_some();
    let names: Vec<_> = env::vars_os()
        .map(|(name, _)| name)
        .filter(|name| name.to_str().is_some_and(|name| is_back_door(name, driven)))
        .collect();
    for name in names {
        #[expect(
            unsafe_code,
            reason = "first thing in main: this process has one thread, so nobody reads the environment meanwhile"
        )]
        // SAFETY: no other thread exists yet.
        unsafe {
            env::remove_var(name);
        }
    }
}

/// What this process and WebKit's own make from now on is for their owner alone, whatever the person's
/// habit (umask) is.
pub fn keep_files_private() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

fn is_back_door(name: &str, driven: bool) -> bool {
    name.starts_with(WEBVIEW2_PREFIX)
        || (!driven && (INSPECTOR.contains(&name) || name == AUTOMATION))
}

#[cfg(test)]
mod tests {
    use super::is_back_door;

    #[test]
    fn the_inspector_is_closed_and_the_rest_of_the_environment_stays() {
        for name in [
            "WEBKIT_INSPECTOR_SERVER",
            "WEBKIT_INSPECTOR_HTTP_SERVER",
            "WEBVIEW2_ADDITIONAL_BROWSER_ARGUMENTS",
            "TAURI_WEBVIEW_AUTOMATION",
        ] {
            assert!(is_back_door(name, false), "{name} opens the webviews");
        }
        for name in ["WEBKIT_DISABLE_DMABUF_RENDERER", "HOME"] {
            assert!(!is_back_door(name, false), "{name} is harmless");
        }
    }

    #[test]
    fn only_a_debug_build_under_webdriver_keeps_the_inspector() {
        assert!(
            !is_back_door("WEBKIT_INSPECTOR_SERVER", true),
            "the driver needs it"
        );
        assert!(
            is_back_door("WEBVIEW2_ADDITIONAL_BROWSER_ARGUMENTS", true),
            "the rest stays closed"
        );
    }
}
