//! A page of the test's own in WhatsApp's place: it looks into its storage, leaves its mark there,
//! tries what the test gives it to try, and tells.

use serde_json::Value;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The page's server. It ends with the test.
pub struct Page {
    /// Its address.
    pub url: String,
    told: Arc<Mutex<Vec<Value>>>,
}

impl Page {
    /// Serves `html` at `/` and keeps what is posted to `/told`.
    pub async fn serve(html: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let told = Arc::new(Mutex::new(Vec::new()));
        let page = Self {
            url,
            told: Arc::clone(&told),
        };
        let html = Arc::new(html);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&html), Arc::clone(&told)));
            }
        });
        page
    }

    /// Everything told so far, oldest first.
    pub fn told(&self) -> Vec<Value> {
        self.told.lock().unwrap().clone()
    }
}

async fn answer(mut stream: TcpStream, html: Arc<String>, told: Arc<Mutex<Vec<Value>>>) {
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
    let body = if head.starts_with("post /told") {
        let value = serde_json::from_slice(&request[body_at..]).unwrap();
        told.lock().unwrap().push(value);
        ""
    } else {
        html.as_str()
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    // The page may have gone meanwhile.
    let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
}
