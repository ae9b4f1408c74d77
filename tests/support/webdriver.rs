//! A WebDriver client of our own, for the few calls these tests need: the app's shell, driven
//! through tauri-driver as a person would drive it.

use super::app::{AppConfig, app_program, data_dir, print_log};
use super::desk::Desk;
use super::office::free_port;
use super::process::{Process, tauri_driver};
use super::{until, until_within};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The app's window under WebDriver. Dropping it ends driver and app.
pub struct Window {
    _driver: Process,
    session: String,
    http: Client,
    data: PathBuf,
}

impl Drop for Window {
    fn drop(&mut self) {
        if std::thread::panicking() {
            print_log(&self.data);
        }
    }
}

/// Something found in the window.
pub struct Element {
    path: String,
}

impl Window {
    /// Starts the app through tauri-driver and waits for its shell.
    pub async fn open(desk: &Desk, config: &AppConfig) -> Self {
        let (port, native) = (free_port(), free_port());
        let driver = desk.start(
            "tauri-driver",
            Command::new(tauri_driver())
                .args([
                    "--port",
                    &port.to_string(),
                    "--native-port",
                    &native.to_string(),
                ])
                .env("TAURI_WEBVIEW_AUTOMATION", "true"),
            None,
        );
        let http = Client::builder()
            .timeout(Duration::from_secs(60))
            .build()
            .unwrap();
        let base = format!("http://127.0.0.1:{port}/session");
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "wry",
            "tauri:options": {"application": app_program(), "args": config.args()},
        }}});
        let id = until("tauri-driver opens the app", async || {
            let answer = http.post(&base).json(&wanted).send().await.ok()?;
            let value: Value = answer.json().await.ok()?;
            value["value"]["sessionId"].as_str().map(str::to_owned)
        })
        .await;
        Self {
            _driver: driver,
            session: format!("{base}/{id}"),
            http,
            data: data_dir(desk),
        }
    }

    /// The first element that matches, once there is one.
    pub async fn find(&self, css: &str) -> Element {
        until(&format!("the window shows {css}"), async || {
            self.look(css).await
        })
        .await
    }

    /// [`Window::find`], for what the app itself gives more than a minute.
    pub async fn find_within(&self, seconds: u64, css: &str) -> Element {
        until_within(seconds, &format!("the window shows {css}"), async || {
            self.look(css).await
        })
        .await
    }

    /// The first element that matches right now.
    pub async fn look(&self, css: &str) -> Option<Element> {
        let value = self
            .call(
                Method::POST,
                "/element",
                Some(json!({"using": "css selector", "value": css})),
            )
            .await?;
        let id = value[ELEMENT].as_str()?;
        Some(Element {
            path: format!("/element/{id}"),
        })
    }

    /// Waits until nothing matches.
    pub async fn until_gone(&self, css: &str) {
        until(&format!("{css} is gone"), async || {
            self.look(css).await.is_none().then_some(())
        })
        .await;
    }

    /// Presses it.
    pub async fn click(&self, css: &str) {
        until(&format!("{css} can be pressed"), async || {
            let element = self.look(css).await?;
            self.call(
                Method::POST,
                &format!("{}/click", element.path),
                Some(json!({})),
            )
            .await
        })
        .await;
    }

    /// Types into it.
    pub async fn type_into(&self, css: &str, text: &str) {
        let element = self.find(css).await;
        for step in [("clear", json!({})), ("value", json!({"text": text}))] {
            self.call(
                Method::POST,
                &format!("{}/{}", element.path, step.0),
                Some(step.1),
            )
            .await
            .unwrap_or_else(|| panic!("{css} takes text"));
        }
    }

    /// What it says, as a person reads it.
    pub async fn text(&self, css: &str) -> String {
        until(&format!("{css} can be read"), async || {
            let element = self.look(css).await?;
            let value = self
                .call(Method::GET, &format!("{}/text", element.path), None)
                .await?;
            value.as_str().map(str::to_owned)
        })
        .await
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Option<Value> {
        let mut request = self.http.request(method, format!("{}{path}", self.session));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.expect("tauri-driver answers");
        if !answer.status().is_success() {
            return None;
        }
        let mut value: Value = answer.json().await.expect("WebDriver speaks JSON");
        Some(value["value"].take())
    }
}
