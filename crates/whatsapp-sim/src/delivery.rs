//! Messages through the server half: existence, departure, ticks, replies.

use crate::history::{Departure, Tick};
use crate::knobs::{AckMode, Knobs};
use crate::linking::{bad_phone, disk};
use crate::numbers::{digits, is_e164, lid_of, random_hex};
use crate::sim::{Linked, Sim, World};
use crate::wire::{FileSent, Found, Kind, Remembered, Stanza, ToPage};
use hotdesk_protocol::{Problem, ProblemCode};

/// After a restart a device hears again of this many of its last messages.
const CATCH_UP: usize = 500;
/// The refusal of a text that is too long.
const TOO_LONG: u16 = 413;
/// The refusal of a file that was never uploaded.
const NO_FILE: u16 = 406;

impl Sim {
    /// Answers whether a number is on WhatsApp, after the time the knobs say.
    pub(crate) fn query_exists(&self, connection: u64, request: u32, user: String, server: String) {
        let wait_ms = {
            let world = self.world();
            world.knobs_of(connection).exists_ms
        };
        self.later(wait_ms, move |sim| {
            let mut world = sim.world();
            let knobs = world.knobs_of(connection);
            let found = world.resolve(&user, &server, &knobs).map(|phone| {
                let lid = lid_of(&phone);
                world.lids.insert(lid.clone(), phone.clone());
                Found {
                    user: digits(&phone).to_owned(),
                    lid,
                }
            });
            if let Some(it) = world.connections.get(&connection) {
                it.say(ToPage::Exists { request, found });
            }
        });
    }

    /// A message arrives from a page.
    pub(crate) fn accept(
        &self,
        connection: u64,
        id: String,
        chat: &str,
        body: String,
        sent: Option<&FileSent>,
    ) {
        let mut world = self.world();
        let Some(linked) = world
            .connections
            .get(&connection)
            .and_then(|it| it.linked.clone())
        else {
            return;
        };
        let knobs = world.knobs.of(Some(&linked.phone));
        if let Some(row) = world.history.find(&linked.phone, linked.device, &id) {
            let ack = world
                .history
                .rows()
                .get(row)
                .map_or(0, crate::history::Row::ack);
            drop(world);
            self.acknowledge_again(row, ack, &linked, &knobs);
            return;
        }
        let (user, server) = chat.split_once('@').unwrap_or((chat, ""));
        let Some(to) = world.resolve(user, server, &knobs) else {
            world.post(
                &linked.token,
                Stanza::Ack {
                    id,
                    chat: chat.to_owned(),
                    ack: 0,
                    code: Some(404),
                },
            );
            return;
        };
        let file = sent.and_then(|sent| world.uploaded(sent));
        let refusal = if body.chars().count() > knobs.text_limit {
            Some(TOO_LONG)
        } else if sent.is_some() && file.is_none() {
            Some(NO_FILE)
        } else {
            (knobs.ack == AckMode::Refused).then_some(knobs.refusal_code)
        };
        if let Some(code) = refusal {
            let refusal = Stanza::Ack {
                id,
                chat: chat.to_owned(),
                ack: -1,
                code: Some(code),
            };
            drop(world);
            self.later(knobs.ack_ms, move |sim| {
                sim.world().post(&linked.token, refusal);
            });
            return;
        }
        match knobs.ack {
            AckMode::LostMessage | AckMode::Refused => {}
            AckMode::Normal | AckMode::LostAck => {
                let message = Remembered {
                    id,
                    lead: to,
                    chat: chat.to_owned(),
                    from_me: true,
                    body,
                    kind: sent.map_or(Kind::Text, |sent| sent.kind),
                    file,
                    at_ms: World::now_ms(),
                    ack: 1,
                };
                let row = match world.depart(&linked, message) {
                    Ok(row) => row,
                    Err(error) => {
                        tracing::error!(%error, "the history cannot be written; the message did not leave");
                        return;
                    }
                };
                drop(world);
                if knobs.ack == AckMode::Normal {
                    self.tick_later(row, 1, &knobs);
                }
            }
        }
    }

