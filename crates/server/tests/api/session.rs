use crate::support::browser::Browser;
use crate::support::{Office, message, send};
use hotdesk_server::seed::PASSWORD;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

const PATH: &str = "/api/session";
const HOURS_12: i64 = 12 * 3_600_000;

fn queueing(browser: &Browser) -> RequestBuilder {
    let body = message("m-1", "john", "+5511970000001");
    browser.bare(Method::POST, "/api/messages").json(&body)
}

async fn queued(office: &Office) -> usize {
    let listed = office.manager().await.get("/api/messages").await.ok();
    listed["messages"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_browser_gets_a_cookie_that_no_script_can_read_and_who_it_is() {
    let office = Office::open().await;
    let browser = office.browser("manager").await;
    assert_eq!(
        browser.session,
        json!({
            "person": {
                "id": "manager", "name": "Manager", "email": "manager@hotdesk.example",
                "role": "manager",
            },
            "csrfToken": browser.csrf, "endsAtMs": office.now() + HOURS_12,
        })
    );
    let (cookie, rules) = browser.set_cookie.split_once("; ").unwrap();
    assert!(cookie.starts_with("__Host-hotdesk=hd_"), "the host's alone");
    assert_eq!(
        rules,
        "Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=43200"
    );
    assert!(
        !browser.session.to_string().contains(&cookie[15..]),
        "the token is in the cookie and nowhere else"
    );
    assert_eq!(browser.get(PATH).await.ok(), browser.session, "the same");
}

#[tokio::test]
async fn a_browser_is_kept_out_as_a_desktop_is() {
    let office = Office::open().await;
    let url = format!("{}{PATH}", office.running.url());
    let sign_in = async |password: &str| {
        let body = json!({"email": "john@hotdesk.example", "password": password});
        send(office.http.post(&url).json(&body)).await
    };
    sign_in("").await.refused(400, "bad_request");
    for _ in 0..5 {
        sign_in("guess").await.refused(401, "wrong_credentials");
    }
    let waits = sign_in(PASSWORD).await;
    assert!(waits.retry_after.is_some(), "and says for how long");
    waits.refused(429, "too_many_requests");
    office
        .auth("john@hotdesk.example", PASSWORD, None)
        .await
        .refused(429, "too_many_requests");
    send(office.http.get(&url))
        .await
        .refused(401, "unauthorized");
}

#[tokio::test]
async fn what_changes_something_needs_the_second_token() {
    let office = Office::open().await;
    let browser = office.browser("manager").await;
    let other = office.browser("manager").await;
    for wrong in [None, Some(""), Some("x"), Some(other.csrf.as_str())] {
        let request = queueing(&browser);
        let request = match wrong {
            Some(token) => request.header("x-csrf-token", token),
            None => request,
        };
        send(request).await.refused(403, "forbidden");
    }
    assert_eq!(queued(&office).await, 0, "nothing was changed");
    let right = queueing(&browser).header("x-csrf-token", &browser.csrf);
    assert_eq!(send(right).await.status, 201);
    let looks = send(browser.bare(Method::GET, "/api/messages")).await;
    assert_eq!(looks.status, 200, "looking needs the cookie alone");
}

#[tokio::test]
async fn a_page_of_another_site_changes_nothing_though_it_knew_both_tokens() {
    let office = Office::open().await;
    let browser = office.browser("manager").await;
    let host = office.running.url().replace("http://", "");
    let call = || queueing(&browser).header("x-csrf-token", &browser.csrf);
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", &format!("http://{host}.evil.example")),
    ] {
        let refused = send(call().header(name, value)).await;
        refused.refused(403, "forbidden");
    }
    let url = format!("{}{PATH}", office.running.url());
    let body = json!({"email": "john@hotdesk.example", "password": PASSWORD});
    let signing_in = office
        .http
        .post(url)
        .header("origin", "https://evil.example");
    send(signing_in.json(&body)).await.refused(403, "forbidden");
    assert_eq!(queued(&office).await, 0, "nothing was changed");
    let own = call().header("origin", format!("http://{host}"));
    assert_eq!(send(own).await.status, 201);
}

#[tokio::test]
async fn a_bearer_needs_no_second_token_and_counts_before_a_cookie() {
    let office = Office::open().await;
    let (john, manager) = (office.browser("john").await, office.manager().await);
    let both = queueing(&john).bearer_auth(&manager.token);
    assert_eq!(send(both).await.status, 201, "it is the manager who calls");
    let session = manager.get(PATH).await;
    session.refused(401, "unauthorized");
}

#[tokio::test]
async fn an_sdr_sees_their_own_and_sends_nothing_from_a_browser() {
    let office = Office::with(3, |_| ()).await;
    let john = office.browser("john").await;
    let listed = john.get("/api/messages").await.ok();
    assert_eq!(listed["messages"].as_array().map(Vec::len), Some(1));
    let other = john.get("/api/messages?sdrId=jane").await;
    other.refused(403, "forbidden");
    let claim = json!({"sdrId": "john", "desktopId": "d1", "limit": 1, "waitSeconds": 0});
    let refused = john.post("/api/sender/claim", claim).await;
    refused.refused(403, "forbidden");
}

#[tokio::test]
async fn a_session_ends_with_a_sign_out_and_leaves_the_others_alone() {
    let office = Office::open().await;
    let (one, two) = (office.browser("john").await, office.browser("john").await);
    let desktop = office.seat("john", "d1").await;
    let unasked = send(one.bare(Method::DELETE, PATH)).await;
    unasked.refused(403, "forbidden");
    let response = one.request(Method::DELETE, PATH).send().await.unwrap();
    assert_eq!(response.status(), 204);
    let forgotten = response.headers()["set-cookie"].to_str().unwrap();
    assert!(forgotten.starts_with("__Host-hotdesk=;"), "{forgotten}");
    assert!(forgotten.ends_with("Max-Age=0"), "{forgotten}");
    one.get(PATH).await.refused(401, "unauthorized");
    two.get(PATH).await.ok();
    desktop.beat().await.ok();
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours() {
    let office = Office::open().await;
    let browser = office.browser("manager").await;
    office.pass(HOURS_12 - 1);
    browser.get(PATH).await.ok();
    office.pass(1);
    browser.get(PATH).await.refused(401, "unauthorized");
    let call = browser.post("/api/sdr/sign-out", json!({"sdrId": "john"}));
    call.await.refused(401, "unauthorized");
}

#[tokio::test]
async fn a_session_ends_when_every_sign_in_of_its_person_does() {
    let office = Office::open().await;
    let john = office.browser("john").await;
    let manager = office.browser("manager").await;
    let out: Value = json!({"sdrId": "john"});
    assert_eq!(manager.post("/api/sdr/sign-out", out).await.status, 204);
    john.get(PATH).await.refused(401, "unauthorized");
    manager.get(PATH).await.ok();
}
