//! A bad network between the agent and the queue server: one request a connection, each with the
//! fate a test has planned for its path.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep};

/// What happens to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It takes so long to arrive.
    Latency(Duration),
    /// The connection is reset before the request gets anywhere.
    Reset,
    /// The server carries it out; the connection is reset instead of an answer.
    ResetAfter,
    /// The answer ends in the middle of its body.
    CutBody,
    /// Nobody ever answers.
    BlackHole,
    /// It arrives twice; the second answer is the one that comes back.
    Duplicate,
    /// The server is not asked; this status comes back with so many seconds of `Retry-After`.
    Later(u16, u64),
    /// The server carries it out; what comes back is no JSON.
    Garbage,
    /// The answer comes in drops, and the connection stays open behind it.
    SlowClose,
}

impl Fault {
    pub fn name(self) -> &'static str {
        match self {
            Self::Latency(_) => "latency",
            Self::Reset => "reset",
            Self::ResetAfter => "reset instead of the answer",
            Self::CutBody => "answer cut in the middle",
            Self::BlackHole => "black hole",
            Self::Duplicate => "request arrives twice",
            Self::Later(429, _) => "429 with Retry-After",
            Self::Later(..) => "503 with Retry-After",
            Self::Garbage => "garbage",
            Self::SlowClose => "slow close",
        }
    }
}

/// One request that reached the proxy.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub path: String,
    pub at: Instant,
    /// What was done to it, and when that was over.
    pub fault: Option<(Fault, Instant)>,
}

#[derive(Default)]
struct Inner {
    plans: BTreeMap<String, VecDeque<Fault>>,
    arrivals: Vec<Arrival>,
}

#[derive(Clone)]
pub struct Proxy {
    inner: Arc<Mutex<Inner>>,
    server: SocketAddr,
    pub url: String,
}

impl Proxy {
    /// In front of a server.
    pub async fn start(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let inner = Arc::default();
        let proxy = Self { inner, server, url };
        let own = proxy.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let own = own.clone();
                tokio::spawn(async move { own.serve(client).await });
            }
        });
        proxy
    }

    /// The next request of this path, or below it, meets this.
    pub fn plan(&self, path: &str, fault: Fault) {
        let mut inner = self.inner.lock().unwrap();
        let plan = inner.plans.entry(path.to_owned()).or_default();
        plan.push_back(fault);
    }

    /// The requests of a path or below it, oldest first.
    pub fn arrivals(&self, path: &str) -> Vec<Arrival> {
        let inner = self.inner.lock().unwrap();
        let of = inner.arrivals.iter().filter(|it| is_below(&it.path, path));
        of.cloned().collect()
    }

    /// How many requests have reached it.
    pub fn requests(&self) -> usize {
        self.inner.lock().unwrap().arrivals.len()
    }

    /// Faults that nothing has met yet.
    pub fn unmet(&self) -> Vec<String> {
        let inner = self.inner.lock().unwrap();
        let open = inner.plans.iter().filter(|(_, plan)| !plan.is_empty());
        open.map(|(path, _)| path.clone()).collect()
    }

    async fn serve(self, mut client: TcpStream) -> Option<()> {
        let request = read(&mut client).await?;
        let head = String::from_utf8_lossy(&request);
        let target = head.split(' ').nth(1)?;
        let path = target.split('?').next()?.to_owned();
        let (nth, fault) = {
            let mut inner = self.inner.lock().unwrap();
            let mut plans = inner.plans.iter_mut();
            let plan = plans.find(|(planned, _)| is_below(&path, planned));
            let fault = plan.and_then(|(_, plan)| plan.pop_front());
            inner.arrivals.push(Arrival {
                path,
                at: Instant::now(),
                fault: None,
            });
            (inner.arrivals.len() - 1, fault)
        };
        self.meet(&mut client, &request, fault).await;
        if let Some(fault) = fault {
            let over = Some((fault, Instant::now()));
            self.inner.lock().unwrap().arrivals[nth].fault = over;
        }
        if fault == Some(Fault::SlowClose) {
            sleep(Duration::from_secs(2)).await;
        }
        Some(())
    }

    async fn meet(&self, client: &mut TcpStream, request: &[u8], fault: Option<Fault>) {
        match fault {
            None => say(client, &self.ask(request).await).await,
            Some(Fault::Latency(time)) => {
                sleep(time).await;
                say(client, &self.ask(request).await).await;
            }
            Some(Fault::Reset) => client.set_zero_linger().unwrap(),
            Some(Fault::ResetAfter) => {
                self.ask(request).await;
                client.set_zero_linger().unwrap();
            }
            Some(Fault::CutBody) => {
                let answer = self.ask(request).await;
                let body = body_of(&answer);
                say(client, &answer[..body + (answer.len() - body) / 2]).await;
            }
            // Until the caller gives up.
            Some(Fault::BlackHole) => while client.read(&mut [0]).await.is_ok_and(|n| n > 0) {},
            Some(Fault::Duplicate) => {
                self.ask(request).await;
                say(client, &self.ask(request).await).await;
            }
            Some(Fault::Later(status, seconds)) => {
                let answer = format!(
                    "HTTP/1.1 {status} Later\r\nretry-after: {seconds}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                );
                say(client, answer.as_bytes()).await;
            }
            Some(Fault::Garbage) => {
                self.ask(request).await;
                let answer = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\nconnection: close\r\n\r\n{\"oops\":\u{7f}";
                say(client, answer.as_bytes()).await;
            }
            Some(Fault::SlowClose) => {
                for drop in self.ask(request).await.chunks(40) {
                    say(client, drop).await;
                    sleep(Duration::from_millis(20)).await;
                }
            }
        }
    }

    /// Carry a request to the server and its whole answer back.
    async fn ask(&self, request: &[u8]) -> Vec<u8> {
        let mut answer = Vec::new();
        if let Ok(mut server) = TcpStream::connect(self.server).await {
            say(&mut server, request).await;
            // An answer that is cut off is one fault more for the caller.
            let _ = server.read_to_end(&mut answer).await;
        }
        answer
    }
}

fn is_below(path: &str, root: &str) -> bool {
    let rest = path.strip_prefix(root);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

async fn say(to: &mut TcpStream, bytes: &[u8]) {
    // Whoever has hung up hears nothing.
    let _ = to.write_all(bytes).await;
}

fn body_of(message: &[u8]) -> usize {
    let end = message.windows(4).position(|it| it == b"\r\n\r\n");
    end.map_or(message.len(), |at| at + 4)
}

/// A whole request, made the only one of its connection.
async fn read(client: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let body = body_of(&bytes);
        let head = String::from_utf8_lossy(&bytes[..body]).to_lowercase();
        let length = head
            .lines()
            .find_map(|it| it.strip_prefix("content-length:"));
        let length = length.map_or(0, |it| it.trim().parse::<usize>().unwrap());
        if head.ends_with("\r\n\r\n") && bytes.len() >= body + length {
            let mut request = bytes[..body - 2].to_vec();
            request.extend_from_slice(b"connection: close\r\n\r\n");
            request.extend_from_slice(&bytes[body..]);
            return Some(request);
        }
        if client.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
