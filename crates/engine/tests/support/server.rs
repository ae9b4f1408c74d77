//! A model of the queue server: leases, a begin that pins, results at any hour.

use super::world::at;
use hotdesk_engine::input::QueueFault;
use hotdesk_protocol::file::{Attachment, FileKind};
use hotdesk_protocol::ids::{DesktopId, LeaseToken, MessageId, ProfileEpoch, SdrId};
use hotdesk_protocol::policy::Policy;
use hotdesk_protocol::queue::{
    ActiveDesktop, BeginRequest, ClaimAnswer, ClaimRequest, ClaimedMessage, LeaseAnswer, OptOuts,
    ResultRequest, TakeOverRequest,
};
use hotdesk_protocol::session::MessageState;
use hotdesk_protocol::{Problem, ProblemCode};
use std::sync::Arc;

#[derive(Clone, Debug)]
pub struct Queued {
    pub id: MessageId,
    pub sdr_id: SdrId,
    pub phone: String,
    pub text: String,
    pub file: Option<Attachment>,
    pub generation: u32,
    pub state: MessageState,
    pub token: u64,
    pub holder: Option<DesktopId>,
    /// The only desktop that may have it, since a person sent it as new.
    pub pinned: Option<DesktopId>,
    pub epoch: Option<ProfileEpoch>,
    pub until: u64,
    pub problem: Option<Problem>,
}

#[derive(Clone)]
pub struct Server {
    pub messages: Vec<Queued>,
    pub policy: Policy,
    pub lease_ms: u32,
    pub blocked: Option<Problem>,
    /// Who does not want messages, in the order in which they were blocked.
    pub opt_outs: Vec<String>,
    /// So many of them are told at a time.
    pub opt_outs_a_page: usize,
    /// Where the SDR is active; `None`: this server does not keep it.
    pub active: Option<ActiveDesktop>,
    /// It says how many messages wait for a person.
    pub keeps_review: bool,
    pub begins: Vec<MessageId>,
    pub results: Vec<(MessageId, MessageState)>,
    pub last_result: Option<Arc<ResultRequest>>,
    /// Begin pins nothing and fences nobody off (a known-bad variant).
    pub no_fence: bool,
    /// Begin does not compare profile epochs.
    pub no_epochs: bool,
    /// Begin's answer promises a day although the lease is short (a known-bad variant).
    pub endless: bool,
    /// Results are taken only under a good lease (a known-bad variant).
    pub no_late: bool,
    tokens: u64,
}

impl Server {
    pub fn new() -> Self {
        Self {
            messages: Vec::new(),
            policy: Policy {
                gap_ms: 0,
                daily_messages: 10_000,
                ack_stuck_ms: 120_000,
            },
            lease_ms: 60_000,
            blocked: None,
            opt_outs: Vec::new(),
            opt_outs_a_page: 500,
            active: None,
            keeps_review: true,
            begins: Vec::new(),
            results: Vec::new(),
            last_result: None,
            no_fence: false,
            no_epochs: false,
            endless: false,
            no_late: false,
            tokens: 0,
        }
    }

    pub fn enqueue(&mut self, id: &str, phone: &str, text: &str) {
        self.messages.push(Queued {
            id: id.into(),
            sdr_id: "john".into(),
            phone: phone.into(),
            text: text.into(),
            file: None,
            generation: 0,
            state: MessageState::Queued,
            token: 0,
            holder: None,
            pinned: None,
            epoch: None,
            until: 0,
            problem: None,
        });
    }

    /// A queued message gets a document of its own.
    pub fn attach(&mut self, id: &str) -> &mut Attachment {
        let file = Attachment {
            file_id: format!("file-{id}").into(),
            kind: FileKind::Document,
            file_name: "offer.pdf".into(),
            mime_type: "application/pdf".into(),
            size_bytes: 1_000,
            sha256: format!("{:064x}", id.len()),
        };
        self.get(id).file.insert(file)
    }

    pub fn get(&mut self, id: &str) -> &mut Queued {
        self.messages
            .iter_mut()
            .find(|m| m.id.as_str() == id)
            .expect("the message exists")
    }

    pub fn state(&mut self, id: &str) -> MessageState {
        self.get(id).state
    }