    fn acknowledge_again(&self, row: usize, ack: i8, linked: &Linked, knobs: &Knobs) {
        match knobs.ack {
            AckMode::Normal if ack == 0 => self.tick_later(row, 1, knobs),
            AckMode::Normal => {
                let token = linked.token.clone();
                self.later(knobs.ack_ms, move |sim| {
                    let mut world = sim.world();
                    if let Some(stanza) = world.tick_of(row) {
                        world.post(&token, stanza);
                    }
                });
            }
            AckMode::LostAck | AckMode::LostMessage | AckMode::Refused => {}
        }
    }

    /// Takes up the ticks that an earlier run did not get to.
    pub(crate) fn take_up_ticks(&self) {
        let open: Vec<(usize, i8, Knobs)> = {
            let world = self.world();
            let rows = world.history.rows().iter().enumerate();
            rows.filter(|(_, row)| (1..3).contains(&row.ack()))
                .map(|(at, row)| (at, row.ack() + 1, world.knobs.of(Some(&row.account))))
                .collect()
        };
        for (row, next, knobs) in open {
            self.tick_later(row, next, &knobs);
        }
    }

    fn tick_later(&self, row: usize, ack: i8, knobs: &Knobs) {
        let wait_ms = match ack {
            1 => knobs.ack_ms,
            2 if !knobs.never_delivered => knobs.delivered_ms,
            3 if !knobs.never_delivered && !knobs.never_read => knobs.read_ms,
            _ => return,
        };
        let knobs = knobs.clone();
        self.later(wait_ms, move |sim| {
            if sim.world().tick(row, ack) {
                sim.tick_later(row, ack + 1, &knobs);
            }
        });
    }

    /// A lead writes to an account; every linked device gets it. Returns the message's id.
    pub fn reply(&self, phone: &str, from: &str, text: &str) -> Result<String, Problem> {
        if !is_e164(phone) || !is_e164(from) {
            return Err(bad_phone());
        }
        if text.is_empty() {
            return Err(Problem::new(
                ProblemCode::BadText,
                "The reply is empty. Nothing was sent; write something.",
            ));
        }
        let mut world = self.world();
        if world.phones.account(phone).is_none() {
            return Err(Problem::new(
                ProblemCode::NotFound,
                "No account has this number. Nothing was sent; scan a QR code with it first.",
            ));
        }
        let knobs = world.knobs.of(Some(phone));
        let lead = world
            .resolve(digits(from), "c.us", &knobs)
            .unwrap_or_else(|| from.to_owned());
        let chat = world.chat_with(phone, &lead, &knobs);
        let id = random_hex(10).map_err(|error| disk(std::io::Error::other(error)))?;
        let message = Remembered {
            id: format!("3A{}", &id[2..]),
            chat,
            from_me: false,
            body: text.to_owned(),
            kind: Kind::Text,
            file: None,
            at_ms: World::now_ms(),
            ack: 0,
            lead,
        };
        let id = message.id.clone();
        world
            .phones
            .remember(phone, message.clone())
            .map_err(disk)?;
        let name = format!("Lead {}", &from[from.len().saturating_sub(4)..]);
        world.hand_out(phone, None, &Stanza::Message { message, name });
        Ok(id)
    }
}

impl World {
    /// The knobs in force for what a connection does.
    pub(crate) fn knobs_of(&self, connection: u64) -> Knobs {
        let phone = self
            .connections
            .get(&connection)
            .and_then(|it| it.linked.as_ref())
            .map(|linked| linked.phone.as_str());
        self.knobs.of(phone)
    }

