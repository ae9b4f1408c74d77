//! A window that says why the app cannot start, for people who do not see stderr.

use std::sync::{Arc, Mutex, PoisonError};
use tauri::http::{Response, header};
use tauri::webview::{NewWindowResponse, PermissionResponse};
use tauri::{AppHandle, Builder, Manager, Url, WebviewUrl, WebviewWindowBuilder, Wry};

/// The window's label. No capability names it: its page can call nothing.
pub const PROBLEM: &str = "problem";
const SCHEME: &str = "hotdesk-problem";
const CSP: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// What the window says; set before it is opened.
#[derive(Clone, Default)]
pub struct Words(Arc<Mutex<String>>);

/// Teach the app to serve the window's page.
pub fn serve(builder: Builder<Wry>) -> Builder<Wry> {
    let words = Words::default();
    let served = words.clone();
    builder
        .manage(words)
        .register_uri_scheme_protocol(SCHEME, move |_, _| {
            let words = served.0.lock().unwrap_or_else(PoisonError::into_inner);
            let mut response = Response::new(page(&words).into_bytes());
            let headers = response.headers_mut();
            headers.insert(
                header::CONTENT_TYPE,
                header::HeaderValue::from_static("text/html; charset=utf-8"),
            );
            headers.insert(
                header::CONTENT_SECURITY_POLICY,
                header::HeaderValue::from_static(CSP),
            );
            response
        })
}

/// Open the window with these words.
pub fn open(app: &AppHandle, said: &str) -> tauri::Result<()> {
    said.clone_into(
        &mut app
            .state::<Words>()
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner),
    );
    let address =
        Url::parse(&format!("{SCHEME}://localhost/")).map_err(tauri::Error::InvalidUrl)?;
    WebviewWindowBuilder::new(app, PROBLEM, WebviewUrl::CustomProtocol(address))
        .title("Hotdesk cannot start")
        .inner_size(620.0, 360.0)
        .center()
        .devtools(cfg!(debug_assertions))
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_permission_request(|_, _| PermissionResponse::Deny)
        .build()?;
    Ok(())
}

fn page(said: &str) -> String {
    let said = said
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Hotdesk cannot start</title>\
         <style>:root{{color-scheme:light dark}}\
         body{{font:16px/1.5 system-ui,sans-serif;margin:0;padding:32px 36px;overflow-wrap:anywhere}}\
         h1{{font-size:22px;margin:0 0 12px;color:#c2410c}}p{{margin:0;user-select:text}}</style>\
         <h1>Hotdesk cannot start</h1><p role=\"alert\">{said}</p></html>"
    )
}

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn the_words_cannot_become_markup() {
        let page = page("line 3: `<script>` & more");
        assert!(page.contains("line 3: `&lt;script&gt;` &amp; more"));
        assert!(!page.contains("<script>"));
    }
}
