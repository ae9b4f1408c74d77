//! Everything the shell may ask for. WhatsApp's pages may ask for nothing: see capabilities/.

use crate::layout::PageArea;
use crate::office::Office;
use hotdesk_agent::agent::Order;
use hotdesk_agent::guard::LockCause;
use hotdesk_agent::keychain::PassphraseAsked;
use hotdesk_agent::review::{Decision, ReviewView};
use hotdesk_agent::secret::Secret;
use hotdesk_agent::views::OfficeView;
use hotdesk_protocol::Problem;
use hotdesk_protocol::ids::{MessageId, SdrId};
use tauri::{AppHandle, Manager};

/// What is to be typed before anything starts, on a machine without a keyring; `null` where nothing
/// is, or nothing any more.
#[tauri::command]
#[specta::specta]
pub async fn passphrase_asked(app: AppHandle) -> Option<PassphraseAsked> {
    app.state::<Office>().passphrase().asked().await
}

/// Open the database with this passphrase; it is the new one where one is chosen.
#[tauri::command]
#[specta::specta]
pub async fn enter_passphrase(app: AppHandle, passphrase: String) -> Result<(), Problem> {
    let passphrase = Secret::new(passphrase);
    app.state::<Office>().passphrase().take(passphrase).await
}

/// Everything the window shows, as it is now.
#[tauri::command]
#[specta::specta]
pub async fn office_view(app: AppHandle) -> OfficeView {
    app.state::<Office>().view().await
}

/// Sign in at the queue server, for the first time or again. An SDR's id; `null` for a manager.
#[tauri::command]
#[specta::specta]
pub async fn sign_in(
    app: AppHandle,
    email: String,
    password: String,
) -> Result<Option<SdrId>, Problem> {
    let password = Secret::new(password);
    app.state::<Office>().sign_in(&email, password).await
}

/// Open an SDR's session with their PIN.
#[tauri::command]
#[specta::specta]
pub async fn unlock(app: AppHandle, sdr: SdrId, pin: String) -> Result<(), Problem> {
    app.state::<Office>().unlock(&sdr, &pin).await
}

/// Choose the PIN of the SDR whose session is open; `current` where there is one.
#[tauri::command]
#[specta::specta]
pub async fn choose_pin(
    app: AppHandle,
    current: Option<String>,
    pin: String,
) -> Result<(), Problem> {
    let office = app.state::<Office>();
    office.choose_pin(current.as_deref(), &pin).await
}

/// Send nothing while whoever has the window is locked, or go on sending; their PIN is to be shown.
#[tauri::command]
#[specta::specta]
pub async fn set_strict(app: AppHandle, pin: String, on: bool) -> Result<(), Problem> {
    app.state::<Office>().set_strict(&pin, on).await
}

/// Lock the window; sending goes on, but for an SDR in strict mode.
#[tauri::command]
#[specta::specta]
pub async fn lock(app: AppHandle) {
    app.state::<Office>().lock(LockCause::Asked).await;
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
pub async fn show_page(app: AppHandle, sdr: Option<SdrId>) -> Result<(), Problem> {
    app.state::<Office>().show_page(sdr.as_ref()).await
}

/// Where the shell leaves room for a page; `null` hides the pages while something is over them.
#[tauri::command]
#[specta::specta]
pub async fn set_page_area(app: AppHandle, area: Option<PageArea>) {
    app.state::<Office>().pages().place(area).await;
}

#[cfg(test)]
#[path = "../../tests/support/shown.rs"]
mod shown;

#[cfg(test)]
#[path = "commands_tests.rs"]
mod tests;
