//! The app's own pages without the rest of the app, for the bridge's tests in the system's web
//! view: one JSON request a line on stdin, one answer a line on stdout. Never shipped.
//!
//! Beside what the app itself asks of a page it evaluates and navigates, as only a test may.
#![allow(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod office;
mod request;

use office::{Fault, Offices};
use request::{Answer, Ask, Request};
use serde_json::Value;
use std::io::{BufRead, Write};
use std::sync::Arc;
use tauri::{AppHandle, RunEvent};

fn main() {
    let app = tauri::Builder::default()
        .setup(|app| {
            let app = app.handle().clone();
            std::thread::spawn(move || serve(&app));
            Ok(())
        })
        .build(tauri::generate_context!())
        .expect("the host can be built");
    app.run(|_, event| {
        if let RunEvent::ExitRequested {
            code: None, api, ..
        } = event
        {
            // The last office has closed; another may be asked for.
            api.prevent_exit();
        }
    });
}

/// Until whoever asks has gone.
fn serve(app: &AppHandle) {
    let offices = Arc::new(Offices::new(app.clone()));
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let Request { id, ask } = serde_json::from_str(&line).expect("a request");
        let offices = Arc::clone(&offices);
        tauri::async_runtime::spawn(async move {
            let answer = match carry_out(&offices, ask).await {
                Ok(value) => Answer::Value { id, value },
                Err(fault) => Answer::Fault { id, fault },
            };
            let text = serde_json::to_string(&answer).expect("an answer is JSON");
            // Whoever asked may have gone.
            let _ = writeln!(std::io::stdout().lock(), "{text}");
        });
    }
    app.exit(0);
}

async fn carry_out(offices: &Offices, ask: Ask) -> Result<Value, Fault> {
    match ask {
        Ask::OpenOffice { url } => offices.open_office(url).await.map(Value::from),
        Ask::CloseOffice { office } => offices.close_office(office).map(|()| Value::Null),
        Ask::Page { office, page, does } => offices.page(office, &page, does).await,
    }
}
