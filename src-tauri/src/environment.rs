//! Variables by which another program could open every webview, or drive it.

use std::env;

/// WebKit's remote inspector opens a port into every webview, even with developer tools off.
const INSPECTOR: [&str; 2] = ["WEBKIT_INSPECTOR_SERVER", "WEBKIT_INSPECTOR_HTTP_SERVER"];
/// WebView2 takes arguments and a debugging port from variables with this beginning.
const WEBVIEW2_PREFIX: &str = "WEBVIEW2_";
/// WebDriver; the end-to-end tests drive a debug build by it.
const AUTOMATION: &str = "TAURI_WEBVIEW_AUTOMATION";

/// Remove them all. To be called before anything else in the process.
pub fn close_back_doors() {
    let names: Vec<_> = env::vars_os()
        .map(|(name, _)| name)
        .filter(|name| name.to_str().is_some_and(is_back_door))
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

fn is_back_door(name: &str) -> bool {
    INSPECTOR.contains(&name)
        || name.starts_with(WEBVIEW2_PREFIX)
        || (!cfg!(debug_assertions) && name == AUTOMATION)
}

#[cfg(test)]
mod tests {
    use super::is_back_door;

    #[test]
    fn the_inspector_is_closed_and_the_rest_of_the_environment_stays() {
        assert!(is_back_door("WEBKIT_INSPECTOR_SERVER"));
        assert!(is_back_door("WEBKIT_INSPECTOR_HTTP_SERVER"));
        assert!(is_back_door("WEBVIEW2_ADDITIONAL_BROWSER_ARGUMENTS"));
        assert!(!is_back_door("WEBKIT_DISABLE_DMABUF_RENDERER"));
        assert!(!is_back_door("HOME"));
    }
}
