//! A queue server on this machine whose every answer is written byte by byte by the case.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Answers what it is given, in turn; the last one stays.
#[derive(Clone, Default)]
pub struct Server(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    answers: VecDeque<Vec<u8>>,
    asked: usize,
}

impl Server {
    /// Its address; it serves for as long as the runtime does.
    pub async fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(server.clone().serve(stream));
            }
        });
        url
    }

    pub fn answers(&self, answers: impl IntoIterator<Item = Vec<u8>>) {
        let mut inner = self.0.lock().unwrap();
        inner.answers = answers.into_iter().collect();
        inner.asked = 0;
    }

    /// How often it was asked since.
    pub fn asked(&self) -> usize {
        self.0.lock().unwrap().asked
    }

    async fn serve(self, mut stream: TcpStream) {
        let mut read = Vec::new();
        loop {
            let request = whole(&read);
            if let Some(end) = request {
                read.drain(..end);
                let answer = self.next();
                if stream.write_all(&answer).await.is_err() {
                    return;
                }
                continue;
            }
            match stream.read_buf(&mut read).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
    }

    fn next(&self) -> Vec<u8> {
        let mut inner = self.0.lock().unwrap();
        inner.asked += 1;
        if inner.answers.len() > 1 {
            inner.answers.pop_front().unwrap_or_default()
        } else {
            inner.answers.front().cloned().unwrap_or_default()
        }
    }
}

/// Where the first request ends, once it is whole.
fn whole(read: &[u8]) -> Option<usize> {
    let head = read.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&read[..head]).to_lowercase();
    let length = text.split("content-length:").nth(1);
    let body: usize = length
        .map_or(Ok(0), |rest| {
            rest.lines().next().unwrap_or("").trim().parse()
        })
        .ok()?;
    (read.len() >= head + body).then_some(head + body)
}
