//! The webviews behind the agent's [`Pages`]: one per SDR, each with its own profile directory.
//!
//! A page is known by its label alone; nothing it says tells whose it is.

use crate::layout::{Layout, PageArea};
use crate::page_script::{Function, PageScript};
use crate::{downloads, outside, page_policy, webview_os};
use hotdesk_agent::adapter_pack::Bundles;
use hotdesk_agent::page_answer;
use hotdesk_agent::pages::{PageFault, PageSignal, Pages};
use hotdesk_agent::profile::{self, make_private_dir};
use hotdesk_protocol::bridge::{Drain, Probe, SubmitRequest, Submitted};
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::{Problem, ProblemCode};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tauri::http::{Response, StatusCode};
use tauri::webview::{
    DownloadEvent, NewWindowResponse, PermissionResponse, Webview, WebviewBuilder,
};
use tauri::{AppHandle, LogicalPosition, LogicalSize, Manager, Url, WebviewUrl, Window, Wry};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

/// What labels of pages begin with; the SDR's id follows.
pub const LABEL_PREFIX: &str = "page-";
/// A call into a page, or a change to it, ends within this time.
const CALL_TIMEOUT: Duration = Duration::from_secs(2);
/// A page reads a whole library within this time, on a slow machine too.
const READ_TIMEOUT: Duration = Duration::from_secs(20);
/// Starting a web view's processes on a slow machine takes longer.
const OPEN_TIMEOUT: Duration = Duration::from_secs(20);
/// Until it is shown for the first time a page has the size of an ordinary window.
const FIRST_SIZE: LogicalSize<f64> = LogicalSize::new(1024.0, 700.0);

/// A page under construction.
pub type PageWebviewBuilder = WebviewBuilder<Wry>;

/// Signals of pages, with whose page it is.
pub type Signals = mpsc::UnboundedReceiver<(SdrId, PageSignal)>;

/// All pages of the window.
#[derive(Clone)]
pub struct TauriPages(Arc<Inner>);

struct Inner {
    app: AppHandle,
    window: Window,
    layout: Layout,
    script: PageScript,
    whatsapp_url: Url,
    data_dir: PathBuf,
    placement: Mutex<Placement>,
    loaded: Mutex<BTreeMap<SdrId, Loaded>>,
    signals: mpsc::UnboundedSender<(SdrId, PageSignal)>,
}

/// What a page was made with. A webview's first script is chosen when it is made, so other bundles
/// need another webview.
#[derive(Clone)]
struct Loaded {
    profile: PathBuf,
    bundles: Arc<Bundles>,
}

#[derive(Default)]
struct Placement {
    shown: Option<SdrId>,
    area: Option<PageArea>,
}

impl TauriPages {
    /// Pages in this window, and what they will tell of their own accord.
    pub fn new(
        window: &Window,
        layout: Layout,
        script: PageScript,
        whatsapp_url: Url,
        data_dir: &Path,
    ) -> (Self, Signals) {
        let (signals, received) = mpsc::unbounded_channel();
        let inner = Inner {
            app: window.app_handle().clone(),
            window: window.clone(),
            layout,
            script,
            whatsapp_url,
            data_dir: data_dir.to_owned(),
            placement: Mutex::default(),
            loaded: Mutex::default(),
            signals,
        };
        (Self(Arc::new(inner)), received)
    }

    /// Where pages are shown; `None` hides them.
    pub async fn place(&self, area: Option<PageArea>) {
        self.arrange(|placement| placement.area = area).await;
    }

    /// A page's process has ended, as macOS tells the app and not the page's owner.
    #[cfg(target_os = "macos")]
    pub fn ended(&self, label: &str) {
        self.0.ended(label);
    }

    async fn arrange(&self, change: impl FnOnce(&mut Placement)) {
        change(&mut self.0.placement());
        let arranged = self.on_main(CALL_TIMEOUT, |inner| inner.arrange()).await;
        if arranged.is_err() {
            tracing::warn!("The pages were not arranged in time");
        }
    }

