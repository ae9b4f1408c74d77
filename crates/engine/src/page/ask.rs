//! What a page is asked: probes, drains and the commands that carry no message.

use super::Handed;
use crate::effect::Effect;
use crate::input::Millis;
use crate::session::Session;
use hotdesk_protocol::bridge::BridgeCommand;
use hotdesk_protocol::ids::PageGeneration;
use hotdesk_protocol::session::SessionState;

/// A pairing code that the page could not be asked for in this time is no longer waited for by anyone.
const CODE_WANTED_MS: u64 = 120_000;

impl Session {
    pub(crate) fn ask_probe(&mut self) {
        if self.page.probe_out.is_none() {
            self.page.probe_out = Some((self.page.load, self.now.boot));
            self.emit(Effect::Probe);
        }
    }

    pub(super) fn pump_drain(&mut self) {
        let Some(probe) = &self.page.probe else {
            return;
        };
        let wanted = self.page.more || probe.last_seq > self.page.seq || self.awaits_report();
        let free = !self.page.drain_out && !self.page.stranger;
        if wanted && free && self.due(self.page.next_drain) {
            self.page.drain_out = true;
            // The page may forget what comes before; an answer not yet on disk stays with it.
            let held = self.replies.first_held();
            let after = held.map_or(self.page.seq, |seq| {
                seq.saturating_sub(1).min(self.page.seq)
            });
            self.emit(Effect::Drain(after));
        }
    }

    pub(crate) fn drain_answered(&mut self, next: Millis) {
        self.page.drain_out = false;
        self.page.next_drain = next;
    }

    pub(super) fn pump_commands(&mut self) {
        let Some(generation) = self.page.generation().cloned() else {
            return;
        };
        if self.page.submit_out.is_some() {
            return;
        }
        if self.page.unlink_wanted {
            self.page.unlink_wanted = false;
            self.hand(Handed::LogOut, generation, BridgeCommand::LogOut);
        } else if self.page.refresh_wanted {
            self.page.refresh_wanted = false;
            self.hand(Handed::RefreshQr, generation, BridgeCommand::RefreshQr);
        } else if let Some(phone) = self.code_due() {
            self.hand(
                Handed::LinkByCode,
                generation,
                BridgeCommand::LinkByCode { phone },
            );
        } else if self.page.use_here_wanted {
            self.page.use_here_wanted = false;
            self.hand(Handed::UseHere, generation, BridgeCommand::UseHere);
        } else if let Some(marker) = self.page.new_marker.clone()
            && self.page.marker.as_ref() == Some(&marker)
            && self.page.state() == SessionState::Connected
            && self.due(self.page.next_mark)
        {
            self.page.next_mark = self.now.boot.after(2_000);
            self.hand(Handed::Mark, generation, BridgeCommand::Mark { marker });
        }
    }

    /// Opens the page and asks for a pairing code, once it can be linked.
    pub(crate) fn link_by_code(&mut self, phone: String) {
        self.page.code_wanted = Some((phone, self.now.boot));
        self.connect();
    }

    /// The number a pairing code is to be asked for now. A page that is linked is never asked: WhatsApp
    /// could end the link there is.
    fn code_due(&mut self) -> Option<String> {
        let (_, since) = self.page.code_wanted.as_ref()?;
        let linkable = matches!(
            self.page.state(),
            SessionState::Qr | SessionState::PairingCode
        );
        let too_late = self.now.boot.since(*since) >= CODE_WANTED_MS;
        if too_late || self.page.account().is_some() {
            self.page.code_wanted = None;
        }
        self.page
            .code_wanted
            .take_if(|_| linkable)
            .map(|(phone, _)| phone)
    }

    pub(crate) fn hand(&mut self, what: Handed, to: PageGeneration, command: BridgeCommand) {
        self.page.submit_out = Some(what);
        self.emit(Effect::Submit(to, command));
    }
}
