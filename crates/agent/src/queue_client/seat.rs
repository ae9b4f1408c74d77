//! Who may send for an SDR where the server fences nobody off.
//!
//! An lk1 server keeps one session id for each SDR, told by whoever holds the session. Desktops write
//! their own there, look again before every message, and stand back from another's, also from one
//! that was last seen days ago: it may have sent what it could not report yet. Only a person frees
//! the seat, by removing the SDR from that desktop or by disconnecting in the lead system.

use super::error::QueueError;
use super::lk1;
use super::server::Wire;
use crate::clock::Clock;
use hotdesk_engine::input::Millis;
use hotdesk_protocol::ids::DesktopId;
use hotdesk_protocol::lk1::{Connection, Status};
use hotdesk_protocol::{Problem, ProblemCode};

/// Session ids of desktops begin so; others are a web page's wish to link.
const PREFIX: &str = "hotdesk-";
/// Two desktops that take a free seat at once both see, within two heartbeats, who wrote last.
const SETTLE_MS: u64 = 60_000;

/// This desktop's claim to an SDR.
pub(super) struct Seat {
    standing: Standing,
    phone: Option<String>,
    connected: bool,
    own: String,
}

#[derive(Clone, Copy)]
enum Standing {
    /// Not looked yet, or not taken.
    Aside,
    /// Taken; held once it is still ours at this time.
    Settling(Millis),
    Held,
    /// Somebody else wrote their session over ours.
    Lost,
}

impl Seat {
    pub(super) fn new(desktop: &DesktopId) -> Self {
        Self {
            standing: Standing::Aside,
            phone: None,
            connected: false,
            own: format!("{PREFIX}{desktop}"),
        }
    }

    /// How the session stands, for the next time it is told.
    pub(super) fn connection(&mut self, phone: Option<String>, connected: bool) {
        self.phone = phone;
        self.connected = connected;
    }

    /// Try again although it was lost.
    pub(super) fn forgive(&mut self) {
        match self.standing {
            Standing::Lost => self.standing = Standing::Aside,
            Standing::Aside | Standing::Settling(_) | Standing::Held => {}
        }
    }

    /// Why this desktop may not send, if it may not. A free seat is taken.
    pub(super) async fn check(
        &mut self,
        wire: &Wire,
        clock: &Clock,
    ) -> Result<Option<Problem>, QueueError> {
        let Some(status) = lk1::status(wire).await? else {
            return Ok(None);
        };
        let (now, ours) = (clock.now().boot, self.is_ours(&status));
        match self.standing {
            Standing::Settling(until) if ours && now < until => Ok(Some(settling())),
            Standing::Aside | Standing::Settling(_) | Standing::Held | Standing::Lost if ours => {
                self.standing = Standing::Held;
                Ok(None)
            }
            Standing::Settling(_) | Standing::Held | Standing::Lost => {
                self.standing = Standing::Lost;
                Ok(Some(lost(&status)))
            }
            Standing::Aside if is_occupied(&status) => Ok(Some(occupied(&status))),
            Standing::Aside => {
                self.tell(wire).await?;
                self.standing = Standing::Settling(now.after(SETTLE_MS));
                Ok(Some(settling()))
            }
        }
    }

    /// Keep it fresh while it is ours.
    pub(super) async fn beat(&mut self, wire: &Wire, clock: &Clock) -> Result<(), QueueError> {
        self.check(wire, clock).await?;
        match self.standing {
            Standing::Settling(_) | Standing::Held => self.tell(wire).await,
            Standing::Aside | Standing::Lost => Ok(()),
        }
    }

    /// Leave it to whoever comes.
    pub(super) async fn give_up(&mut self, wire: &Wire) -> Result<(), QueueError> {
        let status = lk1::status(wire).await?;
        if status.is_some_and(|status| self.is_ours(&status)) {
            lk1::disconnect(wire).await?;
        }
        self.standing = Standing::Aside;
        Ok(())
    }

    /// Who else sends for this SDR, in words. Takes nothing.
    pub(super) async fn occupied(&self, wire: &Wire) -> Result<Option<Problem>, QueueError> {
        let status = lk1::status(wire).await?;
        let other = status.filter(|status| !self.is_ours(status) && is_occupied(status));
        Ok(other.map(|status| occupied(&status)))
    }

    async fn tell(&self, wire: &Wire) -> Result<(), QueueError> {
        let connection = Connection {
            phone: self.phone.clone(),
            connected: self.connected,
            session_id: self.own.clone(),
        };
        lk1::connect(wire, &connection).await
    }

    fn is_ours(&self, status: &Status) -> bool {
        status.session_id.as_ref() == Some(&self.own)
    }
}

fn is_occupied(status: &Status) -> bool {
    let other = status.session_id.as_deref();
    status.connected || other.is_some_and(|id| id.starts_with(PREFIX))
}

fn occupied(status: &Status) -> Problem {
    Problem::new(
        ProblemCode::OtherDesktop,
        format!(
            "This SDR is active on another desktop: {}. Nothing is sent from here, and nothing is lost. This \
             queue server cannot hand an SDR over: remove the SDR there, or disconnect their WhatsApp in \
             the lead system once that desktop has reported everything, and try again.",
            seen(status)
        ),
    )
}

fn lost(status: &Status) -> Problem {
    Problem::new(
        ProblemCode::OtherDesktop,
        format!(
            "The queue server no longer names this desktop for this SDR. It says: {}. Nothing more is \
             sent from here and nothing is lost; what has left will still be reported. If this desktop \
             is to send, make sure that no other does, then resume this SDR.",
            seen(status)
        ),
    )
}

fn settling() -> Problem {
    Problem::new(
        ProblemCode::NotNow,
        "Hotdesk waits a minute to see that no other desktop sends for this SDR. Nothing is lost; \
         sending begins by itself.",
    )
}

/// The last four digits tell a person which phone it is.
fn seen(status: &Status) -> String {
    let session = plain(status.session_id.as_deref().unwrap_or("none"), 24);
    let phone = status.phone.as_deref().unwrap_or_default();
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    let tail: String = digits[digits.len().saturating_sub(4)..].iter().collect();
    let number = if tail.is_empty() {
        "no number".to_owned()
    } else {
        format!("a number ending in {tail}")
    };
    let last = plain(status.last_seen.as_deref().unwrap_or("an unknown time"), 40);
    let state = if status.connected {
        "connected"
    } else {
        "not connected"
    };
    format!("session {session}, {number}, {state}, last seen {last}")
}

/// The server's own words as a person may see them.
fn plain(words: &str, most: usize) -> String {
    let words = words.replace(char::is_control, " ");
    words.chars().take(most).collect()
}
