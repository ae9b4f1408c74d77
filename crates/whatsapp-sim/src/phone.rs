//! The accounts and what their phones remember: linked devices and chats.

use crate::numbers::lid_of;
use crate::wire::Remembered;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

/// WhatsApp links at most this many devices to an account.
pub const MAX_DEVICES: usize = 4;

/// A linked device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// Counts up within an account; never used again.
    pub number: u32,
    /// What its page shows at each connection.
    pub token: String,
    /// When it was linked.
    pub linked_at_ms: i64,
}

/// An account on WhatsApp.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// E.164.
    pub phone: String,
    /// The owner's name.
    pub name: String,
    /// The digits of its lid.
    pub lid: String,
    /// The number of the next device.
    pub next_device: u32,
    /// Those linked now.
    pub devices: Vec<Device>,
}

/// All accounts, kept in a file; and their chats, kept in another.
#[derive(Debug)]
pub struct Phones {
    accounts: BTreeMap<String, Account>,
    accounts_file: PathBuf,
    chats: BTreeMap<String, Vec<Remembered>>,
    chats_file: File,
}

#[derive(Serialize, Deserialize)]
struct ChatLine {
    account: String,
    message: Remembered,
}

impl Phones {
    /// Reads both files in `folder`.
    pub fn open(folder: &Path) -> std::io::Result<Self> {
        let accounts_file = folder.join("accounts.json");
        let accounts = match std::fs::read(&accounts_file) {
            Ok(bytes) => serde_json::from_slice(&bytes)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(error),
        };
        let chats_path = folder.join("chats.jsonl");
        let mut chats: BTreeMap<String, Vec<Remembered>> = BTreeMap::new();
        if chats_path.exists() {
            for line in BufReader::new(File::open(&chats_path)?).lines() {
                if let Ok(line) = serde_json::from_str::<ChatLine>(&line?) {
                    chats.entry(line.account).or_default().push(line.message);
                }
            }
        }
        let chats_file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(chats_path)?;
        Ok(Self {
            accounts,
            accounts_file,
            chats,
            chats_file,
        })
    }

    /// All accounts in the order of their numbers.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    /// The account with this number.
    pub fn account(&self, phone: &str) -> Option<&Account> {
        self.accounts.get(phone)
    }

    /// The account and device that own this token.
    pub fn device_of(&self, token: &str) -> Option<(&Account, &Device)> {
        self.accounts.values().find_map(|account| {
            let device = account
                .devices
                .iter()
                .find(|device| device.token == token)?;
            Some((account, device))
        })
    }

    /// The account with this number, made when it is new.
    pub fn create(&mut self, phone: &str, name: Option<&str>) -> std::io::Result<&Account> {
        let account = self
            .accounts
            .entry(phone.to_owned())
            .or_insert_with(|| Account {
                phone: phone.to_owned(),
                name: String::new(),
                lid: lid_of(phone),
                next_device: 1,
                devices: Vec::new(),
            });
        if let Some(name) = name {
            name.clone_into(&mut account.name);
        } else if account.name.is_empty() {
            account.name = format!("Phone {}", &phone[phone.len().saturating_sub(4)..]);
        }
        self.save()?;
        self.accounts
            .get(phone)
            .ok_or_else(|| std::io::Error::other("the account was just made"))
    }

    /// Links one more device; None when the account has none to give.
    pub fn link(
        &mut self,
        phone: &str,
        token: &str,
        at_ms: i64,
    ) -> std::io::Result<Option<Device>> {
        let Some(account) = self.accounts.get_mut(phone) else {
            return Ok(None);
        };
        if account.devices.len() >= MAX_DEVICES {
            return Ok(None);
        }
        let device = Device {
            number: account.next_device,
            token: token.to_owned(),
            linked_at_ms: at_ms,
        };
        account.next_device += 1;
        account.devices.push(device.clone());
        self.save()?;
        Ok(Some(device))
    }

    /// Unlinks one device, or all, and returns the tokens that are no longer good.
    pub fn unlink(&mut self, phone: &str, number: Option<u32>) -> std::io::Result<Vec<String>> {
        let Some(account) = self.accounts.get_mut(phone) else {
            return Ok(Vec::new());
        };
        let (gone, kept): (Vec<Device>, Vec<Device>) = std::mem::take(&mut account.devices)
            .into_iter()
            .partition(|device| number.is_none_or(|number| number == device.number));
        account.devices = kept;
        self.save()?;
        Ok(gone.into_iter().map(|device| device.token).collect())
    }

    /// What the phone with this number has in its chats, oldest first.
    pub fn chats(&self, phone: &str) -> &[Remembered] {
        self.chats.get(phone).map_or(&[], Vec::as_slice)
    }

    /// Puts a message into the phone's chats.
    pub fn remember(&mut self, phone: &str, message: Remembered) -> std::io::Result<()> {
        let line = ChatLine {
            account: phone.to_owned(),
            message,
        };
        let mut text = serde_json::to_string(&line)?;
        text.push('\n');
        self.chats_file.write_all(text.as_bytes())?;
        self.chats
            .entry(line.account)
            .or_default()
            .push(line.message);
        Ok(())
    }

    fn save(&self) -> std::io::Result<()> {
        let beside = self.accounts_file.with_extension("json.new");
        std::fs::write(&beside, serde_json::to_vec_pretty(&self.accounts)?)?;
        std::fs::rename(beside, &self.accounts_file)
    }
}
