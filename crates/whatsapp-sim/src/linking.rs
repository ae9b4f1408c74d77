//! Linking and unlinking devices: the series of QR codes, the scan, the removal.

use crate::numbers::{digits, is_e164, random_hex};
use crate::phone::{Device, MAX_DEVICES};
use crate::sim::{AwaitedPasskey, LINK, Linked, PageKeys, PendingCode, Sim, World};
use crate::wire::{Kind, Remembered, ToPage};
use hotdesk_protocol::{Problem, ProblemCode};
use qrcode::QrCode;
use qrcode::render::svg;
use std::collections::HashMap;

/// WhatsApp shows this many codes before it asks for a press.
pub const CODES_IN_A_SERIES: u32 = 6;

impl Sim {
    /// The first words of a page without a login: a new series of codes begins.
    pub(crate) fn greet_stranger(&self, connection: u64, keys: PageKeys) {
        if let Some(it) = self.world().connections.get_mut(&connection) {
            it.keys = Some(keys);
            it.linked = None;
        }
        self.begin_codes(connection);
    }

    /// Begins a series of codes, unless codes are muted.
    pub(crate) fn begin_codes(&self, connection: u64) {
        let series = {
            let mut world = self.world();
            let Some(it) = world.connections.get_mut(&connection) else {
                return;
            };
            it.series += 1;
            it.code = None;
            it.series
        };
        self.show_code(connection, series, 1);
    }

    fn show_code(&self, connection: u64, series: u64, index: u32) {
        let life_ms = if index == 1 {
            self.lives.first_ms
        } else {
            self.lives.next_ms
        };
        {
            let mut world = self.world();
            let muted = world.knobs.of(None).qr_muted;
            let Some(it) = world.connections.get_mut(&connection) else {
                return;
            };
            if it.series != series || it.linked.is_some() || muted {
                return;
            }
            if index > CODES_IN_A_SERIES {
                it.code = None;
                it.say(ToPage::QrExpired);
                return;
            }
            let Some(keys) = it.keys.clone() else {
                return;
            };
            let reference = match random_hex(24) {
                Ok(hex) => format!("2@{hex}"),
                Err(error) => {
                    tracing::error!(%error, "no random numbers, so no QR code");
                    return;
                }
            };
            let value = format!(
                "{LINK}{reference},{},{},{}",
                keys.noise, keys.identity, keys.adv
            );
            let now = World::now_ms();
            it.say(ToPage::Qr {
                reference: reference.clone(),
                svg: draw(&value),
                value: value.clone(),
                index,
                life_ms,
            });
            it.code = Some(PendingCode {
                value,
                reference,
                index,
                shown_at_ms: now,
                expires_at_ms: now.saturating_add_unsigned(life_ms),
                connection,
            });
        }
        self.later(life_ms, move |sim| {
            sim.show_code(connection, series, index + 1);
        });
    }

    /// Codes that can be scanned now, oldest page first.
    pub fn pending_codes(&self) -> Vec<PendingCode> {
        let world = self.world();
        let mut codes: Vec<PendingCode> = world
            .connections
            .values()
            .filter_map(|connection| connection.code.clone())
            .collect();
        codes.sort_by_key(|code| code.connection);
        codes
    }

    /// The phone scans a code: the page that shows it becomes a linked device of the account,
    /// which is made when it is new.
    pub fn scan(&self, qr: &str, phone: &str, name: Option<&str>) -> Result<Linking, Problem> {
        if !is_e164(phone) {
            return Err(bad_phone());
        }
        let mut world = self.world();
        let connection = world
            .connections
            .iter()
            .find(|(_, it)| {
                it.code
                    .as_ref()
                    .is_some_and(|code| code.says(qr) || code.reference == qr)
            })
            .map(|(id, _)| *id)
            .ok_or_else(|| {
                Problem::new(
                    ProblemCode::NotFound,
                    "No page shows this QR code (any more). Nothing was linked; scan the code that is shown now.",
                )
            })?;
        world.link_or_ask(connection, phone, name)
    }

    /// The first words of a page that says it is linked.
    pub(crate) fn greet_device(&self, connection: u64, token: &str) {
        let mut world = self.world();
        let Some((account, device)) = world.phones.device_of(token) else {
            if let Some(it) = world.connections.get(&connection) {
                it.say(ToPage::Removed);
            }
            return;
        };
        let linked = Linked {
            phone: account.phone.clone(),
            device: device.number,
            token: token.to_owned(),
        };
        if world.cut_off.contains(token) {
            if let Some(it) = world.connections.get(&connection) {
                it.close();
            }
            return;
        }
        if let Some((other, it)) = world.online(token)
            && other != connection
        {
            it.say(ToPage::Conflict);
            if let Some(it) = world.connections.get_mut(&other) {
                it.linked = None;
            }
        }
        let knobs = world.knobs.of(Some(&linked.phone)).for_page();
        if !world.mailboxes.contains_key(token) {
            world.catch_up(&linked);
        }
        let waiting: Vec<_> = world
            .mailboxes
            .get(token)
            .map(|mailbox| mailbox.waiting.iter().cloned().collect())
            .unwrap_or_default();
        if let Some(it) = world.connections.get_mut(&connection) {
            it.linked = Some(linked);
            it.say(ToPage::Welcome { knobs });
            for (seq, stanza) in waiting {
                it.say(ToPage::Stanza { seq, stanza });
            }
        }
    }

