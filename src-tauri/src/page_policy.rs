//! Where a webview may go. Pure, so that it can be tested as a table.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tauri::Url;

/// A person opens one link at a time; a script that opens them by the hundred is not one.
const LINK_EVERY: Duration = Duration::from_secs(1);

/// A page stays on WhatsApp's origin; frames without an address of their own are part of it.
pub fn page_may_load(url: &Url, whatsapp: &Url) -> bool {
    let blank = url.scheme() == "about" && matches!(url.path(), "blank" | "srcdoc");
    // The origin of a blob is that of the document that made it.
    blank || (whatsapp.origin().is_tuple() && url.origin() == whatsapp.origin())
}

/// A link that wants a window of its own opens in the system's browser, and only if it is https;
/// the app itself opens no further window.
pub fn opens_outside(url: &Url) -> bool {
    url.scheme() == "https" && url.username().is_empty() && url.password().is_none()
}

/// When a page's last link was opened outside.
#[derive(Default)]
pub struct Links(Mutex<Option<Instant>>);

impl Links {
    /// At most one a second.
    pub fn may_open(&self, now: Instant) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let soon = last.is_some_and(|last| now.duration_since(last) < LINK_EVERY);
        if !soon {
            *last = Some(now);
        }
        !soon
    }
}

/// The shell loads nothing but itself.
pub fn shell_may_load(url: &Url, dev_url: Option<&Url>) -> bool {
    let ours = match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    };
    ours || dev_url.is_some_and(|dev| dev.origin() == url.origin())
}

#[cfg(test)]
mod tests {
    use super::{LINK_EVERY, Links, opens_outside, page_may_load, shell_may_load};
    use std::time::Instant;
    use tauri::Url;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_page_stays_on_whatsapps_origin() {
        let whatsapp = url("https://web.whatsapp.com");
        for (address, allowed) in [
            ("https://web.whatsapp.com/", true),
            ("https://web.whatsapp.com/?post_logout=1", true),
            ("https://web.whatsapp.com/send?phone=1#x", true),
            ("about:blank", true),
            ("about:srcdoc", true),
            ("blob:https://web.whatsapp.com/0a1b", true),
            ("blob:https://example.com/0a1b", false),
            ("http://web.whatsapp.com/", false),
            ("https://web.whatsapp.com:8443/", false),
            ("https://web.whatsapp.com.example.com/", false),
            ("https://whatsapp.com/", false),
            ("https://example.com/", false),
            ("file:///etc/passwd", false),
            ("data:text/html,x", false),
            ("javascript:1", false),
            ("about:config", false),
            ("tauri://localhost/", false),
            ("ipc://localhost/office_view", false),
        ] {
            assert_eq!(
                page_may_load(&url(address), &whatsapp),
                allowed,
                "{address}"
            );
        }
    }

    #[test]
    fn a_rehearsal_page_stays_on_its_port() {
        let rehearsal = url("http://127.0.0.1:4000");
        assert!(page_may_load(&url("http://127.0.0.1:4000/?x"), &rehearsal));
        assert!(!page_may_load(&url("http://127.0.0.1:4001/"), &rehearsal));
        assert!(!page_may_load(&url("http://localhost:4000/"), &rehearsal));
    }

    #[test]
    fn only_https_leaves_for_the_systems_browser() {
        for (address, outside) in [
            ("https://example.com/", true),
            ("http://example.com/", false),
            ("https://user:pass@example.com/", false),
            ("file:///etc/passwd", false),
            ("mailto:a@example.com", false),
            ("javascript:1", false),
        ] {
            assert_eq!(opens_outside(&url(address)), outside, "{address}");
        }
    }

    #[test]
    fn a_page_opens_one_link_outside_at_a_time() {
        let (links, start) = (Links::default(), Instant::now());
        assert!(links.may_open(start));
        for hundredths in 1..100 {
            assert!(!links.may_open(start + LINK_EVERY * hundredths / 100));
        }
        assert!(links.may_open(start + LINK_EVERY));
        assert!(!links.may_open(start + LINK_EVERY), "and so on");
    }

    #[test]
    fn the_shell_loads_only_itself() {
        let dev = url("http://localhost:1420");
        assert!(shell_may_load(&url("tauri://localhost/index.html"), None));
        assert!(shell_may_load(&url("http://tauri.localhost/"), None));
        assert!(shell_may_load(&url("http://localhost:1420/x"), Some(&dev)));
        assert!(!shell_may_load(&url("http://localhost:1420/x"), None));
        assert!(!shell_may_load(
            &url("https://web.whatsapp.com/"),
            Some(&dev)
        ));
        assert!(!shell_may_load(&url("file:///etc/passwd"), Some(&dev)));
    }
}