    pub fn claim(&mut self, ask: &ClaimRequest, now: u64) -> ClaimAnswer {
        for message in &mut self.messages {
            let open = message.state == MessageState::Begun && self.no_fence;
            if (message.state == MessageState::Leased || open) && message.until <= now {
                message.state = MessageState::Queued;
            }
        }
        let passive = self.is_elsewhere(&ask.desktop_id);
        let mut out = Vec::new();
        let mut chats: Vec<String> = Vec::new();
        for message in &mut self.messages {
            let pinned = message.state == MessageState::Begun
                && message.until <= now
                && message.holder.as_ref() == Some(&ask.desktop_id);
            let only = message.pinned.as_ref();
            let free = message.state == MessageState::Queued
                && only.is_none_or(|desktop| *desktop == ask.desktop_id);
            let wanted = !ask.holding.contains(&message.id)
                && !chats.contains(&message.phone)
                && out.len() < ask.limit as usize;
            if !(pinned || free) || !wanted || self.blocked.is_some() || passive {
                // Head of line: what is open keeps the later ones of its chat waiting.
                if matches!(
                    message.state,
                    MessageState::Queued | MessageState::Leased | MessageState::Begun
                ) {
                    chats.push(message.phone.clone());
                }
                continue;
            }
            self.tokens += 1;
            message.token = self.tokens;
            message.holder = Some(ask.desktop_id.clone());
            message.until = now + u64::from(self.lease_ms);
            if free {
                message.state = MessageState::Leased;
            }
            chats.push(message.phone.clone());
            out.push(ClaimedMessage {
                message_id: message.id.clone(),
                sdr_id: message.sdr_id.clone(),
                lead_id: format!("lead-{}", message.phone).into(),
                lead_name: "Lead".into(),
                phone: message.phone.clone(),
                text: message.text.clone(),
                file: message.file.clone(),
                generation: message.generation,
                attempt: 1,
                begun: pinned,
                lease_token: token(self.tokens),
                lease_ms: self.lease_ms,
            });
        }
        let queued = self
            .messages
            .iter()
            .filter(|m| m.state == MessageState::Queued)
            .count();
        ClaimAnswer {
            tenant: "office".into(),
            messages: out,
            policy: self.policy.clone(),
            queued: u32::try_from(queued).unwrap(),
            sent_today: 0,
            blocked: match passive {
                true => Some(Problem::new(ProblemCode::OtherDesktop, "no")),
                false => self.blocked.clone(),
            },
            active_desktop: self.active.clone(),
            opt_outs: self.opt_outs_since(ask.opt_outs_since),
            wish: None,
        }
    }

    pub fn in_review(&self) -> u32 {
        let waits = |m: &&Queued| m.state == MessageState::Review;
        u32::try_from(self.messages.iter().filter(waits).count()).unwrap()
    }

    fn is_elsewhere(&self, desktop: &DesktopId) -> bool {
        let active = self.active.as_ref();
        active.is_some_and(|active| active.desktop_id != *desktop)
    }

    /// The SDR becomes active on this desktop; what others hold and have not begun waits again.
    pub fn activate(&mut self, desktop: &str, now: u64) -> ActiveDesktop {
        let before = self.active.as_ref();
        let session_epoch = before.map_or(1, |active| active.session_epoch + 1);
        for message in &mut self.messages {
            let held = message.state == MessageState::Leased;
            if held
                && message
                    .holder
                    .as_ref()
                    .is_some_and(|it| it.as_str() != desktop)
            {
                message.state = MessageState::Queued;
            }
        }
        let active = ActiveDesktop {
            desktop_id: desktop.into(),
            name: Some(format!("the {desktop}")),
            since_ms: at(now).utc,
            session_epoch,
        };
        self.active.insert(active).clone()
    }

    pub fn take_over(
        &mut self,
        ask: &TakeOverRequest,
        now: u64,
    ) -> Result<ActiveDesktop, QueueFault> {
        let Some(active) = &self.active else {
            let problem = Problem::new(ProblemCode::NotFound, "no such call");
            return Err(QueueFault::Refused(problem));
        };
        if active.desktop_id == ask.desktop_id {
            return Ok(active.clone());
        }
        if ask
            .session_epoch
            .is_some_and(|seen| seen != active.session_epoch)
        {
            let problem = Problem::new(ProblemCode::OtherDesktop, "no");
            return Err(QueueFault::Refused(problem));
        }
        let active = self.activate(ask.desktop_id.as_str(), now);
        let name = ask.desktop_name.clone();
        Ok(self.active.insert(ActiveDesktop { name, ..active }).clone())
    }

