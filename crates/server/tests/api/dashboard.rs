//! The dashboard's own files, and what every answer says to a browser.

use crate::support::Office;
use hotdesk_server::DashboardFile;
use reqwest::{Method, Response};

const FILES: &[DashboardFile] = &[
    DashboardFile {
        path: "index.html",
        bytes: b"<title>Dashboard</title>",
    },
    DashboardFile {
        path: "assets/app-Bx12.js",
        bytes: b"'use strict'",
    },
    DashboardFile {
        path: "icon.svg",
        bytes: b"<svg/>",
    },
];

async fn office() -> Office {
    Office::with(0, |options| options.dashboard = FILES).await
}

async fn get(office: &Office, path: &str) -> Response {
    let url = format!("{}{path}", office.running.url());
    office.http.get(url).send().await.unwrap()
}

#[track_caller]
fn head<'a>(response: &'a Response, name: &str) -> &'a str {
    let value = response.headers().get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn the_dashboard_is_served_under_a_policy_that_lets_in_nothing_but_itself() {
    let office = office().await;
    let page = get(&office, "/").await;
    assert_eq!(page.status(), 200);
    assert_eq!(head(&page, "content-type"), "text/html; charset=utf-8");
    assert_eq!(head(&page, "cache-control"), "no-store");
    assert_eq!(head(&page, "x-content-type-options"), "nosniff");
    assert_eq!(head(&page, "referrer-policy"), "no-referrer");
    assert_eq!(
        head(&page, "content-security-policy"),
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'"
    );
    assert_eq!(page.text().await.unwrap(), "<title>Dashboard</title>");
}

#[tokio::test]
async fn files_whose_names_change_with_them_are_kept_for_good_and_no_others() {
    let office = office().await;
    let script = get(&office, "/assets/app-Bx12.js").await;
    let caching = "public, max-age=31536000, immutable";
    assert_eq!(head(&script, "cache-control"), caching);
    assert_eq!(
        head(&script, "content-type"),
        "text/javascript; charset=utf-8"
    );
    assert_eq!(script.text().await.unwrap(), "'use strict'");
    let icon = get(&office, "/icon.svg").await;
    assert_eq!(head(&icon, "cache-control"), "no-cache");
    let gone = get(&office, "/assets/app-Older.js").await;
    assert_eq!(gone.status(), 404, "no page in the place of a script");
}

#[tokio::test]
async fn a_path_of_the_dashboards_own_is_answered_with_its_page() {
    let office = office().await;
    for path in ["/leads", "/leads/some-id", "/apis", "/..%2fetc%2fpasswd"] {
        let page = get(&office, path).await;
        assert_eq!(page.status(), 200, "{path}");
        assert_eq!(page.text().await.unwrap(), "<title>Dashboard</title>");
    }
    let url = format!("{}/leads", office.running.url());
    let posted = office.http.post(&url).send().await.unwrap();
    assert_eq!(posted.status(), 405);
    let looked = office.http.request(Method::HEAD, url).send().await.unwrap();
    assert_eq!(looked.status(), 200);
}

#[tokio::test]
async fn a_call_there_is_not_is_no_page() {
    let office = office().await;
    for path in ["/api", "/api/", "/api/nothing", "/api/nothing/else"] {
        let answer = get(&office, path).await;
        assert_eq!(answer.status(), 404, "{path}");
        assert_eq!(head(&answer, "content-type"), "application/json");
        let body: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(body["code"], "not_found");
    }
}

#[tokio::test]
async fn an_answer_of_a_call_is_kept_nowhere_and_shown_as_no_page() {
    let office = office().await;
    let healthy = get(&office, "/api/health").await;
    let refused = get(&office, "/api/sdrs").await;
    for answer in [healthy, refused] {
        assert_eq!(head(&answer, "cache-control"), "no-store");
        assert_eq!(head(&answer, "x-content-type-options"), "nosniff");
        assert_eq!(head(&answer, "referrer-policy"), "no-referrer");
        let policy = "default-src 'none'; frame-ancestors 'none'";
        assert_eq!(head(&answer, "content-security-policy"), policy);
    }
}

#[tokio::test]
async fn a_program_without_the_dashboard_says_how_to_build_it() {
    let office = Office::with(0, |options| options.dashboard = &[]).await;
    let page = get(&office, "/").await;
    assert_eq!(page.status(), 200);
    let text = page.text().await.unwrap();
    assert!(text.contains("npm run build"), "{text}");
    let healthy = get(&office, "/api/health").await;
    assert_eq!(healthy.status(), 200, "the calls work");
}
