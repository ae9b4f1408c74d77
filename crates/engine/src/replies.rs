//! What leads answer: attributed by the chat learnt at the send, under either of the two ids an
//! account has (or by the lead's number), on disk before the page may forget it, told to the server
//! until it has it. Chats that are not ours never leave the page's report.

use crate::backoff::Backoff;
use crate::effect::{Effect, OutboxRow, Record, Stage};
use crate::input::QueueFault;
use crate::session::Session;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{ChatId, WaMessageId};
use hotdesk_protocol::queue::ReplyRequest;
use std::collections::VecDeque;

/// Ids of answers the server has: a page that tells one again is not believed twice.
const DONE_MOST: usize = 1_000;
const SIDE_BY_SIDE_MOST: usize = 4;

#[derive(Clone)]
struct Pending {
    request: ReplyRequest,
    /// It is on disk.
    kept: bool,
    /// Where the page's present load told it; the page keeps it until a drain asks for what follows.
    seq: Option<u32>,
    out: bool,
    retry: Backoff,
}

#[derive(Clone, Default)]
pub(crate) struct Replies {
    pending: VecDeque<Pending>,
    done: VecDeque<WaMessageId>,
}

impl Replies {
    /// As found on disk at the start.
    pub(crate) fn restored(requests: Vec<ReplyRequest>) -> Self {
        let pending = |request| Pending {
            request,
            kept: true,
            seq: None,
            out: false,
            retry: Backoff::default(),
        };
        Self {
            pending: requests.into_iter().map(pending).collect(),
            done: VecDeque::new(),
        }
    }

    pub(crate) fn is_pending(&self, id: &WaMessageId) -> bool {
        self.pending.iter().any(|p| p.request.wa_message_id == *id)
    }

    /// The lowest report of this load that the page must still keep.
    pub(crate) fn first_held(&self) -> Option<u32> {
        let open = self.pending.iter().filter(|reply| !reply.kept);
        open.filter_map(|reply| reply.seq).min()
    }

    /// The load is gone, and its numbers with it.
    pub(crate) fn forget_load(&mut self) {
        for reply in &mut self.pending {
            reply.seq = None;
        }
    }
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
    /// `seq` is the report's number if it came from the page's present load.
    pub(crate) fn incoming(&mut self, inbound: Inbound, seq: Option<u32>) {
        if self.replies.done.contains(&inbound.wa_message_id) {
            return;
        }
        let known = |p: &&mut Pending| p.request.wa_message_id == inbound.wa_message_id;
        if let Some(reply) = self.replies.pending.iter_mut().find(known) {
            reply.seq = seq;
            return;
        }
        // WhatsApp's own spelling of the number, which may be short of a digit of ours.
        let by_number = inbound.phone.as_deref().map(chat_of);
        let ours = |row: &&OutboxRow| {
            let left = match row.stage {
                Stage::Sent | Stage::Delivered | Stage::Read | Stage::Submitted | Stage::Review => {
                    true
                }
                Stage::Intent | Stage::Failed => false,
            };
            let same_chat = row.is_chat(&inbound.chat_id)
                || by_number.as_ref().is_some_and(|chat| row.is_chat(chat));
            left && (same_chat || inbound.phone.as_ref() == Some(&row.phone))
        };
        let rows = self.rows().chain(self.finished.rows());
        let last = rows
            .filter(ours)
            .max_by_key(|row| row.at.last().map(|(_, at)| *at));
        let Some(message_id) = last.map(|row| row.message_id.clone()) else {
            return;
        };
        let request = ReplyRequest {
            sdr_id: self.sdr_id.clone(),
            desktop_id: self.desktop_id.clone(),
            message_id,
            wa_message_id: inbound.wa_message_id,
            chat_id: inbound.chat_id,
            text: inbound.text,
            at_ms: inbound.at_ms,
        };
        self.records.push(Record::Reply(Box::new(request.clone())));
        self.replies.pending.push_back(Pending {
            request,
            kept: false,
            seq,
            out: false,
            retry: Backoff::default(),
        });
    }

    pub(crate) fn pump_replies(&mut self) {
        if self.queue.signed_out || !self.due(self.queue.reply_from) {
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
            // A disk that cannot be written is no reason to keep the answer back.
            let ready = reply.kept || self.records.failed.is_some();
            let (waiting, retry) = (ready && !reply.out, reply.retry.not_before());
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
        let from = self.now.boot.after(failed.unwrap_or(0));
        self.queue.reply_from = self.queue.reply_from.max(from);
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
                let Some(told) = self.replies.pending.remove(at) else {
                    return;
                };
                let id = told.request.wa_message_id;
                self.replies.done.push_back(id.clone());
                if self.replies.done.len() > DONE_MOST {
                    self.replies.done.pop_front();
                }
                self.records.withdraw_reply(&id);
                if told.kept {
                    self.records.push(Record::ReplyDone(id));
                }
            }
        }
    }

    /// It is on disk. If the server took it meanwhile, it need not stay there.
    pub(crate) fn reply_kept(&mut self, id: WaMessageId) {
        let mut pending = self.replies.pending.iter_mut();
        match pending.find(|p| p.request.wa_message_id == id) {
            Some(reply) => reply.kept = true,
            None => self.records.push(Record::ReplyDone(id)),
        }
    }
}

/// The chat of an E.164 number.
fn chat_of(phone: &str) -> ChatId {
    ChatId(format!("{}@c.us", phone.trim_start_matches('+')))
}