    /// Nobody writes to this number any more; compared as it is spelled.
    pub fn opt_out(&mut self, phone: &str) {
        self.opt_outs.push(phone.to_owned());
        for message in &mut self.messages {
            let waits = matches!(message.state, MessageState::Queued | MessageState::Leased);
            if message.phone == phone && waits {
                message.state = MessageState::Cancelled;
            }
        }
    }

    pub fn opt_outs_since(&self, since: Option<i64>) -> Option<OptOuts> {
        let since = since?;
        let from = usize::try_from(since).unwrap().min(self.opt_outs.len());
        let numbers = self.opt_outs[from..].iter().take(self.opt_outs_a_page);
        let numbers: Vec<_> = numbers.cloned().collect();
        let cursor = since.max(i64::try_from(from + numbers.len()).unwrap());
        Some(OptOuts {
            more: from + numbers.len() < self.opt_outs.len(),
            numbers,
            cursor,
        })
    }

    pub fn begin(&mut self, ask: &BeginRequest, now: u64) -> Result<LeaseAnswer, QueueFault> {
        let lease_ms = self.lease_ms;
        let refuse = |code| Err(QueueFault::Refused(Problem::new(code, "no")));
        let Some(message) = self.messages.iter_mut().find(|m| m.id == ask.message_id) else {
            return refuse(ProblemCode::NotFound);
        };
        let past = self.active.as_ref().is_some_and(|active| {
            let epoch = ask.session_epoch;
            let past = epoch.is_some_and(|epoch| epoch != active.session_epoch);
            past || active.desktop_id != ask.desktop_id
        });
        let held = message.holder.as_ref() == Some(&ask.desktop_id)
            && token(message.token) == ask.lease_token;
        match message.state {
            _ if self.no_fence => {}
            MessageState::Cancelled => return refuse(ProblemCode::Cancelled),
            _ if past => return refuse(ProblemCode::OtherDesktop),
            MessageState::Leased if held && self.opt_outs.contains(&message.phone) => {
                message.state = MessageState::Cancelled;
                return refuse(ProblemCode::Cancelled);
            }
            MessageState::Begun if held && self.opt_outs.contains(&message.phone) => {
                message.state = MessageState::Review;
                return refuse(ProblemCode::Cancelled);
            }
            MessageState::Leased if held && message.until > now => {}
            MessageState::Begun if held => {
                if !self.no_epochs && message.epoch.as_ref() != Some(&ask.profile_epoch) {
                    message.state = MessageState::Review;
                    return refuse(ProblemCode::Fenced);
                }
            }
            _ => return refuse(ProblemCode::Fenced),
        }
        message.state = MessageState::Begun;
        message.epoch = Some(ask.profile_epoch.clone());
        message.until = now + u64::from(lease_ms);
        self.begins.push(ask.message_id.clone());
        let lease_ms = if self.endless { 86_400_000 } else { lease_ms };
        Ok(LeaseAnswer { lease_ms })
    }

    pub fn release(&mut self, id: &MessageId, lease: &LeaseToken) {
        for message in &mut self.messages {
            if message.id == *id
                && message.state == MessageState::Leased
                && token(message.token) == *lease
            {
                message.state = MessageState::Queued;
            }
        }
    }

    pub fn result(&mut self, ask: &ResultRequest) {
        self.results.push((ask.message_id.clone(), ask.state));
        self.last_result = Some(Arc::new(ask.clone()));
        if let Some(message) = self.messages.iter_mut().find(|m| m.id == ask.message_id)
            && rank(ask.state) > rank(message.state)
        {
            message.state = ask.state;
            message.problem.clone_from(&ask.problem);
        }
    }
}

fn token(number: u64) -> LeaseToken {
    LeaseToken(format!("t{number}"))
}

/// A message's rank never falls.
pub fn rank(state: MessageState) -> u8 {
    match state {
        MessageState::Queued => 0,
        MessageState::Leased => 1,
        MessageState::Begun => 2,
        MessageState::Cancelled | MessageState::Dead => 3,
        MessageState::Review => 4,
        MessageState::Failed => 5,
        MessageState::Sent => 6,
        MessageState::Delivered => 7,
        MessageState::Read => 8,
    }
}
