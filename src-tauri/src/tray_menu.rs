//! What the tray shows, as a pure function of the office.

use hotdesk_agent::views::{GuardView, OfficeView, SdrView};
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::session::SessionState;

/// The tray's icon: the whole office in one look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Every SDR who should send can.
    Ok,
    /// Somebody must do something.
    Attention,
    /// Everybody is paused.
    Paused,
    /// Nobody sends: no SDR, no server, or no session is connected.
    Offline,
}

/// The tray's menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrayMenu {
    /// The icon.
    pub mood: Mood,
    /// The first line.
    pub headline: String,
    /// A line for each SDR, in the order of the window.
    pub sdrs: Vec<TrayLine>,
    /// There is somebody to pause.
    pub can_pause: bool,
    /// Somebody has the window.
    pub can_lock: bool,
}

/// One SDR's line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrayLine {
    /// Who.
    pub sdr: SdrId,
    /// Their name and state.
    pub text: String,
    /// The picture beside it.
    pub standing: Standing,
}

/// What one SDR adds to the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Connected.
    Sends,
    /// On the way, by itself.
    Waits,
    /// Paused by a person.
    Paused,
    /// Somebody must do something.
    NeedsPerson,
    /// Closed, asleep or offline.
    Away,
}

impl TrayMenu {
    /// Until the office is known.
    pub fn starting() -> Self {
        Self {
            mood: Mood::Offline,
            headline: "Hotdesk – starting".to_owned(),
            sdrs: Vec::new(),
            can_pause: false,
            can_lock: false,
        }
    }
}

/// The menu for this office.
pub fn tray_menu(view: &OfficeView) -> TrayMenu {
    let standings: Vec<_> = view.sdrs.iter().map(standing).collect();
    let count = |wanted| standings.iter().filter(|found| **found == wanted).count();
    let (all, waiting_for_person) = (standings.len(), count(Standing::NeedsPerson));
    let (paused, sending) = (count(Standing::Paused), count(Standing::Sends));
    let mood = if waiting_for_person > 0 {
        Mood::Attention
    } else if all > 0 && paused == all {
        Mood::Paused
    } else if view.server.problem.is_some() || sending == 0 {
        Mood::Offline
    } else {
        Mood::Ok
    };
    let said = match mood {
        Mood::Attention if waiting_for_person == 1 => "1 SDR needs you".to_owned(),
        Mood::Attention => format!("{waiting_for_person} SDRs need you"),
        Mood::Paused => "all paused".to_owned(),
        Mood::Offline if all == 0 => "no SDR has signed in".to_owned(),
        Mood::Offline if view.server.problem.is_some() => "the server does not answer".to_owned(),
        Mood::Offline => "nobody is connected".to_owned(),
        Mood::Ok => format!("{sending} of {all} connected"),
    };
    let name = if view.rehearsal {
        "Hotdesk REHEARSAL"
    } else {
        "Hotdesk"
    };
    TrayMenu {
        mood,
        headline: format!("{name} – {said}"),
        sdrs: view.sdrs.iter().map(line).collect(),
        can_pause: paused < all,
        can_lock: view.guard != GuardView::Nobody,
    }
}

fn line(sdr: &SdrView) -> TrayLine {
    let mut text = format!("{} – {}", sdr.name, words(sdr));
    if sdr.queued > 0 {
        text.push_str(&format!(", {} queued", sdr.queued));
    }
    TrayLine {
        sdr: sdr.id.clone(),
        text,
        standing: standing(sdr),
    }
}

fn standing(sdr: &SdrView) -> Standing {
    let asks = state_standing(sdr.state) == Standing::NeedsPerson;
    if sdr.signed_out || sdr.review > 0 || asks {
        Standing::NeedsPerson
    } else if sdr.elsewhere.is_some() {
        Standing::Away
    } else if sdr.paused {
        Standing::Paused
    } else {
        state_standing(sdr.state)
    }
}

fn state_standing(state: SessionState) -> Standing {
    match state {
        SessionState::Connected => Standing::Sends,
        SessionState::Starting | SessionState::Syncing | SessionState::Crashed => Standing::Waits,
        SessionState::Qr
        | SessionState::PairingCode
        | SessionState::Passkey
        | SessionState::Conflict
        | SessionState::NeedsUpdate
        | SessionState::LoggedOut
        | SessionState::Stopped => Standing::NeedsPerson,
        SessionState::Closed | SessionState::Offline | SessionState::Hibernated => Standing::Away,
    }
}

fn words(sdr: &SdrView) -> &'static str {
    if sdr.signed_out {
        "sign in again"
    } else if state_standing(sdr.state) == Standing::NeedsPerson {
        state_words(sdr.state)
    } else if sdr.review > 0 {
        "messages to review"
    } else if sdr.elsewhere.is_some() {
        "active on another desktop"
    } else if sdr.paused {
        "paused"
    } else {
        state_words(sdr.state)
    }
}

fn state_words(state: SessionState) -> &'static str {
    match state {
        SessionState::Closed => "closed",
        SessionState::Starting => "starting",
        SessionState::Qr => "scan the QR code",
        SessionState::PairingCode => "type the pairing code",
        SessionState::Passkey => "confirm with a passkey",
        SessionState::Syncing => "syncing",
        SessionState::Connected => "connected",
        SessionState::Offline => "offline",
        SessionState::Conflict => "WhatsApp is open elsewhere",
        SessionState::NeedsUpdate => "reload to update",
        SessionState::LoggedOut => "logged out",
        SessionState::Crashed => "the page comes back",
        SessionState::Hibernated => "asleep",
        SessionState::Stopped => "stopped, see the window",
    }
}

#[cfg(test)]
#[path = "tray_menu_tests.rs"]
mod tests;