    fn depart(&mut self, linked: &Linked, message: Remembered) -> std::io::Result<usize> {
        let left = Departure {
            account: &linked.phone,
            device: linked.device,
            id: &message.id,
            chat: &message.chat,
            to: &message.lead,
            body: &message.body,
            kind: message.kind,
            file: message.file.as_ref(),
        };
        let row = self.history.record(&left, message.at_ms)?;
        self.phones.remember(&linked.phone, message.clone())?;
        let stanza = Stanza::Message {
            message,
            name: String::new(),
        };
        self.hand_out(&linked.phone, Some(linked.device), &stanza);
        Ok(row)
    }

    /// Gives a stanza to every device of the account but one.
    fn hand_out(&mut self, phone: &str, but: Option<u32>, stanza: &Stanza) {
        let tokens: Vec<String> = self
            .phones
            .account(phone)
            .map(|account| {
                let others = account.devices.iter();
                others
                    .filter(|device| Some(device.number) != but)
                    .map(|device| device.token.clone())
                    .collect()
            })
            .unwrap_or_default();
        for token in tokens {
            self.post(&token, stanza.clone());
        }
    }

    fn chat_with(&mut self, phone: &str, lead: &str, knobs: &Knobs) -> String {
        let known = self.phones.chats(phone).iter().rev();
        if let Some(message) = known.into_iter().find(|message| message.lead == lead) {
            return message.chat.clone();
        }
        let lid = lid_of(lead);
        self.lids.insert(lid.clone(), lead.to_owned());
        if knobs.lid_chats {
            format!("{lid}@lid")
        } else {
            format!("{}@c.us", digits(lead))
        }
    }

    /// Raises a tick and tells the device it left from; false when it is there already.
    fn tick(&mut self, row: usize, ack: i8) -> bool {
        let tick = Tick {
            ack,
            at_ms: Self::now_ms(),
        };
        match self.history.raise(row, tick) {
            Ok(false) => return false,
            Ok(true) => {}
            Err(error) => {
                tracing::error!(%error, "the history cannot be written; the tick is not told");
                return false;
            }
        }
        let Some((stanza, token)) = self.tick_of(row).zip(self.token_of(row)) else {
            return true;
        };
        self.post(&token, stanza);
        true
    }

    fn token_of(&self, row: usize) -> Option<String> {
        let row = self.history.rows().get(row)?;
        let devices = &self.phones.account(&row.account)?.devices;
        let device = devices.iter().find(|device| device.number == row.device)?;
        Some(device.token.clone())
    }

    fn tick_of(&self, row: usize) -> Option<Stanza> {
        let row = self.history.rows().get(row)?;
        Some(Stanza::Ack {
            id: row.wa_message_id.clone(),
            chat: row.chat.clone(),
            ack: row.ack(),
            code: None,
        })
    }

    /// Fills the queue of a device seen for the first time since the start: what was queued for it
    /// before is gone with the earlier run, so it hears of its last messages again.
    pub(crate) fn catch_up(&mut self, linked: &Linked) {
        let rows = self.history.rows().iter().enumerate().rev();
        let mut own: Vec<usize> = rows
            .filter(|(_, row)| {
                row.account == linked.phone && row.device == linked.device && row.ack() > 0
            })
            .map(|(at, _)| at)
            .take(CATCH_UP)
            .collect();
        own.reverse();
        self.mailboxes.entry(linked.token.clone()).or_default();
        for row in own {
            if let Some(stanza) = self.tick_of(row) {
                self.post(&linked.token, stanza);
            }
        }
        let messages: Vec<Remembered> = {
            let all = self.phones.chats(&linked.phone).iter();
            all.filter(|message| !message.from_me).cloned().collect()
        };
        for message in messages.into_iter().rev().take(CATCH_UP).rev() {
            let name = format!(
                "Lead {}",
                &message.lead[message.lead.len().saturating_sub(4)..]
            );
            self.post(&linked.token, Stanza::Message { message, name });
        }
    }
}
