//! What can go wrong, and what must hold afterwards all the same.

use super::page::Trick;
use super::world::{World, unreachable};
use hotdesk_engine::{Effect, Input};
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::bridge::Capability;
use hotdesk_protocol::session::{MessageState, SessionState};

/// One thing the world does to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blow {
    /// kill -9; the effects whose bit is set were still carried out.
    Kill(u16),
    /// The computer restarts.
    Reboot,
    /// The web process ends.
    Crash,
    /// WhatsApp reloads its own page.
    SelfReload,
    /// The phone unlinks this device and links it again.
    Relink,
    /// The page's answer to the next pending submit is lost; it was carried out.
    LoseSubmit,
    /// The next begin is carried out and its answer lost.
    LoseBegin,
    /// Every lease has run out.
    Expire,
    /// A person withdraws what is not begun.
    Cancel,
    /// The lead of the first message opts out; under the number's other spelling, which the server
    /// does not know for the same.
    OptOut(bool),
    DiskFull(bool),
    ServerAway(bool),
    Offline(bool),
    Hang,
    /// The runner has lost a file it held.
    LoseFile,
    /// The page can, or cannot, send files.
    NoFiles(bool),
    /// The app has other scripts for the page.
    Renew,
    Paused(bool),
    Open(bool),
    NextSend(u16),
}

impl World {
    pub fn strike(&mut self, blow: Blow) {
        match blow {
            Blow::Kill(bits) => {
                for bit in (0..16).rev() {
                    if bits & (1 << bit) != 0 && bit < self.pending.len() {
                        self.answer(bit);
                    }
                }
                self.kill();
            }
            Blow::Reboot => {
                self.boot_id += 1;
                self.kill();
            }
            Blow::Crash => {
                self.page.open = false;
                self.tell(Input::PageCrashed);
            }
            Blow::SelfReload if self.page.open => self.page.load(self.now),
            Blow::Relink if self.page.open => self.page.relink(self.now),
            Blow::SelfReload | Blow::Relink => {}
            Blow::LoseSubmit => self.lose_submit(),
            Blow::LoseBegin => self.lose_begin = true,
            Blow::Expire => {
                for message in &mut self.server.messages {
                    message.until = self.now;
                }
            }
            Blow::Cancel => {
                for message in &mut self.server.messages {
                    if matches!(message.state, MessageState::Queued | MessageState::Leased) {
                        message.state = MessageState::Cancelled;
                        self.cancelled.push(message.id.clone());
                    }
                }
            }
            Blow::OptOut(other) => {
                let first = self.server.messages[0].phone.clone();
                let phone = if other {
                    first.replace("+55119", "+5511")
                } else {
                    first
                };
                self.server.opt_out(&phone);
            }
            Blow::DiskFull(full) => self.disk.full = full,
            Blow::ServerAway(away) => self.server_fault = away.then(unreachable),
            Blow::Offline(offline) => {
                self.page.state = if offline {
                    SessionState::Offline
                } else {
                    SessionState::Connected
                };
            }
            Blow::Hang => self.page.hung = true,
            Blow::LoseFile => self.held.clear(),
            Blow::NoFiles(true) => self.page.missing = vec![Capability::SendFile],
            Blow::NoFiles(false) => self.page.missing.clear(),
            Blow::Renew => self.tell(Input::Renew),
            Blow::Paused(true) => self.tell(Input::Pause),
            Blow::Paused(false) => self.tell(Input::Resume),
            Blow::Open(true) => self.tell(Input::Connect),
            Blow::Open(false) => self.tell(Input::Disconnect),
            Blow::NextSend(n) => self.page.trick = trick(n),
        }
    }

    fn lose_submit(&mut self) {
        let submit = |effect: &Effect| matches!(effect, Effect::Submit(..));
        let Some(at) = self.pending.iter().position(submit) else {
            return;
        };
        let Effect::Submit(generation, command) = self.pending.remove(at) else {
            return;
        };
        let _lost = self.page.submit(&generation, command, self.now);
        self.tell(Input::Submitted(Err(hotdesk_engine::PageFault::TimedOut)));
    }

    /// Everything works again and a person has looked at every stop: what is left must end.
    pub fn heal(&mut self) {
        self.disk.full = false;
        self.server_fault = None;
        self.result_fault = None;
        self.lose_begin = false;
        self.page.trick = None;
        self.page.state = SessionState::Connected;
        self.page.hung = false;
        self.page.missing.clear();
        // A page at ack 0 sends by itself again after a reload.
        self.strike(Blow::SelfReload);
        for ms in [20_000, 20_000, 60_000, 180_000, 180_000, 600_000] {
            self.tell(Input::Connect);
            self.tell(Input::Resume);
            self.run(ms);
            if self.check_ended().is_ok() {
                return;
            }
        }
    }

    /// The invariants of the design, judged from the history of what really left.
    pub fn check_safety(&self) -> Result<(), String> {
        if let Some(broken) = &self.broken {
            return Err(broken.clone());
        }
        for (at, left) in self.page.history.iter().enumerate() {
            let twice = self.page.history[..at].iter().any(|l| l.text == left.text);
            if twice {
                return Err(format!("I1: {:?} left twice", left.text));
            }
            if self.cancelled.iter().any(|id| id.as_str() == left.text) {
                return Err(format!("I7: {:?} left after a confirmed cancel", left.text));
            }
        }
        for message in &self.server.messages {
            let told =
                super::server::rank(message.state) >= super::server::rank(MessageState::Sent);
            if told
                && !self
                    .page
                    .history
                    .iter()
                    .any(|left| left.text == message.id.as_str())
            {
                return Err(format!(
                    "I3: {} is {:?} and never left",
                    message.id, message.state
                ));
            }
        }
        let place = |text: &str| {
            self.server
                .messages
                .iter()
                .position(|m| m.id.as_str() == text)
        };
        for (at, left) in self.page.history.iter().enumerate() {
            let after = self.page.history[at + 1..]
                .iter()
                .filter(|l| l.phone == left.phone);
            for later in after {
                if place(&later.text) < place(&left.text) {
                    return Err(format!("I4: {:?} overtook {:?}", left.text, later.text));
                }
            }
        }
        Ok(())
    }

    pub fn check_ended(&self) -> Result<(), String> {
        for message in &self.server.messages {
            let open = matches!(
                message.state,
                MessageState::Queued | MessageState::Leased | MessageState::Begun
            );
            if open {
                let status = self.session.status();
                return Err(format!(
                    "I2: {} is still {:?}: {status:?}",
                    message.id, message.state
                ));
            }
        }
        Ok(())
    }
}

fn trick(n: u16) -> Option<Trick> {
    match n % 10 {
        0 => Some(Trick::SendAndTimeOut),
        1 => Some(Trick::HangOnly),
        2 => Some(Trick::Swallow),
        3 => Some(Trick::NotOnWhatsapp),
        4 => Some(Trick::NotSubmitted),
        5 => Some(Trick::UnclearSent),
        6 => Some(Trick::UnclearUnsent),
        7 => Some(Trick::AckError),
        8 => Some(Trick::NeverAck),
        _ => Some(Trick::Refuse(ProblemCode::TooManyRequests)),
    }
}