    /// Do something on the thread that owns the webviews.
    async fn on_main<T: Send + 'static>(
        &self,
        within: Duration,
        work: impl FnOnce(&Arc<Inner>) -> T + Send + 'static,
    ) -> Result<T, PageFault> {
        let (done, answer) = oneshot::channel();
        let inner = Arc::clone(&self.0);
        self.0
            .app
            .run_on_main_thread(move || {
                // Nobody waits any more after a time-out.
                let _ = done.send(work(&inner));
            })
            .map_err(|_| PageFault::Absent)?;
        answer_of(answer, within).await
    }

    /// A page that does not answer gets a new process with its next load.
    #[cfg(target_os = "linux")]
    async fn unhang(&self, sdr: &SdrId) {
        let answer = self.evaluate(sdr, "0", CALL_TIMEOUT).await;
        if answer == Err(PageFault::TimedOut)
            && let Some(page) = self.0.page(sdr)
        {
            tracing::warn!("The page hangs; its process is ended");
            log_failure("end process", webview_os::end_process(&page));
        }
    }

    async fn call(&self, sdr: &SdrId, function: Function<'_>) -> Result<String, PageFault> {
        let script = self.0.script.call(function);
        self.evaluate(sdr, script, CALL_TIMEOUT).await
    }

    async fn evaluate(
        &self,
        sdr: &SdrId,
        script: impl Into<String>,
        within: Duration,
    ) -> Result<String, PageFault> {
        let page = self.0.page(sdr).ok_or(PageFault::Absent)?;
        let (done, answer) = oneshot::channel();
        let done = Mutex::new(Some(done));
        page.eval_with_callback(script, move |raw| {
            let done = done.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(done) = done {
                let _ = done.send(raw);
            }
        })
        .map_err(|_| PageFault::Absent)?;
        // Before the first load the callback is dropped unanswered.
        answer_of(answer, within).await
    }
}

impl Pages for TauriPages {
    async fn open(
        &self,
        sdr: &SdrId,
        profile: PathBuf,
        bundles: Arc<Bundles>,
    ) -> Result<(), PageFault> {
        let sdr = sdr.clone();
        let made = Loaded { profile, bundles };
        self.on_main(OPEN_TIMEOUT, move |inner| inner.open(&sdr, made))
            .await?
    }

    async fn reload(&self, sdr: &SdrId, bundles: Arc<Bundles>) -> Result<(), PageFault> {
        #[cfg(target_os = "linux")]
        self.unhang(sdr).await;
        let sdr = sdr.clone();
        self.on_main(OPEN_TIMEOUT, move |inner| inner.reload(&sdr, bundles))
            .await?
    }

    /// Where there is room for it; an SDR without a page shows none until it is opened.
    async fn show(&self, sdr: Option<&SdrId>) {
        self.arrange(|placement| placement.shown = sdr.cloned())
            .await;
    }

    async fn close(&self, sdr: &SdrId) {
        let sdr = sdr.clone();
        let closed = self
            .on_main(CALL_TIMEOUT, move |inner| {
                if let Some(page) = inner.page(&sdr) {
                    log_failure("close", page.close());
                }
                inner.loaded().remove(&sdr);
                inner.arrange();
            })
            .await;
        if closed.is_err() {
            tracing::warn!("A page was not closed in time");
        }
    }

    async fn submit(&self, sdr: &SdrId, request: SubmitRequest) -> Result<Submitted, PageFault> {
        let request = serde_json::to_string(&request).map_err(|_| PageFault::BadAnswer)?;
        page_answer::read(&self.call(sdr, Function::Submit(&request)).await?)
    }

    async fn drain(&self, sdr: &SdrId, after_seq: u32) -> Result<Drain, PageFault> {
        page_answer::read_drain(&self.call(sdr, Function::Drain(after_seq)).await?)
    }

    async fn probe(&self, sdr: &SdrId) -> Result<Probe, PageFault> {
        page_answer::read(&self.call(sdr, Function::Probe).await?)
    }

    async fn adopt(&self, sdr: &SdrId) -> Result<(), PageFault> {
        let bundles = self.0.loaded().get(sdr).map(|made| made.bundles.clone());
        let bundles = bundles.ok_or(PageFault::Absent)?;
        // It evaluates to nothing; whether it is there is for the bridge to say.
        self.evaluate(sdr, &*bundles.wa_js, READ_TIMEOUT).await?;
        let Submitted { generation: _ } =
            page_answer::read(&self.call(sdr, Function::Adopt).await?)?;
        Ok(())
    }
}