    /// Removes one device, or all, from the account: as a person does on the phone.
    pub fn remove(&self, phone: &str, device: Option<u32>) -> Result<usize, Problem> {
        let mut world = self.world();
        let gone = world.phones.unlink(phone, device).map_err(disk)?;
        if gone.is_empty() {
            return Err(Problem::new(
                ProblemCode::NotFound,
                "This account has no such linked device. Nothing was removed.",
            ));
        }
        for token in &gone {
            world.mailboxes.remove(token);
            world.cut_off.remove(token);
            if let Some((id, it)) = world.online(token) {
                it.say(ToPage::Removed);
                if let Some(it) = world.connections.get_mut(&id) {
                    it.linked = None;
                }
            }
        }
        Ok(gone.len())
    }

    /// The page unlinks itself.
    pub(crate) fn log_out(&self, connection: u64) {
        let linked = self
            .world()
            .connections
            .get(&connection)
            .and_then(|it| it.linked.clone());
        if let Some(linked) = linked
            && let Err(problem) = self.remove(&linked.phone, Some(linked.device))
        {
            tracing::warn!(code = ?problem.code, "a device that logged out was not linked");
        }
    }
}

/// What came of a scan or of a typed pairing code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Linking {
    /// The page is a linked device now.
    Linked(Device),
    /// The phone waits for a passkey first.
    Passkey,
}

impl World {
    /// Links the page, or has it ask for a passkey when the account wants one.
    pub(crate) fn link_or_ask(
        &mut self,
        connection: u64,
        phone: &str,
        name: Option<&str>,
    ) -> Result<Linking, Problem> {
        let full = self
            .phones
            .account(phone)
            .is_some_and(|account| account.devices.len() >= MAX_DEVICES);
        if full {
            return Err(Problem::new(
                ProblemCode::Forbidden,
                "This account has four linked devices already. Nothing was linked; remove one first.",
            ));
        }
        if !self.knobs.of(Some(phone)).passkey {
            return self.link(connection, phone, name).map(Linking::Linked);
        }
        if let Some(it) = self.connections.get_mut(&connection) {
            it.code = None;
            it.pairing = None;
            it.series += 1;
            it.passkey = Some(AwaitedPasskey {
                phone: phone.to_owned(),
                name: name.map(str::to_owned),
            });
            it.say(ToPage::Passkey);
        }
        Ok(Linking::Passkey)
    }

    /// Links the page to the account and hands it what the phone remembers.
    pub(crate) fn link(
        &mut self,
        connection: u64,
        phone: &str,
        name: Option<&str>,
    ) -> Result<Device, Problem> {
        let account = self.phones.create(phone, name).map_err(disk)?.clone();
        let token = random_hex(16).map_err(|error| disk(std::io::Error::other(error)))?;
        let device = self
            .phones
            .link(phone, &token, Self::now_ms())
            .map_err(disk)?
            .ok_or_else(|| disk(std::io::Error::other("the account has no room")))?;
        self.lids.insert(account.lid.clone(), phone.to_owned());
        let knobs = self.knobs.of(Some(phone));
        let mut history = invented(knobs.history_messages);
        history.extend(self.remembered_with_ticks(phone));
        if let Some(it) = self.connections.get_mut(&connection) {
            it.code = None;
            it.pairing = None;
            it.passkey = None;
            it.series += 1;
            it.linked = Some(Linked {
                phone: phone.to_owned(),
                device: device.number,
                token: token.clone(),
            });
            it.say(ToPage::Paired {
                token,
                device: device.number,
                user: digits(phone).to_owned(),
                lid: account.lid,
                name: account.name,
                history,
            });
            it.say(ToPage::Welcome {
                knobs: knobs.for_page(),
            });
        }
        Ok(device)
    }

    fn remembered_with_ticks(&self, phone: &str) -> Vec<Remembered> {
        let rows = self
            .history
            .rows()
            .iter()
            .filter(|row| row.account == phone);
        let mut ticks: HashMap<&str, i8> = HashMap::new();
        for row in rows {
            let tick = ticks.entry(&row.wa_message_id).or_default();
            *tick = row.ack().max(*tick);
        }
        let chats = self.phones.chats(phone).iter();
        chats
            .map(|message| Remembered {
                ack: ticks
                    .get(message.id.as_str())
                    .copied()
                    .unwrap_or(message.ack),
                ..message.clone()
            })
            .collect()
    }
}

pub(crate) fn bad_phone() -> Problem {
    Problem::new(
        ProblemCode::BadPhone,
        "The phone number is not E.164: write it with its plus and country code, like +5511960000001.",
    )
}

pub(crate) fn disk(error: std::io::Error) -> Problem {
    Problem::new(
        ProblemCode::StoreFailed,
        format!("The rehearsal's data folder cannot be written: {error}. Nothing was changed."),
    )
}

fn draw(value: &str) -> String {
    match QrCode::new(value) {
        Ok(code) => code
            .render::<svg::Color<'_>>()
            .min_dimensions(264, 264)
            .dark_color(svg::Color("#0b1f33"))
            .light_color(svg::Color("#ffffff"))
            .quiet_zone(false)
            .build(),
        Err(error) => {
            tracing::error!(%error, "a QR code could not be drawn");
            String::new()
        }
    }
}

/// Old messages that never were, so that a login has something to synchronise.
fn invented(count: u32) -> Vec<Remembered> {
    (0..count)
        .map(|at| {
            let user = format!("551198{:07}", at / 20);
            Remembered {
                id: format!("3EB0F00D{at:010X}"),
                lead: format!("+{user}"),
                chat: format!("{user}@c.us"),
                from_me: at % 2 == 0,
                body: format!("An older message, number {at}"),
                kind: Kind::Text,
                file: None,
                at_ms: 1_700_000_000_000 + i64::from(at) * 60_000,
                ack: 3,
            }
        })
        .collect()
}
