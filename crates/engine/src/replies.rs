//! What leads answer: attributed by the chat learnt at the send (or the lead's number), told to the
//! server until it has it. Chats that are not ours never leave the page's report.

use crate::backoff::Backoff;
use crate::effect::{Effect, OutboxRow, Stage};
use crate::input::QueueFault;
use crate::session::Session;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{ChatId, WaMessageId};
use hotdesk_protocol::queue::ReplyRequest;
use std::collections::VecDeque;

const KEPT_MOST: usize = 1_000;
const SIDE_BY_SIDE_MOST: usize = 4;

#[derive(Clone)]
struct Pending {
    request: ReplyRequest,
    out: bool,
    retry: Backoff,
}

#[derive(Clone, Default)]
pub(crate) struct Replies {
    pending: VecDeque<Pending>,
}

/// An inbound message as the page tells it.
pub(crate) struct Inbound {
    pub(crate) wa_message_id: WaMessageId,
    pub(crate) chat_id: ChatId,
    pub(crate) phone: Option<String>,
    pub(crate) text: String,
    pub(crate) at_ms: UtcMs,
}

impl Session {
    pub(crate) fn incoming(&mut self, inbound: Inbound) {
        let known = |p: &Pending| p.request.wa_message_id == inbound.wa_message_id;
        if self.replies.pending.iter().any(known) {
            return;
        }
        let ours = |row: &&OutboxRow| {
            let left = match row.stage {
                Stage::Sent | Stage::Delivered | Stage::Read | Stage::Submitted | Stage::Review => {
                    true
                }
                Stage::Intent | Stage::Failed => false,
            };
            let same_chat = row.chat_id.as_ref() == Some(&inbound.chat_id);
            left && (same_chat || inbound.phone.as_ref() == Some(&row.phone))
        };
        let rows = self.rows().chain(self.finished.values());
        let last = rows
            .filter(ours)
            .max_by_key(|row| row.at.last().map(|(_, at)| *at));
        let Some(message_id) = last.map(|row| row.message_id.clone()) else {
            return;
        };
        if self.replies.pending.len() >= KEPT_MOST {
            self.replies.pending.pop_front();
        }
        let request = ReplyRequest {
            sdr_id: self.sdr_id.clone(),
            desktop_id: self.desktop_id.clone(),
            message_id,
            wa_message_id: inbound.wa_message_id,
            chat_id: inbound.chat_id,
            text: inbound.text,
            at_ms: inbound.at_ms,
        };
        self.replies.pending.push_back(Pending {
            request,
            out: false,
            retry: Backoff::default(),
        });
    }

    pub(crate) fn pump_replies(&mut self) {
        if self.queue.signed_out {
            return;
        }
        let mut out = self
            .replies
            .pending
            .iter()
            .filter(|reply| reply.out)
            .count();
        for at in 0..self.replies.pending.len() {
            let reply = &self.replies.pending[at];
            let (waiting, retry) = (!reply.out, reply.retry.not_before());
            if out < SIDE_BY_SIDE_MOST && waiting && self.due(retry) {
                self.replies.pending[at].out = true;
                out += 1;
                let request = self.replies.pending[at].request.clone();
                self.emit(Effect::Reply(request));
            }
        }
    }

    pub(crate) fn replied(&mut self, id: &str, result: Result<(), QueueFault>) {
        let failed = self.heard(&result);
        let refused = matches!(result, Err(QueueFault::Refused(_))) && !self.queue.signed_out;
        let found = self
            .replies
            .pending
            .iter()
            .position(|p| p.request.wa_message_id.as_str() == id);
        let Some(at) = found else { return };
        match failed {
            Some(retry_after_ms) if !refused => {
                let (now, rng) = (self.now.boot, &mut self.rng);
                let reply = &mut self.replies.pending[at];
                reply.out = false;
                reply.retry.failed(now, retry_after_ms, rng);
            }
            Some(_) | None => {
                self.replies.pending.remove(at);
            }
        }
    }
}
