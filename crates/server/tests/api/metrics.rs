//! `GET /metrics`, on an address of its own.

use crate::support::{Office, send};

async fn watched() -> (Office, String) {
    let office = Office::with(0, |options| {
        options.metrics_listen = Some("127.0.0.1:0".parse().unwrap());
    })
    .await;
    let url = format!("http://{}", office.running.metrics_address().unwrap());
    (office, url)
}

/// The value of a line; labels are part of its name.
fn value(text: &str, line: &str) -> Option<f64> {
    let mut lines = text.lines();
    lines.find_map(|one| one.strip_prefix(line)?.trim().parse().ok())
}

async fn scrape(office: &Office, url: &str) -> String {
    let answer = office.http.get(format!("{url}/metrics")).send().await;
    let answer = answer.unwrap();
    let kind = answer.headers()["content-type"].to_str().unwrap();
    assert!(kind.starts_with("application/openmetrics-text"), "{kind}");
    answer.text().await.unwrap()
}

#[tokio::test]
async fn calls_are_counted_by_their_route_and_how_they_ended() {
    let (office, url) = watched().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let john = office.seat("john", "d1").await;
    john.get("/api/messages/m-1").await.ok();
    john.get("/api/messages/other").await;
    let text = scrape(&office, &url).await;
    for (status, count) in [(200, 1.0), (404, 1.0)] {
        let line = format!(
            "hotdesk_calls_total{{method=\"GET\",path=\"/api/messages/{{id}}\",status=\"{status}\"}}"
        );
        assert_eq!(value(&text, &line), Some(count), "{text}");
    }
    assert!(text.contains("hotdesk_call_duration_seconds_bucket"));
    assert!(text.ends_with("# EOF\n"), "the format's own end");
}

#[tokio::test]
async fn the_office_is_told_in_numbers_and_nobody_by_name() {
    let (office, url) = watched().await;
    office.queue("m-1", "john", "+5511970000001").await;
    office.queue("m-2", "jane", "+5511970000002").await;
    office.seat("john", "d1").await.beat().await.ok();
    let text = scrape(&office, &url).await;
    for (line, expected) in [
        ("hotdesk_messages_queued", 2.0),
        ("hotdesk_sdrs_online", 1.0),
        ("hotdesk_sessions{state=\"connected\"}", 1.0),
        ("hotdesk_calls_under_way", 0.0),
    ] {
        assert_eq!(value(&text, line), Some(expected), "{line}: {text}");
    }
    for secret in ["john", "jane", "m-1", "97000", "hello"] {
        assert!(!text.contains(secret), "{secret} is in the figures: {text}");
    }
}

#[tokio::test]
async fn a_method_or_path_that_somebody_makes_up_is_no_name_of_its_own() {
    let (office, url) = watched().await;
    let base = office.running.url();
    for made_up in ["/api/xyzzy", "/api/messages/xyzzy"] {
        let method = reqwest::Method::from_bytes(b"XYZZY").unwrap();
        let request = office.http.request(method, format!("{base}{made_up}"));
        assert!(send(request).await.status >= 400);
    }
    let text = scrape(&office, &url).await;
    assert!(!text.to_lowercase().contains("xyzzy"), "{text}");
}

#[tokio::test]
async fn the_figures_are_not_on_the_address_of_the_desktops() {
    let (office, url) = watched().await;
    let there = office.http.get(format!("{}/metrics", office.running.url()));
    let page = there.send().await.unwrap().text().await.unwrap();
    assert!(!page.contains("hotdesk_calls"), "{page}");
    let other = office.http.get(format!("{url}/api/health"));
    send(other).await.refused(404, "not_found");
}
