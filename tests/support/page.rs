//! A page of the test's own in WhatsApp's place: it looks into its storage, leaves its mark there,
//! tries what the test gives it to try, and tells. Whoever comes to it is counted.

use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// The page's server. It ends with the test.
pub struct Page {
    /// Its address.
    pub url: String,
    told: Arc<Mutex<Vec<Value>>>,
    asked: Arc<Mutex<Vec<String>>>,
    gates: watch::Sender<BTreeSet<String>>,
}

/// A worker that a page may register; what it keeps is its profile's own.
const WORKER: &str =
    "self.addEventListener('activate', (event) => event.waitUntil(clients.claim()));";

impl Page {
    /// Serves `html` at `/`, a service worker at `/worker.js`, keeps what is posted to `/told`, and answers
    /// `/wait/NAME` once the test says so.
    pub async fn serve(html: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let told = Arc::new(Mutex::new(Vec::new()));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let gates = watch::Sender::default();
        let page = Self {
            url,
            gates: gates.clone(),
            told: Arc::clone(&told),
            asked: Arc::clone(&asked),
        };
        let html = Arc::new(html);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (html, told, asked) = (html.clone(), told.clone(), asked.clone());
                tokio::spawn(answer(stream, html, told, asked, gates.subscribe()));
            }
        });
        page
    }

    /// Whoever waits at `/wait/NAME` goes on.
    pub fn go_on(&self, name: &str) {
        self.gates.send_modify(|open| {
            open.insert(name.to_owned());
        });
    }

    /// The first lines of all requests so far, oldest first.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// Everything told so far, oldest first.
    pub fn told(&self) -> Vec<Value> {
        self.told.lock().unwrap().clone()
    }
}

async fn answer(
    mut stream: TcpStream,
    html: Arc<String>,
    told: Arc<Mutex<Vec<Value>>>,
    asked: Arc<Mutex<Vec<String>>>,
    mut gates: watch::Receiver<BTreeSet<String>>,
) {
    let mut request = Vec::new();
    let mut chunk = [0_u8; 4096];
    let body_at = loop {
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return,
            Ok(n) => request.extend_from_slice(&chunk[..n]),
        }
        if let Some(at) = request.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
    };
    let head = String::from_utf8_lossy(&request[..body_at]).to_ascii_lowercase();
    let first = head.lines().next().unwrap_or_default().to_owned();
    asked.lock().unwrap().push(first);
    let length: usize = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .map_or(0, |value| value.trim().parse().unwrap());
    while request.len() < body_at + length {
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return,
            Ok(n) => request.extend_from_slice(&chunk[..n]),
        }
    }
    let (kind, body) = if head.starts_with("post /told") {
        let value = serde_json::from_slice(&request[body_at..]).unwrap();
        told.lock().unwrap().push(value);
        ("text/html", "")
    } else if let Some(rest) = head.strip_prefix("get /wait/") {
        let name = rest.split_whitespace().next().unwrap_or_default();
        // Not opened before the test ends: nobody waits any more.
        let _ = gates.wait_for(|open| open.contains(name)).await;
        ("text/html", "")
    } else if head.starts_with("get /worker.js") {
        ("text/javascript", WORKER)
    } else {
        ("text/html", html.as_str())
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {kind}; charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    // The page may have gone meanwhile.
    let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
}
