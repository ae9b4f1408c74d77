//! A server by itself, at which desktops wait for messages.

use crate::table::{Of, Table};
use crate::{message, people, sdr};
use hotdesk_server::Database;
use hotdesk_server::store::Store;
use reqwest::Client;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use tokio::task::JoinSet;

/// Desktops that work.
const DESKTOPS: u32 = 200;
/// Desktops that only wait.
const IDLE: u32 = 1_000;
/// Messages queued in a second.
const PACE: u32 = 50;
const SECONDS: u32 = 20;

struct Served {
    url: String,
    process: Child,
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Served {
    fn start(database: &str) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_hotdesk-server"))
            .args(["serve", "--listen", "127.0.0.1:0", "--database", database])
            .args(["--files-dir"])
            .arg(std::env::temp_dir().join("hotdesk-bench-files"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let url = lines.find_map(|line| {
            let line = line.unwrap();
            let (_, url) = line.split_once("listening on ")?;
            Some(url.to_owned())
        });
        Self {
            url: url.expect("the server says where it listens"),
            process,
        }
    }

    /// What its memory costs this machine, in MB.
    fn memory_mb(&self) -> f64 {
        let path = format!("/proc/{}/smaps_rollup", self.process.id());
        let text = std::fs::read_to_string(path).unwrap();
        let pss = text.lines().find_map(|line| line.strip_prefix("Pss:"));
        let kb = pss.and_then(|rest| rest.trim().split(' ').next()?.parse::<f64>().ok());
        kb.unwrap() / 1_024.0
    }
}

fn token(nth: u32) -> String {
    format!("bench-token-{nth}")
}

fn now() -> hotdesk_protocol::UtcMs {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    hotdesk_protocol::UtcMs(i64::try_from(since.unwrap().as_millis()).unwrap())
}

/// Signs so many desktops in, each of an SDR of their own, without the cost of passwords.
async fn sign_in(store: &dyn Store, many: u32) {
    people(store, many).await;
    for nth in 0..many {
        let hash = Sha256::digest(token(nth)).into();
        let desktop = format!("desktop-{nth}").as_str().into();
        store
            .add_token(hash, sdr(nth), Some(desktop), now())
            .await
            .unwrap();
    }
}

async fn call(http: &Client, url: &str, nth: u32, path: &str, body: &Value) -> Value {
    let request = http.post(format!("{url}/api/sender/{path}"));
    let answer = request.bearer_auth(token(nth)).json(body).send().await;
    let answer = answer.unwrap().error_for_status().unwrap();
    answer.json().await.unwrap_or(Value::Null)
}

fn claim_of(nth: u32, wait: u32) -> Value {
    json!({
        "sdrId": sdr(nth), "desktopId": format!("desktop-{nth}"), "limit": 1, "waitSeconds": wait,
    })
}

/// One desktop until the time is up: how long after its queueing each message was leased.
async fn desktop(http: Client, url: String, nth: u32, until: Instant) -> Vec<Duration> {
    let mut took = Vec::new();
    while Instant::now() < until {
        let claimed = call(&http, &url, nth, "claim", &claim_of(nth, 2)).await;
        let Some(leased) = claimed["messages"].get(0) else {
            continue;
        };
        let queued_at: i64 = leased["text"].as_str().unwrap().parse().unwrap();
        let ms = u64::try_from(now().0 - queued_at).unwrap_or(0);
        took.push(Duration::from_millis(ms));
        let about = json!({
            "sdrId": sdr(nth), "desktopId": format!("desktop-{nth}"),
            "messageId": leased["messageId"], "leaseToken": leased["leaseToken"],
            "profileEpoch": "epoch",
        });
        call(&http, &url, nth, "begin", &about).await;
        let result = json!({
            "sdrId": sdr(nth), "desktopId": format!("desktop-{nth}"),
            "messageId": leased["messageId"], "state": "sent", "atMs": now(),
        });
        call(&http, &url, nth, "result", &result).await;
    }
    took
}

/// Queues messages at a pace through the server's own call, so that whoever waits is woken.
async fn queue(http: Client, url: String, manager: u32) {
    let mut pace = tokio::time::interval(Duration::from_secs(1) / PACE);
    for nth in 0..PACE * SECONDS {
        pace.tick().await;
        let body = json!({
            "messageId": message(nth).id, "sdrId": sdr(nth % DESKTOPS),
            "lead": {
                "name": "Lead", "phone": format!("+55118{nth:08}"), "consent": "asked for it",
            },
            "text": now().0.to_string(),
        });
        let request = http.post(format!("{url}/api/messages"));
        let sent = request.bearer_auth(token(manager)).json(&body).send().await;
        sent.unwrap().error_for_status().unwrap();
    }
}

async fn add_manager(store: &dyn Store, nth: u32) {
    use hotdesk_server::store::{Credentials, Person, Role};
    let id = sdr(nth);
    let person = Person {
        email: "manager@hotdesk.example".to_owned(),
        name: "Mia".to_owned(),
        id: id.clone(),
        role: Role::Manager,
    };
    let password_hash = String::new();
    store
        .put_person(Credentials {
            person,
            password_hash,
        })
        .await
        .unwrap();
    let hash = Sha256::digest(token(nth)).into();
    store.add_token(hash, id, None, now()).await.unwrap();
}

/// The figures of one server with this database.
pub async fn measure(table: &mut Table, of: Of, database: &str) {
    let manager = IDLE;
    {
        let store: Arc<dyn Store> = Database::from(database).open().await.unwrap();
        sign_in(&*store, IDLE).await;
        add_manager(&*store, manager).await;
    }
    let server = Served::start(database);
    let http = Client::builder().no_proxy().build().unwrap();
    table.put("memory of an idle server", "MB", of, server.memory_mb());
    let until = Instant::now() + Duration::from_secs(u64::from(SECONDS) + 3);
    let mut desktops = JoinSet::new();
    for nth in 0..DESKTOPS {
        desktops.spawn(desktop(http.clone(), server.url.clone(), nth, until));
    }
    queue(http.clone(), server.url.clone(), manager).await;
    let mut took: Vec<Duration> = desktops.join_all().await.into_iter().flatten().collect();
    let all = usize::try_from(PACE * SECONDS).unwrap();
    assert_eq!(took.len(), all, "every message is leased once");
    took.sort_unstable();
    for part in [50, 95, 99] {
        let measure =
            format!("queued to leased, {DESKTOPS} desktops, {PACE} messages a second, p{part}");
        let ms = took[(took.len() * part / 100).min(took.len() - 1)].as_millis();
        table.put(&measure, "ms", of, f64::from(u32::try_from(ms).unwrap()));
    }
    let mut idle = JoinSet::new();
    for nth in 0..IDLE {
        let (http, url) = (http.clone(), server.url.clone());
        idle.spawn(async move { call(&http, &url, nth, "claim", &claim_of(nth, 25)).await });
    }
    // Long enough for all to have come, and not for one to end.
    tokio::time::sleep(Duration::from_secs(12)).await;
    assert!(connections(&server) >= IDLE, "all of them wait");
    let measure = format!("memory while {IDLE} desktops wait");
    table.put(&measure, "MB", of, server.memory_mb());
    idle.abort_all();
}

/// Who is connected to a server, by the machine's own word.
fn connections(server: &Served) -> u32 {
    let port: u16 = server.url.rsplit(':').next().unwrap().parse().unwrap();
    let ending = format!(":{port:04X}");
    let all = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let waiting = all.lines().skip(1).filter(|line| {
        let mut fields = line.split_whitespace().skip(1);
        let local = fields.next().unwrap();
        // 01 is an open connection.
        local.ends_with(&ending) && fields.nth(1) == Some("01")
    });
    u32::try_from(waiting.count()).unwrap()
}
