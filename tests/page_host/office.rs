//! Windows with the app's pages in them.

use crate::request::Does;
use hotdesk_agent::adapter_pack::Bundles;
use hotdesk_agent::pages::{PageFault, Pages};
use hotdesk_app::layout::Layout;
use hotdesk_app::page_script::{PageScript, built_in};
use hotdesk_app::pages::{LABEL_PREFIX, TauriPages};
use hotdesk_protocol::ids::SdrId;
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tauri::webview::{Webview, WebviewBuilder};
use tauri::window::WindowBuilder;
use tauri::{AppHandle, LogicalPosition, LogicalSize, Manager, Url, WebviewUrl, Window};
use tokio::sync::oneshot;
use tokio::time::timeout;

const SIZE: LogicalSize<f64> = LogicalSize::new(1024.0, 700.0);
const EVALUATED_WITHIN: Duration = Duration::from_secs(2);

/// Why something was not done, by a word the tests know.
#[derive(Serialize)]
pub struct Fault {
    code: String,
    message: String,
}

/// What a page is loaded with: the bundles of this build.
fn bundles() -> Result<Arc<Bundles>, Fault> {
    built_in().map(Arc::new).map_err(broken)
}

/// Every window opened so far.
pub struct Offices {
    app: AppHandle,
    open: Mutex<Vec<(Window, TauriPages)>>,
}

impl Offices {
    /// None yet.
    pub fn new(app: AppHandle) -> Self {
        Self {
            app,
            open: Mutex::default(),
        }
    }

    /// A window with pages at this address, as the app opens its own.
    pub async fn open_office(&self, url: Url) -> Result<usize, Fault> {
        let number = self.offices().len();
        let (done, opened) = oneshot::channel();
        let app = self.app.clone();
        let work = move || {
            // Nobody waits any more if the host ends.
            let _ = done.send(open(&app, number, url));
        };
        self.app.run_on_main_thread(work).map_err(broken)?;
        let office = opened.await.map_err(broken)?.map_err(broken)?;
        self.offices().push(office);
        Ok(number)
    }

    /// Close the window.
    pub fn close_office(&self, office: usize) -> Result<(), Fault> {
        let (window, _) = self.office(office)?;
        window.destroy().map_err(broken)
    }

    /// Have one page do something.
    pub async fn page(&self, office: usize, page: &str, does: Does) -> Result<Value, Fault> {
        let (window, pages) = self.office(office)?;
        let sdr = SdrId::from(page);
        match does {
            Does::Open { profile } => pages.open(&sdr, profile, bundles()?).await.map(Value::from),
            Does::OpenBare => return self.open_bare(&window, page),
            Does::Reload => pages.reload(&sdr, bundles()?).await.map(Value::from),
            Does::Close => {
                pages.close(&sdr).await;
                Ok(Value::Null)
            }
            Does::Submit { request } => {
                let request = serde_json::from_value(request).map_err(broken)?;
                let submitted = pages.submit(&sdr, request).await;
                submitted.map(|submitted| json!(submitted))
            }
            Does::Drain { after } => pages.drain(&sdr, after).await.map(|drain| json!(drain)),
            Does::Probe => pages.probe(&sdr).await.map(|probe| json!(probe)),
            Does::Adopt => pages.adopt(&sdr).await.map(Value::from),
            Does::Evaluate { script } => return self.evaluate(page, script).await,
            Does::Go { url } => {
                let gone = self.webview(page)?.navigate(url);
                return gone.map(Value::from).map_err(broken);
            }
        }
        .map_err(Fault::from)
    }

    fn open_bare(&self, window: &Window, page: &str) -> Result<Value, Fault> {
        let blank = WebviewUrl::External(Url::parse("about:blank").map_err(broken)?);
        let builder = WebviewBuilder::new(format!("{LABEL_PREFIX}{page}"), blank);
        let added = window.add_child(builder, LogicalPosition::new(0.0, 0.0), SIZE);
        added.map(|_| Value::Null).map_err(broken)
    }

    async fn evaluate(&self, page: &str, script: String) -> Result<Value, Fault> {
        let (done, answer) = oneshot::channel();
        let done = Mutex::new(Some(done));
        self.webview(page)?
            .eval_with_callback(script, move |raw| {
                let done = done.lock().unwrap_or_else(PoisonError::into_inner).take();
                if let Some(done) = done {
                    let _ = done.send(raw);
                }
            })
            .map_err(broken)?;
        match timeout(EVALUATED_WITHIN, answer).await {
            Ok(Ok(raw)) => {
                Ok(serde_json::from_str::<String>(&raw).map_or(Value::Null, Value::from))
            }
            Ok(Err(_)) | Err(_) => Err(PageFault::TimedOut.into()),
        }
    }

    fn webview(&self, page: &str) -> Result<Webview, Fault> {
        let found = self.app.get_webview(&format!("{LABEL_PREFIX}{page}"));
        found.ok_or_else(|| PageFault::Absent.into())
    }

    fn office(&self, number: usize) -> Result<(Window, TauriPages), Fault> {
        let office = self.offices().get(number).cloned();
        office.ok_or_else(|| PageFault::Absent.into())
    }

    fn offices(&self) -> std::sync::MutexGuard<'_, Vec<(Window, TauriPages)>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn open(app: &AppHandle, number: usize, url: Url) -> tauri::Result<(Window, TauriPages)> {
    let window = WindowBuilder::new(app, format!("office-{number}"))
        .inner_size(SIZE.width, SIZE.height)
        .build()?;
    let nothing = Url::parse("about:blank").expect("an address");
    let shell = WebviewBuilder::new(format!("shell-{number}"), WebviewUrl::External(nothing));
    let shell = window.add_child(shell, LogicalPosition::new(0.0, 0.0), SIZE)?;
    let layout = Layout::around(&window, &shell)?;
    let script = PageScript::new(&url).expect("random numbers");
    let downloads = std::env::temp_dir();
    let (pages, _signals) = TauriPages::new(&window, layout, script, url, &downloads);
    Ok((window, pages))
}

impl From<PageFault> for Fault {
    fn from(fault: PageFault) -> Self {
        let (code, message) = match fault {
            PageFault::TimedOut => ("timed_out".to_owned(), String::new()),
            PageFault::Absent => ("absent".to_owned(), String::new()),
            PageFault::OtherGeneration => ("fenced".to_owned(), String::new()),
            PageFault::BadAnswer => ("bad_answer".to_owned(), String::new()),
            PageFault::Refused(problem) => {
                let code = json!(problem.code).as_str().unwrap_or_default().to_owned();
                (code, problem.message)
            }
        };
        Self { code, message }
    }
}

fn broken(error: impl std::fmt::Display) -> Fault {
    Fault {
        code: "broken".to_owned(),
        message: error.to_string(),
    }
}