impl Inner {
    fn placement(&self) -> std::sync::MutexGuard<'_, Placement> {
        self.placement
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn loaded(&self) -> std::sync::MutexGuard<'_, BTreeMap<SdrId, Loaded>> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn page(&self, sdr: &SdrId) -> Option<Webview> {
        self.app.get_webview(&label(sdr))
    }

    fn ended(&self, label: &str) {
        if let Some(sdr) = label.strip_prefix(LABEL_PREFIX) {
            // Nobody listens any more while the app shuts down.
            let _ = self.signals.send((sdr.into(), PageSignal::Crashed));
        }
    }

    fn arrange(&self) {
        let (page, area) = {
            let placement = self.placement();
            let page = placement.shown.as_ref().and_then(|sdr| self.page(sdr));
            (page, placement.area)
        };
        log_failure("arrange", self.layout.show(page.as_ref(), area));
    }

    fn reload(self: &Arc<Self>, sdr: &SdrId, bundles: Arc<Bundles>) -> Result<(), PageFault> {
        let made = self.loaded().get(sdr).cloned();
        let page = self.page(sdr);
        match (page, made) {
            (Some(page), Some(made)) if made.bundles == bundles => page
                .navigate(self.whatsapp_url.clone())
                .map_err(|_| PageFault::Absent),
            (page, Some(Loaded { profile, .. })) => {
                if let Some(page) = page {
                    page.close().map_err(|_| PageFault::Absent)?;
                }
                self.open(sdr, Loaded { profile, bundles })
            }
            (_, None) => Err(PageFault::Absent),
        }
    }

    fn open(self: &Arc<Self>, sdr: &SdrId, made: Loaded) -> Result<(), PageFault> {
        if self.page(sdr).is_some() {
            return Ok(());
        }
        self.loaded().insert(sdr.clone(), made.clone());
        let Loaded { profile, bundles } = made;
        make_private_dir(&profile).map_err(|error| {
            refused(format!(
                "The profile directory of this SDR cannot be used ({error}). Nothing was sent. Check the rights of the data directory and its free space, then connect again."
            ))
        })?;
        let builder = webview_os::with_profile(self.builder(sdr, &bundles), profile)
            .map_err(|error| refused(error.to_string()))?;
        let page = self
            .window
            .add_child(builder, LogicalPosition::new(0.0, 0.0), FIRST_SIZE)
            .map_err(|error| {
                refused(format!(
                    "The page could not be opened ({error}). Nothing was sent. Connect again; if this goes on, restart Hotdesk."
                ))
            })?;
        log_failure("adopt", self.layout.adopt(&page));
        // On macOS a page has none anyway: nobody there takes part in them.
        #[cfg(not(target_os = "macos"))]
        {
            log_failure("silence", webview_os::silence(&page));
            let inner = Arc::downgrade(self);
            let label = page.label().to_owned();
            let watched = webview_os::on_process_end(&page, move || {
                if let Some(inner) = inner.upgrade() {
                    inner.ended(&label);
                }
            });
            log_failure("watch", watched);
        }
        #[cfg(windows)]
        if let Some(shell) = self.app.get_webview(crate::window::SHELL) {
            log_failure("shortcuts", webview_os::hand_shortcuts_to(shell, &page));
        }
        self.arrange();
        Ok(())
    }

    fn builder(&self, sdr: &SdrId, bundles: &Bundles) -> PageWebviewBuilder {
        let whatsapp_url = self.whatsapp_url.clone();
        let downloads = profile::downloads(&self.data_dir, sdr);
        let links = page_policy::Links::default();
        WebviewBuilder::new(label(sdr), WebviewUrl::External(self.whatsapp_url.clone()))
            .initialization_script(self.script.initialization(bundles))
            .devtools(cfg!(debug_assertions))
            .general_autofill_enabled(false)
            // What is typed at a locked window is for the shell.
            .focused(false)
            .disable_drag_drop_handler()
            .on_navigation(move |url| page_policy::page_may_load(url, &whatsapp_url))
            // What the app's own address serves is the shell's; a page could read it by fetch.
            .on_web_resource_request(|_, response| *response = nothing_for_pages())
            .on_new_window(move |url, _| {
                if page_policy::opens_outside(&url) && links.may_open(Instant::now()) {
                    outside::open(&url);
                }
                NewWindowResponse::Deny
            })
            .on_permission_request(|_, _| PermissionResponse::Deny)
            .on_download(move |_, event| {
                if let DownloadEvent::Requested { destination, .. } = event {
                    if make_private_dir(&downloads).is_err() {
                        return false;
                    }
                    *destination = downloads::place(&downloads, destination);
                }
                true
            })
    }
}

async fn answer_of<T>(answer: oneshot::Receiver<T>, within: Duration) -> Result<T, PageFault> {
    match timeout(within, answer).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(_)) => Err(PageFault::Absent),
        Err(_) => Err(PageFault::TimedOut),
    }
}

fn label(sdr: &SdrId) -> String {
    format!("{LABEL_PREFIX}{sdr}")
}

/// The answer to whatever a page asks of the app's own address.
fn nothing_for_pages() -> Response<Cow<'static, [u8]>> {
    let mut nothing = Response::new(Cow::Borrowed(&[][..]));
    *nothing.status_mut() = StatusCode::FORBIDDEN;
    nothing
}

fn refused(message: String) -> PageFault {
    PageFault::Refused(Problem::new(ProblemCode::PageUnresponsive, message))
}

fn log_failure(what: &str, result: tauri::Result<()>) {
    if let Err(error) = result {
        tracing::warn!(page.step = what, %error, "A webview did not do what it was told");
    }
}
