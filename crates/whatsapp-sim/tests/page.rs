//! What the server serves a browser.

use crate::support::Rehearsal;
use serde_json::json;

#[tokio::test]
async fn the_page_allows_no_script_but_its_own() {
    let it = Rehearsal::start(|_| {}).await;
    let page = it.raw(|http, base| http.get(base)).await;
    let policy = page.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        policy.contains("script-src 'self';"),
        "only files of its own: {policy}"
    );
    assert!(!policy.contains("unsafe"), "nothing unsafe: {policy}");
    assert!(
        policy.contains("report-uri /csp-report"),
        "and it is told of violations"
    );
}

#[tokio::test]
async fn every_file_the_page_names_is_served() {
    let it = Rehearsal::start(|_| {}).await;
    let html = it
        .raw(|http, base| http.get(base))
        .await
        .text()
        .await
        .unwrap();
    let names: Vec<&str> = html
        .split(&['"', ';', '&', '/'][..])
        .filter(|part| part.ends_with(".js") || part.ends_with(".css"))
        .collect();
    assert!(names.len() > 15, "the page names its files: {names:?}");
    for name in names {
        let answer = it
            .raw(|http, base| http.get(format!("{base}/assets/{name}")))
            .await;
        assert_eq!(answer.status(), 200, "{name}");
    }
}

#[tokio::test]
async fn violations_are_counted() {
    let it = Rehearsal::start(|_| {}).await;
    let report = json!({"csp-report": {"violated-directive": "connect-src", "blocked-uri": "ipc"}});
    it.raw(|http, base| {
        http.post(format!("{base}/csp-report"))
            .body(report.to_string())
    })
    .await;
    let state = it.get("state").await;
    assert_eq!(state["cspViolations"], 1, "one report");
    assert_eq!(
        state["violations"][0]["directive"], "connect-src",
        "and what it was"
    );
}
