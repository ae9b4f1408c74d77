//! Names that somebody chose to do harm with.

use crate::support::postgres::cluster;
use crate::support::{Answer, Office, Seat, message};
use hotdesk_server::seed::PASSWORD;
use reqwest::Url;
use rusqlite::Connection;
use serde_json::{Value, json};

fn hostile() -> Vec<String> {
    let mut names: Vec<String> = [
        "'; DROP TABLE messages; --",
        "\" OR \"\"=\"",
        "x'); UPDATE messages SET state = 'sent'; --",
        "' UNION SELECT token_hash FROM desktop_tokens --",
        "%' OR 1=1 --",
        "..",
        "../../etc/passwd",
        r"..\..\queue.sqlite",
        "jane/../john",
        "john\0",
        "john\r\nx-injected: 1",
        "\u{1b}[2J",
        "john\u{202e}nhoj",
        "\u{200f}\u{feff}",
        "john%2f..%2fjane",
        "?sdrId=jane",
        "<script>alert(1)</script>",
    ]
    .map(str::to_owned)
    .into();
    names.push("x".repeat(10_000));
    names.push("🦀".repeat(2_500));
    names
}

/// The schema, and everything of Jane's.
fn untouched(office: &Office) -> (String, String) {
    if let Some(name) = &office.on_postgres {
        let schema =
            "SELECT string_agg(table_name || column_name, ',' ORDER BY table_name, column_name)
             FROM information_schema.columns WHERE table_schema IN ('public', 'hotdesk_queue')";
        let hers = "SELECT string_agg(id || state || text, ',' ORDER BY seq)
             FROM hotdesk_queue.messages WHERE sdr_id = 'jane'";
        return (cluster().sql(name, schema), cluster().sql(name, hers));
    }
    let db = Connection::open(office.database()).unwrap();
    let text = |query| db.query_row(query, [], |row| row.get(0)).unwrap();
    (
        text("SELECT group_concat(sql, char(10)) FROM sqlite_schema"),
        text("SELECT group_concat(id || state || text) FROM messages WHERE sdr_id = 'jane'"),
    )
}

/// It is done, or refused in words; nothing has failed.
#[track_caller]
fn is_done_or_refused(answer: &Answer, name: &str) -> bool {
    let code = answer.body["code"].as_str();
    let status = answer.status;
    assert!(status < 500, "{name:?}: {status} {}", answer.body);
    assert!(status < 400 || code.is_some(), "{name:?}: {status}");
    status < 400
}

/// An address with this name as one part of its path.
fn about(path: [&str; 3], query: &[(&str, &str)]) -> String {
    let mut url = Url::parse("http://x").unwrap();
    let parts = path.into_iter().filter(|part| !part.is_empty());
    url.path_segments_mut()
        .unwrap()
        .pop_if_empty()
        .extend(parts);
    url.query_pairs_mut().extend_pairs(query);
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
}

async fn queue(manager: &Seat, at: usize, name: &str) -> Answer {
    let body = json!({
        "messageId": name, "sdrId": "john", "text": name,
        "lead": {"name": name, "phone": format!("+55119711{at:05}"), "consent": name},
    });
    manager.post("/api/messages", body).await
}

#[tokio::test]
async fn such_names_are_kept_as_they_are_or_refused_and_nothing_else_changes() {
    let office = Office::with(9, |_| ()).await;
    let manager = office.manager().await;
    let (before, folder) = (untouched(&office), every_file(&office));
    for (at, name) in hostile().iter().enumerate() {
        if is_done_or_refused(&queue(&manager, at, name).await, name) {
            let one = about(["api", "messages", name], &[]);
            let found = manager.get(&one).await;
            assert_eq!(found.status, 200, "{name:?} at {one}");
            let found = found.body;
            for kept in [&found["messageId"], &found["text"], &found["leadName"]] {
                assert_eq!(*kept, json!(name), "as it was given");
            }
        }
        let sdr = about(["api", "messages", ""], &[("sdrId", name)]);
        let listed = manager.get(&sdr).await;
        is_done_or_refused(&listed, name);
        assert_ne!(
            listed.body["messages"].as_array().map(Vec::len),
            Some(9),
            "a name selects nobody else's: {name:?}"
        );
        let call = json!({"sdrId": name});
        let out = manager.post("/api/sdr/sign-out", call).await;
        out.refused(404, "not_found");
        assert_eq!(untouched(&office), before, "{name:?}");
    }
    assert_eq!(every_file(&office), folder, "no name became a file");
}

#[tokio::test]
async fn nobody_signs_in_by_such_a_name_and_a_desktop_called_so_is_only_called_so() {
    let office = Office::with(9, |_| ()).await;
    let before = untouched(&office);
    for name in hostile() {
        let refused = office.auth(&name, &name, None).await;
        assert_eq!(refused.status, 401, "{name:?}: {}", refused.body);
        let signed_in = office.auth("john@hotdesk.example", PASSWORD, Some(&name));
        if is_done_or_refused(&signed_in.await, &name) {
            let john = office.seat("john", &name).await;
            john.take_over().await;
            let shown = john.get("/api/sdr/desktop").await.ok();
            assert_eq!(shown["activeDesktop"]["desktopId"], json!(name), "as given");
        }
        assert_eq!(untouched(&office), before, "{name:?}");
    }
}

#[tokio::test]
async fn a_file_is_kept_under_its_sum_whatever_it_is_called() {
    let office = Office::open().await;
    let manager = office.manager().await;
    let upload = async |name: &str| {
        let query = about(["", "", ""], &[("kind", "document"), ("fileName", name)]);
        let query = query.split_once('?').unwrap().1.to_owned();
        manager.upload(&query, "text/plain", b"text".to_vec()).await
    };
    upload("a.txt").await.ok();
    let folder = every_file(&office);
    for name in hostile() {
        let answer = upload(&name).await;
        let kept = is_done_or_refused(&answer, &name);
        assert!(!kept || answer.body["fileName"] == json!(name), "as given");
        assert_eq!(every_file(&office), folder, "{name:?}");
    }
}

/// All but the store's own, which come and go.
fn every_file(office: &Office) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![office.database().parent().unwrap().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => found.push(path.display().to_string()),
            }
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn an_id_that_no_address_can_hold_is_refused() {
    let office = Office::open().await;
    let manager = office.manager().await;
    for id in [".", "..", "", "m-\n1", "m-1\t", "m\0"] {
        let body = message(id, "john", "+5511971100001");
        let answer = manager.post("/api/messages", body).await;
        answer.refused(400, "bad_request");
    }
    let listed = manager.get("/api/messages").await.ok();
    assert_eq!(
        listed["messages"],
        Value::Array(Vec::new()),
        "nothing is queued"
    );
}
