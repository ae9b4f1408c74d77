//! A browser at the dashboard: it keeps the cookie and knows the second token.

use super::{Answer, Office, read};
use hotdesk_server::seed::PASSWORD;
use reqwest::header::{HeaderMap, HeaderValue, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};

pub struct Browser {
    http: Client,
    base: String,
    /// As the browser sends it back.
    pub cookie: String,
    pub csrf: String,
    /// What the sign-in answered.
    pub session: Value,
    /// The header that brought the cookie.
    pub set_cookie: String,
}

impl Office {
    pub async fn browser(&self, who: &str) -> Browser {
        let body = json!({"email": format!("{who}@hotdesk.example"), "password": PASSWORD});
        let url = format!("{}/api/session", self.running.url());
        let response = self.http.post(url).json(&body).send().await.unwrap();
        let set_cookie = response.headers()[SET_COOKIE].to_str().unwrap().to_owned();
        let session = read(response).await.ok();
        Browser {
            http: self.http.clone(),
            base: self.running.url(),
            cookie: set_cookie.split(';').next().unwrap().to_owned(),
            csrf: session["csrfToken"].as_str().unwrap().to_owned(),
            session,
            set_cookie,
        }
    }
}

impl Browser {
    /// A call with the cookie alone.
    pub fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", HeaderValue::from_str(&self.cookie).unwrap());
        let url = format!("{}{path}", self.base);
        self.http.request(method, url).headers(headers)
    }

    /// A call as a page of the dashboard makes it.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path)
            .header("x-csrf-token", &self.csrf)
            .header("sec-fetch-site", "same-origin")
    }

    pub async fn get(&self, path: &str) -> Answer {
        read(self.request(Method::GET, path).send().await.unwrap()).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        let request = self.request(Method::POST, path).json(&body);
        read(request.send().await.unwrap()).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        read(self.request(Method::DELETE, path).send().await.unwrap()).await
    }
}

/// The events of an open stream, one after the other.
pub struct Events {
    response: Response,
    text: String,
}

impl Events {
    /// Opens it and waits for the greeting.
    pub async fn of(browser: &Browser) -> Self {
        let request = browser.request(Method::GET, "/api/live");
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        let mut events = Self {
            response,
            text: String::new(),
        };
        assert_eq!(events.next().await, Some(("hello".to_owned(), json!({}))));
        events
    }

    /// The next event; none once the stream has ended.
    pub async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let line = event.lines().find_map(|line| line.strip_prefix(name));
                    line.map(|value| value.trim().to_owned())
                };
                let found = field("event:").zip(field("data:"));
                self.text = rest.to_owned();
                if let Some((name, data)) = found {
                    return Some((name, serde_json::from_str(&data).unwrap()));
                }
                continue;
            }
            let bytes = self.response.chunk().await.unwrap()?;
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }
}
