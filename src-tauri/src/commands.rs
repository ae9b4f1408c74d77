//! Everything the shell may ask for. WhatsApp's pages may ask for nothing: see capabilities/.

use crate::layout::PageArea;
use crate::office::Office;
use hotdesk_agent::agent::Order;
use hotdesk_agent::review::{Decision, ReviewView};
use hotdesk_agent::views::OfficeView;
use hotdesk_protocol::Problem;
use hotdesk_protocol::ids::{MessageId, SdrId};
use tauri::{AppHandle, Manager};

/// Everything the window shows, as it is now.
#[tauri::command]
#[specta::specta]
pub async fn office_view(app: AppHandle) -> OfficeView {
    app.state::<Office>().view().await
}

/// Sign an SDR in at the queue server, or sign them in again.
#[tauri::command]
#[specta::specta]
pub async fn sign_in(app: AppHandle, email: String, password: String) -> Result<SdrId, Problem> {
    app.state::<Office>().sign_in(&email, &password).await
}

/// What a person wants of one SDR's session.
#[tauri::command]
#[specta::specta]
pub async fn order(app: AppHandle, sdr: SdrId, order: Order) -> Result<(), Problem> {
    app.state::<Office>().order(&sdr, order).await
}

/// Pause every SDR.
#[tauri::command]
#[specta::specta]
pub async fn pause_all(app: AppHandle) {
    app.state::<Office>().pause_all().await;
}

/// Look for a new adapter pack now; what comes of it is in the view.
#[tauri::command]
#[specta::specta]
pub async fn look_for_packs(app: AppHandle) {
    app.state::<Office>().look_for_packs().await;
}

/// This SDR's messages that wait for a decision, oldest first.
#[tauri::command]
#[specta::specta]
pub async fn review(app: AppHandle, sdr: SdrId) -> Result<Vec<ReviewView>, Problem> {
    app.state::<Office>().review(&sdr).await
}

/// Carry out what a person decided about a message of that generation, once.
#[tauri::command]
#[specta::specta]
pub async fn decide(
    app: AppHandle,
    sdr: SdrId,
    message: MessageId,
    generation: u32,
    decision: Decision,
) -> Result<(), Problem> {
    let office = app.state::<Office>();
    office.decide(&sdr, message, generation, decision).await
}

/// Show this SDR's page in the page area, or none.
#[tauri::command]
#[specta::specta]
pub async fn show_page(app: AppHandle, sdr: Option<SdrId>) {
    app.state::<Office>().pages().show(sdr).await;
}

/// Where the shell leaves room for a page; `null` hides the pages while something is over them.
#[tauri::command]
#[specta::specta]
pub async fn set_page_area(app: AppHandle, area: Option<PageArea>) {
    app.state::<Office>().pages().place(area).await;
}
