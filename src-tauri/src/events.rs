//! What the app tells the shell of its own accord.

use hotdesk_agent::views::OfficeView;
use hotdesk_protocol::ids::SdrId;
use serde::{Deserialize, Serialize};

/// Something the window shows has changed: the whole of it, anew.
#[derive(Clone, Debug, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub struct OfficeChanged(pub OfficeView);

/// An SDR was chosen outside of the window, in the tray's menu.
#[derive(Clone, Debug, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub struct SdrChosen(pub SdrId);
