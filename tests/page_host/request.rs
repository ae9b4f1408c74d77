//! What may be asked, and how it is answered.

use crate::office::Fault;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::PathBuf;
use tauri::Url;

/// One line of stdin.
#[derive(Deserialize)]
pub struct Request {
    /// Given back with the answer.
    pub id: u64,
    /// What is asked.
    #[serde(flatten)]
    pub ask: Ask,
}

/// What is asked.
#[derive(Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Ask {
    /// A window whose pages are WhatsApp's at this address; answers its number.
    OpenOffice { url: Url },
    /// Close the window and what is in it.
    CloseOffice { office: usize },
    /// Something of one page.
    Page {
        office: usize,
        page: String,
        #[serde(flatten)]
        does: Does,
    },
}

/// What a page is to do.
#[derive(Deserialize)]
#[serde(tag = "does", rename_all = "snake_case")]
pub enum Does {
    Open {
        profile: PathBuf,
    },
    /// Without the app's script and policy.
    OpenBare,
    Reload,
    Close,
    Submit {
        request: Value,
    },
    Drain {
        after: u32,
    },
    Probe,
    Adopt,
    /// Answers the text it evaluates to, or null.
    Evaluate {
        script: String,
    },
    Go {
        url: Url,
    },
}

/// One line of stdout.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Answer {
    Value { id: u64, value: Value },
    Fault { id: u64, fault: Fault },
}
